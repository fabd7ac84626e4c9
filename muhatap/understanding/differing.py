"""Which weeks differ from the weeks before them: in what is written to us, what it is about, in which language.

A share differs when it lies five points or more from that of the eight weeks before, and so far that neither chance nor the ups and
downs of those weeks explain it: 3.3 standard errors of the difference of two shares, widened by how much the weeks before vary beyond
chance (Pearson's chi-square over its degrees of freedom). A week has a thousand ways to differ by little, so less is passed over.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from muhatap.understanding.drift import WEEKS
from muhatap.understanding.models import Reading

FIELDS = ("kind", "topic_id", "language")
BEFORE = 8  # weeks a week is compared with
LEAST_WEEKS, LEAST_BEFORE, LEAST = 4, 100, 30  # of them with messages, messages in them, messages in the week itself
POINTS = 0.05
ERRORS = 3.3
ONE_WEEK = timedelta(weeks=1)
Value = str | int | None
Counted = Mapping[Value, int]  # messages by what they are, of one week
Fields = Mapping[str, Counted]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Of the `n` messages of a week `part` are this; in the weeks before the share was `before`."""

    field: str
    value: Value
    part: int
    n: int
    before: float

    @property
    def share(self) -> float:
        return self.part / self.n

    @property
    def points(self) -> float:
        return 100 * (self.share - self.before)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A week that is over, and in what it differs, the most first."""

    begins_on: date
    differences: tuple[Difference, ...]


def weeks(*, at: datetime, n: int = WEEKS) -> list[Compared]:
    """The weeks that are over and could be compared, the newest first."""
    today = timezone.localtime(at).date()
    monday = today - timedelta(days=today.weekday())
    known = _counted(monday - (n + BEFORE) * ONE_WEEK, monday)
    found = []
    for week in (monday - back * ONE_WEEK for back in range(1, n + 1)):
        before = [known[on] for back in range(1, BEFORE + 1) if (on := week - back * ONE_WEEK) in known]
        if week in known and is_comparable(known[week]["kind"], [one["kind"] for one in before]):
            found.append(_compared(week, known[week], before))
    return found


def _compared(week: date, now: Fields, before: Sequence[Fields]) -> Compared:
    some = [one for field in FIELDS for one in differences(field, now[field], [each[field] for each in before])]
    return Compared(begins_on=week, differences=tuple(sorted(some, key=_order)))


def _order(one: Difference) -> tuple[float, float, str]:
    """The most first; what differs as much, always in the same order."""
    return -round(abs(one.points), 6), -one.points, str(one.value)


def is_comparable(now: Counted, before: Collection[Counted]) -> bool:
    """Whether there are enough messages to say anything."""
    n_before = sum(sum(one.values()) for one in before)
    return sum(now.values()) >= LEAST and len(before) >= LEAST_WEEKS and n_before >= LEAST_BEFORE


def differences(field: str, now: Counted, before: Collection[Counted]) -> Iterator[Difference]:
    """In what a week differs from those before; both have messages."""
    n, sizes = sum(now.values()), [sum(one.values()) for one in before]
    for value in {value for one in (now, *before) for value in one}:
        parts = [one.get(value, 0) for one in before]
        told = Difference(field=field, value=value, part=now.get(value, 0), n=n, before=sum(parts) / sum(sizes))
        if abs(told.points) >= 100 * POINTS and abs(told.share - told.before) >= ERRORS * _error(told, parts, sizes):
            yield told


def _error(told: Difference, parts: list[int], sizes: list[int]) -> float:
    """The standard error of the difference, if nothing had changed."""
    n_before = sum(sizes)
    both = (told.part + sum(parts)) / (told.n + n_before)
    return sqrt(both * (1 - both) * (1 / told.n + 1 / n_before) * _unrest(told.before, parts, sizes))


def _unrest(share: float, parts: list[int], sizes: list[int]) -> float:
    """How many times as much as by chance the weeks before vary; 1 at least."""
    if not 0 < share < 1:
        return 1.0
    squares = sum(
        (part - n * share) ** 2 / (n * share * (1 - share)) for part, n in zip(parts, sizes, strict=True) if n
    )
    return max(1.0, squares / (len(sizes) - 1))


def _counted(start: date, end: date) -> dict[date, dict[str, dict[Value, int]]]:
    """By week and field, how many messages are what."""
    since, until = (timezone.make_aware(datetime.combine(day, time())) for day in (start, end))
    rows = Reading.objects.filter(at__gte=since, at__lt=until).annotate(week=TruncWeek("at"))
    found: dict[date, dict[str, dict[Value, int]]] = {}
    for week, *values, n in rows.values_list("week", *FIELDS).annotate(n=Count("id")).order_by():
        of_week = found.setdefault(week.date(), {field: {} for field in FIELDS})
        for field, value in zip(FIELDS, values, strict=True):
            of_week[field][value] = of_week[field].get(value, 0) + n
    return found
