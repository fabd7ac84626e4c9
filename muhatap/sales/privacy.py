"""What a shop passes on of its customers' rights: tell what is kept of somebody, or erase it.

Shopify signs three topics (customers/data_request, customers/redact, shop/redact) and gives thirty days. Each waits, set aside, until
somebody of ours has looked: what we keep is shown and given as a file, what is to be erased goes with one act. Erased is
what this shop gave: whose an order is, what was sent of it. What the customer told us themselves stays, and is told of.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts.models import Contact, Identity
from muhatap.sales import ordering, shops
from muhatap.sales.models import Order, Shop, ShopDelivery
from muhatap.sales.told import mapping, text

GIVEN_TIME = timedelta(days=30)
TOPICS = {"customers/data_request": "tell", "customers/redact": "erase", "shop/redact": "erase_shop"}
REMAINS = {"is_erased": True}  # of a delivery that was acted upon


@dataclass(frozen=True, kw_only=True)
class Request:
    """`kind` is tell, erase or erase_shop; `account` is the shop's own number of the customer, `orders` those it names."""

    kind: str
    account: str = ""
    orders: tuple[str, ...] = ()


def read(delivery: ShopDelivery) -> Request | None:
    """What it asks for; None for a delivery like any other, and for one that was acted upon."""
    kind = TOPICS.get(delivery.topic) if delivery.shop.kind == Shop.Kind.SHOPIFY else None
    if kind is None:
        return None
    try:
        said = mapping(json.loads(bytes(delivery.raw)))
    except (ValueError, RecursionError):
        said = {}
    if said == REMAINS:
        return None
    named = said.get("orders_requested") or said.get("orders_to_redact")
    numbers = tuple(filter(None, (text(one, 100) for one in named))) if isinstance(named, list) else ()
    return Request(kind=kind, account=text(mapping(said.get("customer")).get("id"), 60), orders=numbers)


def orders(shop: Shop, request: Request) -> "QuerySet[Order]":
    """Those it is about: all of the shop, or those it names and those of this customer's account there."""
    if request.kind == "erase_shop":
        return Order.objects.filter(shop=shop)
    about = Q(external_id__in=request.orders)
    if found := contact(shop, request):
        about |= Q(contact=found)
    return Order.objects.filter(about, shop=shop)


def contact(shop: Shop, request: Request) -> Contact | None:
    """Whose account there this is, as far as it was ever proved."""
    if not request.account:
        return None
    value = shops.account(shop, request.account)
    known = Identity.objects.filter(kind=Identity.Kind.SHOP, value=value, verified_at__isnull=False)
    found = known.select_related("contact").first()
    return found.contact.standing() if found else None


def kept(shop: Shop, request: Request) -> Iterator[Mapping[str, Any]]:
    """What we keep of it that the shop gave, order by order."""
    rows = orders(shop, request).prefetch_related("lines", "steps", "refunds").order_by("placed_at", "id")
    for order in rows:
        yield {
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "state": order.state,
            "customer": order.customer_name,
            "total": str(order.total),
            "refunded": str(order.refunded),
            "currency": order.currency,
            "may_be_written_to": order.may_be_written_to,
            "lines": [
                {"name": line.name, "variant": line.variant, "quantity": str(line.quantity), "amount": str(line.amount)}
                for line in order.lines.all()
            ],
            "steps": [{"state": step.state, "at": step.at.isoformat()} for step in order.steps.all()],
            "refunds": [{"amount": str(one.amount), "at": one.at.isoformat()} for one in order.refunds.all()],
        }


@transaction.atomic
def erase(*, delivery: ShopDelivery, by: User, at: datetime) -> int:
    """Part the orders from whoever placed them and throw away what was sent of them; how many. What they came to stays."""
    delivery = ShopDelivery.objects.select_for_update(of=("self",)).select_related("shop").get(pk=delivery.pk)
    request = read(delivery)
    if request is None or request.kind == "tell":
        return 0
    some = list(orders(delivery.shop, request).select_for_update().order_by("id"))
    numbers = {order.external_id for order in some} | set(request.orders)
    for order in some:
        ordering.erase(order)
        order.contact, order.customer_name, order.guest_key = None, "", ""
        order.source, order.visitor, order.may_be_written_to = "", "", None
        order.save()
    _forget_sent(delivery, request, numbers)
    _close(delivery, outcome=f"{len(some)}", at=at)
    _record(delivery, "shop.redacted", len(some), by=by, at=at)
    return len(some)


@transaction.atomic
def given(*, delivery: ShopDelivery, by: User, at: datetime) -> None:
    """Somebody of ours has given the customer what we keep."""
    delivery = ShopDelivery.objects.select_for_update(of=("self",)).select_related("shop").get(pk=delivery.pk)
    request = read(delivery)
    if request is None or request.kind != "tell":
        return
    n = orders(delivery.shop, request).count()
    _close(delivery, outcome=f"{n}", at=at)
    _record(delivery, "shop.data_given", n, by=by, at=at)


def _forget_sent(delivery: ShopDelivery, request: Request, numbers: set[str]) -> None:
    """The bytes of other deliveries that tell of these orders or of this customer."""
    others = ShopDelivery.objects.filter(shop=delivery.shop).exclude(pk=delivery.pk)
    gone = []
    for other in others.iterator(chunk_size=200):
        if request.kind == "erase_shop" or _is_about(bytes(other.raw), request, numbers):
            gone.append(other.pk)
    ShopDelivery.objects.filter(pk__in=gone).delete()


def _is_about(raw: bytes, request: Request, numbers: set[str]) -> bool:
    try:
        said = mapping(json.loads(raw))
    except (ValueError, RecursionError):
        return False
    who = text(mapping(said.get("customer")).get("id"), 60)
    return text(said.get("id"), 100) in numbers or bool(request.account and who == request.account)


def _close(delivery: ShopDelivery, *, outcome: str, at: datetime) -> None:
    """It was acted upon: of its own words nothing stays either."""
    delivery.raw, delivery.digested_at, delivery.outcome = json.dumps(REMAINS).encode(), at, outcome
    delivery.quarantined_at, delivery.reason, delivery.detail = None, "", ""
    delivery.save(update_fields=["raw", "digested_at", "outcome", "quarantined_at", "reason", "detail"])


def _record(delivery: ShopDelivery, act: str, n: int, *, by: User, at: datetime) -> None:
    shop = delivery.shop
    audit.record(by=by, at=at, act=act, kind="shop", id=shop.pk, name=shop.name, topic=delivery.topic, n=n)
