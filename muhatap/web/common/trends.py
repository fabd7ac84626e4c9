"""A line with its interval around it: how something moved, and how sure that is. As numbers for SVG and for paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from muhatap.insight.intervals import Span
from muhatap.web.common.charts import HEIGHT, WIDTH, day, days_said
from muhatap.web.common.charts import Span as Days


@dataclass(frozen=True, kw_only=True)
class Point:
    """One span of days: its words and address, and its place in the picture."""

    title: str
    value: str
    between: str
    n: str
    url: str
    n_url: str
    x: float
    y: float | None
    low: float
    high: float
    hint: str


@dataclass(frozen=True, kw_only=True)
class Trend:
    """A line of points from 0 (below) to 100; `bands` are drawn behind it, one for each unbroken run."""

    name: str
    title: str
    text: str
    points: tuple[Point, ...]
    width: int
    path: str
    bands: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    top: str
    bottom: str
    first: str
    last: str
    csv_url: str

    @property
    def is_empty(self) -> bool:
        return not self.dots


def draw(
    *,
    name: str,
    title: str,
    text: str,
    over: Sequence[Days],
    found: Sequence[Span],
    bounds: tuple[float, float],
    written: Callable[[Span], str],
    between: Callable[[Span], str],
    bound: Callable[[float], str],
    counted: Callable[[int], str],
    url: Callable[[Days], str],
    csv_url: str,
    n_url: Callable[[Days], str] | None = None,
) -> Trend:
    """`found` over spans of days, between two bounds. `url` leads to what makes the value, `n_url` to all that was counted, if
    that is more; so does a value of nothing."""
    points = tuple(
        _point(nth, days_, span, bounds, written, between, counted, url, n_url or url)
        for nth, (days_, span) in enumerate(zip(over, found, strict=True))
    )
    runs = _runs(points)
    return Trend(
        name=name,
        title=title,
        text=text,
        points=points,
        width=max(1, len(over)) * WIDTH,
        path="".join(_path(run) for run in runs),
        bands=tuple(_band(run) for run in runs),
        dots=tuple((point.x + WIDTH / 2, point.y) for point in points if point.y is not None),
        top=bound(bounds[1]),
        bottom=bound(bounds[0]),
        first=day(over[0][0]) if over else "",
        last=day(over[-1][1]) if over else "",
        csv_url=csv_url,
    )


def _point(
    nth: int,
    over: Days,
    span: Span,
    bounds: tuple[float, float],
    written: Callable[[Span], str],
    between: Callable[[Span], str],
    counted: Callable[[int], str],
    url: Callable[[Days], str],
    n_url: Callable[[Days], str],
) -> Point:
    def place(value: float) -> float:
        low, high = bounds
        return round(HEIGHT - (min(max(value, low), high) - low) / (high - low) * HEIGHT, 2)

    title, value, range_ = days_said(*over), written(span), between(span)
    sure = f"{value} ({range_})" if range_ else value
    return Point(
        title=title,
        value=value,
        between=range_,
        n=counted(span.n) if span.n else "",
        url=(url if span.value else n_url)(over) if span.n else "",
        n_url=n_url(over) if span.n else "",
        x=nth * WIDTH,
        y=None if span.value is None else place(span.value),
        low=HEIGHT if span.low is None else place(span.low),
        high=0 if span.high is None else place(span.high),
        hint=f"{title}: {sure}, {counted(span.n)}" if span.n else title,
    )


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Unbroken runs of what is known."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if point.y is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _path(run: Sequence[Point]) -> str:
    return "".join(
        f"{'L' if nth else 'M'}{point.x + WIDTH / 2:g} {point.y:g}{'' if nth else 'h0.01'}"
        for nth, point in enumerate(run)
    )


def _band(run: Sequence[Point]) -> str:
    """Around the line; a single point has a narrow one."""
    if len(run) == 1:
        left, right = run[0].x + WIDTH * 0.3, run[0].x + WIDTH * 0.7
        return f"M{left:g} {run[0].high:g}L{right:g} {run[0].high:g}L{right:g} {run[0].low:g}L{left:g} {run[0].low:g}Z"
    above = "L".join(f"{point.x + WIDTH / 2:g} {point.high:g}" for point in run)
    below = "L".join(f"{point.x + WIDTH / 2:g} {point.low:g}" for point in reversed(run))
    return f"M{above}L{below}Z"
