"""Orders, how far they came, and what went back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction
from muhatap.sales.models.shops import Product, Shop, in_capitals, money


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
    `email`: what the buyer gave for this order, as the shop's server tells it; it is written to about the order and proves nobody.
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
    email = models.CharField(max_length=320, blank=True, db_default="")
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
            in_capitals("order_currency_is_a_code"),
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
