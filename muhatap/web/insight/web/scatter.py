"""Interest against purchase as a scatter: places in percent of the width and pixels of the height, so that words keep their size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil, log10

from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.visits.reports import Row
from muhatap.web.common import times
from muhatap.web.insight.web import words

HEIGHT = 300  # pixels, of the field
TOP, LEFT, RIGHT = 12, 5.0, 97.0  # pixels, percent, percent
MOST_NAMED = 8
MUCH, LITTLE = 1.5, 0.5  # of what the shop sells for so much interest
AN_HOUR = 3600
NEAR_X, NEAR_Y = 24.0, 15.0  # so near two names would run into each other
WORTH = 0.5  # of the mean interest: of less nothing can be said


@dataclass(frozen=True, kw_only=True)
class Point:
    """A product. `kind` is watched (much interest, few sold), sought (sells beyond its interest) or other."""

    name: str
    key: str
    kind: str
    x: str
    y: str
    hint: str
    label: str = ""
    label_x: str = ""
    label_y: str = ""
    anchor: str = "start"
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Scatter:
    points: tuple[Point, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    mean: tuple[str, str]  # where the shop's mean leaves the field: x, y
    unit: str
    n_watched: int
    left: str = f"{LEFT}%"
    right: str = f"{RIGHT}%"
    bottom: int = TOP + HEIGHT
    height: int = TOP + HEIGHT + 28


def kinds(rows: Sequence[Row]) -> dict[str, str]:
    """watched, sought or other for each product, against what the shop sells for so much interest."""
    interest = sum(row.of["engaged_ms"] for row in rows)
    sold = sum(row.of["n_sold"] for row in rows)
    mean = interest / len(rows) if rows else 0
    return {row.key: _kind(row, sold / interest if interest else 0, mean) for row in rows}


def draw(rows: Sequence[Row], *, url: dict[str, str]) -> Scatter | None:
    """None where nothing was looked at."""
    some = [row for row in rows if row.of["engaged_ms"]]
    if not some:
        return None
    unit = AN_HOUR if max(row.of["engaged_ms"] for row in some) >= 2 * AN_HOUR * 1000 else 60
    x_step, x_most = _scale(max(row.of["engaged_ms"] for row in some) / 1000 / unit)
    y_step, y_most = _scale(max(max(row.of["n_sold"] for row in some), 4))
    told = kinds(some)
    places = {row.key: (row.of["engaged_ms"] / 1000 / unit / x_most, row.of["n_sold"] / y_most) for row in some}
    slope = sum(row.of["n_sold"] for row in some) / (sum(row.of["engaged_ms"] for row in some) / 1000 / unit)
    ends = min(1.0, y_most / slope / x_most) if slope else 1.0
    return Scatter(
        points=tuple(_named([_point(row, told[row.key], *places[row.key], unit, url) for row in some])),
        x_ticks=tuple(_ticks(x_step, x_most, _x)),
        y_ticks=tuple(_ticks(y_step, y_most, _y)),
        mean=(_x(ends), _y(ends * x_most * slope / y_most)),
        unit=_("hours") if unit == AN_HOUR else _("minutes"),
        n_watched=sum(kind == "watched" for kind in told.values()),
    )


def _kind(row: Row, rate: float, mean: float) -> str:
    expected = rate * row.of["engaged_ms"]
    if row.of["engaged_ms"] >= mean and row.of["n_sold"] < LITTLE * expected:
        return "watched"
    if row.of["n_sold"] >= 2 and row.of["n_sold"] > MUCH * expected and row.of["engaged_ms"] >= WORTH * mean:
        return "sought"
    return "other"


def _point(row: Row, kind: str, across: float, up: float, unit: int, url: dict[str, str]) -> Point:
    name = row.name or row.key
    sold = times.count(row.of["n_sold"])
    hint = _("%(name)s: looked at for %(time)s, %(n)s sold") % {
        "name": name, "time": words.lasted(row.of["engaged_ms"] / 1000), "n": sold,
    }  # fmt: skip
    return Point(name=name, key=row.key, kind=kind, x=_x(across), y=_y(up), hint=hint, url=url.get(row.key, ""))


def _named(points: Sequence[Point]) -> list[Point]:
    """Names for the outliers, as far as they do not run into each other."""
    taken = [(_number(point.x), _number(point.y)) for point in points]
    found: list[Point] = []
    n_named = 0
    order = sorted(points, key=lambda point: {"watched": 0, "sought": 1}.get(point.kind, 2))
    labels: list[tuple[float, float]] = []
    for point in order:
        x, y = _number(point.x), _number(point.y)
        is_left = x > 62
        middle = x - NEAR_X / 2 if is_left else x + NEAR_X / 2
        is_free = all(abs(middle - ox) > NEAR_X or abs(y - oy) > NEAR_Y for ox, oy in labels) and all(
            (ox, oy) == (x, y) or abs(y - oy) > 9 or not min(x, 2 * middle - x) < ox < max(x, 2 * middle - x)
            for ox, oy in taken
        )
        if point.kind != "other" and n_named < MOST_NAMED and is_free:
            labels.append((middle, y))
            n_named += 1
            found.append(
                replace(
                    point, label=point.name, label_x=point.x, label_y=f"{y + 4:g}", anchor="end" if is_left else "start"
                )
            )
        else:
            found.append(point)
    return found


def _ticks(step: float, most: float, place: Callable[[float], str]) -> list[Tick]:
    locale = (get_language() or "tr").replace("-", "_")
    n = round(most / step)
    return [Tick(at=place(each / n), label=str(format_decimal(each * step, locale=locale))) for each in range(n + 1)]


def _scale(largest: float) -> tuple[float, float]:
    """A round step that gives four to eight of them, and where the last ends."""
    power = 10 ** (ceil(log10(max(largest, 0.1) / 7)))
    step = next(power * each for each in (0.1, 0.2, 0.5, 1) if largest / (power * each) <= 7)
    return step, ceil(largest / step + 0.001) * step


def _x(share: float) -> str:
    return f"{LEFT + (RIGHT - LEFT) * share:.2f}%"


def _y(share: float) -> str:
    return f"{TOP + HEIGHT * (1 - share):.1f}"


def _number(place: str) -> float:
    return float(place.rstrip("%"))
