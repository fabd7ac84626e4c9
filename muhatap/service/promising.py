"""Promises to contacts: made, kept, broken, withdrawn, put off, handed over; and those that stand in a draft until it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import available_timezones

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.contacts.models import Contact
from muhatap.service.models import HandOver, Promise, PromiseEnding, PutOff

FARTHEST = timedelta(days=5 * 366)
LEAST_LEAD, MOST_LEAD = timedelta(minutes=10), timedelta(hours=3)
MOST_MINUTES = 60 * 24 * 365
MOST_COST = Decimal(10) ** 9
_FOREVER_OPEN = (Promise.State.DRAFTED, Promise.State.OPEN)


class NothingPromised(Exception):
    """A promise says what."""


class NotThen(Exception):
    """The moment is over, or farther away than anybody promises."""


class BadCost(Exception):
    """Minutes or money that make no sense."""


class NoReason(Exception):
    """Whoever breaks, withdraws or puts off a promise says why."""


class NotThenEnded(Exception):
    """Nothing ends in the future, or before it was promised."""


class NotForThem(Exception):
    """Only somebody who is here and may make promises owes one."""


class HasEnded(Exception):
    """It was kept, broken or withdrawn meanwhile; or was never said."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is promised until when, at what expected cost. `words` are those in which it was said."""

    what: str
    due_at: datetime
    time_zone: str
    kind: str = Promise.Kind.OTHER
    words: str = ""
    expected_minutes: int | None = None
    expected_cost: Decimal | None = None
    currency: str = "TRY"


@transaction.atomic
def promise(
    *,
    contact: Contact,
    terms: Terms,
    by: User,
    at: datetime,
    conversation_id: int | None = None,
    message_id: int | None = None,
    team_id: int | None = None,
    is_drafted: bool = False,
) -> Promise:
    """Promise something; in a draft nobody has heard it yet. Raises NothingPromised, NotThen, BadCost."""
    check(terms, at=at)
    made = Promise.objects.create(
        contact=contact,
        conversation_id=conversation_id,
        message_id=message_id,
        what=terms.what.strip()[:300],
        words=terms.words[:1000],
        kind=terms.kind,
        by=by,
        team_id=team_id,
        made_at=at,
        due_at=terms.due_at,
        first_due_at=terms.due_at,
        time_zone=terms.time_zone,
        expected_minutes=terms.expected_minutes,
        expected_cost=terms.expected_cost,
        currency=terms.currency,
        state=Promise.State.DRAFTED if is_drafted else Promise.State.OPEN,
        remind_at=remind_at(at, terms.due_at),
    )
    if not is_drafted:
        _record("promise.make", made, by, at)
    return made


@transaction.atomic
def keep(
    *,
    promise: Promise,
    by: User,
    at: datetime,
    ended_at: datetime | None = None,
    minutes: int | None = None,
    cost: Decimal | None = None,
    why: str = "",
) -> PromiseEnding:
    """It was kept (`ended_at`: when; now without it), and took so much. Raises HasEnded, NotThenEnded, BadCost."""
    told = _Told(minutes=minutes, cost=cost, why=why, ended_at=ended_at)
    return _end(promise, Promise.State.KEPT, told, by=by, at=at)


@transaction.atomic
def break_(
    *,
    promise: Promise,
    by: User,
    at: datetime,
    why: str,
    ended_at: datetime | None = None,
    minutes: int | None = None,
    cost: Decimal | None = None,
) -> PromiseEnding:
    """It was broken; only a person says so. Raises HasEnded, NoReason, NotThenEnded, BadCost."""
    told = _Told(minutes=minutes, cost=cost, why=why, ended_at=ended_at)
    return _end(promise, Promise.State.BROKEN, told, by=by, at=at)


@transaction.atomic
def withdraw(
    *,
    promise: Promise,
    by: User,
    at: datetime,
    why: str,
    ended_at: datetime | None = None,
    minutes: int | None = None,
    cost: Decimal | None = None,
) -> PromiseEnding:
    """It is not owed any more: not wanted, or never meant. Raises HasEnded, NoReason, NotThenEnded, BadCost."""
    told = _Told(minutes=minutes, cost=cost, why=why, ended_at=ended_at)
    return _end(promise, Promise.State.WITHDRAWN, told, by=by, at=at)


@transaction.atomic
def put_off(*, promise: Promise, due_at: datetime, why: str, by: User, at: datetime) -> PutOff:
    """Give it another moment; the first one is kept. Raises HasEnded, NotThen, NoReason."""
    row = _open(promise)
    if not why.strip():
        raise NoReason
    _check_moment(due_at, at)
    moved = PutOff.objects.create(
        promise=row, was_due_at=row.due_at, due_at=due_at, by=by, at=at, why=why.strip()[:300]
    )
    row.due_at, row.remind_at = due_at, remind_at(at, due_at)
    row.reminded_at = row.missed_at = None
    row.save(update_fields=["due_at", "remind_at", "reminded_at", "missed_at"])
    _record("promise.put_off", row, by, at, was=moved.was_due_at.isoformat(), due=due_at.isoformat())
    return moved


@transaction.atomic
def hand_over(*, promise: Promise, to: User, by: User, at: datetime, team_id: int | None = None) -> HandOver | None:
    """Another one owes it from now on, in this team. None where it is theirs already. Raises HasEnded, NotForThem."""
    row = _open(promise)
    if row.by_id == to.pk:
        return None
    if not may(to, "promises.make"):
        raise NotForThem
    handed = HandOver.objects.create(promise=row, was=row.by, became=to, by=by, at=at)
    row.by, row.team_id = to, team_id
    row.save(update_fields=["by", "team_id"])
    _record("promise.hand_over", row, by, at, was=str(handed.was), to=str(to))
    return handed


@transaction.atomic
def reopen(*, promise: Promise, by: User, at: datetime) -> None:
    """Take back that it ended; nothing happens where it stands open."""
    row = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    if row.state in _FOREVER_OPEN:
        return
    PromiseEnding.objects.filter(promise=row, undone_at=None).update(undone_by=by, undone_at=at)
    row.state, row.ended_at = Promise.State.OPEN, None
    row.save(update_fields=["state", "ended_at"])
    _record("promise.reopen", row, by, at)


@transaction.atomic
def say(*, promise: Promise, message_id: int, conversation_id: int, at: datetime) -> Promise:
    """A draft with this promise in it was sent: from now on it is owed."""
    row = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    if row.state == Promise.State.DRAFTED:
        row.state, row.message_id, row.conversation_id = Promise.State.OPEN, message_id, conversation_id
        if row.due_at > at:
            row.made_at, row.remind_at = at, remind_at(at, row.due_at)
        row.save(update_fields=["state", "message_id", "conversation_id", "made_at", "remind_at"])
        _record("promise.make", row, row.by, at)
    return row


@transaction.atomic
def unsay(*, message_id: int, by: User, at: datetime) -> int:
    """The message was taken back before it left: what it promised stands in the draft again. Returns how many."""
    said = list(Promise.objects.select_for_update(of=("self",)).filter(message_id=message_id))
    for row in said:
        _record("promise.unsay", row, by, at)
    open_ones = [row.pk for row in said if row.state == Promise.State.OPEN]
    Promise.objects.filter(message_id=message_id).update(message_id=None)
    return Promise.objects.filter(pk__in=open_ones).update(
        state=Promise.State.DRAFTED, reminded_at=None, missed_at=None
    )


@transaction.atomic
def forget_draft(*, promise: Promise) -> bool:
    """Take a promise out of a draft: nobody has heard it. False for one that was said."""
    return bool(Promise.objects.filter(pk=promise.pk, state=Promise.State.DRAFTED).delete()[0])


def check(terms: Terms, *, at: datetime) -> None:
    """Raises NothingPromised, NotThen, BadCost."""
    if not terms.what.strip():
        raise NothingPromised
    _check_moment(terms.due_at, at)
    if terms.time_zone not in available_timezones():
        raise ValueError(f"no such time zone: {terms.time_zone}")
    _check_cost(terms.expected_minutes, terms.expected_cost)


def remind_at(made_at: datetime, due_at: datetime) -> datetime:
    """A quarter of the time before it is due, three hours at most; of a very short promise half the time."""
    whole = due_at - made_at
    return due_at - min(max(whole / 4, LEAST_LEAD), MOST_LEAD, max(whole / 2, timedelta(seconds=1)))


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What is said at the end of a promise."""

    minutes: int | None
    cost: Decimal | None
    why: str
    ended_at: datetime | None


def _end(promise: Promise, outcome: str, told: _Told, *, by: User, at: datetime) -> PromiseEnding:
    """The promise says when it ended; its ending and the audit say who wrote that down, and when."""
    row = _open(promise)
    why = told.why.strip()[:300]
    if outcome != Promise.State.KEPT and not why:
        raise NoReason
    _check_cost(told.minutes, told.cost)
    row.state, row.ended_at = outcome, _ended(row, told.ended_at, at)
    row.save(update_fields=["state", "ended_at"])
    details = {"why": why} if why else {}
    if row.ended_at != at:
        details["ended_at"] = row.ended_at.isoformat()
    _record(f"promise.{outcome}", row, by, at, **details)
    return PromiseEnding.objects.create(
        promise=row, outcome=outcome, by=by, at=at, actual_minutes=told.minutes, actual_cost=told.cost, why=why
    )


def _ended(row: Promise, said: datetime | None, at: datetime) -> datetime:
    """The moment that was said, or now. People say whole minutes: that in which it was promised is none too early."""
    if said is None:
        return at
    if not row.made_at.replace(second=0, microsecond=0) <= said <= at:
        raise NotThenEnded
    return said


def _open(promise: Promise) -> Promise:
    row = Promise.objects.select_for_update(of=("self",)).get(pk=promise.pk)
    if row.state != Promise.State.OPEN:
        raise HasEnded
    return row


def _check_moment(due_at: datetime, at: datetime) -> None:
    if not at < due_at < at + FARTHEST:
        raise NotThen


def _check_cost(minutes: int | None, cost: Decimal | None) -> None:
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise BadCost
    if cost is not None and not 0 <= cost <= MOST_COST:
        raise BadCost


def _record(act: str, row: Promise, by: User, at: datetime, **details: str) -> None:
    audit.record(by=by, at=at, act=act, kind="promise", id=row.pk, name=row.what, **details)
