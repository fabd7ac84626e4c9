"""The e-commerce events of the Segment protocol, in our own words: what one says of products, of a cart, of an order. Pure.

Written after the public specification (V2, and the names it had in V1) and what clients send in fact: prices as text, ids as
numbers, properties that are missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from muhatap.sales.told import (
    NOTHING,
    Line,
    Return,
    Thing,
    ToldOrder,
    amount,
    currency,
    items,
    mapping,
    positive,
    quantity,
    text,
)

ADD, REMOVE, SET, CHECKOUT, TOUCH, ORDERED = "add", "remove", "set", "checkout", "touch", "ordered"
_CARTS = {
    "product added": ADD,
    "wishlist product added to cart": ADD,
    "product removed": REMOVE,
    "cart viewed": SET,
    "cart shared": SET,
    "checkout started": CHECKOUT,
    "checkout step viewed": CHECKOUT,
    "checkout step completed": CHECKOUT,
    "payment info entered": CHECKOUT,
    "coupon entered": TOUCH,
    "coupon applied": TOUCH,
    "coupon denied": TOUCH,
    "coupon removed": TOUCH,
}
_ORDERS = {"order completed", "order updated", "order cancelled", "order refunded"}
_LOOKS = {
    "products searched",
    "product list viewed",
    "product list filtered",
    "promotion viewed",
    "promotion clicked",
    "product clicked",
    "product viewed",
    "product added to wishlist",
    "product removed from wishlist",
    "product shared",
    "product reviewed",
}
V2 = frozenset(_CARTS) | _ORDERS | _LOOKS
_V1 = {
    "searched products": "products searched",
    "viewed product category": "product list viewed",
    "viewed product list": "product list viewed",
    "filtered product list": "product list filtered",
    "viewed promotion": "promotion viewed",
    "clicked promotion": "promotion clicked",
    "clicked product": "product clicked",
    "viewed product": "product viewed",
    "added product": "product added",
    "removed product": "product removed",
    "viewed cart": "cart viewed",
    "started checkout": "checkout started",
    "started order": "checkout started",
    "viewed checkout step": "checkout step viewed",
    "completed checkout step": "checkout step completed",
    "entered payment info": "payment info entered",
    "completed order": "order completed",
    "updated order": "order updated",
    "cancelled order": "order cancelled",
    "canceled order": "order cancelled",
    "order canceled": "order cancelled",
    "refunded order": "order refunded",
    "entered coupon": "coupon entered",
    "applied coupon": "coupon applied",
    "denied coupon": "coupon denied",
    "removed coupon": "coupon removed",
    "added product to wishlist": "product added to wishlist",
    "removed product from wishlist": "product removed from wishlist",
    "added wishlist product to cart": "wishlist product added to cart",
    "shared product": "product shared",
    "shared cart": "cart shared",
    "reviewed product": "product reviewed",
}
NAMES = V2 | frozenset(_V1)
_BETWEEN = re.compile(r"[\s_-]+")


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What an event says. `cart` is an entry for a cart, JSON as it is kept; `things` are products it speaks of."""

    things: tuple[Thing, ...] = ()
    cart: Mapping[str, Any] | None = None
    order: ToldOrder | None = None
    currency: str = ""


def called(name: str) -> str:
    """The event's name in the specification's words, lower case; "" when it is none of its."""
    plain = _BETWEEN.sub(" ", name.strip().lower())
    plain = _V1.get(plain, plain)
    return plain if plain in V2 else ""


def meaning(*, name: str, properties: object, at: datetime, key: str) -> Meaning | None:
    """What an event says that happened `at`; None for what is none of the shop's. `key` tells it from all others."""
    is_about, said = called(name), mapping(properties)
    if not is_about:
        return None
    told = _products(said)
    things = tuple(line.thing for line in told if line.thing.external_id)
    coin = currency(said.get("currency"))
    if is_about in _ORDERS:
        order = _order(is_about, said, told, at, key)
        cart = {"verb": ORDERED} if is_about == "order completed" and order is None else None
        return Meaning(things=things, cart=cart, order=order, currency=coin)
    verb = _CARTS.get(is_about)
    return Meaning(things=things, cart=_entry(verb, said, told) if verb else None, currency=coin)


def _products(said: Mapping[str, Any]) -> list[Line]:
    """The products of a list, or the one that the event itself is about."""
    if isinstance(said.get("products"), list):
        return [_line(one) for one in items(said.get("products"))]
    one = _line(said)
    return [one] if one.thing.external_id or (one.thing.name and one.price) else []


def _line(said: Mapping[str, Any]) -> Line:
    n, price = quantity(said.get("quantity")), amount(said.get("price"))
    each = max(price, NOTHING) if price is not None else NOTHING
    return Line(
        thing=Thing(
            external_id=next(filter(None, (text(said.get(name), 100) for name in ("product_id", "id", "sku"))), ""),
            name=text(said.get("name")),
            sku=text(said.get("sku"), 100),
            brand=text(said.get("brand"), 120),
            category=text(said.get("category"), 200),
            variant=text(said.get("variant"), 120),
            price=price if price is None or price >= 0 else None,
            url=text(said.get("url"), 2000),
            image=text(said.get("image_url"), 2000),
        ),
        quantity=n,
        price=each,
        amount=amount(each * n) or NOTHING,
    )


def _entry(verb: str, said: Mapping[str, Any], told: list[Line]) -> dict[str, Any]:
    """As it is kept: amounts as text, so that they stay exact."""
    has_list = isinstance(said.get("products"), list)
    entry: dict[str, Any] = {"verb": verb}
    if verb in (ADD, REMOVE) or has_list:
        entry["items"] = [item(line, is_counted="quantity" in said or has_list) for line in told]
    if cart := text(said.get("cart_id"), 100):
        entry["cart"] = cart
    if coin := currency(said.get("currency")):
        entry["currency"] = coin
    return entry


def item(line: Line, *, is_counted: bool = True) -> dict[str, str]:
    """What lies in a cart, as it is kept."""
    thing = line.thing
    told = {"id": thing.external_id, "name": thing.name, "variant": thing.variant, "price": str(line.price)}
    return told | ({"quantity": str(line.quantity)} if is_counted else {})


def _order(is_about: str, said: Mapping[str, Any], told: list[Line], at: datetime, key: str) -> ToldOrder | None:
    """None without an order id: nobody could tell such an order from the same one told by the shop."""
    number = text(said.get("order_id"), 100)
    if not number:
        return None
    has_list = isinstance(said.get("products"), list)
    total = _total(said, told if has_list else [])
    state, returns = "", None  # type: tuple[str, tuple[Return, ...] | None]
    if is_about == "order completed":
        state = "placed"
    elif is_about == "order cancelled":
        state, total = "cancelled", None
    elif is_about == "order refunded":
        state, returns = ("", (Return(external_id=key, amount=total, at=at),)) if total else ("refunded", None)
        total, has_list = None, False
    return ToldOrder(
        external_id=number,
        state=state,
        total=total,
        currency=currency(said.get("currency")),
        placed_at=at,
        modified_at=at,
        shipping=positive(said.get("shipping")),
        tax=positive(said.get("tax")),
        discount=positive(said.get("discount")),
        lines=tuple(told) if has_list and is_about in ("order completed", "order updated") else None,
        steps={state: at} if state else {},
        returns=returns,
    )


def _total(said: Mapping[str, Any], told: list[Line]) -> Any:
    """`total` holds everything; `revenue` leaves tax and shipping out; else what the products come to."""
    if (total := amount(said.get("total"))) is not None and total >= 0:
        return total
    if (revenue := amount(said.get("revenue"))) is not None and revenue >= 0:
        return revenue + positive(said.get("tax")) + positive(said.get("shipping"))
    if (value := amount(said.get("value"))) is not None and value >= 0:
        return value
    return sum((line.amount for line in told), NOTHING) if told else None
