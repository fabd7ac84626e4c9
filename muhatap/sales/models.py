from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction


def money(**more: Any) -> "models.DecimalField[Any, Any]":
    """An exact amount; its currency stands beside it in the same row, or in the row it belongs to."""
    return models.DecimalField(max_digits=18, decimal_places=4, **more)


def _in_capitals(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name=name)


class Shop(models.Model):
    """A place where the firm sells. Its server signs with `secret`; the one before stays valid for a while.

    `web_source` is the site whose visitors shop here. `namespace` stands before its customers' numbers, so that two shops'
    customer 20871 are two; the firm's own shop has none, as its chat tells plain numbers too.
    """

    class Kind(models.TextChoices):
        WOOCOMMERCE = "woocommerce", "WooCommerce"
        SHOPIFY = "shopify", "Shopify"
        TRENDYOL = "trendyol", "Trendyol"
        FEED = "feed", _("File or address")
        WEB = "web", _("Web site alone")

    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    name = models.CharField(_("Name"), max_length=80)
    currency = models.CharField(_("Currency"), max_length=3, default="TRY")
    address = models.CharField(_("Address"), max_length=500, blank=True)
    token = models.CharField(max_length=40, unique=True)
    secret_sealed = models.TextField(blank=True)
    old_secret_sealed = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    account = models.CharField(max_length=60, blank=True, db_default="")
    api_name = models.CharField(max_length=200, blank=True)
    api_secret_sealed = models.TextField(blank=True)
    web_source = models.CharField(max_length=40, blank=True)
    namespace = models.CharField(max_length=20, blank=True)
    cart_minutes = models.PositiveIntegerField(_("A cart is left after"), default=60)
    is_on = models.BooleanField(_("In use"), default=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    last_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["namespace"], name="shop_has_its_own_customers"),
            models.UniqueConstraint(fields=["web_source"], condition=~Q(web_source=""), name="site_has_one_shop"),
            models.CheckConstraint(condition=Q(cart_minutes__gte=5), name="cart_rests_before_it_is_left"),
            _in_capitals("shop_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.name

    def access_to_questions(self) -> dict[str, str]:
        """What the inbox of a marketplace's questions needs to know of its seller account; the key stays sealed."""
        return {
            "seller": self.account,
            "api_name": self.api_name,
            "api_secret_sealed": self.api_secret_sealed,
            "base": self.address,
            "customers": self.namespace,
        }


class ShopDelivery(models.Model):
    """What a shop sent, as it came: kept before anybody looks at it, digested once, set aside with its reason when it cannot be."""

    class Reason(models.TextChoices):
        UNREADABLE = "unreadable", _("It could not be read")
        FAULT = "fault", _("Something went wrong on our side")
        BY_HAND = "by_hand", _("Somebody has to look at it")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    external_id = models.CharField(max_length=200)
    topic = models.CharField(max_length=80)
    raw = models.BinaryField()
    received_at = models.DateTimeField()
    digested_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    n_tries = models.PositiveIntegerField(default=0)
    quarantined_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)
    detail = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="shop_delivery_once"),
            models.CheckConstraint(
                condition=Q(quarantined_at=None, reason="") | Q(quarantined_at__isnull=False) & ~Q(reason=""),
                name="shop_delivery_set_aside_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "-id"], name="deliveries_of_shop"),
            models.Index(
                fields=["received_at"], condition=Q(digested_at=None, quarantined_at=None), name="deliveries_undigested"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.external_id}"


class BackFill(models.Model):
    """One reading of a shop's older orders by its API: where it stands, so that it goes on there, and what it came to."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Failed")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="back_fills")
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    since = models.DateTimeField()
    place = models.JSONField(default=dict)
    n_expected = models.PositiveIntegerField(null=True)
    n_read = models.PositiveIntegerField(default=0)
    n_new = models.PositiveIntegerField(default=0)
    n_set_aside = models.PositiveIntegerField(default=0)
    n_failed_in_a_row = models.PositiveSmallIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    detail = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop"], condition=Q(state="running"), name="one_back_fill_a_shop"),
            models.CheckConstraint(
                condition=Q(state="running", ended_at=None) | ~Q(state="running") & Q(ended_at__isnull=False),
                name="back_fill_ends_when_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.state}"


class Product(models.Model):
    """One thing sold, by the shop's own number."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products", db_index=False)
    external_id = models.CharField(max_length=100)
    sku = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=300, blank=True)
    brand = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=200, blank=True)
    variant = models.CharField(max_length=120, blank=True)
    price = money(null=True)
    currency = models.CharField(max_length=3)
    url = models.CharField(max_length=2000, blank=True)
    image = models.CharField(max_length=2000, blank=True)
    told_at = models.DateTimeField()
    is_told_by_server = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="product_once_per_shop"),
            models.CheckConstraint(condition=~Q(external_id=""), name="product_has_a_number"),
            models.CheckConstraint(condition=Q(price=None) | Q(price__gte=0), name="product_price_is_none_or_more"),
            _in_capitals("product_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class State(models.TextChoices):
    """How far an order has come."""

    PLACED = "placed", _("Placed")
    PAID = "paid", _("Paid")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    REFUNDED = "refunded", _("Refunded")


OVER = (State.DELIVERED, State.CANCELLED, State.REFUNDED)


class OrderQuery(models.QuerySet["Order"]):
    def late(self, *, at: datetime) -> "OrderQuery":
        """Orders whose promised day is over and that have not arrived."""
        today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        return self.filter(promised_on__lt=today, delivered_at=None).exclude(state__in=OVER)


class Order(models.Model):
    """An order, once per shop by the shop's own number, whoever told of it. What the shop's server says stands before what a browser says.

    `source` and `visitor` are the browser that claims it: a claim, never a proof of who ordered. Its way stands in its steps.
    `may_be_written_to`: what the buyer said to the shop about news and offers, None when it tells nothing of that.
    `checkout`: the shop's number of the checkout it was made in, which may be told of later than the order.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders", db_index=False)
    external_id = models.CharField(max_length=100)
    number = models.CharField(max_length=100)
    checkout = models.CharField(max_length=100, blank=True, db_default="")
    state = models.CharField(max_length=10, choices=State, default=State.PLACED)
    currency = models.CharField(max_length=3)
    total = money()
    shipping = money(default=0)
    tax = money(default=0)
    discount = money(default=0)
    refunded = money(default=0)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="orders", db_index=False)
    customer_name = models.CharField(max_length=200, blank=True)
    may_be_written_to = models.BooleanField(null=True)
    guest_key = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=40, blank=True)
    visitor = models.CharField(max_length=210, blank=True)
    placed_at = models.DateTimeField()
    promised_on = models.DateField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_told_by_server = models.BooleanField(default=False)
    modified_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    interaction = models.OneToOneField(Interaction, null=True, on_delete=models.SET_NULL, related_name="order")

    objects = OrderQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="order_once_per_shop"),
            models.CheckConstraint(condition=~Q(external_id=""), name="order_has_a_number"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_is_none_or_more"),
            models.CheckConstraint(condition=Q(refunded__gte=0), name="order_refund_is_none_or_more"),
            models.CheckConstraint(
                condition=Q(source="", visitor="") | ~Q(source="") & ~Q(visitor=""), name="order_browser_is_whole"
            ),
            _in_capitals("order_currency_is_a_code"),
        ]
        indexes = [
            models.Index(fields=["-placed_at", "-id"], name="orders_newest"),
            models.Index(fields=["number"], name="orders_by_number"),
            models.Index(OpClass(models.F("number"), name="varchar_pattern_ops"), name="orders_by_number_begun"),
            models.Index(fields=["external_id"], name="orders_by_external_id"),
            models.Index(fields=["shop", "checkout"], condition=~Q(checkout=""), name="orders_by_checkout"),
            GinIndex(
                OpClass(models.Func("customer_name", function="fold_tr"), name="gin_trgm_ops"),
                name="orders_by_customer",
            ),
            models.Index(fields=["contact", "-placed_at"], name="orders_of_contact"),
            models.Index(fields=["source", "visitor"], condition=~Q(visitor=""), name="orders_of_visitor"),
            models.Index(fields=["shop", "guest_key"], condition=~Q(guest_key=""), name="orders_of_guest"),
            models.Index(
                fields=["promised_on"],
                condition=Q(delivered_at=None, promised_on__isnull=False)
                & ~Q(state__in=["delivered", "cancelled", "refunded"]),
                name="orders_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def only_product_id(self) -> int | None:
        """Its product, where all its lines are of one."""
        found = set(self.lines.filter(product__isnull=False).values_list("product_id", flat=True))
        return found.pop() if len(found) == 1 else None


class OrderLine(models.Model):
    """One line of an order; `amount` is what it came to, after discounts."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    n = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="order_lines")
    product_external_id = models.CharField(max_length=100, blank=True)
    sku = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=300, blank=True)
    variant = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    price = money()
    amount = money()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "n"], name="order_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="order_line_quantity_is_none_or_more"),
        ]

    def __str__(self) -> str:
        return self.name


class OrderStep(models.Model):
    """That an order came to a state, when, and who said so: the shop's server or a browser."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="steps", db_index=False)
    state = models.CharField(max_length=10, choices=State)
    at = models.DateTimeField()
    is_told_by_server = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "state", "at"], name="order_step_once")]

    def __str__(self) -> str:
        return self.state


class Refund(models.Model):
    """Money given back of an order, in its currency; part of it, or all."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds", db_index=False)
    external_id = models.CharField(max_length=100)
    amount = money()
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "external_id"], name="refund_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class Lateness(models.Model):
    """That an order was not there on the day it was promised for; over when it came, was cancelled or promised anew."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="latenesses", db_index=False)
    promised_on = models.DateField()
    at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "promised_on"], name="late_once_for_a_promise")]
        indexes = [models.Index(fields=["-at"], condition=Q(over_at=None), name="latenesses_standing")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.promised_on}"


class CartQuery(models.QuerySet["Cart"]):
    def left(self) -> "CartQuery":
        """Carts that somebody left with things in them and has neither come back to nor ordered."""
        return self.filter(Exists(Leaving.objects.filter(cart=OuterRef("pk"), over_at=None)), ordered_at=None)

    def open(self) -> "CartQuery":
        """Carts with things in them that nobody has ordered."""
        return self.filter(ordered_at=None, n_items__gt=0)


class Cart(models.Model):
    """What one visitor of one shop is about to buy: what its entries come to, played in the order in which they happened."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="carts")
    source = models.CharField(max_length=40)
    visitor = models.CharField(max_length=210)
    external_id = models.CharField(max_length=100, blank=True)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="carts", db_index=False)
    currency = models.CharField(max_length=3)
    total = money(default=0)
    n_items = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    checkout_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(null=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="carts")

    objects = CartQuery.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "source", "visitor"], condition=Q(ordered_at=None), name="one_open_cart_a_visitor"
            ),
            models.CheckConstraint(condition=Q(changed_at__gte=F("began_at")), name="cart_changes_after_it_began"),
            models.CheckConstraint(condition=Q(total__gte=0), name="cart_total_is_none_or_more"),
            _in_capitals("cart_currency_is_a_code"),
        ]
        indexes = [
            models.Index(fields=["source", "visitor"], name="carts_of_visitor"),
            models.Index(fields=["contact", "-changed_at"], name="carts_of_contact"),
            models.Index(fields=["changed_at"], condition=Q(ordered_at=None, n_items__gt=0), name="carts_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.visitor}"


class CartEntry(models.Model):
    """One event of a cart as a browser told it. Kept, so that what comes late or twice still gives the same cart."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="entries")
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    at = models.DateTimeField()
    told = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="cart_entry_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class CartLine(models.Model):
    """What lies in a cart now."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines", db_index=False)
    n = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="cart_lines")
    product_external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=300, blank=True)
    variant = models.CharField(max_length=120, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    price = money(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "n"], name="cart_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_holds_something"),
        ]

    def __str__(self) -> str:
        return self.name or self.product_external_id


class Leaving(models.Model):
    """That a cart was left, when, and what it was worth; over when its visitor came back to it or ordered."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="leavings")
    at = models.DateTimeField()
    total = money()
    over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart"], condition=Q(over_at=None), name="cart_is_left_once_at_a_time")
        ]
        indexes = [models.Index(fields=["-at", "-id"], condition=Q(over_at=None), name="leavings_standing")]

    def __str__(self) -> str:
        return f"{self.cart_id} {self.at:%Y-%m-%d %H:%M}"


class ShopPlace(models.Model):
    """Up to which moment of arrival the events of web sites are carried into carts and orders. One row."""

    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="shop_place_is_one_row")]

    def __str__(self) -> str:
        return self.received_at.isoformat()
