"""Working time: how much of it lies between two moments, and when so much of it has passed. Pure; nothing here knows a table.

A week is seven tuples (Monday first) of spans in minutes of the wall clock; a span that ends after 1440 runs past midnight.
Wall clock becomes real time day by day, so a night in which the clocks change has an hour more or less of work, as people do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
FARTHEST = timedelta(days=3 * 366)  # a promise whose working time does not come within three years is none
NOTHING = timedelta()

Span = tuple[int, int]
Week = Sequence[Sequence[Span]]


class NeverOpen(Exception):
    """These hours have no working time that a promise could run in."""


class WorkingTime(Protocol):
    """What a promise counts in."""

    def between(self, start: datetime, end: datetime) -> timedelta: ...
    def after(self, start: datetime, work: timedelta) -> datetime: ...


class RoundTheClock:
    """Every second counts."""

    def between(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, NOTHING)

    def after(self, start: datetime, work: timedelta) -> datetime:
        return start + work


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Weekly hours in a time zone. `closed` holds days on which work ends early: the minute of that day, 0 for all of it."""

    zone: ZoneInfo
    week: Week
    closed: Mapping[date, int] = field(default_factory=dict)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; none when `end` is not later."""
        found = NOTHING
        for opens, closes in self._spans(start, end) if self._ever_opens else ():
            found += max(min(closes, end) - max(opens, start), NOTHING)
        return found

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The first moment, not before `start`, by which so much working time has passed. Raises NeverOpen."""
        if work <= NOTHING:
            return start
        left = work
        for opens, closes in self._spans(start, start + FARTHEST) if self._ever_opens else ():
            begins = max(opens, start)
            if left <= closes - begins:
                return begins + left
            left -= max(closes - begins, NOTHING)
        raise NeverOpen

    @property
    def _ever_opens(self) -> bool:
        return any(self.week)

    def _spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans in real time, in order and apart, that may touch [start, end]."""
        day = start.astimezone(self.zone).date()
        last = end.astimezone(self.zone).date()
        while day <= last:
            yield from self._on(day)
            day += DAY

    def _on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        free_from = self._moment(day, 0)
        midnight = self._moment(day, MIDNIGHT)
        for opens, closes in self._minutes(day):
            begins = max(self._moment(day, opens), free_from)
            ends = min(self._moment(day, closes), midnight)
            if begins < ends:
                yield begins, ends
                free_from = ends

    def _minutes(self, day: date) -> list[Span]:
        """The spans of one day's wall clock, with what the evening before ran past midnight, without what is closed."""
        shuts = self.closed.get(day, MIDNIGHT)
        late = [(0, closes - MIDNIGHT) for _opens, closes in self.week[(day - DAY).weekday()] if closes > MIDNIGHT]
        own = [(opens, min(closes, MIDNIGHT)) for opens, closes in self.week[day.weekday()]]
        return sorted((opens, min(closes, shuts)) for opens, closes in late + own if opens < shuts)

    def _moment(self, day: date, minute: int) -> datetime:
        wall = datetime.combine(day + DAY * (minute // MIDNIGHT), time(minute % MIDNIGHT // 60, minute % 60))
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


def written(minute: int) -> str:
    """540 as 09:00, and the end of a day as 24:00."""
    minute = minute if minute <= MIDNIGHT else minute - MIDNIGHT
    return f"{minute // 60:02}:{minute % 60:02}"
