"""Shopify: orders, refunds and products of its Admin API and webhooks, written after its public documentation. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from muhatap.sales.told import (
    NOTHING,
    Customer,
    Line,
    Return,
    Thing,
    ToldCart,
    ToldOrder,
    Unreadable,
    amount,
    currency,
    items,
    mapping,
    moment,
    positive,
    quantity,
    text,
    yes,
)

VERSION = "2026-07"  # of the Admin API that we ask
PER_PAGE = 100


def order(said: Mapping[str, Any]) -> ToldOrder:
    """The order. Raises Unreadable."""
    number = text(said.get("id"), 100)
    placed_at = moment(said.get("processed_at")) or moment(said.get("created_at"))
    if not number:
        raise Unreadable("an order has an id")
    if placed_at is None:
        raise Unreadable("an order says when it was made (created_at)")
    total = amount(said.get("total_price"))
    if total is None or total < 0:
        raise Unreadable("an order says its total_price")
    steps = _steps(said, placed_at)
    return ToldOrder(
        external_id=number,
        number=text(said.get("name"), 100).removeprefix("#") or text(said.get("order_number"), 100) or number,
        state=_state(said, steps),
        total=total,
        currency=currency(said.get("currency")),
        placed_at=placed_at,
        modified_at=moment(said.get("updated_at")) or placed_at,
        shipping=positive(mapping(mapping(said.get("total_shipping_price_set")).get("shop_money")).get("amount")),
        tax=positive(said.get("total_tax")),
        discount=positive(said.get("total_discounts")),
        customer=_customer(said),
        lines=tuple(map(_line, items(said.get("line_items")))),
        steps=steps,
        returns=tuple(
            filter(None, (_return(one, currency(said.get("currency"))) for one in items(said.get("refunds"))))
        ),
        checkout=text(said.get("checkout_id"), 100),
    )


def checkout(said: Mapping[str, Any], *, is_gone: bool) -> ToldCart:
    """A checkout that was begun, changed or (`is_gone`) thrown away. Raises Unreadable."""
    number = text(said.get("id"), 100)
    completed_at = moment(said.get("completed_at"))
    at = completed_at or moment(said.get("updated_at")) or moment(said.get("created_at"))
    if not number or (at is None and not is_gone):
        raise Unreadable("a checkout has an id and says when it changed (updated_at)")
    return ToldCart(
        external_id=number,
        at=at,
        currency=currency(said.get("currency")),
        customer=_customer(said),
        lines=tuple(map(_line, items(said.get("line_items")))),
        is_over=is_gone or completed_at is not None,
    )


def thing(said: Mapping[str, Any]) -> Thing | None:
    """A product of its catalogue, at the price of its first variant."""
    number = text(said.get("id"), 100)
    if not number:
        return None
    variants, image = items(said.get("variants")), mapping(said.get("image"))
    first: Mapping[str, Any] = variants[0] if variants else {}
    return Thing(
        external_id=number,
        name=text(said.get("title")),
        sku=text(first.get("sku"), 100),
        brand=text(said.get("vendor"), 120),
        category=text(said.get("product_type"), 200),
        price=amount(first.get("price")),
        image=text(image.get("src"), 2000),
    )


def _state(said: Mapping[str, Any], steps: Mapping[str, datetime]) -> str:
    """The furthest of what is said: a cancellation stands over everything, a whole refund over what was sent."""
    if "cancelled" in steps:
        return "cancelled"
    if said.get("financial_status") == "refunded":
        return "refunded"
    return next(state for state in ("delivered", "shipped", "paid", "placed") if state in steps)


def _steps(said: Mapping[str, Any], placed_at: datetime) -> dict[str, datetime]:
    found = {"placed": placed_at}
    modified_at = moment(said.get("updated_at")) or placed_at
    if said.get("financial_status") in ("paid", "partially_refunded", "refunded"):
        found["paid"] = placed_at
    sent = items(said.get("fulfillments"))
    sent = [one for one in sent if one.get("status") != "cancelled"]
    if said.get("fulfillment_status") == "fulfilled":
        found["shipped"] = _latest([one.get("created_at") for one in sent], modified_at)
        if sent and all(one.get("shipment_status") == "delivered" for one in sent):
            found["delivered"] = _latest([one.get("updated_at") for one in sent], modified_at)
    if said.get("financial_status") == "refunded":
        found["refunded"] = _latest([one.get("created_at") for one in items(said.get("refunds"))], modified_at)
    if cancelled_at := moment(said.get("cancelled_at")):
        found["cancelled"] = cancelled_at
    return found


def _latest(said: Sequence[object], otherwise: datetime) -> datetime:
    return max(filter(None, map(moment, said)), default=otherwise)


def _customer(said: Mapping[str, Any]) -> Customer:
    """Whoever has an account there is `enabled`; the others bought as guests and merely have a number."""
    who, billing = mapping(said.get("customer")), mapping(said.get("billing_address"))
    shipping = mapping(said.get("shipping_address"))
    address = billing or shipping
    first = text(who.get("first_name"), 90) or text(address.get("first_name"), 90)
    last = text(who.get("last_name"), 90) or text(address.get("last_name"), 90)
    return Customer(
        account=text(who.get("id"), 60) if who.get("state") == "enabled" else "",
        name=f"{first} {last}".strip(),
        email=text(said.get("email"), 320) or text(who.get("email"), 320),
        phone=next(filter(None, (text(one.get("phone"), 40) for one in (said, who, billing, shipping))), ""),
        city=text(address.get("city"), 120),
        may_be_written_to=yes(said.get("buyer_accepts_marketing")),
    )


def _line(said: Mapping[str, Any]) -> Line:
    n, price = quantity(said.get("quantity")), positive(said.get("price"))
    off = sum((positive(one.get("amount")) for one in items(said.get("discount_allocations"))), NOTHING)
    return Line(
        thing=Thing(
            external_id=text(said.get("product_id"), 100),
            name=text(said.get("title")) or text(said.get("name")),
            sku=text(said.get("sku"), 100),
            brand=text(said.get("vendor"), 120),
            variant=text(said.get("variant_title"), 120),
        ),
        quantity=n,
        price=price,
        amount=max(amount(price * n - off) or NOTHING, NOTHING),
    )


def _return(said: Mapping[str, Any], coin: str) -> Return | None:
    """What was paid back, not what was booked: transactions that went well, in the shop's currency."""
    good = [one for one in items(said.get("transactions")) if one.get("status") in (None, "success")]
    back = sum((_paid_back(one, coin) for one in good if one.get("kind") in (None, "refund")), NOTHING)
    if not back or not text(said.get("id")):
        return None
    return Return(
        external_id=text(said.get("id"), 100),
        amount=back,
        at=moment(said.get("created_at")),
        reason=text(said.get("note")),
    )


def _paid_back(said: Mapping[str, Any], coin: str) -> Decimal:
    """The buyer's currency may be another than the shop's, which stands beside it then."""
    if currency(said.get("currency")) in ("", coin):
        return positive(said.get("amount"))
    ours = mapping(mapping(said.get("amount_set")).get("shop_money"))
    return positive(ours.get("amount"))


def pages(since: datetime) -> Sequence[tuple[str, str]]:
    """What to ask /admin/api/…/orders.json for first; further pages are where its Link header points."""
    return (
        ("status", "any"),
        ("updated_at_min", since.isoformat()),
        ("order", "updated_at asc"),
        ("limit", str(PER_PAGE)),
    )
