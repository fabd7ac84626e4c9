"""WooCommerce: orders and products of its REST API v3 and webhooks, written after its public documentation. Pure."""

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
    yes,
)

# The shop's own states, and those that plugins for Turkish cargo firms add.
STATES = {
    "pending": "placed",
    "on-hold": "placed",
    "processing": "paid",
    "completed": "delivered",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "trash": "cancelled",
    "refunded": "refunded",
    "shipped": "shipped",
    "kargoya-verildi": "shipped",
    "kargolandi": "shipped",
    "kargoda": "shipped",
    "delivered": "delivered",
    "teslim-edildi": "delivered",
}
NO_ORDERS = {"checkout-draft", "auto-draft"}
# Where plugins keep the day that was promised.
PROMISED = (
    "_delivery_date",
    "delivery_date",
    "_orddd_timestamp",
    "jckwds_date",
    "teslimat_tarihi",
    "_estimated_delivery_date",
)
# Where plugins keep whether the buyer wants news and offers.
CONSENT = ("marketing_consent", "_marketing_consent", "mailchimp_woocommerce_is_subscribed", "eposta_izni", "iys_izni")
PER_PAGE = 50


def order(said: Mapping[str, Any]) -> ToldOrder | None:
    """The order; None for a draft, which is none yet. Raises Unreadable."""
    number = text(said.get("id"), 100)
    placed_at = _moment(said, "date_created")
    status = text(said.get("status"), 40).removeprefix("wc-")
    if not number or number == "0":
        raise Unreadable("an order has an id")
    if placed_at is None:
        raise Unreadable("an order says when it was made (date_created_gmt)")
    if status in NO_ORDERS:
        return None
    total = amount(said.get("total"))
    if total is None or total < 0:
        raise Unreadable("an order says its total")
    state = STATES.get(status, "placed")
    return ToldOrder(
        external_id=number,
        number=text(said.get("number"), 100) or number,
        state=state,
        total=total,
        currency=currency(said.get("currency")),
        placed_at=placed_at,
        modified_at=_moment(said, "date_modified") or placed_at,
        shipping=positive(said.get("shipping_total")),
        tax=positive(said.get("total_tax")),
        discount=positive(said.get("discount_total")),
        customer=_customer(said),
        lines=tuple(map(_line, items(said.get("line_items")))),
        steps=_steps(said, state, placed_at),
        returns=_returns(said, placed_at),
        is_unpaid=status == "pending",
        promised_on=_promised(said),
    )


def thing(said: Mapping[str, Any]) -> Thing | None:
    """A product of its catalogue."""
    number = text(said.get("id"), 100)
    if not number:
        return None
    images, categories = items(said.get("images")), items(said.get("categories"))
    return Thing(
        external_id=number,
        name=text(said.get("name")),
        sku=text(said.get("sku"), 100),
        category=text(categories[0].get("name"), 200) if categories else "",
        price=amount(said.get("price")),
        url=text(said.get("permalink"), 2000),
        image=text(images[0].get("src"), 2000) if images else "",
    )


def _customer(said: Mapping[str, Any]) -> Customer:
    billing, shipping = mapping(said.get("billing")), mapping(said.get("shipping"))
    account = text(said.get("customer_id"), 60)
    name = f"{text(billing.get('first_name'), 90)} {text(billing.get('last_name'), 90)}".strip()
    return Customer(
        account="" if account == "0" else account,
        name=name,
        email=text(billing.get("email"), 320),
        phone=text(billing.get("phone"), 40) or text(shipping.get("phone"), 40),
        city=text(billing.get("city"), 120),
        may_be_written_to=_consent(said),
    )


def _consent(said: Mapping[str, Any]) -> bool | None:
    told = (yes(meta.get("value")) for meta in items(said.get("meta_data")) if text(meta.get("key")) in CONSENT)
    return next((one for one in told if one is not None), None)


def _line(said: Mapping[str, Any]) -> Line:
    n, came_to = quantity(said.get("quantity")), positive(said.get("total")) + positive(said.get("total_tax"))
    product, image = text(said.get("product_id"), 100), mapping(said.get("image"))
    return Line(
        thing=Thing(
            external_id="" if product == "0" else product,
            name=text(said.get("parent_name")) or text(said.get("name")),
            sku=text(said.get("sku"), 100),
            variant=_variant(said),
            image=text(image.get("src"), 2000),
        ),
        quantity=n,
        price=amount(came_to / n) or NOTHING,
        amount=came_to,
    )


def _variant(said: Mapping[str, Any]) -> str:
    """The attributes of a variation, as the buyer saw them."""
    seen = [text(one.get("display_value"), 60) for one in items(said.get("meta_data")) if not _is_hidden(one)]
    return ", ".join(filter(None, seen))[:120] if text(said.get("variation_id")) not in ("", "0") else ""


def _is_hidden(meta: Mapping[str, Any]) -> bool:
    return text(meta.get("key")).startswith("_")


def _steps(said: Mapping[str, Any], state: str, placed_at: datetime) -> dict[str, datetime]:
    found = {"placed": placed_at}
    if paid_at := _moment(said, "date_paid"):
        found["paid"] = paid_at
    completed_at, modified_at = _moment(said, "date_completed"), _moment(said, "date_modified")
    came_at = completed_at or modified_at if state == "delivered" else modified_at
    if state not in found and came_at:
        found[state] = came_at
    return found


def _returns(said: Mapping[str, Any], placed_at: datetime) -> tuple[Return, ...]:
    """Their amounts are below zero there; the list says no moment."""
    found = []
    for one in items(said.get("refunds")):
        back = abs(amount(one.get("total")) or Decimal(0))
        if back and text(one.get("id")):
            found.append(
                Return(
                    external_id=text(one.get("id"), 100),
                    amount=back,
                    at=_moment(said, "date_modified"),
                    reason=text(one.get("reason")),
                )
            )
    return tuple(found)


def _promised(said: Mapping[str, Any]) -> Any:
    for meta in items(said.get("meta_data")):
        if text(meta.get("key")) in PROMISED and (found := day(meta.get("value"))):
            return found
    return None


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    """The shop's GMT times carry no zone; without them its local ones would be hours off, so they are not read."""
    return moment(said.get(f"{name}_gmt"))


def pages(since: datetime, page: int) -> Sequence[tuple[str, str]]:
    """What to ask /wp-json/wc/v3/orders for: what changed since then, the oldest first."""
    return (
        ("modified_after", since.strftime("%Y-%m-%dT%H:%M:%S")),
        ("dates_are_gmt", "true"),
        ("orderby", "id"),
        ("order", "asc"),
        ("per_page", str(PER_PAGE)),
        ("page", str(page)),
        ("status", "any"),
    )
