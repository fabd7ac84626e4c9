"""Where the occasions come from: each kind finds its own in a span of time, with what a person needs to know of it.

The same is asked for now and for a look back, so that what is shown before is what happens after.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Count, Max, QuerySet, Sum

from muhatap.conversations.models import Conversation
from muhatap.sales.models import Lateness, Leaving, OrderLine
from muhatap.triggers.models import Firing, Trigger
from muhatap.visits.models import EmptySearch, ProductInterest, Visit

Kind = Trigger.Kind
Some = TypeVar("Some")
MOST = 500  # of one kind at one time; the next look goes on from there
LOOKS = 3  # visits
A_DAY = timedelta(days=1)
LOOKED_WITHIN = timedelta(days=7)
BOUGHT_WITHIN = timedelta(days=30)  # whoever bought it looks at it for another reason
NAMES = 3  # of products that are told
OPEN = (Conversation.Status.OPEN, Conversation.Status.WAITING, Conversation.Status.SNOOZED)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """`key` names it once and for all; `reasons` are told in words by whoever shows it."""

    key: str
    contact_id: int
    at: datetime
    reasons: Mapping[str, Any] = field(default_factory=dict)


def found(kind: str, *, since: datetime, until: datetime, trigger: Trigger | None = None) -> list[Occasion]:
    """The first MOST occasions after `since`, up to `until`, the oldest first; those that this trigger met before are none."""
    new: list[Occasion] = []
    for some in _by_many(_FINDERS[kind](since, until)):
        met = _met(trigger, some) if trigger else set()
        new += [one for one in some if one.key not in met]
        if len(new) >= MOST:
            break
    return sorted(new, key=lambda one: (one.at, one.key))[:MOST]


def _met(trigger: Trigger, some: Iterable[Occasion]) -> set[str]:
    rows = Firing.objects.filter(trigger=trigger, occasion__in=[one.key for one in some])
    return set(rows.values_list("occasion", flat=True))


def _by_many(rows: Iterable[Some]) -> Iterator[list[Some]]:
    rows = iter(rows)
    while some := list(islice(rows, MOST)):
        yield some


def _carts_left(since: datetime, until: datetime) -> Iterator[Occasion]:
    rows = Leaving.objects.filter(
        at__gt=since, at__lte=until, over_at=None, cart__ordered_at=None, cart__contact__isnull=False
    )
    together = rows.select_related("cart").prefetch_related("cart__lines").order_by("at", "id")
    for one in together.iterator(chunk_size=MOST):
        names = [line.name or line.product_external_id for line in one.cart.lines.all()]
        told = {"products": names[:NAMES], "total": str(one.total), "currency": one.cart.currency}
        yield Occasion(key=f"leaving:{one.pk}", contact_id=one.cart.contact_id or 0, at=one.at, reasons=told)


def _third_looks(since: datetime, until: datetime) -> Iterator[Occasion]:
    """Day by day, so that a week is a week also where a longer span is looked through."""
    met: set[str] = set()
    while since < until:
        end = min(since + A_DAY, until)
        for one in _looks_until(since, end):
            if one.key not in met:
                met.add(one.key)
                yield one
        since = end


def _looks_until(since: datetime, end: datetime) -> Iterator[Occasion]:
    """Who looked at what in a visit that ended since, and in how many visits of the week before."""
    looked = ProductInterest.objects.filter(visit__interaction__contact__isnull=False, n_looks__gt=0)
    # By their beginning, which has an index: nobody's visit lasts a day.
    news = looked.filter(visit__began_at__gt=since - A_DAY, visit__began_at__lte=end, visit__ended_at__gt=since)
    pairs = news.values_list("visit__interaction__contact", "product").order_by().distinct()
    often = (one for some in _by_many(pairs) for one in _often_looked(looked, set(some), since, end))
    yield from sorted(often, key=lambda one: one.at)


def _often_looked(
    looked: QuerySet[ProductInterest], some: set[tuple[int, str]], since: datetime, end: datetime
) -> Iterator[Occasion]:
    contacts, products = {contact for contact, _product in some}, {product for _contact, product in some}
    rows = looked.filter(
        visit__interaction__contact__in=contacts, product__in=products, at__gt=end - LOOKED_WITHIN, at__lte=end
    )
    sums = rows.values("visit__interaction__contact", "product").annotate(
        n=Count("visit", distinct=True), last=Max("visit__ended_at"), called=Max("name"), ms=Sum("engaged_ms")
    )
    for one in sums.filter(n__gte=LOOKS, last__gt=since):
        contact, product, at = one["visit__interaction__contact"], one["product"], min(one["last"], end)
        if (contact, product) in some and not _has_bought(contact, product, at):
            told = {
                "product": product,
                "name": one["called"] or product,
                "n": one["n"],
                "seconds": round(one["ms"] / 1000),
            }
            yield Occasion(key=f"looks:{contact}:{product}:{at:%Y-%m}", contact_id=contact, at=at, reasons=told)


def _late_orders(since: datetime, until: datetime) -> Iterator[Occasion]:
    rows = Lateness.objects.filter(at__gt=since, at__lte=until, over_at=None, order__contact__isnull=False)
    for one in rows.select_related("order").order_by("at", "id").iterator(chunk_size=MOST):
        told = {"number": one.order.number, "promised_on": one.promised_on.isoformat()}
        yield Occasion(key=f"late:{one.pk}", contact_id=one.order.contact_id or 0, at=one.at, reasons=told)


def _empty_searches(since: datetime, until: datetime) -> Iterator[Occasion]:
    rows = EmptySearch.objects.filter(at__gt=since, at__lte=until, visit__interaction__contact__isnull=False)
    for one in rows.select_related("visit__interaction").order_by("at", "id").iterator(chunk_size=MOST):
        contact = one.visit.interaction.contact_id if one.visit.interaction else None
        yield Occasion(key=f"search:{one.pk}", contact_id=contact or 0, at=one.at, reasons={"query": one.query})


def _open_questions(since: datetime, until: datetime) -> Iterator[Occasion]:
    rows = Visit.objects.filter(began_at__gt=since, began_at__lte=until, interaction__contact__isnull=False)
    newest = rows.select_related("interaction").order_by("began_at", "id")
    for some in _by_many(newest.iterator(chunk_size=MOST)):
        yield from _met_by_threads(some)


def _met_by_threads(visits: list[Visit]) -> Iterator[Occasion]:
    contacts = {visit.interaction.contact_id for visit in visits if visit.interaction}
    complaints = Conversation.objects.filter(said_kind="complaint", status__in=OPEN, merged_into=None)
    threads = complaints.filter(contact__in=contacts).order_by("last_message_at")
    open_now = {thread.contact_id: thread for thread in threads}
    for visit in visits:
        contact = visit.interaction.contact_id if visit.interaction else None
        thread = open_now.get(contact or 0)
        if thread and thread.created_at < visit.began_at:
            told = {"conversation": thread.pk, "subject": thread.subject}
            yield Occasion(key=f"visit:{visit.pk}", contact_id=contact or 0, at=visit.began_at, reasons=told)


def _has_bought(contact_id: int, product: str, at: datetime) -> bool:
    lines = OrderLine.objects.filter(order__contact=contact_id, product_external_id=product)
    return lines.filter(order__placed_at__gt=at - BOUGHT_WITHIN).exists()


_FINDERS: Mapping[str, Callable[[datetime, datetime], Iterator[Occasion]]] = {
    Kind.CART_LEFT: _carts_left,
    Kind.THIRD_LOOK: _third_looks,
    Kind.ORDER_LATE: _late_orders,
    Kind.EMPTY_SEARCH: _empty_searches,
    Kind.OPEN_QUESTION: _open_questions,
}
