"""Costs of quality: written down once, never changed; time at the rate of its day, what a contact was given, what is taken back."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.service import rates
from muhatap.service.models import Case, Compensation, Cost
from muhatap.service.promising import MOST_COST, MOST_MINUTES, BadCost, NoReason
from muhatap.shared import locks

Kind, What = Cost.Kind, Cost.What
OLDEST = timedelta(days=10 * 366)  # of what is written down by hand; a year typed wrong would stretch every report


class WasTakenBack(Exception):
    """There is a row against it already."""


class FollowsFrom(Exception):
    """It follows from something else, which is to be taken back instead."""


@transaction.atomic
def note(
    *,
    kind: str,
    what: str,
    happened_at: datetime,
    by: User | None,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "TRY",
    minutes: int | None = None,
    case: Case | None = None,
    team_id: int | None = None,
    note: str = "",
    source: str = "",
    **more: Any,
) -> Cost | None:
    """Write a cost down; None when it stands there already, by its source. Raises BadCost."""
    if source and Cost.objects.filter(source=source).exists():
        return None
    if (amount is None and minutes is None) or (amount is not None and not 0 <= amount <= MOST_COST):
        raise BadCost
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise BadCost
    return Cost.objects.create(
        kind=kind,
        what=what,
        case=case,
        team_id=team_id or (case.team_id if case else None),
        amount=amount,
        currency=currency,
        minutes=minutes,
        note=note.strip()[:300],
        source=source,
        by=by,
        at=happened_at,
        recorded_at=at,
        **more,
    )


@transaction.atomic
def write(
    *,
    kind: str,
    what: str,
    happened_at: datetime,
    by: User,
    at: datetime,
    amount: Decimal | None = None,
    currency: str = "TRY",
    minutes: int | None = None,
    case: Case | None = None,
    said: str = "",
) -> Cost:
    """Write a cost down by hand; minutes without an amount count at the writer's rate of that day. Raises BadCost."""
    if not at - OLDEST <= happened_at <= at:
        raise BadCost
    team_id = case.team_id if case and case.team_id else rates.team_of(by)
    rate = None
    if minutes is not None and amount is None:
        rate = rates.of(user=by, team_id=rates.team_of(by), on=timezone.localtime(happened_at).date())
    cost = note(
        kind=kind,
        what=what,
        happened_at=happened_at,
        by=by,
        at=at,
        amount=rates.worth(minutes, rate) if rate and minutes is not None else amount,
        currency=rate.currency if rate else currency,
        minutes=minutes,
        case=case,
        team_id=team_id,
        note=said,
        rate=rate,
    )
    if cost is None:
        raise BadCost  # not reached: without a source nothing can stand there already
    audit.record(by=by, at=at, act="cost.write", kind="cost", id=cost.pk, name=cost.note, what=what, of=str(kind))
    return cost


@transaction.atomic
def take_back(*, cost: Cost, why: str, by: User, at: datetime) -> Cost:
    """A row against it, of today: what was read in a report of the days before stays true.

    Raises NoReason, WasTakenBack, FollowsFrom.
    """
    if not why.strip():
        raise NoReason
    if cost.source:
        raise FollowsFrom
    against = _against(cost, why=why, by=by, at=at)
    audit.record(by=by, at=at, act="cost.take_back", kind="cost", id=cost.pk, name=cost.note, why=why.strip()[:300])
    return against


@transaction.atomic
def undo_source(*, source: str, why: str, by: User | None, at: datetime) -> int:
    """What a cost followed from was taken back: a row against each. Returns how many."""
    rows = _of_source(source).select_for_update(of=("self",)).filter(reversed_by=None, reverses=None).order_by("pk")
    return len([_against(row, why=why, by=by, at=at) for row in rows])


@transaction.atomic
def compensate(
    *, case: Case, kind: str, amount: Decimal, currency: str, said: str, by: User, at: datetime
) -> Compensation:
    """Give the contact of a case something for what went wrong; it costs what it is worth. Raises BadCost."""
    if not 0 < amount <= MOST_COST:
        raise BadCost
    hold(case)
    told_by = _told_by_shop(case, amount, currency) if kind == Compensation.Kind.REFUND else ""
    given = Compensation.objects.create(
        case=case, kind=kind, amount=amount, currency=currency, note=said.strip()[:300], told_by=told_by, by=by, at=at
    )
    if not told_by:
        _note_given(given, at=at)
    told = {"what": kind, "amount": f"{amount:f}", "currency": currency}
    audit.record(by=by, at=at, act="case.compensate", kind="case", id=case.pk, name=f"#{case.pk}", **told)
    return given


@transaction.atomic
def take_compensation_back(*, given: Compensation, by: User, at: datetime) -> None:
    """They were not given it after all; nothing happens when that was said before."""
    if Compensation.objects.filter(pk=given.pk, undone_at=None).update(undone_by=by, undone_at=at):
        undo_source(source=f"compensation:{given.pk}", why=given.note, by=by, at=at)
        case = given.case
        audit.record(
            by=by, at=at, act="case.uncompensate", kind="case", id=case.pk, name=f"#{case.pk}", what=given.kind
        )


@transaction.atomic
def refunded(
    *, case: Case, number: int, goods: Decimal, shipping: Decimal, currency: str, happened_at: datetime, at: datetime
) -> bool:
    """The shop gave money back on the order of a case: what of it was for goods, what for shipping. False when known.

    A refund that an agent wrote down as given is the same money: it is noted with that, and counted once.
    """
    hold(case)
    source = f"refund:{number}"
    if _of_source(source).exists() or Compensation.objects.filter(told_by=source, undone_at=None).exists():
        return False
    said = _said_by_agent(case, goods + shipping, currency)
    if said:
        Compensation.objects.filter(pk=said.pk).update(told_by=source)
        return True
    _note_refund(case, source, goods, shipping, currency, happened_at=happened_at, at=at)
    return True


@transaction.atomic
def refund_changed(*, number: int, goods: Decimal, shipping: Decimal, currency: str, at: datetime) -> None:
    """The shop tells another amount: rows of today against what was noted, and what it tells now beside them."""
    source = f"refund:{number}"
    given, case = _held(source)
    undo_source(source=source, why="", by=None, at=at)
    if given:
        undo_source(source=f"compensation:{given.pk}", why=given.note, by=None, at=at)
    _note_refund(case, source, goods, shipping, currency, happened_at=at, at=at)


@transaction.atomic
def refund_gone(*, number: int, at: datetime) -> None:
    """The shop tells of it no more: rows of today against it. What an agent says was given still was, and costs."""
    source = f"refund:{number}"
    given, _case = _held(source)
    undo_source(source=source, why="", by=None, at=at)
    if given:
        Compensation.objects.filter(pk=given.pk).update(told_by="")
        if not _of_source(f"compensation:{given.pk}").filter(reversed_by=None).exists():
            _note_given(given, at=at)


def hold(case: Case) -> None:
    """Nobody else notes money given back on the order of this case until the transaction ends."""
    locks.hold("refunds", *(["order", case.order_id] if case.order_id else ["case", case.pk]))


def _held(source: str) -> tuple[Compensation | None, Case | None]:
    """What an agent said of this refund, and the case that it counts for."""
    noted = _of_source(source).filter(case__isnull=False).select_related("case").order_by("pk").first()
    if noted and noted.case:
        hold(noted.case)
    given = Compensation.objects.filter(told_by=source, undone_at=None).select_related("case").first()
    if given:
        hold(given.case)
    return given, given.case if given else noted.case if noted else None


def _note_refund(
    case: Case | None,
    source: str,
    goods: Decimal,
    shipping: Decimal,
    currency: str,
    *,
    happened_at: datetime,
    at: datetime,
) -> None:
    for what, amount, ending in ((What.REFUND, goods, ""), (What.SHIPPING, shipping, ":shipping")):
        if amount:
            note(
                kind=Kind.EXTERNAL,
                what=what,
                happened_at=happened_at,
                by=None,
                at=at,
                amount=amount,
                currency=currency,
                case=case,
                source=_free(source + ending),
            )


def _note_given(given: Compensation, *, at: datetime) -> None:
    note(
        kind=Kind.EXTERNAL,
        what=What.COMPENSATION,
        happened_at=at,
        by=given.by,
        at=at,
        amount=given.amount,
        currency=given.currency,
        case=given.case,
        note=given.note,
        source=_free(f"compensation:{given.pk}"),
    )


def _of_source(source: str) -> QuerySet[Cost]:
    """What follows from it, of whichever part and however often it was noted anew."""
    return Cost.objects.filter(Q(source=source) | Q(source__startswith=f"{source}:"))


def _free(source: str) -> str:
    """A name for what is noted anew: each is written once."""
    n = _of_source(source).count()
    return f"{source}:{n + 1}" if n else source


def _with_its_order(case: Case) -> Q:
    """Of this case, or of another of the same order: one refund may be spoken of in several."""
    return Q(case__order_id=case.order_id) | Q(case=case) if case.order_id else Q(case=case)


def _said_by_agent(case: Case, amount: Decimal, currency: str) -> Compensation | None:
    given = Compensation.objects.filter(
        _with_its_order(case), kind=Compensation.Kind.REFUND, undone_at=None, told_by=""
    )
    return given.filter(amount=amount, currency=currency).order_by("pk").first()


def _told_by_shop(case: Case, amount: Decimal, currency: str) -> str:
    """The refund of the shop, counted already, that this is; empty when there is none."""
    whole: dict[str, Decimal] = {}
    rows = Cost.objects.filter(_with_its_order(case), source__startswith="refund:", currency=currency, reversed_by=None)
    for row in rows:
        name = ":".join(row.source.split(":")[:2])
        whole[name] = whole.get(name, Decimal(0)) + (row.amount or Decimal(0))
    taken = set(Compensation.objects.filter(told_by__in=whole, undone_at=None).values_list("told_by", flat=True))
    return next((name for name, sum_of in sorted(whole.items()) if sum_of == amount and name not in taken), "")


def _against(cost: Cost, *, why: str, by: User | None, at: datetime) -> Cost:
    row = Cost.objects.select_for_update(of=("self",)).get(pk=cost.pk)
    if row.reverses_id or Cost.objects.filter(reverses=row).exists():
        raise WasTakenBack
    return Cost.objects.create(
        kind=row.kind,
        what=row.what,
        case_id=row.case_id,
        promise_id=row.promise_id,
        team_id=row.team_id,
        amount=None if row.amount is None else -row.amount,
        currency=row.currency,
        minutes=None if row.minutes is None else -row.minutes,
        rate_id=row.rate_id,
        note=why.strip()[:300],
        reverses=row,
        by=by,
        at=at,
        recorded_at=at,
    )
