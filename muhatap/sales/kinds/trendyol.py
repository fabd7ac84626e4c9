"""Trendyol: packages of orders, as its marketplace API gives them, written after its public documentation. Pure.

What it calls a package is an order here: one order of a customer may be parted into packages, which go their own ways; they carry
the same number. Buyers' addresses are masked, so a buyer is known by the marketplace's number for them and by nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from muhatap.sales.told import (
    NOTHING,
    Customer,
    Line,
    Thing,
    ToldOrder,
    Unreadable,
    amount,
    currency,
    day,
    items,
    mapping,
    moment,
    positive,
    quantity,
    text,
)

BASE = "https://apigw.trendyol.com"
STATES = {
    "created": "paid",
    "picking": "paid",
    "invoiced": "paid",
    "repack": "cancelled",
    "unpacked": "cancelled",
    "unsupplied": "cancelled",
    "cancelled": "cancelled",
    "shipped": "shipped",
    "atcollectionpoint": "shipped",
    "undelivered": "shipped",
    "delivered": "delivered",
    "returned": "refunded",
}
NO_ORDERS = {"awaiting"}  # payment is not through; it may never be one
ORDER_DATE_AHEAD = timedelta(hours=3)  # orderDate is told in Turkish time as if that were UTC; all others are UTC
WINDOW = timedelta(days=14)  # the longest span one question may be about
OLDEST = timedelta(days=90)
PER_PAGE = 200


def order(said: Mapping[str, Any]) -> ToldOrder | None:
    """The package; None for one that is none yet. Raises Unreadable."""
    number = text(said.get("id"), 100) or text(said.get("shipmentPackageId"), 100)
    status = (text(said.get("shipmentPackageStatus"), 40) or text(said.get("status"), 40)).lower()
    placed = moment(said.get("orderDate"))
    if not number:
        raise Unreadable("a package has an id")
    if placed is None:
        raise Unreadable("a package says when it was ordered (orderDate)")
    if status in NO_ORDERS:
        return None
    total = amount(said.get("totalPrice", said.get("packageTotalPrice")))
    if total is None or total < 0:
        raise Unreadable("a package says its totalPrice")
    placed_at = placed - ORDER_DATE_AHEAD
    modified_at = moment(said.get("lastModifiedDate")) or placed_at
    state = STATES.get(status, "paid")
    return ToldOrder(
        external_id=number,
        number=text(said.get("orderNumber"), 100) or number,
        state=state,
        total=total,
        currency=currency(said.get("currencyCode")),
        placed_at=placed_at,
        modified_at=modified_at,
        discount=positive(said.get("totalDiscount", said.get("packageTotalDiscount"))),
        customer=_customer(said),
        lines=tuple(map(_line, items(said.get("lines")))),
        steps=_steps(said, state, placed_at, modified_at),
        promised_on=day(said.get("agreedDeliveryDate") or said.get("estimatedDeliveryEndDate")),
    )


def _customer(said: Mapping[str, Any]) -> Customer:
    address = mapping(said.get("shipmentAddress"))
    first = text(said.get("customerFirstName"), 90) or text(address.get("firstName"), 90)
    last = text(said.get("customerLastName"), 90) or text(address.get("lastName"), 90)
    return Customer(
        account=text(said.get("customerId"), 60),
        name=f"{first} {last}".strip(),
        city=text(address.get("city"), 120),
    )


def _line(said: Mapping[str, Any]) -> Line:
    """`price` is each one's after discounts, `amount` before them."""
    n = quantity(said.get("quantity"))
    price = positive(said.get("price", said.get("lineUnitPrice", said.get("amount"))))
    seen = filter(None, (text(said.get("productColor"), 60), text(said.get("productSize"), 60)))
    return Line(
        thing=Thing(
            external_id=text(said.get("productCode"), 100) or text(said.get("barcode"), 100),
            name=text(said.get("productName")),
            sku=text(said.get("merchantSku"), 100) or text(said.get("stockCode"), 100),
            variant=", ".join(seen)[:120],
        ),
        quantity=n,
        price=price,
        amount=amount(price * n) or NOTHING,
    )


def _steps(said: Mapping[str, Any], state: str, placed_at: datetime, modified_at: datetime) -> dict[str, datetime]:
    """From the package's own history, where it tells one."""
    found = {"placed": placed_at}
    for one in items(said.get("packageHistories")):
        known = STATES.get(text(one.get("status"), 40).lower())
        at = moment(one.get("createdDate"))
        if known and at:
            found[known] = min(found.get(known, at), at)
    found.setdefault(state, modified_at)
    return found


def pages(begin: datetime, end: datetime, page: int) -> Sequence[tuple[str, str]]:
    """What to ask …/orders for: what changed between two moments, at most WINDOW apart."""
    return (
        ("startDate", str(int(begin.timestamp() * 1000))),
        ("endDate", str(int(end.timestamp() * 1000))),
        ("page", str(page)),
        ("size", str(PER_PAGE)),
        ("orderByField", "PackageLastModifiedDate"),
        ("orderByDirection", "ASC"),
    )
