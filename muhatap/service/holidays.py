"""Days on which work rests: the official ones of Turkey by year, and the company's own."""

import re
from datetime import date, datetime

import holidays as calendars
from django.db import IntegrityError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.service.models import Holiday

FIRST, LAST = 2000, 2070
HALF_DAY = 13 * 60  # by law 2429 the day before the feasts, and 28 October, rests from 13:00
_TOLD_HOUR = re.compile(r"\s*\(saat [^)]*\)")


class DayTaken(Exception):
    """This day stands there already."""


class UnknownYear(Exception):
    """The calendar does not reach so far."""


@transaction.atomic
def bring_in(*, year: int, by: User | None, at: datetime) -> int:
    """Add the official holidays of a year; days that stand there stay as they are. Returns how many are new.

    Raises UnknownYear. The feasts of later years are computed, and decrees add bridge days: all of them can be changed.
    """
    if not FIRST <= year <= LAST:
        raise UnknownYear(year)
    known = set(Holiday.objects.filter(on__year=year).values_list("on", flat=True))
    new = [day for day in official(year) if day.on not in known]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        audit.record(by=by, at=at, act="holidays.bring_in", kind="holiday", id=year, name=str(year), n=len(new))
    return len(new)


def official(year: int) -> list[Holiday]:
    """The public holidays of Turkey and the half days before them; a whole day wins over a half one."""
    found = {}
    for category, minute in (("half_day", HALF_DAY), ("public", 0)):
        for on, name in calendars.country_holidays("TR", years=year, language="tr", categories=(category,)).items():
            told = _TOLD_HOUR.sub(" arifesi" if "Bayramı (" in name and "Cumhuriyet" not in name else "", name)
            found[on] = Holiday(on=on, name=told, closes_at_minute=minute, source=Holiday.Source.CALENDAR)
    return [found[on] for on in sorted(found)]


@transaction.atomic
def save(*, holiday: Holiday, on: date, name: str, closes_at_minute: int, by: User | None, at: datetime) -> Holiday:
    """Add or change a day. Raises DayTaken; then nothing is changed."""
    is_new = holiday.pk is None
    holiday.on, holiday.name, holiday.closes_at_minute = on, name, closes_at_minute
    try:
        with transaction.atomic():
            holiday.save()
    except IntegrityError as error:
        holiday.pk = None if is_new else holiday.pk
        raise DayTaken from error
    act = "holiday.add" if is_new else "holiday.change"
    audit.record(by=by, at=at, act=act, kind="holiday", id=holiday.pk, name=str(holiday))
    return holiday


@transaction.atomic
def remove(*, holiday: Holiday, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act="holiday.remove", kind="holiday", id=holiday.pk, name=str(holiday))
    holiday.delete()
