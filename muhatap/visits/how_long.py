"""How long events stand as they were sent: the firm's word, and the days it comes to."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.visits.models import EventKeeping

ONLY = 1
FOR_EVER = "for_ever"  # in the audit
A_DAY = timedelta(days=1)


class LakeKeepsLess(Exception):
    """A day would leave the lake before it leaves the database."""


def current() -> EventKeeping:
    return EventKeeping.objects.filter(pk=ONLY).first() or EventKeeping(pk=ONLY)


@transaction.atomic
def change(*, months: int | None, lake_months: int | None, by: User, at: datetime) -> None:
    """From the next night on. What has gone stays gone. Raises LakeKeepsLess."""
    if lake_months is not None and (months is None or lake_months < months):
        raise LakeKeepsLess
    row = held()
    if (row.months, row.lake_months) == (months, lake_months):
        return
    before = _told(row)
    row.months, row.lake_months = months, lake_months
    row.save(update_fields=["months", "lake_months"])
    audit.record(by=by, at=at, act="keeping.events", kind="keeping", id="", before=before, after=_told(row))


def _told(row: EventKeeping) -> list[int | str]:
    return [FOR_EVER if months is None else months for months in (row.months, row.lake_months)]


def held() -> EventKeeping:
    """The row, for whoever writes into it; theirs until their transaction ends."""
    EventKeeping.objects.bulk_create([EventKeeping(pk=ONLY)], ignore_conflicts=True)
    return EventKeeping.objects.select_for_update().get(pk=ONLY)


def first_kept(*, at: datetime) -> date | None:
    """The first day of the firm whose events the database keeps; None when it keeps all."""
    months = current().months
    return None if months is None else _back(timezone.localdate(at), months)


def first_kept_in_lake(*, at: datetime) -> date | None:
    """The same of the lake, from which whole months go."""
    months = current().lake_months
    return None if months is None else _back(timezone.localdate(at), months).replace(day=1)


def goes_on(day: date) -> date | None:
    """In whose night the events of a day leave the database; None when they stay."""
    months = current().months
    if months is None:
        return None
    night = _back(day, -months)
    while _back(night, months) <= day:
        night += A_DAY
    return night


def goes_from_lake_on(day: date) -> date | None:
    """In whose night the month of a day leaves the lake; None when it stays."""
    months = current().lake_months
    return None if months is None else _back(day.replace(day=1), -months - 1)


def midnight(day: date) -> datetime:
    """When a day of the firm begins."""
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _back(day: date, months: int) -> date:
    """As many months before; of a month that is too short its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for length in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, length)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
