"""What a survey came to: its answers of some days, ways and people, counted by score, and by each further question."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from muhatap.contacts.models import Tag
from muhatap.feedback import figures, following_up, logic
from muhatap.feedback.figures import Counts, Figure
from muhatap.feedback.models import Answer, Question, Response, Survey


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Which answers: of these days (by when they were given first), this way, people with this tag, with this score; `word`:
    of whom a word from us was owed, and how far it came (following_up.WORDS)."""

    survey: Survey
    start: date
    end: date
    way: str = ""
    tag: int | None = None
    score: int | None = None
    question: int | None = None
    option: str = ""
    word: str = ""

    def but(self, **changes: Any) -> "Cut":
        return replace(self, **changes)

    @property
    def n_days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, kw_only=True)
class OfQuestion:
    """How a further question was answered: how many of each number or option, and how many in own words."""

    question: Question
    counts: Mapping[str, int]
    n: int


def moment(day: date) -> datetime:
    """Its first moment, where the firm is."""
    return timezone.make_aware(datetime.combine(day, time.min))


def rows(cut: Cut) -> QuerySet[Response]:
    """The answers of a cut."""
    found = _given(cut.start, cut.end).filter(survey=cut.survey)
    if cut.way:
        found = found.filter(way=cut.way)
    if cut.tag:
        found = found.filter(contact__tags=cut.tag)
    if cut.score is not None:
        found = found.filter(score=cut.score)
    if cut.word:
        found = found.filter(following_up.WORDS[cut.word])
    if cut.question:
        asked = Answer.objects.filter(question_id=cut.question)
        if re.fullmatch(r"-?[0-9]+", cut.option):
            asked = asked.filter(number=int(cut.option))
        elif cut.option:
            asked = asked.filter(chosen__contains=[cut.option])
        found = found.filter(pk__in=asked.values("response_id"))
    return found


def counts(found: QuerySet[Response]) -> dict[int, int]:
    """How often each score was given."""
    told = found.exclude(score=None).order_by().values_list("score").annotate(n=Count("pk"))
    return {score: n for score, n in told if score is not None}


def of_surveys(start: date, end: date) -> dict[int, Counts]:
    """How often each score was given to each survey in these days; -1 stands for answers without a score."""
    told = _given(start, end).order_by().values_list("survey", "score").annotate(n=Count("pk"))
    found: dict[int, dict[int, int]] = {}
    for survey, score, n in told:
        if survey is not None:
            found.setdefault(survey, {})[-1 if score is None else score] = n
    return dict(found)


def figure(cut: Cut) -> Figure:
    return figures.of(cut.survey.kind, counts(rows(cut)))


def by_way(cut: Cut) -> dict[str, Counts]:
    return _by(rows(cut).values_list("way", "score").annotate(n=Count("pk")).order_by())


def by_tag(cut: Cut, *, most: int = 10) -> dict[Tag, Counts]:
    """Of the tags most of these people carry; somebody with two stands in both."""
    told = rows(cut).filter(contact__tags__isnull=False)
    groups = _by(told.values_list("contact__tags", "score").annotate(n=Count("pk")).order_by())
    largest = sorted(groups, key=lambda one: -sum(groups[one].values()))[:most]
    known = Tag.objects.in_bulk([int(one) for one in largest])
    return {known[int(one)]: groups[one] for one in largest if int(one) in known}


def by_day(cut: Cut) -> dict[date, Counts]:
    day = TruncDate("at", tzinfo=timezone.get_current_timezone())
    found: dict[date, Counter[int]] = {}
    told = rows(cut).annotate(day=day).values_list("day", "score").annotate(n=Count("pk")).order_by()
    for on, score, n in told:
        found.setdefault(on, Counter())[-1 if score is None else score] += n
    return dict(found)


def within(days: Mapping[date, Counts], start: date, end: date) -> dict[int, int]:
    """The counts of some days together; -1 stands for answers without a score."""
    added: Counter[int] = Counter()
    for on, of_day in days.items():
        if start <= on <= end:
            added.update(of_day)
    return dict(added)


def of_questions(cut: Cut) -> list[OfQuestion]:
    """Each further question in its order."""
    found = []
    answered = Answer.objects.filter(response__in=rows(cut).values("pk"))
    for question in logic.questions(cut.survey):
        told: Counter[str] = Counter()
        of_this = answered.filter(question=question)
        for number, chosen in of_this.values_list("number", "chosen"):
            told.update([str(number)] if number is not None else chosen)
        found.append(OfQuestion(question=question, counts=dict(told), n=of_this.count()))
    return found


def _given(start: date, end: date) -> QuerySet[Response]:
    """To whichever survey, in these days."""
    return Response.objects.filter(at__gte=moment(start), at__lt=moment(end + timedelta(days=1)))


def _by(told: Any) -> dict[str, Counts]:
    found: dict[str, Counter[int]] = {}
    for key, score, n in told:
        if score is not None:
            found.setdefault(str(key), Counter())[score] += n
    return dict(found)
