"""Roll-ups by the minute and by the day: what visits and pages came to (by triggers) and what events told (counted here).

Changes are appended; the end of each fold adds them up, in the transaction that moves the place of folding. So each event
counts once, and a late one lands in the minute in which it happened.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from muhatap.visits.models import Dim, MinuteTally, TallyChange

MEASURES = (
    "n_views", "n_visits", "engaged_ms", "scroll", "n_clicks", "n_entries", "n_exits", "shown_ms", "n_looked", "n_close",
    "n_carted", "n_checkout", "n_sold", "n_short", "n_known",
)  # fmt: skip
MINUTES_KEPT = timedelta(hours=48)  # reports read days; minutes are for what happens now
PLACED = ("x", "y", "n_placed", "left", "top", "width", "height")
_COLUMNS = ", ".join(MEASURES)
_SUMS = ", ".join(f"sum({name}) as {name}" for name in MEASURES)
_ADDED = ", ".join(f"{name} = r.{name} + excluded.{name}" for name in MEASURES)
FOLD = f"""
with gone as (delete from visits_tallychange returning *),
known as (select g.* from gone g join visits_site s on s.id = g.site_id),
minutes as (
  insert into visits_minutetally as r (dim, at, site_id, key, device, {_COLUMNS})
  select dim, at, site_id, key, device, {_SUMS} from known where at > %(since)s group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (dim, at, site_id, key, device) do update set {_ADDED}
)
insert into visits_daytally as r (dim, "on", site_id, key, device, {_COLUMNS})
select dim, (at at time zone %(zone)s)::date, site_id, key, device, {_SUMS} from known
group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
on conflict (dim, "on", site_id, key, device) do update set {_ADDED}
"""  # noqa: S608 (columns are ours)
ELEMENTS = """
insert into visits_elementday as r (path, "on", site_id, element, device, n, x, y, n_placed, "left", top, width, height)
select * from unnest(%s::text[], %s::date[], %s::bigint[], %s::text[], %s::int[], %s::bigint[], %s::float[], %s::float[],
  %s::bigint[], %s::float[], %s::float[], %s::float[], %s::float[]) order by 1, 2, 3, 4, 5
on conflict (path, "on", site_id, element, device) do update set n = r.n + excluded.n, x = r.x + excluded.x,
  y = r.y + excluded.y, n_placed = r.n_placed + excluded.n_placed, "left" = r."left" + excluded."left",
  top = r.top + excluded.top, width = r.width + excluded.width, height = r.height + excluded.height
"""
NAMES = """
insert into visits_named as r (dim, key, site_id, name) select * from unnest(%s::int[], %s::text[], %s::bigint[], %s::text[])
order by 1, 2, 3 on conflict (dim, key, site_id) do update set name = excluded.name where r.name <> excluded.name
"""
CellKey = tuple[int, int, str, int, datetime]  # site, dim, key, device, minute
ElementKey = tuple[str, date, int, str, int]  # path, day, site, element, device


@dataclass
class Counted:
    """What events add to the cells beyond the visits and pages they make."""

    cells: dict[CellKey, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    elements: dict[ElementKey, dict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )
    names: dict[tuple[int, str, int], str] = field(default_factory=dict)  # by dim, key, site

    def add(self, site: int, dim: Dim, key: str, device: int, at: datetime, **measures: int) -> None:
        minute = at.replace(second=0, microsecond=0)
        self.cells[site, int(dim), key, device, minute].update(measures)

    def click(
        self, site: int, path: str, element: str, device: int, at: datetime, where: Mapping[str, float] | None
    ) -> None:
        """`where` in the element and, with all of PLACED, where the element stood; an element whose place is not told only counts."""
        day = at.astimezone(timezone.get_default_timezone()).date()
        sums = self.elements[path, day, site, element, device]
        sums["n"] += 1
        for name, value in (where or {}).items():
            sums[name] += value

    def name(self, site: int, dim: Dim, key: str, name: str) -> None:
        if name:
            self.names[int(dim), key, site] = name[:300]

    def merge(self, other: "Counted") -> None:
        for cell, measures in other.cells.items():
            self.cells[cell].update(measures)
        for element, sums in other.elements.items():
            for name, value in sums.items():
                self.elements[element][name] += value
        self.names.update(other.names)


def fold(counted: Counted, *, at: datetime) -> None:
    """Add up what was counted and what triggers appended. Only inside the fold of events: one at a time."""
    TallyChange.objects.bulk_create(
        TallyChange(site_id=site, dim=dim, key=key, device=device, at=minute, **measures)
        for (site, dim, key, device, minute), measures in counted.cells.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(FOLD, {"since": at - MINUTES_KEPT, "zone": str(timezone.get_default_timezone())})
        if counted.elements:
            sums = ("n", *PLACED)
            rows = [(*key, *(told[name] for name in sums)) for key, told in counted.elements.items()]
            cursor.execute(ELEMENTS, _columns(rows))
        if counted.names:
            cursor.execute(NAMES, _columns((*key, name) for key, name in counted.names.items()))


def forget_minutes(*, at: datetime) -> None:
    """Days hold their sums."""
    MinuteTally.objects.filter(at__lte=at - MINUTES_KEPT).delete()


def _columns(rows: Iterable[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
