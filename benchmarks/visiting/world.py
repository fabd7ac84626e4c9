"""A year of a shop's visits, written by DuckDB in the lake's own layout: so many events, visitors and days, the same each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from benchmarks.report import progress
from muhatap.insight import lake

FIRST = date(2025, 11, 22)
ROWS = f"(format parquet, compression zstd, row_group_size {lake.ROWS_IN_A_GROUP})"


@dataclass(frozen=True)
class Size:
    n_events: int
    n_visitors: int
    n_days: int

    @property
    def last(self) -> date:
        return FIRST + timedelta(days=self.n_days - 1)


SIZES = {
    "full": Size(50_000_000, 2_000_000, 365),
    "tenth": Size(5_000_000, 200_000, 365),
    "small": Size(60_000, 6_000, 20),
}
EVENTS_A_VISIT = 10.3  # as it turns out
# u(i, salt): a number from 0 to 1 that is always the same for the same visit and purpose.
MACROS = """
create macro u(i, salt) as (hash(i, salt) % 1000003) / 1000003.0;
create macro page(i, k) as case
  when u(i, k + 100) < 0.16 then '/'
  when u(i, k + 100) < 0.34 then '/kategori/' || (1 + floor(120 * pow(u(i, k + 200), 2)))::int
  when u(i, k + 100) < 0.80 then '/urun/' || (1 + floor(3000 * pow(u(i, k + 200), 3)))::int
  when u(i, k + 100) < 0.87 then '/sepet'
  when u(i, k + 100) < 0.90 then '/odeme'
  else '/blog/' || (1 + floor(200 * u(i, k + 200)))::int end;
"""
VISITS = """
create or replace table v as
select date '{day}' as day, {number}::bigint * 10000000 + i as visit_id, 1::bigint as site_id,
  hash(floor({born} * (1 - pow(u(x, 1), 3))))::ubigint::bit::bigint as visitor,
  date '{day}' + to_milliseconds((u(x, 2) * 86000000)::bigint) as began_at,
  ['search', 'direct', 'social', 'campaign', 'mail', 'site', 'ai'][1 + floor(7 * pow(u(x, 3), 2))::int] as source,
  case when u(x, 4) < 0.15 then 'kampanya-' || floor(40 * u(x, 5))::int else '' end as campaign,
  [1, 3, 2, 0][1 + floor(4 * pow(u(x, 6), 2.5))::int]::bigint as device,
  case when u(x, 7) < 0.03 then 5 when u(x, 7) < 0.06 then 4 when u(x, 7) < 0.14 then 3 when u(x, 7) < 0.6 then 1 else 0 end::bigint as reached,
  page(x, 0) as landing_path, least(30, 1 + floor(-3.2 * ln(1 - u(x, 8))))::bigint as n_pages, x
from (select i, {number}::bigint * 10000000 + i as x from range({n}) t(i));
create or replace table p as
select v.* exclude (n_pages, x), began_at + to_seconds(k * 40) as "at", k + 1 as place, page(x, k) as path,
  case when page(x, k) like '/urun/%' then substr(page(x, k), 7) else '' end as product,
  (1000 + 60000 * u(x, k + 300))::bigint as engaged_ms, (100 * u(x, k + 400))::bigint as scroll
from v, unnest(range(n_pages)) t(k);
create or replace table p as
select *, row_number() over (partition by visit_id, path order by place) = 1 as is_first,
  lag(path, 1, '') over w as previous_path, lead(path, 1, '') over w as next_path
from p window w as (partition by visit_id order by place);
create or replace table e as
select day, site_id, visitor, "at" as received_at, "at", path, product, 3::bigint as kind, path as name, 1::bigint as quantity from p
union all select day, site_id, visitor, "at" + to_seconds(15), "at" + to_seconds(15), path, product, 2, 'Page Engaged', 1 from p
union all select day, site_id, visitor, "at" + to_seconds(8), "at" + to_seconds(8), path, product, 2, 'Element Clicked', 1
  from p where hash(visit_id, place) % 10 < 4
union all select day, site_id, visitor, "at" + to_seconds(20), "at" + to_seconds(20), path, product, 2, 'Product Added', 1 from p
  where reached >= 3 and product <> '' and hash(visit_id, place) % 10 < 5
union all select day, site_id, visitor, began_at + to_seconds(300), began_at + to_seconds(300), '/odeme', '', 2, 'Checkout Started', 1
  from v where reached >= 4
union all select day, site_id, visitor, began_at + to_seconds(600), began_at + to_seconds(600), '/odeme', '', 2, 'Order Completed', 1
  from v where reached >= 5;
"""
SELECTS = {
    "facts_visits": """select day, visit_id, site_id, visitor, began_at, source, campaign, device, reached, landing_path,
  began_at + to_seconds(n_pages * 40) as ended_at, n_pages * 2 as n_events, n_pages, n_pages * 30000 as engaged_ms, page(x, n_pages - 1) as exit_path,
  array_to_string([page(x, k) for k in range(least(n_pages, 5))], chr(10)) as trail,
  campaign as campaign_source, '' as campaign_medium, false as is_nameless from v""",
    "facts_page_views": """select day, visit_id, site_id, visitor, began_at, source, campaign, device, reached, landing_path,
  "at", place, is_first, path, previous_path, next_path, product, engaged_ms, scroll from p""",
    "facts_product_interest": """select day, visit_id, site_id, visitor, began_at, source, campaign, device, reached, landing_path, product,
  count(*) as n_looks, sum(engaged_ms)::bigint as engaged_ms, (count(*) * 500)::bigint as shown_ms, (count(*) // 3)::bigint as n_gallery,
  0::bigint as n_variants from p where product <> '' group by all""",
    "facts_events": """select day, site_id, visitor, received_at, "at", path, product, kind, name, quantity, 
  0::decimal(18, 4) as value, '' as currency,  '' as order_id, '' as query from e""",
    "facts_clicks": """select day, site_id, visitor, received_at, "at", path, product, 'a[' || (hash(path) % 7) || ']' as element,
  '' as text, '' as part,  0.5::double as x, 0.5::double as y, 1280::bigint as width from e where name = 'Element Clicked'""",
}  # fmt: skip


def write(size: Size) -> dict[str, int]:
    """Every table of every day into the lake; gives how many rows each has."""
    counts = dict.fromkeys(SELECTS, 0)
    with _duckdb() as duck:
        duck.execute(MACROS)
        for number in range(size.n_days):
            day = FIRST + timedelta(days=number)
            _day(duck, size, number, day, counts)
            if number % 30 == 0:
                progress(f"{day}: {counts['facts_events']:,} events")
    progress(f"written: {counts}")
    return counts


def _day(duck: Any, size: Size, number: int, day: date, counts: dict[str, int]) -> None:
    n = round(size.n_events / EVENTS_A_VISIT / size.n_days)
    born = max(1000, size.n_visitors * (number + 1) // size.n_days)
    duck.execute(VISITS.format(day=day, number=number, n=n, born=born))
    for table, select in SELECTS.items():
        received = day if table in lake.BY_ARRIVAL else None
        target = lake.part(table, day, received=received)
        target.parent.mkdir(parents=True, exist_ok=True)
        done = duck.execute(f"copy ({select} order by {lake.SORTED_BY[table]}) to '{target}' {ROWS}").fetchone()
        counts[table] += done[0]


@contextmanager
def _duckdb() -> Iterator[Any]:
    import duckdb

    duck = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(lake.aside())})
    try:
        yield duck
    finally:
        duck.close()
