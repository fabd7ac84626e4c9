"""A cart is what its entries come to. Pure: entries in, lines out; the same whatever order they arrived in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from muhatap.sales.events import ADD, CHECKOUT, REMOVE
from muhatap.sales.told import MOST, NOTHING, amount

MOST_LINES = 200
MOST_OF_ONE = Decimal(1_000_000)
Key = tuple[str, str]


@dataclass(kw_only=True)
class Item:
    """So many of one thing; `id` is the shop's number, "" where only its name was told."""

    id: str
    name: str
    variant: str
    price: Decimal
    quantity: Decimal
    currency: str = ""


@dataclass(kw_only=True)
class Played:
    items: dict[Key, Item] = field(default_factory=dict)
    currency: str = ""
    external_id: str = ""
    checkout_at: datetime | None = None

    @property
    def total(self) -> Decimal:
        """What lies in it in the cart's currency; a price told in another cannot be added."""
        own = (one for one in self.items.values() if not one.currency or one.currency == self.currency)
        return amount(min(sum((one.price * one.quantity for one in own), NOTHING), MOST - 1)) or NOTHING

    @property
    def n_items(self) -> int:
        return int(min(sum((max(one.quantity, Decimal(1)) for one in self.items.values()), NOTHING), MOST_OF_ONE))


def play(entries: Iterable[tuple[datetime, Mapping[str, Any]]]) -> Played:
    """What lies in the cart after these entries, given in the order in which they happened."""
    cart = Played()
    for at, told in entries:
        _next(cart, at, told)
    return cart


def _next(cart: Played, at: datetime, told: Mapping[str, Any]) -> None:
    verb, listed = told.get("verb"), told.get("items")
    cart.currency = told.get("currency") or cart.currency
    cart.external_id = told.get("cart") or cart.external_id
    if verb == ADD:
        for one in listed or ():
            _add(cart, one, told.get("currency") or "")
    elif verb == REMOVE:
        for one in listed or ():
            _remove(cart, one)
    elif listed is not None:
        cart.items = {}
        for one in listed:
            _add(cart, one, told.get("currency") or "")
    if verb == CHECKOUT and cart.checkout_at is None:
        cart.checkout_at = at


def _add(cart: Played, told: Mapping[str, str], currency: str) -> None:
    key = _key(told)
    more, price = amount(told.get("quantity")) or Decimal(1), amount(told.get("price")) or NOTHING
    item = cart.items.get(key)
    if item:
        item.quantity = min(item.quantity + more, MOST_OF_ONE)
        item.price, item.currency = (price, currency) if price else (item.price, item.currency)
        item.name = told.get("name") or item.name
    elif len(cart.items) < MOST_LINES:
        cart.items[key] = Item(
            id=told.get("id", ""),
            name=told.get("name", ""),
            variant=told.get("variant", ""),
            price=price,
            quantity=min(more, MOST_OF_ONE),
            currency=currency,
        )


def _remove(cart: Played, told: Mapping[str, str]) -> None:
    """As many as are told, or all of it. Who removes without a variant means the one that lies there."""
    key = _key(told)
    if key not in cart.items:
        key = next((one for one in cart.items if one[0] == key[0]), key)
    item = cart.items.get(key)
    if item is None:
        return
    less = amount(told.get("quantity"))
    item.quantity -= less if less is not None else item.quantity
    if item.quantity <= 0:
        del cart.items[key]


def _key(told: Mapping[str, str]) -> Key:
    return told.get("id") or told.get("name", ""), told.get("variant", "")
