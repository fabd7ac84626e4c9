"""Carts, and how they were left."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from muhatap.contacts.models import Contact
from muhatap.sales.models.orders import Order
from muhatap.sales.models.shops import Product, Shop, in_capitals, money


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
            in_capitals("cart_currency_is_a_code"),
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
