"""Figures of web sites from the roll-ups by day: what a report costs grows with the days and pages it shows, not with the visits."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from muhatap.shared import scale
from muhatap.visits.models import Dim, Named
from muhatap.visits.tallies import MEASURES

MOST = 500  # rows of one table


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Days from … to (both included), and one site and one kind of device, or all of them."""

    start: date
    end: date
    site_id: int | None = None
    device: int | None = None

    def before(self) -> "Cut":
        """As many days right before."""
        length = self.end - self.start + timedelta(days=1)
        return replace(self, start=self.start - length, end=self.start - timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one page, product, source or campaign came to."""

    key: str
    name: str = ""
    of: dict[str, int] = field(default_factory=dict)

    def mean_ms(self) -> float:
        return self.of["engaged_ms"] / self.of["n_views"] if self.of["n_views"] else 0.0

    def mean_scroll(self) -> float:
        """As a share of the page."""
        return self.of["scroll"] / self.of["n_views"] / 100 if self.of["n_views"] else 0.0


@dataclass(frozen=True, kw_only=True)
class Element:
    """Clicks on one element of a page: where in it, and where it stood in the page as far as that was told, as shares."""

    element: str
    name: str
    n: int
    x: float
    y: float
    box: tuple[float, float, float, float] | None  # left, top, width, height


def rows(cut: Cut, dim: Dim, *, by: str, keys: Collection[str] | None = None, most: int = MOST) -> list[Row]:
    """The cells of each key, the largest of the measure `by` first."""
    found = _sums(cut, dim, ("key",), keys=keys, order=f"{_known(by)} desc, key", most=most)
    names = names_of(dim, [key for key, *_sums in found], site_id=cut.site_id)
    return [Row(key=key, name=names.get(key, ""), of=dict(zip(MEASURES, sums, strict=True))) for key, *sums in found]


def whole(cut: Cut, dim: Dim, *, keys: Collection[str] | None = None) -> dict[str, int]:
    """All cells together."""
    [sums] = _sums(cut, dim, (), keys=keys) or [()]
    return dict(zip(MEASURES, sums, strict=True)) if sums else dict.fromkeys(MEASURES, 0)


def by_day(cut: Cut, dim: Dim, *, keys: Collection[str] | None = None) -> dict[date, dict[str, int]]:
    return {on: dict(zip(MEASURES, sums, strict=True)) for on, *sums in _sums(cut, dim, ("on",), keys=keys)}


def lengths(cut: Cut, *, source: str = "") -> Counter[int]:
    """How many visits were engaged for each step of the scale (shared.scale)."""
    found: Counter[int] = Counter()
    for key, *sums in _sums(cut, Dim.LENGTH, ("key",)):
        led, _colon, step = key.rpartition(":")
        if not source or led == source:
            found[int(step)] += dict(zip(MEASURES, sums, strict=True))["n_visits"]
    return found


def median(lengths: Counter[int]) -> float | None:
    """Seconds that half of the visits do not exceed."""
    return scale.quantile(lengths, 0.5)


def elements(cut: Cut, *, path: str, most: int = 50) -> list[Element]:
    """What is clicked on a page (or, of a path that ends in /*, on all below it), the most clicked first."""
    rows, values = _below(cut, path[:-1]) if path.endswith("/*") else _on_page(cut, path)
    query = f"""
        select element, sum(n)::bigint, sum(x), sum(y), sum(n_placed)::bigint, sum("left"), sum(top), sum(width), sum(height),
          (array_agg(path order by n desc, path))[1]
        from {rows} group by element order by 2 desc, element limit %s
    """  # noqa: S608 (conditions are ours, values are not in it)
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, most])
        found = list(cursor.fetchall())
    # What an element is called on the page on which it is clicked most.
    keys = {element: f"{page}\t{element}" for element, *_sums, page in found}
    names = names_of(Dim.ELEMENT, list(keys.values()), site_id=cut.site_id)
    return [
        Element(
            element=element, name=names.get(keys[element], ""), n=n, x=x / n, y=y / n,
            box=(left / placed, top / placed, width / placed, height / placed) if placed else None,
        )
        for element, n, x, y, placed, left, top, width, height, _page in found
    ]  # fmt: skip


def _on_page(cut: Cut, path: str) -> tuple[str, list[Any]]:
    where, values = _where(cut)
    return f"visits_elementday where path = %s and {where}", [path, *values]


def _below(cut: Cut, path: str) -> tuple[str, list[Any]]:
    """Day by day, so that an index leads to the path within each: neither other days nor other pages are read."""
    where, values = _where(cut)
    days = "generate_series(%s::date, %s::date, interval '1 day') as day"
    rows = f'(select * from visits_elementday where "on" = day::date and starts_with(path, %s) and {where})'  # noqa: S608 (ours)
    return f"{days} cross join lateral {rows} as found", [cut.start, cut.end, path, *values]


def names_of(dim: Dim, keys: Collection[str], *, site_id: int | None) -> dict[str, str]:
    named = Named.objects.filter(dim=dim, key__in=keys)
    some = named.filter(site=site_id) if site_id else named
    return dict(some.values_list("key", "name"))


def _sums(
    cut: Cut, dim: Dim, columns: Sequence[str], *, keys: Collection[str] | None = None, order: str = "", most: int = 0
) -> list[tuple[Any, ...]]:
    """Rows of (*columns, *MEASURES)."""
    where, values = _where(cut)
    picked = [f'"{column}"' for column in columns]
    sums = [f"sum({name})::bigint as {name}" for name in MEASURES]
    query = f"select {', '.join([*picked, *sums])} from visits_daytally where dim = %s and {where}"  # noqa: S608 (ours)
    values = [int(dim), *values]
    if keys is not None:
        query += " and key = any(%s)"
        values.append(list(keys))
    query += f" group by {', '.join(picked)}" if picked else " having count(*) > 0"
    query += f" order by {order}" if order else ""
    query += f" limit {int(most)}" if most else ""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _where(cut: Cut) -> tuple[str, list[Any]]:
    parts = ['"on" between %s and %s']
    values: list[Any] = [cut.start, cut.end]
    for column, wanted in (("site_id", cut.site_id), ("device", cut.device)):
        if wanted is not None:
            parts.append(f"{column} = %s")
            values.append(wanted)
    return " and ".join(parts), values


def _known(measure: str) -> str:
    if measure not in MEASURES:
        raise KeyError(measure)
    return measure
