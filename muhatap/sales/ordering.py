"""Orders as they are told: each once per shop, whoever tells of it and in whatever order.

The shop's server stands over a browser: what a browser told of an order is a beginning that the server's word replaces, and
what it tells afterwards adds nothing but where the order was made. Of two words of the server the later one (`modified_at`)
stands; the earlier still adds the steps that nobody had told. A browser may tell the number that buyers see where the server
tells its own: both are the same order.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction
from muhatap.sales import catalogue
from muhatap.sales.models import Order, OrderLine, OrderStep, Refund, Shop, State
from muhatap.sales.told import NOTHING, Customer, Line, Return, ToldOrder, Unreadable
from muhatap.shared import address, bulk, locks, phone

_OF_VISITORS = """
select o.* from sales_order o join unnest(%s::text[], %s::text[], %s::timestamptz[]) as w (source, visitor, since)
  on o.source = w.source and o.visitor = w.visitor and o.visitor <> '' and o.placed_at >= w.since
order by o.placed_at, o.id
"""
UNDER_WAY = (State.PLACED, State.PAID, State.SHIPPED)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The order as it stands, whether it is new here, and the state it came to now ("" for none)."""

    order: Order
    is_new: bool = False
    came_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Browser:
    """Which visitor of which source claims an order."""

    source: str
    visitor: str

    @classmethod
    def at_checkout(cls, shop: Shop, number: str) -> "Browser":
        """Whoever stands at a checkout that the shop's server tells of, by its number."""
        return cls(source=f"shop:{shop.pk}", visitor=f"checkout:{number}")


@transaction.atomic
def take(*, shop: Shop, told: ToldOrder, at: datetime, browser: Browser | None = None) -> Taken:
    """Keep an order as it is told: by a browser when `browser` is given, else by the shop's server. May be told twice.

    Raises Unreadable for what no order can begin with.
    """
    hold(shop=shop, told=[told])
    order = _known(shop, told, browser)
    if order is None:
        return _begin(shop, told, browser, at)
    if browser:
        return _claimed(order, shop, told, browser, at)
    return _revise(order, shop, told, at)


def hold(*, shop: Shop, told: Iterable[ToldOrder]) -> None:
    """Nobody else writes these orders until the transaction ends, by whichever of their names they are told."""
    names = sorted({name.removeprefix("#") for one in told for name in (one.external_id, one.number) if name})
    locks.hold_all(("order", shop.pk, name) for name in names)


def says_enough(told: ToldOrder) -> bool:
    """Whether an order may begin with this: a cancellation or a refund alone is none."""
    return told.state == State.PLACED or told.total is not None or bool(told.lines)


def _known(shop: Shop, told: ToldOrder, browser: Browser | None) -> Order | None:
    """The order by its number at the shop; else by the number buyers see, where one side tells this and the other that."""
    rows = Order.objects.select_for_update().filter(shop=shop)
    order = rows.filter(external_id=told.external_id).first()
    if order:
        return order
    plain = told.external_id.removeprefix("#")
    if browser:
        return (
            rows.filter(external_id__in=[plain, f"#{plain}"]).first()
            or rows.filter(number=plain, is_told_by_server=True).order_by("-placed_at", "-id").first()
        )
    names = {sign + name for name in (plain, told.number.removeprefix("#")) if name for sign in ("", "#")}
    claim = rows.filter(external_id__in=names, is_told_by_server=False).order_by("id").first()
    if claim:
        claim.external_id = told.external_id
    return claim


@transaction.atomic
def belong(*, order_id: int, contact: Contact | None) -> Order | None:
    """Whose browser claimed this order when it was made, None for nobody's; None too when that is known or the server speaks."""
    rows = Order.objects.select_for_update().filter(pk=order_id, is_told_by_server=False)
    order = rows.first()
    if order is None or order.contact_id == (contact.pk if contact else None):
        return None
    order.contact = contact
    order.save(update_fields=["contact"])
    return order


def of_visitors(since: Mapping[Browser, datetime]) -> dict[Browser, list[Order]]:
    """The orders that these browsers made, each since a moment of its own, the first one first."""
    found: dict[Browser, list[Order]] = defaultdict(list)
    rows = [(one.source, one.visitor, moment) for one, moment in since.items()]
    for order in Order.objects.raw(_OF_VISITORS, bulk.columns(rows)) if rows else ():
        found[Browser(source=order.source, visitor=order.visitor)].append(order)
    return found


def of_checkout(*, shop: Shop, number: str) -> Order | None:
    """The order that was made in this checkout of the shop and came to something; None where none is known."""
    made = Order.objects.filter(shop=shop, checkout=number).exclude(checkout="").exclude(state=State.CANCELLED)
    return made.order_by("-placed_at", "-id").first()


def guest_key(who: Customer) -> str:
    """The same for one guest's orders: an address of mail and a number together, of somebody without an account. "" for others."""
    number = phone.e164(who.phone) if who.phone else None
    if who.account or not who.email or not number:
        return ""
    return hashlib.sha256(f"{address.canonical(who.email)}\x1f{number}".encode()).hexdigest()


@transaction.atomic
def cancel(*, shop: Shop, external_id: str, at: datetime) -> Order | None:
    """The shop threw an order away; None when it is not known here."""
    order = Order.objects.select_for_update().filter(shop=shop, external_id=external_id).first()
    if order and order.state != State.CANCELLED:
        order.state, order.is_told_by_server = State.CANCELLED, True
        order.modified_at = max(order.modified_at, at)
        order.save(update_fields=["state", "is_told_by_server", "modified_at"])
        _walk(order, {State.CANCELLED: at}, by_server=True)
    return order


def _begin(shop: Shop, told: ToldOrder, browser: Browser | None, at: datetime) -> Taken:
    if browser and not says_enough(told):
        raise Unreadable("a browser told the end of an order that nobody told")
    order = Order(shop=shop, external_id=told.external_id, recorded_at=at, is_told_by_server=browser is None)
    if browser:
        order.source, order.visitor = browser.source, browser.visitor
    _write(order, shop, told)
    order.save()
    _fill(order, shop, told, by_server=browser is None, at=at)
    return Taken(order=order, is_new=True, came_to=order.state)


def _claimed(order: Order, shop: Shop, told: ToldOrder, browser: Browser, at: datetime) -> Taken:
    if order.is_told_by_server:
        if not order.visitor:
            order.source, order.visitor = browser.source, browser.visitor
            order.save(update_fields=["source", "visitor"])
        return Taken(order=order)
    if (order.source, order.visitor) != (browser.source, browser.visitor):
        return Taken(order=order)  # somebody else's number, told by a browser: it changes nothing
    return _change(order, shop, told, by_server=False, at=at)


def _revise(order: Order, shop: Shop, told: ToldOrder, at: datetime) -> Taken:
    if order.is_told_by_server and told.modified_at < order.modified_at:
        _walk(order, told.steps, by_server=True)
        order.save(update_fields=["delivered_at"])
        return Taken(order=order)
    return _change(order, shop, told, by_server=True, at=at)


def _change(order: Order, shop: Shop, told: ToldOrder, *, by_server: bool, at: datetime) -> Taken:
    if not by_server and told.modified_at < order.modified_at:
        return _complete(order, shop, told, at)
    before = order.state
    if by_server and not order.is_told_by_server:
        _forget_claims(order)
    _write(order, shop, told)
    order.save()
    _fill(order, shop, told, by_server=by_server, at=at)
    return Taken(order=order, came_to=order.state if order.state != before else "")


def _forget_claims(order: Order) -> None:
    """The server speaks for the first time: nothing of what a browser said stands, nor whose it would have been."""
    order.is_told_by_server = True
    order.steps.all().delete()
    order.refunds.all().delete()
    order.refunded = NOTHING
    order.contact = None
    erase(order)


def erase(order: Order) -> None:
    """It no longer stands on anybody's timeline."""
    if order.interaction_id:
        number, order.interaction = order.interaction_id, None
        order.save(update_fields=["interaction"])
        Interaction.objects.filter(pk=number).delete()


def _complete(order: Order, shop: Shop, told: ToldOrder, at: datetime) -> Taken:
    """What a browser told late of an order whose end it told first: what it holds is new, its state is not."""
    if told.total is not None and not order.lines.exists():
        order.total, order.placed_at = told.total, min(told.placed_at, order.placed_at)
        _list(order, shop, told.lines or (), by_server=False, at=at)
        order.save(update_fields=["total", "placed_at"])
    _walk(order, told.steps, by_server=False)
    order.save(update_fields=["delivered_at"])
    return Taken(order=order)


def _write(order: Order, shop: Shop, told: ToldOrder) -> None:
    order.number = told.number or order.number or told.external_id.removeprefix("#")
    order.state = told.state or order.state
    order.currency = told.currency or order.currency or shop.currency
    if told.total is not None:
        order.total, order.shipping, order.tax = told.total, told.shipping, told.tax
        order.discount = told.discount
    elif order.total is None:
        order.total = sum((line.amount for line in told.lines or ()), NOTHING)
    order.placed_at = told.placed_at if order.pk is None or order.is_told_by_server else order.placed_at
    order.modified_at = told.modified_at
    if told.checkout:
        order.checkout = told.checkout
    order.promised_on = told.promised_on or order.promised_on
    order.customer_name = told.customer.name[:200] or order.customer_name
    order.email = told.customer.email[:320] or order.email
    if told.customer.may_be_written_to is not None:
        order.may_be_written_to = told.customer.may_be_written_to
    order.guest_key = guest_key(told.customer) or order.guest_key


def _fill(order: Order, shop: Shop, told: ToldOrder, *, by_server: bool, at: datetime) -> None:
    if told.lines is not None:
        _list(order, shop, told.lines, by_server=by_server, at=at)
    _walk(order, told.steps, by_server=by_server)
    if told.returns is not None:
        _give_back(order, told.returns, by_server=by_server, at=told.modified_at)
    order.save(update_fields=["refunded", "delivered_at"])


def _list(order: Order, shop: Shop, lines: Iterable[Line], *, by_server: bool, at: datetime) -> None:
    told = list(lines)
    known = catalogue.learn(
        shop=shop, things=[line.thing for line in told], currency=order.currency, by_server=False, at=at
    )
    order.lines.all().delete()
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            n=n,
            product_id=known.get(line.thing.external_id),
            product_external_id=line.thing.external_id,
            sku=line.thing.sku,
            name=line.thing.name,
            variant=line.thing.variant,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
        )
        for n, line in enumerate(told, 1)
    )


def _walk(order: Order, steps: Mapping[str, datetime], *, by_server: bool) -> None:
    """Write down the steps nobody told yet; a state once told at one moment is not told again at another."""
    known = set(order.steps.values_list("state", flat=True))
    OrderStep.objects.bulk_create(
        OrderStep(order=order, state=state, at=at, is_told_by_server=by_server)
        for state, at in steps.items()
        if state and state not in known
    )
    arrived = order.steps.filter(state=State.DELIVERED).order_by("at").values_list("at", flat=True).first()
    order.delivered_at = None if order.state in UNDER_WAY else arrived


def _give_back(order: Order, returns: Sequence[Return], *, by_server: bool, at: datetime) -> None:
    """A browser tells of one after the other; the server lists all there are, and what it no longer lists was taken back."""
    if by_server:
        order.refunds.exclude(external_id__in=[one.external_id for one in returns]).delete()
    Refund.objects.bulk_create(
        [
            Refund(order=order, external_id=one.external_id, amount=one.amount, reason=one.reason, at=one.at or at)
            for one in {one.external_id: one for one in returns}.values()
        ],
        update_conflicts=True,
        unique_fields=["order", "external_id"],
        update_fields=["amount", "reason"],
    )
    order.refunded = order.refunds.aggregate(n=Sum("amount"))["n"] or Decimal(0)
