"""Roll-ups by the minute and by the day: what visits and pages came to (by triggers) and what events told (counted here).

Changes are appended; the end of each fold adds them up, in the transaction that moves the place of folding. So each event
counts once, and a late one lands in the minute in which it happened.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from muhatap.shared import bulk
from muhatap.visits.models import Dim, MinuteTally

MEASURES = (
    "n_views", "n_visits", "engaged_ms", "scroll", "n_clicks", "n_entries", "n_exits", "shown_ms", "n_looked", "n_close",
    "n_carted", "n_checkout", "n_sold", "n_short", "n_known",
)  # fmt: skip
MINUTES_KEPT = timedelta(hours=48)  # reports read days; minutes are for what happens now
PLACED = ("x", "y", "n_placed", "left", "top", "width", "height")
_COLUMNS = ", ".join(MEASURES)
_CHANGE = {"site_id": "int8", "dim": "int2", "key": "text", "device": "int2", "at": "timestamptz"} | dict.fromkeys(
    MEASURES, "int8"
)
_SUMS = ", ".join(f"sum({name}) as {name}" for name in MEASURES)
_ADDED = ", ".join(f"{name} = r.{name} + excluded.{name}" for name in MEASURES)
# Names are whatever pages and clients say. Beyond so many cells of a site's day new keys are counted together.
CAPPED = {Dim.PAGE: 20_000, Dim.PRODUCT: 20_000, Dim.CAMPAIGN: 2_000}
MOST_ELEMENTS = 1000  # of one page on one day
OTHERS = "…"
# Whether a key has a place of its own is decided once a day and site: what it is corrected by later finds the same cell.
FOLD = f"""
with gone as (delete from visits_tallychange returning *),
known as (select g.*, (g.at at time zone %(zone)s)::date as "on" from gone g join visits_site s on s.id = g.site_id),
keys as (
  select k.*, not exists (
    select from visits_daytally d where d.dim = k.dim and d."on" = k."on" and d.site_id = k.site_id and d.key = k.key) as is_new
  from (select dim, "on", site_id, key from known where dim = any(%(dims)s) group by 1, 2, 3, 4) k
),
room as (
  select k.dim, k."on", k.site_id, c.most - (
    select count(*) from visits_daytally d where d.dim = k.dim and d."on" = k."on" and d.site_id = k.site_id) as n
  from (select distinct dim, "on", site_id from keys where is_new) k
  join unnest(%(dims)s::int[], %(most)s::int[]) as c (dim, most) using (dim)
),
ranked as (
  select *, row_number() over (partition by dim, "on", site_id order by key) as place from keys where is_new
),
others as (
  select dim, "on", site_id, key from ranked join room using (dim, "on", site_id) where place > n
),
placed as (
  select k.dim, k."on", k.at, k.site_id, case when o.key is null then k.key else %(others)s end as key, k.device, {_COLUMNS}
  from known k left join others o on o.dim = k.dim and o."on" = k."on" and o.site_id = k.site_id and o.key = k.key
),
minutes as (
  insert into visits_minutetally as r (dim, at, site_id, key, device, {_COLUMNS})
  select dim, at, site_id, key, device, {_SUMS} from placed where at > %(since)s group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (dim, at, site_id, key, device) do update set {_ADDED}
)
insert into visits_daytally as r (dim, "on", site_id, key, device, {_COLUMNS})
select dim, "on", site_id, key, device, {_SUMS} from placed group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
on conflict (dim, "on", site_id, key, device) do update set {_ADDED}
"""  # noqa: S608 (columns are ours)
ELEMENTS = """
insert into visits_elementday as r (path, "on", site_id, element, device, n, x, y, n_placed, "left", top, width, height)
select t.* from unnest(%s::text[], %s::date[], %s::bigint[], %s::text[], %s::int[], %s::bigint[], %s::float[], %s::float[],
  %s::bigint[], %s::float[], %s::float[], %s::float[], %s::float[]) as t (path, "on", site_id, element, device)
where exists (
    select from visits_daytally d where d.dim = 1 and d."on" = t."on" and d.site_id = t.site_id and d.key = t.path)
  and (exists (
    select from visits_elementday e where e.path = t.path and e."on" = t."on" and e.site_id = t.site_id and e.element = t.element)
    or %s > (select count(*) from visits_elementday e where e.path = t.path and e."on" = t."on" and e.site_id = t.site_id))
order by 1, 2, 3, 4, 5
on conflict (path, "on", site_id, element, device) do update set n = r.n + excluded.n, x = r.x + excluded.x,
  y = r.y + excluded.y, n_placed = r.n_placed + excluded.n_placed, "left" = r."left" + excluded."left",
  top = r.top + excluded.top, width = r.width + excluded.width, height = r.height + excluded.height
"""
# Only of what has a place of its own on the day on which it was told: names would be endless too.
NAMES = """
insert into visits_named as r (dim, key, site_id, name)
select t.dim, t.key, t.site_id, t.name
from unnest(%s::int[], %s::text[], %s::bigint[], %s::text[], %s::date[]) as t (dim, key, site_id, name, "on")
where exists (
    select from visits_daytally d where d.dim = t.dim and d."on" = t."on" and d.site_id = t.site_id and d.key = t.key)
  or exists (
    select from visits_elementday e where t.dim = 6 and e.path = split_part(t.key, E'\t', 1) and e."on" = t."on"
      and e.site_id = t.site_id and e.element = split_part(t.key, E'\t', 2))
  or exists (select from visits_named n where n.dim = t.dim and n.key = t.key and n.site_id = t.site_id)
order by 1, 2, 3 on conflict (dim, key, site_id) do update set name = excluded.name where r.name <> excluded.name
"""
CellKey = tuple[int, int, str, int, datetime]  # site, dim, key, device, minute
ElementKey = tuple[str, date, int, str, int]  # path, day, site, element, device


@dataclass
class Counted:
    """What events add to the cells beyond the visits and pages they make."""

    cells: dict[CellKey, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    elements: dict[ElementKey, dict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )
    names: dict[tuple[int, str, int], tuple[str, date]] = field(default_factory=dict)  # by dim, key, site

    def add(self, site: int, dim: Dim, key: str, device: int, at: datetime, **measures: int) -> None:
        cell = self.cells[site, int(dim), key, device, at.replace(second=0, microsecond=0)]
        for name, n in measures.items():
            cell[name] += n

    def click(
        self, site: int, path: str, element: str, device: int, at: datetime, where: Mapping[str, float] | None
    ) -> None:
        """`where` in the element and, with all of PLACED, where the element stood; an element whose place is not told only counts."""
        sums = self.elements[path, _day(at), site, element, device]
        sums["n"] += 1
        for name, value in (where or {}).items():
            sums[name] += value

    def name(self, site: int, dim: Dim, key: str, name: str, at: datetime) -> None:
        if name:
            self.names[int(dim), key, site] = name[:300], _day(at)

    def merge(self, other: "Counted") -> None:
        for cell, measures in other.cells.items():
            for measure, n in measures.items():
                self.cells[cell][measure] += n
        for element, sums in other.elements.items():
            for name, value in sums.items():
                self.elements[element][name] += value
        self.names.update(other.names)


def fold(counted: Counted, *, at: datetime) -> None:
    """Add up what was counted and what triggers appended. Only inside the fold of events: one at a time."""
    if counted.cells:
        rows = ((*cell, *(measures.get(name, 0) for name in MEASURES)) for cell, measures in counted.cells.items())
        bulk.copy("visits_tallychange", _CHANGE, rows)
    with connection.cursor() as cursor:
        cursor.execute(FOLD, _limits() | {"since": at - MINUTES_KEPT, "zone": str(timezone.get_default_timezone())})
        if counted.elements:
            sums = ("n", *PLACED)
            clicks = ((*key, *(told[name] for name in sums)) for key, told in counted.elements.items())
            cursor.execute(ELEMENTS, [*bulk.columns(clicks), MOST_ELEMENTS])
        if counted.names:
            cursor.execute(NAMES, bulk.columns((*key, *name) for key, name in counted.names.items()))


def _limits() -> dict[str, Any]:
    return {"dims": [int(dim) for dim in CAPPED], "most": list(CAPPED.values()), "others": OTHERS}


def forget_minutes(*, at: datetime) -> None:
    """Days hold their sums."""
    MinuteTally.objects.filter(at__lte=at - MINUTES_KEPT).delete()


def _day(at: datetime) -> date:
    """Of the firm's time zone."""
    return at.astimezone(timezone.get_default_timezone()).date()
