"""When somebody works: making and changing hours, and the working time that follows from them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from django.db import IntegrityError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.service.models import BusinessHours, Holiday
from muhatap.service.working import MIDNIGHT, Calendar, RoundTheClock, Span, Week, WorkingTime

LOOKS_BACK = timedelta(days=400)
OFFICE: Week = (*(((9 * 60, 18 * 60),),) * 5, (), ())  # Monday to Friday, nine to six


class NameTaken(Exception):
    """Other hours have this name."""


class NeverOpen(Exception):
    """Hours need one open span in the week at least: a promise could never come due."""


class Overlap(Exception):
    """Two spans cover the same minutes; `day` (0 is Monday) is the one in which the later of them begins."""

    def __init__(self, day: int) -> None:
        super().__init__(day)
        self.day = day


class InUse(Exception):
    """Policies count in these hours."""


@transaction.atomic
def save(
    *, hours: BusinessHours, name: str, time_zone: str, week: Week, keeps_holidays: bool, by: User | None, at: datetime
) -> BusinessHours:
    """Make or change hours. Raises NameTaken, NeverOpen, Overlap; then nothing is changed."""
    check(week)
    if time_zone not in available_timezones():
        raise ValueError(f"no such time zone: {time_zone}")
    is_new = hours.pk is None
    hours.name, hours.time_zone, hours.keeps_holidays = name, time_zone, keeps_holidays
    hours.week = [[list(span) for span in sorted(day)] for day in week]
    hours.created_at = hours.created_at or at
    try:
        with transaction.atomic():
            hours.save()
    except IntegrityError as error:
        hours.pk = None if is_new else hours.pk
        raise NameTaken from error
    audit.record(
        by=by, at=at, act="hours.create" if is_new else "hours.change", kind="hours", id=hours.pk, name=hours.name
    )
    return hours


@transaction.atomic
def delete(*, hours: BusinessHours, by: User, at: datetime) -> None:
    """Raises InUse, also when only an archived policy remembers them."""
    if hours.policies.exists():
        raise InUse
    audit.record(by=by, at=at, act="hours.delete", kind="hours", id=hours.pk, name=hours.name)
    hours.delete()


def check(week: Week) -> None:
    """Raises NeverOpen, Overlap."""
    if not any(week):
        raise NeverOpen
    spans: list[tuple[int, Span]] = sorted(
        (number, (number * MIDNIGHT + opens, number * MIDNIGHT + closes))
        for number, day in enumerate(week)
        for opens, closes in day
    )
    around = [*spans, (spans[0][0], _a_week_later(spans[0][1]))]
    for (_day, (_opens, closes)), (day, (opens, _closes)) in pairwise(around):
        if opens < closes:
            raise Overlap(day)


def working_time(hours: BusinessHours | None, *, at: datetime) -> WorkingTime:
    """What a promise counts in around this moment; without hours every minute counts."""
    if hours is None:
        return RoundTheClock()
    closed = {}
    if hours.keeps_holidays:
        since = (at - LOOKS_BACK).date()
        closed = dict(Holiday.objects.filter(on__gte=since).values_list("on", "closes_at_minute"))
    return Calendar(zone=ZoneInfo(hours.time_zone), week=spans(hours.week), closed=closed)


def spans(week: Sequence[Sequence[Sequence[int]]]) -> Week:
    return tuple(tuple((opens, closes) for opens, closes in day) for day in week)


def _a_week_later(span: Span) -> Span:
    return span[0] + 7 * MIDNIGHT, span[1] + 7 * MIDNIGHT
