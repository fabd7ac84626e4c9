"""Charts as plain SVG numbers: bars and lines stretched over their place, each span of days leading to its rows.

The picture is for eyes and pointers; the same numbers stand in a table for everybody else (docs/decisions/0011).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language

from muhatap.shared import clock

WIDTH, HEIGHT = 10, 100
BY_DAY, BY_WEEK = 62, 400  # up to so many days a chart has a mark for each day, or each week
Span = tuple[date, date]


class Days(Protocol):
    """What a chart has to know of the filters."""

    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def n_days(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    is_second: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the table, and the places to press in the picture: for each cell its left edge, its width, and where it leads."""

    title: str
    cells: tuple[tuple[str, str], ...]  # words and address
    places: tuple[tuple[float, float, str], ...]
    hint: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    name: str
    title: str
    text: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    width: int
    first: str
    last: str
    most: str
    bars: tuple[Bar, ...] = ()
    path: str = ""
    dot: str = ""
    csv_url: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.bars and not self.path


@dataclass(frozen=True, kw_only=True)
class Series:
    """One column of numbers over the spans, how they are written, and where each leads."""

    label: str
    values: Sequence[float | None]
    written: Callable[[float], str]
    url: Callable[[Span], str]


def day(on: date) -> str:
    """20 Kas, with the year when it is another one."""
    is_this_year = on.year == timezone.localtime(clock.now()).year
    return str(
        format_date(on, "d MMM" if is_this_year else "d MMM y", locale=(get_language() or "tr").replace("-", "_"))
    )


def days_said(start: date, end: date) -> str:
    """16 Kas – 22 Kas, or the one day."""
    return day(start) if start == end else f"{day(start)} – {day(end)}"


def spans(filters: Days) -> list[Span]:
    """The days of a period; of a long one, its weeks or months."""
    if filters.n_days <= BY_DAY:
        return [(day, day) for day in _each(filters.start, filters.end, 1)]
    if filters.n_days <= BY_WEEK:
        return [(day, min(day + timedelta(days=6), filters.end)) for day in _each(filters.start, filters.end, 7)]
    starts = [
        filters.start,
        *(day for day in _each(filters.start, filters.end, 1) if day.day == 1 and day > filters.start),
    ]
    ends = [day - timedelta(days=1) for day in starts[1:]]
    return list(zip(starts, [*ends, filters.end], strict=True))


def draw(
    *,
    name: str,
    title: str,
    text: str,
    over: Sequence[Span],
    series: Sequence[Series],
    as_line: bool = False,
    csv_url: str = "",
) -> Chart:
    """Bars of one or two series side by side, or a line of one."""
    largest = max((value for each in series for value in each.values if value), default=0.0)
    bars: tuple[Bar, ...] = ()
    path = dot = ""
    if largest and as_line:
        path, dot = _line(series[0].values, largest)
    elif largest:
        bars = tuple(_bars(series, largest))
    return Chart(
        name=name,
        title=title,
        text=text,
        columns=tuple(each.label for each in series),
        lines=tuple(_row(nth, span, series) for nth, span in enumerate(over)),
        width=max(1, len(over)) * WIDTH,
        first=day(over[0][0]) if over else "",
        last=day(over[-1][1]) if over else "",
        most=series[0].written(largest) if largest else "",
        bars=bars,
        path=path,
        dot=dot,
        csv_url=csv_url,
    )


def _row(nth: int, span: Span, series: Sequence[Series]) -> Line:
    cells = tuple(_cell(each, each.values[nth], span) for each in series)
    hint = ", ".join(f"{each.label}: {text}" for each, (text, _url) in zip(series, cells, strict=True) if text != "–")
    title = days_said(*span)
    wide = WIDTH / len(series)
    places = tuple((nth * WIDTH + place * wide, wide, url) for place, (_text, url) in enumerate(cells))
    return Line(title=title, cells=cells, places=places, hint=f"{title}. {hint}" if hint else title)


def _cell(series: Series, value: float | None, span: Span) -> tuple[str, str]:
    if value is None:
        return "–", ""
    return series.written(value), series.url(span) if value else ""


def _bars(series: Sequence[Series], largest: float) -> list[Bar]:
    width = (WIDTH - 3) / len(series)
    return [
        Bar(
            x=round(nth * WIDTH + 1.5 + place * width, 2),
            y=round(HEIGHT - value / largest * HEIGHT, 2),
            width=round(width, 2),
            height=round(value / largest * HEIGHT, 2),
            is_second=place > 0,
        )
        for place, each in enumerate(series)
        for nth, value in enumerate(each.values)
        if value and value > 0  # what is below nothing stands in the table alone
    ]


def _line(values: Sequence[float | None], largest: float) -> tuple[str, str]:
    """A path that breaks where nothing is known, and the place of its last point."""
    parts, dot, is_on = [], "", False
    for nth, value in enumerate(values):
        if value is None:
            is_on = False
            continue
        place = f"{nth * WIDTH + WIDTH / 2:g} {HEIGHT - value / largest * HEIGHT:.2f}"
        parts.append(f"{'L' if is_on else 'M'}{place}{'' if is_on else 'h0.01'}")
        dot, is_on = f"M{place}h0.01", True
    return "".join(parts), dot


def _each(start: date, end: date, step: int) -> list[date]:
    return [start + timedelta(days=n) for n in range(0, (end - start).days + 1, step)]
