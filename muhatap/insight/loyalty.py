"""What people answered when asked: satisfaction (CSAT), loyalty (NPS) and ease (CES), by the day, each with its interval."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from muhatap.feedback import figures
from muhatap.feedback.models import Response
from muhatap.insight import intervals
from muhatap.insight.intervals import Span
from muhatap.insight.voice_rows import Cursor
from muhatap.insight.voices import Asked

KINDS = ("csat", "nps", "ces")
SATISFIED = 4  # of 5
PROMOTING, PASSIVE = 9, 7  # of 10
STATEMENT = """
select s.kind, (p.at at time zone %(zone)s)::date, p.score, count(*)
from feedback_response p
left join feedback_invitation v on v.id = p.invitation_id
join feedback_survey s on s.id = coalesce(p.survey_id, v.survey_id)
where s.kind in ('csat', 'nps', 'ces') and p.score is not null and p.at >= %(since)s and p.at < %(until)s {narrowed}
group by 1, 2, 3
"""
OF_TAG = "and exists (select from contacts_contacttag g where g.contact_id = p.contact_id and g.tag_id = %(tag)s)"


@dataclass(frozen=True)
class Scores:
    """How often each score was given on each day."""

    csat: Counter[tuple[date, int]]
    nps: Counter[tuple[date, int]]
    ces: Counter[tuple[date, int]]

    def __bool__(self) -> bool:
        return bool(self.csat or self.nps or self.ces)

    def satisfaction(self, start: date, end: date) -> Span:
        """The share of answers with 4 or 5 of 5."""
        found = dict(_within(self.csat, start, end))
        return intervals.share(sum(n for score, n in found.items() if score >= SATISFIED), sum(found.values()))

    def loyalty(self, start: date, end: date) -> Span:
        """NPS."""
        found = dict(_within(self.nps, start, end))
        return intervals.promoters(
            promoting=sum(n for score, n in found.items() if score >= PROMOTING),
            passive=sum(n for score, n in found.items() if PASSIVE <= score < PROMOTING),
            detracting=sum(n for score, n in found.items() if score < PASSIVE),
        )

    def ease(self, start: date, end: date) -> Span:
        """The mean of answers from 1 to 7; higher is easier. Of a single answer the interval is not known."""
        found = figures.ease(dict(_within(self.ces, start, end)))
        return Span(value=found.value, n=found.n, low=found.low, high=found.high)


def scores(asked: Asked) -> Scores:
    """Answers of these days; of a segment when one is asked for.

    A survey knows no topic, product, channel or theme: beside figures of one of them there are no scores, for those of
    everybody would pass for its own.
    """
    found: dict[str, Counter[tuple[date, int]]] = {kind: Counter() for kind in KINDS}
    if asked.is_of_messages:
        return Scores(**found)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(narrowed=OF_TAG if asked.tag_id else ""), asked.values())
        for kind, on, score, n in cursor.fetchall():
            found[kind][(on, score)] += n
    return Scores(**found)


def answers(
    asked: Asked, kind: str, *, scores: tuple[int, int] | None = None, before: Cursor | None = None
) -> QuerySet[Response]:
    """The answers behind a figure, newest first, of these scores (both included); those that come after a place in that order."""
    values = asked.values()
    kinds = Response.objects.annotate(kind=Coalesce(F("survey__kind"), F("invitation__survey__kind")))
    rows = kinds.filter(kind=kind, score__isnull=False, at__gte=values["since"], at__lt=values["until"])
    if scores:
        rows = rows.filter(score__range=scores)
    if asked.tag_id:
        rows = rows.filter(contact__tags=asked.tag_id)
    if before:
        rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.id))
    return rows.order_by("-at", "-id")


def _within(found: Counter[tuple[date, int]], start: date, end: date) -> Iterable[tuple[int, int]]:
    sums: Counter[int] = Counter()
    for (on, score), n in found.items():
        if start <= on <= end:
            sums[score] += n
    return sums.items()
