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
from muhatap.contacts import forgetting
from muhatap.contacts.models import Contact, Identity
from muhatap.sales import arriving, ordering, recognising, shops
from muhatap.sales.kinds import reading
from muhatap.sales.models import Cart, Order, Shop, ShopDelivery
from muhatap.sales.ordering import Browser
from muhatap.sales.told import mapping, text
from muhatap.shared import jobs, locks

GIVEN_TIME = timedelta(days=30)
TOPICS = {"customers/data_request": "tell", "customers/redact": "erase", "shop/redact": "erase_shop"}
REMAINS = {"is_erased": True}  # of a delivery that was acted upon
JOB, QUEUE = "erase_of_shop", "webhooks"
ERASING = "erasing"  # the outcome of one whose job has begun
AT_ONCE, READ_AT_ONCE = 200, 10  # rows of a transaction; deliveries held in memory, of five megabytes at most


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
            "email": order.email,
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


def checkouts(shop: Shop, request: Request) -> "QuerySet[Cart]":
    """The carts that the shop told of: all of them, or those of this customer's account there."""
    told = Cart.objects.filter(shop=shop, source=Browser.at_checkout(shop, "").source)
    if request.kind == "erase_shop":
        return told
    found = contact(shop, request)
    return told.filter(contact=found) if found else told.none()


def kept_of_carts(shop: Shop, request: Request) -> Iterator[Mapping[str, Any]]:
    """What we keep of their checkouts, one by one."""
    for cart in checkouts(shop, request).prefetch_related("lines").order_by("began_at", "id"):
        yield {
            "checkout": cart.visitor.removeprefix(Browser.at_checkout(shop, "").visitor),
            "began_at": cart.began_at.isoformat(),
            "changed_at": cart.changed_at.isoformat(),
            "ordered_at": cart.ordered_at.isoformat() if cart.ordered_at else None,
            "total": str(cart.total),
            "currency": cart.currency,
            "lines": [
                {"name": line.name, "variant": line.variant, "quantity": str(line.quantity), "price": str(line.price)}
                for line in cart.lines.all()
            ],
        }


@transaction.atomic
def take_out(*, delivery: ShopDelivery, by: User, at: datetime) -> dict[str, Any] | None:
    """What the shop gave of the customer who asks, for somebody of ours to give to them; None where nobody asks."""
    request = read(delivery)
    if request is None or request.kind != "tell":
        return None
    some = list(kept(delivery.shop, request))
    carts = list(kept_of_carts(delivery.shop, request))
    _record(delivery, "shop.data_taken", len(some), by=by, at=at)
    return {"shop": delivery.shop.name, "customer": request.account, "orders": some, "checkouts": carts}


@transaction.atomic
def begin_to_erase(*, delivery: ShopDelivery, by: User, at: datetime) -> bool:
    """Somebody of ours says that it may go: a job erases it. Said again it begins again. False where nothing is to be erased."""
    delivery = _held(delivery)
    request = read(delivery)
    if request is None or request.kind == "tell":
        return False
    if delivery.outcome != ERASING:
        delivery.outcome = ERASING
        delivery.save(update_fields=["outcome"])
        _record(delivery, "shop.redacting", orders(delivery.shop, request).count(), by=by, at=at)
    jobs.queue(JOB, queue=QUEUE, delivery_id=delivery.pk, user_id=by.pk)
    return True


def erase(*, delivery: ShopDelivery, by: User, at: datetime) -> int:
    """Throw away what was sent of it and part the orders from whoever placed them; how many. What they came to stays.

    Piece by piece, each in a transaction of its own; whoever dies begins again. The delivery is closed at the end.
    """
    with locks.keeping("shop_erasing", delivery.pk) as is_ours:
        delivery = ShopDelivery.objects.select_related("shop").get(pk=delivery.pk)
        request = read(delivery) if is_ours else None
        if request is None or request.kind == "tell":
            return 0
        _forget_sent(delivery, request)
        checkouts(delivery.shop, request).delete()  # nobody's books need what lay in them
        n, last = 0, 0
        while some := _part(delivery.shop, request, after=last, at=at):
            n, last = n + len(some), some[-1]
        _end(delivery, request, n, by=by, at=at)
    return n


@transaction.atomic
def given(*, delivery: ShopDelivery, by: User, at: datetime) -> None:
    """Somebody of ours has given the customer what we keep."""
    delivery = _held(delivery)
    request = read(delivery)
    if request is None or request.kind != "tell":
        return
    n = orders(delivery.shop, request).count()
    _close(delivery, outcome=f"{n}", at=at)
    _record(delivery, "shop.data_given", n, by=by, at=at)


def _held(delivery: ShopDelivery) -> ShopDelivery:
    return ShopDelivery.objects.select_for_update(of=("self",)).select_related("shop").get(pk=delivery.pk)


@transaction.atomic
def _part(shop: Shop, request: Request, *, after: int, at: datetime) -> list[int]:
    """The next of the orders are nobody's any more; whoever has no other order there is forgotten as the shop told of them."""
    some = list(orders(shop, request).filter(pk__gt=after).select_for_update(of=("self",)).order_by("pk")[:AT_ONCE])
    whose = {order.contact_id for order in some if order.contact_id}
    for order in some:
        ordering.erase(order)
        order.contact, order.customer_name, order.email, order.guest_key = None, "", "", ""
        order.source, order.visitor, order.may_be_written_to = "", "", None
        order.save()
    whose -= set(Order.objects.filter(shop=shop, contact__in=whose).values_list("contact_id", flat=True))
    for person in Contact.objects.filter(pk__in=whose).order_by("pk"):
        forgetting.forget(contact=person.standing(), sources=recognising.sources(shop), at=at)
    return [order.pk for order in some]


@transaction.atomic
def _end(delivery: ShopDelivery, request: Request, n: int, *, by: User, at: datetime) -> None:
    delivery = _held(delivery)
    if read(delivery) is None:
        return
    if found := contact(delivery.shop, request):
        forgetting.forget(contact=found, sources=recognising.sources(delivery.shop), at=at)
    _close(delivery, outcome=f"{n}", at=at)
    _record(delivery, "shop.redacted", n, by=by, at=at)


def _forget_sent(delivery: ShopDelivery, request: Request) -> None:
    """The bytes of other deliveries that tell of these orders or of this customer: first, while the orders can still be named."""
    others = (
        ShopDelivery.objects.filter(shop=delivery.shop).exclude(pk=delivery.pk).select_related("shop").order_by("pk")
    )
    if request.kind == "erase_shop":
        while numbers := list(others.values_list("pk", flat=True)[:AT_ONCE]):
            ShopDelivery.objects.filter(pk__in=numbers).delete()
        return
    ids, shown = set(request.orders), set[str]()
    for external_id, number in orders(delivery.shop, request).values_list("external_id", "number"):
        ids.add(external_id)
        shown |= {number.removeprefix("#"), external_id.removeprefix("#")}
    last = 0
    while some := list(others.filter(pk__gt=last)[:READ_AT_ONCE]):
        gone = [one.pk for one in some if _is_about(one, request.account, ids, ids | shown - {""})]
        ShopDelivery.objects.filter(pk__in=gone).delete()
        last = some[-1].pk


def _is_about(delivery: ShopDelivery, account: str, ids: set[str], shown: set[str]) -> bool:
    """Whether it tells of one of these orders or of the account; a file of many if one of them does, by the number that buyers see too."""
    try:
        for one in reading.told(delivery):
            name = one.order.external_id if one.order else one.gone
            said = one.order or one.cart
            who = said.customer.account if said else ""
            is_named = name in ids or (delivery.topic == arriving.FILE and name.removeprefix("#") in shown)
            if is_named or (account and who == account):
                return True
    except (ValueError, ArithmeticError):
        pass  # what cannot be read goes by the names it bears
    return _bears(bytes(delivery.raw), account, ids)


def _bears(raw: bytes, account: str, ids: set[str]) -> bool:
    try:
        said = mapping(json.loads(raw))
    except (ValueError, RecursionError):
        return False
    who = text(mapping(said.get("customer")).get("id"), 60)
    return text(said.get("id"), 100) in ids or bool(account and who == account)


def _close(delivery: ShopDelivery, *, outcome: str, at: datetime) -> None:
    """It was acted upon: of its own words nothing stays either."""
    delivery.raw, delivery.digested_at, delivery.outcome = json.dumps(REMAINS).encode(), at, outcome
    delivery.quarantined_at, delivery.reason, delivery.detail = None, "", ""
    delivery.save(update_fields=["raw", "digested_at", "outcome", "quarantined_at", "reason", "detail"])


def _record(delivery: ShopDelivery, act: str, n: int, *, by: User, at: datetime) -> None:
    shop = delivery.shop
    audit.record(by=by, at=at, act=act, kind="shop", id=shop.pk, name=shop.name, topic=delivery.topic, n=n)
