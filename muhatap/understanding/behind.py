"""The messages behind a figure of how reading goes: those of a week, of a kind, not sure, corrected, those something was learned from."""

from datetime import date, datetime, time, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from muhatap.understanding.models import FIELDS, Correction, LearnedModel, Reading

UNSURE, CORRECTED, UNTOUCHED, HELD_BACK = "unsure", "corrected", "untouched", "held_back"
ONLY = (UNSURE, CORRECTED, UNTOUCHED)


def readings(
    *,
    week_on: date | None = None,
    kind: str = "",
    topic: int | None = None,
    language: str = "",
    only: str = "",
    field: str = "",
) -> QuerySet[Reading]:
    """Of the week that begins on this Monday, if one is named; of one kind, topic (0: of none), language; not sure, corrected to something else, or
    never spoken about (ONLY); those of which a word of people on one field stands."""
    found = Reading.objects.all()
    if week_on is not None:
        since = timezone.make_aware(datetime.combine(week_on, time()))
        until = timezone.make_aware(datetime.combine(week_on + timedelta(weeks=1), time()))
        found = found.filter(at__gte=since, at__lt=until)
    said = {"kind": kind, "language": language}
    found = found.filter(**{name: value for name, value in said.items() if value})
    if topic is not None:
        found = found.filter(topic=topic or None)
    if only == UNSURE:
        found = found.filter(is_sure=False)
    if only == UNTOUCHED:
        found = found.filter(corrected_at=None)
    if only == CORRECTED:
        found = found.filter(pk__in=Correction.objects.standing().exclude(old=F("new")).values("reading"))
    if field in FIELDS:
        found = found.filter(pk__in=Correction.objects.standing().filter(field=field).values("reading"))
    return found


def learned_from(learned: LearnedModel, *, only: str) -> QuerySet[Reading]:
    """Of what somebody said something by then (CORRECTED), or what it was judged by (HELD_BACK); what was erased since is not among it."""
    if only == HELD_BACK:
        return Reading.objects.filter(pk__in=learned.held_back)
    return Reading.objects.filter(pk__in=Correction.objects.filter(pk__in=learned.corrections).values("reading"))
