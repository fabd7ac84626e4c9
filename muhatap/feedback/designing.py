"""Making surveys and their questions: what is asked, in which order, after which answer."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.feedback import logic
from muhatap.feedback.models import RANGES, Question, Survey

LOW = {"nps": 6, "csat": 2, "ces": 3}  # up to here somebody waits for a word from us, unless the firm says otherwise
MOST_QUESTIONS = 30


class IsTaken(Exception):
    """Another survey asks after resolutions of this inbox already."""


class NothingAsked(Exception):
    """Own questions without a single one ask nothing."""


class LooksAhead(Exception):
    """A question can hang only on one that comes before it."""


class IsAnswered(Exception):
    """Somebody has answered already: another kind would make their answers nonsense."""


class TooMany(Exception):
    """Nobody answers so many questions."""


@transaction.atomic
def create(*, fields: Mapping[str, Any], by: User, at: datetime) -> Survey:
    """A new survey, switched off until somebody has looked at it. Raises IsTaken."""
    kind = str(fields["kind"])
    given = {"low_up_to": LOW.get(kind), "scale": "numbers" if kind != "csat" else "faces", **fields}
    try:
        with transaction.atomic():
            survey = Survey.objects.create(**given, key=secrets.token_urlsafe(12), changed_at=at)
    except IntegrityError as error:
        raise IsTaken from error
    _record("survey.create", survey, by, at, asks=kind)
    return survey


@transaction.atomic
def change(*, survey: Survey, fields: Mapping[str, Any], by: User, at: datetime) -> Survey:
    """Change how and when it is asked. Raises IsTaken, NothingAsked, IsAnswered."""
    row = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if fields.get("kind", row.kind) != row.kind and row.responses.exists():
        raise IsAnswered
    for name, value in fields.items():
        setattr(row, name, value)
    row.key = row.key or secrets.token_urlsafe(12)
    row.changed_at = at
    if row.is_on and row.kind == Survey.Kind.OWN and not logic.questions(row) and not row.asks_comment:
        raise NothingAsked
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise IsTaken from error
    _record("survey.change", row, by, at, is_on=row.is_on)
    return row


@transaction.atomic
def archive(*, survey: Survey, by: User, at: datetime) -> None:
    """Nobody is asked any more; what was answered stays."""
    Survey.objects.filter(pk=survey.pk, archived_at=None).update(archived_at=at, is_on=False, changed_at=at)
    _record("survey.archive", survey, by, at)


@transaction.atomic
def ask(
    *, survey: Survey, fields: Mapping[str, Any], by: User, at: datetime, question: Question | None = None
) -> Question:
    """Add a question at the end, or change one. Raises LooksAhead, IsAnswered, TooMany."""
    Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if question is None and survey.questions.filter(archived_at=None).count() >= MOST_QUESTIONS:
        raise TooMany
    row = question or Question(survey=survey, place=_next_place(survey))
    if row.pk and fields["kind"] != row.kind and row.answers.exists():
        raise IsAnswered
    for name, value in fields.items():
        setattr(row, name, value)
    row.options = _keyed(row.options, fields.get("options", row.options)) if row.kind in ("choice", "choices") else []
    _check_order(row)
    row.save()
    _record("survey.question", survey, by, at, question=str(row))
    return row


@transaction.atomic
def take_away(*, question: Question, by: User, at: datetime) -> None:
    """Ask it no more; its answers stay. What hung on it is asked of everybody again."""
    question.depending.update(after=None, least=None, most=None, option="")
    Question.objects.filter(pk=question.pk).update(archived_at=at)
    _record("survey.question_removed", question.survey, by, at, question=str(question))


@transaction.atomic
def move(*, question: Question, up: bool, by: User, at: datetime) -> bool:
    """One place up or down. False at the end of the list. Raises LooksAhead where a question would come before what it hangs on."""
    Survey.objects.select_for_update(of=("self",)).get(pk=question.survey_id)
    order = logic.questions(question.survey)
    here = next(nth for nth, one in enumerate(order) if one.pk == question.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return False
    order[here], order[there] = order[there], order[here]
    seen: set[int] = set()
    for nth, one in enumerate(order, 1):
        if one.after_id and one.after_id not in seen:
            raise LooksAhead
        seen.add(one.pk)
        Question.objects.filter(pk=one.pk).update(place=nth)
    _record("survey.question_moved", question.survey, by, at, question=str(question))
    return True


def _next_place(survey: Survey) -> int:
    return (survey.questions.aggregate(last=Max("place"))["last"] or 0) + 1


def _check_order(row: Question) -> None:
    """What it hangs on is asked before, and can be answered so."""
    after = row.after
    if after is None:
        row.option = ""
        return
    if after.survey_id != row.survey_id or after.place >= row.place or after.archived_at is not None:
        raise LooksAhead
    if after.kind in RANGES:
        row.option = ""
    else:
        row.least = row.most = None
        if row.option not in {str(one["key"]) for one in after.options}:
            raise LooksAhead


def _keyed(known: Sequence[Mapping[str, str]], options: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Options keep their keys as long as their words in one language stay, so that answers keep their meaning."""
    keys = {
        one.get(language, ""): one.get("key", "") for one in known for language in ("tr", "en") if one.get(language)
    }
    taken: set[str] = set()
    found = []
    for one in options:
        key = one.get("key") or keys.get(one.get("tr", "")) or keys.get(one.get("en", "")) or ""
        found.append({"key": "" if key in taken else key, "tr": one.get("tr", ""), "en": one.get("en", "")})
        taken.add(key)
    used = {one["key"] for one in found} | {str(one.get("key", "")) for one in known}
    fresh = (f"o{n}" for n in range(1, 1000) if f"o{n}" not in used)
    for one in found:
        one["key"] = one["key"] or next(fresh)
    return found


def _record(act: str, survey: Survey, by: User, at: datetime, **details: object) -> None:
    audit.record(by=by, at=at, act=act, kind="survey", id=survey.pk, name=str(survey), **details)
