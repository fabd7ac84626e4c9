"""What people say of a reading: kept for good, standing at once, learned from by night."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.understanding import topics
from muhatap.understanding.models import FIELDS, Correction, Reading

_KNOWN = {
    "kind": frozenset(Reading.Kind.values),
    "urgency": frozenset(Reading.Urgency.values),
    "sentiment": frozenset(Reading.Sentiment.values),
}


class BadAnswer(ValueError):
    """No reading can say this."""


class TakenBack(Exception):
    """This was taken back already, or corrected again since."""


@transaction.atomic
def correct(*, reading: Reading, field: str, value: str, by: User | None, at: datetime) -> Correction:
    """Say what one field of a reading should be; saying what stands says that it is right. Raises BadAnswer."""
    row = Reading.objects.select_for_update(of=("self",)).select_related("topic").get(pk=reading.pk)
    value = _checked(field, value)
    correction = Correction.objects.create(
        reading=row,
        field=field,
        old=value_of(row, field),
        new=value,
        confidence=getattr(row, f"{field}_confidence"),
        was_asked=field in row.unsure,
        model_version=row.model_version,
        text_hash=row.text_hash,
        by=by,
        at=at,
    )
    _put(row, field, value, confidence=1.0, at=at)
    row.unsure = [name for name in row.unsure if name != field]
    row.is_sure = "kind" not in row.unsure
    row.save()
    audit.record(
        by=by,
        at=at,
        act="reading.correct",
        kind="reading",
        id=row.pk,
        field=field,
        before=correction.old,
        after=correction.new,
    )
    return correction


@transaction.atomic
def take_back(*, correction: Correction, by: User, at: datetime) -> Correction:
    """The field says again what it said before. Raises TakenBack where that is no longer the last word on it."""
    row = Reading.objects.select_for_update(of=("self",)).get(pk=correction.reading_id)
    last = row.corrections.standing().filter(field=correction.field).order_by("-id").first()
    if last is None or last.pk != correction.pk:
        raise TakenBack
    again = Correction.objects.create(
        reading=row,
        field=correction.field,
        old=correction.new,
        new=correction.old,
        confidence=getattr(row, f"{correction.field}_confidence"),
        was_asked=False,
        model_version=row.model_version,
        text_hash=row.text_hash,
        undoes=correction,
        by=by,
        at=at,
    )
    _put(row, correction.field, correction.old, confidence=correction.confidence, at=at)
    if correction.was_asked:
        row.unsure = [name for name in FIELDS if name in row.unsure or name == correction.field]
    row.is_sure = "kind" not in row.unsure
    standing = row.corrections.standing().exists()
    row.corrected_at = row.corrected_at if standing else None
    row.save()
    audit.record(
        by=by, at=at, act="reading.take_back", kind="reading", id=row.pk, field=correction.field, after=correction.old
    )
    return again


def value_of(reading: Reading, field: str) -> str:
    """What a field says now, as corrections keep it."""
    if field == "topic":
        return reading.topic.slug if reading.topic else ""
    return str(getattr(reading, field))


def _put(row: Reading, field: str, value: str, *, confidence: float, at: datetime) -> None:
    if field == "topic":
        row.topic = topics.standing(value) if value else None
    else:
        setattr(row, field, value)
    setattr(row, f"{field}_confidence", confidence)
    row.corrected_at = at


def _checked(field: str, value: str) -> str:
    if field == "topic":
        found = topics.standing(value) if value else None
        if value and found is None:
            raise BadAnswer(field, value)
        return found.slug if found else ""
    if field == "language":
        if not (2 <= len(value) <= 3 and value.isascii() and value.isalpha() and value.islower()):
            raise BadAnswer(field, value)
        return value
    if value not in _KNOWN.get(field, ()):
        raise BadAnswer(field, value)
    return value
