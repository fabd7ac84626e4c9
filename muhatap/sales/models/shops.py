"""Shops, what they sell, and what they delivered to us."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.accounts.models import User


def money(**more: Any) -> "models.DecimalField[Any, Any]":
    """An exact amount; its currency stands beside it in the same row, or in the row it belongs to."""
    return models.DecimalField(max_digits=18, decimal_places=4, **more)


def in_capitals(name: str) -> models.CheckConstraint:
    """A constraint of this name: the currency is a code of three capitals."""
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
            in_capitals("shop_currency_is_a_code"),
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
            in_capitals("product_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class ShopPlace(models.Model):
    """Up to which moment of arrival the events of web sites are carried into carts and orders. One row."""

    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="shop_place_is_one_row")]

    def __str__(self) -> str:
        return self.received_at.isoformat()
