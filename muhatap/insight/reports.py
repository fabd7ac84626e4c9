"""Figures of a period, from roll-ups alone: the cost of a report does not grow with the number of conversations."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from muhatap.insight import rollups
from muhatap.insight.figures import FIGURES, LENGTH
from muhatap.insight.rollups import Cut
from muhatap.shared import scale

KINDS = tuple(dict.fromkeys(kind for figure in FIGURES.values() for kind in figure.kinds))
HOURS, SCORES = range(24), range(1, 6)


@dataclass
class Tally:
    """How often, the sum of the values, and how they spread over buckets."""

    n: int = 0
    total: int = 0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, bucket: int, n: int, total: int) -> None:
        self.n += n
        self.total += total
        self.buckets[bucket] += n


Tallies = dict[str, Tally]


@dataclass(frozen=True, kw_only=True)
class Value:
    """One figure of one span: the number itself, of how many, and for lengths what nine of ten do not exceed."""

    value: float | None
    n: int = 0
    p90: float | None = None


@dataclass(frozen=True, kw_only=True)
class Period:
    """Tallies of a cut: all of it, by day, and by weekday and hour of what happens at an hour."""

    cut: Cut
    whole: Tallies
    days: dict[date, Tallies]

    def value(self, figure: str, *, is_working: bool = False, on: date | None = None) -> Value:
        """A figure of the whole period, or of one day of it."""
        return _value(self.whole if on is None else self.days.get(on, {}), figure, is_working=is_working)

    def grid(self, kind: str) -> dict[tuple[int, int], int]:
        """How often in each (weekday from Monday 0, hour)."""
        found: Counter[tuple[int, int]] = Counter()
        for on, tallies in self.days.items():
            for hour, n in tallies.get(kind, Tally()).buckets.items():
                found[(on.weekday(), hour)] += n
        return dict(found)

    def over(self, spans: Iterable[tuple[date, date]], figure: str, *, is_working: bool = False) -> list[Value]:
        """A figure of each span of days."""
        return [_value(_merged(self.days, span), figure, is_working=is_working) for span in spans]


def period(cut: Cut) -> Period:
    """All figures of a cut, by day."""
    kinds = [*KINDS, *(f"{kind}:working" for kind in KINDS if FIGURES.get(kind) and FIGURES[kind].unit == LENGTH)]
    whole: Tallies = _tallies()
    days: dict[date, Tallies] = defaultdict(_tallies)
    for figure, on, bucket, n, total in rollups.sums(cut, kinds, by=("figure", "on", "bucket")):
        whole[figure].add(bucket, n, total)
        days[on][figure].add(bucket, n, total)
    return Period(cut=cut, whole=whole, days=days)


def before(cut: Cut) -> Cut:
    """The period of the same length right before."""
    length = cut.end - cut.start + timedelta(days=1)
    return replace(cut, start=cut.start - length, end=cut.start - timedelta(days=1))


def backlog(cut: Cut, spans: Iterable[tuple[date, date]]) -> list[int]:
    """How many conversations stood unsettled at the end of each span of days."""
    standing = 0
    changes: Counter[date] = Counter()
    everything = replace(cut, start=date.min, user_id=None)
    for figure, on, n, _total in rollups.sums(everything, ("entered", "left"), by=("figure", "on")):
        change = n if figure == "entered" else -n
        if on < cut.start:
            standing += change
        else:
            changes[on] += change
    found = []
    for start, end in spans:
        standing += sum(change for on, change in changes.items() if start <= on <= end)
        found.append(standing)
    return found


def by_cell(cut: Cut, column: str) -> dict[int, Tallies]:
    """Tallies of each person (user_id), inbox (inbox_id) or team (team_id)."""
    kinds = [*KINDS, *(f"{kind}:working" for kind in ("first_response", "next_response", "resolution"))]
    found: dict[int, Tallies] = defaultdict(_tallies)
    for key, figure, bucket, n, total in rollups.sums(cut, kinds, by=(column, "figure", "bucket")):
        found[key][figure].add(bucket, n, total)
    return found


def value(tallies: Tallies, figure: str, *, is_working: bool = False) -> Value:
    return _value(tallies, figure, is_working=is_working)


def _value(tallies: Tallies, name: str, *, is_working: bool) -> Value:
    figure = FIGURES[name]
    tally = tallies.get(figure.kinds[0], Tally())
    if figure.unit == LENGTH:
        tally = tallies.get(f"{figure.kinds[0]}:working", Tally()) if is_working else tally
        return _length(tally)
    if name == "sla":
        return _share(tally.n, tally.n + tallies.get("sla_missed", Tally()).n)
    if name == "response_rate":
        return _share(tally.total, tally.n)  # an invitation that was answered has the value 1
    if name == "rating":
        return Value(value=tally.total / tally.n if tally.n else None, n=tally.n)
    return Value(value=tally.n, n=tally.n)


def _length(tally: Tally) -> Value:
    """One length alone is known exactly; of several the scale tells."""
    if tally.n == 1:
        return Value(value=float(tally.total), n=1, p90=float(tally.total))
    return Value(value=scale.quantile(tally.buckets, 0.5), n=tally.n, p90=scale.quantile(tally.buckets, 0.9))


def _share(part: int, whole: int) -> Value:
    return Value(value=part / whole if whole else None, n=whole)


def _tallies() -> Any:
    return defaultdict(Tally)


def _merged(days: dict[date, Tallies], span: tuple[date, date]) -> Tallies:
    found: Tallies = _tallies()
    day = span[0]
    while day <= span[1]:
        for kind, tally in days.get(day, {}).items():
            for bucket, n in tally.buckets.items():
                found[kind].add(bucket, n, 0)
            found[kind].total += tally.total
        day += timedelta(days=1)
    return found
