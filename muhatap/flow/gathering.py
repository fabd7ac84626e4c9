"""What cases cost, gathered: the shop's refunds of their orders, what promises of their conversations took, and what of it was taken back.

What was gathered once is not gathered again (`Cost.source`). Only the shop's server tells of refunds: what a browser claims
costs nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from muhatap.sales.models import Order, Refund
from muhatap.service import costing, rates
from muhatap.service.models import Case, CaseLink, Compensation, Cost, Promise, PromiseEnding

A_BATCH = 200
LOOKED_AT = 5_000  # cases whose refunds are compared in one minute with what the shop tells now
NOT_FOR_MONEY = (Promise.Kind.REFUND, Promise.Kind.REPLACEMENT)  # that money comes from the shop or as compensation


@transaction.atomic
def gather(*, case: Case, at: datetime) -> int:
    """What its order's refunds and the promises of its conversations cost, each once. Returns how many are new."""
    refunds = _told().filter(order_id=case.order_id or 0).order_by("at", "pk")
    n = sum(_refunded(case, refund, at=at) for refund in refunds)
    numbers = case.links.filter(conversation_id__isnull=False).values("conversation_id")
    endings = PromiseEnding.objects.filter(promise__conversation_id__in=numbers, undone_at=None)
    return n + sum(_promised(case, one, at=at) for one in endings.select_related("promise__by").order_by("pk"))


def collect(*, at: datetime) -> int:
    """Each minute: refunds and endings of promises that no cost tells of yet, and costs of what was taken back or told otherwise."""
    revised = _revise_refunds(at=at)
    return revised + _collect_refunds(at=at) + _collect_promises(at=at) + _take_back_promises(at=at)


def _told() -> QuerySet[Refund]:
    """Refunds of which a shop's server told, not a browser."""
    return Refund.objects.filter(order__is_told_by_server=True).select_related("order")


def _revise_refunds(*, at: datetime) -> int:
    turn = _turn(at)
    numbers = sorted({*_noted_otherwise(turn), *_said_otherwise(turn)})[:A_BATCH]
    told = _told().in_bulk(numbers)
    for number in numbers:
        _revise(number, told.get(number), at=at)
    return len(numbers)


def _revise(number: int, refund: Refund | None, *, at: datetime) -> None:
    if refund is None:
        costing.refund_gone(number=number, at=at)
        return
    goods, shipping = split(refund.order, refund.amount, before=_given_before(refund))
    costing.refund_changed(number=number, goods=goods, shipping=shipping, currency=refund.order.currency, at=at)


def _turn(at: datetime) -> Q:
    """The cases whose turn it is in this minute, so that a minute's work stays the same as the years pass.

    What stands of one refund stands on one case, so its sum is whole in its turn.
    """
    newest = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    first = int(at.timestamp() // 60) % (newest // LOOKED_AT + 1) * LOOKED_AT
    these = Q(case_id__gte=first, case_id__lt=first + LOOKED_AT)
    return these if first else these | Q(case=None)  # of somebody who was erased


def _noted_otherwise(turn: Q) -> set[int]:
    """Numbers of refunds whose standing costs are not what the shop tells now."""
    noted = Cost.objects.filter(turn, source__startswith="refund:", reversed_by=None).order_by()
    sums: Any = noted.annotate(number=_number("source")).values("number", "currency").annotate(whole=Sum("amount"))
    return _otherwise(sums.values_list("number", "currency", "whole"))


def _said_otherwise(turn: Q) -> set[int]:
    """The same of those that count by what an agent said."""
    said = Compensation.objects.filter(turn, told_by__startswith="refund:", undone_at=None)
    noted = Cost.objects.filter(source__startswith="compensation:", case=OuterRef("case"), reversed_by=None)
    noted = noted.annotate(number=_after_colon("source")).filter(number=Cast(OuterRef("pk"), CharField()))
    counting: Any = said.filter(Exists(noted)).annotate(number=_number("told_by"))
    return _otherwise(counting.values_list("number", "currency", "amount"))


def _otherwise(noted: Iterable[tuple[int, str, Decimal]]) -> set[int]:
    rows = list(noted)
    told = {
        row[0]: row[1:]
        for row in _told().filter(pk__in={row[0] for row in rows}).values_list("pk", "order__currency", "amount")
    }
    return {number for number, *said in rows if told.get(number) != tuple(said)}


def _number(column: str) -> Cast:
    """The number that stands after the first colon: "refund:12:shipping" → 12."""
    return Cast(_after_colon(column), BigIntegerField())


def _after_colon(column: str) -> Func:
    return Func(F(column), Value(":"), Value(2), function="split_part", output_field=CharField())


def _collect_refunds(*, at: datetime) -> int:
    told = Case.objects.filter(order_id=OuterRef("order_id")).order_by("opened_at", "pk").values("pk")[:1]
    noted = Compensation.objects.filter(told_by=_source("refund:"), undone_at=None)
    orders = Case.objects.filter(order_id__isnull=False).values("order_id")
    named = _told().filter(order_id__in=orders)
    fresh = named.filter(~_is_costed("refund:"), ~_is_costed("refund:", ":shipping"), ~Exists(noted))
    rows = fresh.annotate(case=Subquery(told)).filter(case__isnull=False)
    found = list(rows.order_by("at", "pk")[:A_BATCH])
    by_number = Case.objects.in_bulk({row.case for row in found})
    return sum(_refunded(by_number[row.case], row, at=at) for row in found)


def _collect_promises(*, at: datetime) -> int:
    links = CaseLink.objects.filter(conversation_id=OuterRef("promise__conversation_id")).order_by("at", "pk")
    rows = PromiseEnding.objects.filter(
        ~_is_costed("promise:", ":time"), ~_is_costed("promise:", ":money"), undone_at=None
    )
    rows = rows.filter(Q(actual_minutes__gt=0) | Q(actual_cost__gt=0) & ~Q(promise__kind__in=NOT_FOR_MONEY))
    numbers = CaseLink.objects.filter(conversation_id__isnull=False).values("conversation_id")
    rows = rows.filter(promise__conversation_id__in=numbers)
    rows = rows.annotate(case=Subquery(links.values("case")[:1])).filter(case__isnull=False)
    found = list(rows.select_related("promise__by").order_by("pk")[:A_BATCH])
    by_number = Case.objects.in_bulk({row.case for row in found})
    return sum(_promised(by_number[row.case], row, at=at) for row in found)


def _take_back_promises(*, at: datetime) -> int:
    parts = ("time", "money")
    standing = [_is_costed("promise:", f":{part}", reversed_by=None) for part in parts]
    undone = PromiseEnding.objects.filter(standing[0] | standing[1], undone_at__isnull=False).order_by("pk")[:A_BATCH]
    sources = [f"promise:{one.pk}:{part}" for one in undone for part in parts]
    return sum(costing.undo_source(source=source, why="", by=None, at=at) for source in sources)


def _source(before: str, after: str = "") -> Concat:
    return Concat(Value(before), Cast(OuterRef("pk"), CharField()), Value(after))


def _is_costed(before: str, after: str = "", **more: Any) -> Exists:
    return Exists(Cost.objects.filter(source=_source(before, after), **more))


def _refunded(case: Case, refund: Refund, *, at: datetime) -> bool:
    goods, shipping = split(refund.order, refund.amount, before=_given_before(refund))
    return costing.refunded(
        case=case,
        number=refund.pk,
        goods=goods,
        shipping=shipping,
        currency=refund.order.currency,
        happened_at=refund.at,
        at=at,
    )


def split(order: Order, amount: Decimal, *, before: Decimal) -> tuple[Decimal, Decimal]:
    """What of money given back is for goods, what for shipping: goods first, and what goes beyond them is shipping.

    The two are the refund, whatever the shop told of its order.
    """
    goods_left = max(order.total - order.shipping - before, Decimal(0))
    goods = min(amount, goods_left)
    shipping_left = max(order.shipping - max(before - (order.total - order.shipping), Decimal(0)), Decimal(0))
    shipping = min(amount - goods, shipping_left)
    return amount - shipping, shipping


def _given_before(refund: Refund) -> Decimal:
    rows = Refund.objects.filter(order_id=refund.order_id)
    earlier = rows.filter(Q(at__lt=refund.at) | Q(at=refund.at, pk__lt=refund.pk))
    return sum(earlier.values_list("amount", flat=True), Decimal(0))


def _promised(case: Case, ending: PromiseEnding, *, at: datetime) -> int:
    """What keeping, or not keeping, a promise took: time at its owner's rate of that day, and money."""
    promise, n = ending.promise, 0
    if ending.actual_minutes:
        team_id = promise.team_id or rates.team_of(promise.by)
        rate = rates.of(user=promise.by, team_id=team_id, on=timezone.localtime(_ended_at(ending)).date())
        n += _note_promise(
            case,
            ending,
            "time",
            at=at,
            minutes=ending.actual_minutes,
            amount=rates.worth(ending.actual_minutes, rate) if rate else None,
            currency=rate.currency if rate else promise.currency,
            rate=rate,
        )
    if ending.actual_cost and promise.kind not in NOT_FOR_MONEY:
        n += _note_promise(case, ending, "money", at=at, amount=ending.actual_cost, currency=promise.currency)
    return n


def _ended_at(ending: PromiseEnding) -> datetime:
    """When it ended, which may be said later; of one that was opened again meanwhile, when that was written down."""
    return ending.promise.ended_at or ending.at


def _note_promise(case: Case, ending: PromiseEnding, part: str, *, at: datetime, **told: Any) -> int:
    noted = costing.note(
        kind=Cost.Kind.EXTERNAL,
        what=Cost.What.PROMISE,
        happened_at=_ended_at(ending),
        by=ending.by,
        at=at,
        case=case,
        promise=ending.promise,
        team_id=ending.promise.team_id,
        note=ending.promise.what,
        source=f"promise:{ending.pk}:{part}",
        **told,
    )
    return int(noted is not None)
