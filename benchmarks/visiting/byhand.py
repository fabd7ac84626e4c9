"""The same questions as somebody writes them who knows DuckDB and the files."""

from benchmarks.visiting.asked import Asked
from muhatap.insight import lake
from muhatap.measures.asked import Period

FUNNEL = """
with s1 as (select visitor, min("at") as entered from {pages} where {met} and (path = '/urun' or path like '/urun/%') group by visitor),
     s2 as (select s1.visitor, entered, min(e."at") as "at" from s1 join {carts} e using (visitor)
            where e."at" between entered and entered + interval 7 day group by 1, 2),
     s3 as (select s2.visitor, entered, min(e."at") as "at" from s2 join {orders} e using (visitor)
            where e."at" between s2."at" and entered + interval 7 day group by 1, 2)
select (select count(*) from s1), (select count(*) from s2), (select count(*) from s3)
"""
PAGES_FUNNEL = """
with s1 as (select visitor, min("at") as entered from {pages} where {met} and path = '/' group by visitor),
     s2 as (select s1.visitor, entered, min(e."at") as "at" from s1 join {pages} e using (visitor)
            where e.path = '/sepet' and e."at" between entered and entered + interval 1 day group by 1, 2),
     s3 as (select s2.visitor, entered, min(e."at") as "at" from s2 join {pages} e using (visitor)
            where e.path = '/odeme' and e."at" between s2."at" and entered + interval 1 day group by 1, 2)
select (select count(*) from s1), (select count(*) from s2), (select count(*) from s3)
"""
COHORTS = """
with f as (select visitor, min(day) as first from {every} where day <= date '{end}' group by visitor having min(day) >= date '{since}'),
     a as (select distinct visitor, date_trunc('{unit}', day) as span from {every} where day between date '{since}' and date '{end}')
select date_trunc('{unit}', first) as cohort, span, count(*) from a join f using (visitor) group by all
"""
STATEMENTS = {
    "funnel_of_events": FUNNEL,
    "funnel_of_pages": PAGES_FUNNEL,
    "paths": "select next_path, count(*) from {pages} where {met} and path = '/sepet' group by 1 "
    "union all select previous_path, count(*) from {pages} where {met} and path = '/sepet' group by 1",
    "trails": "select trail, count(*) as n from {visits} where {met} group by 1 order by n desc, trail limit 20",
    "cohorts_by_week": COHORTS,
    "cohorts_by_month": COHORTS,
    "retention": COHORTS,
    "pages": "select path, count(*) as n, count(*) filter (is_first), count(*) filter (place = 1), count(*) filter (next_path = ''), "
    "sum(engaged_ms), sum(scroll) from {pages} where {met} group by 1 order by n desc, path limit 50",
    "sources": "select source, count(*) as n, count(distinct visitor), sum(n_pages), sum(engaged_ms), count(*) filter (n_pages <= 1), "
    "count(*) filter (reached >= 5) from {visits} where {met} group by 1 order by n desc limit 50",
    "campaigns": "select campaign, count(*) as n, count(distinct visitor), sum(n_pages), sum(engaged_ms), count(*) filter (n_pages <= 1), "
    "count(*) filter (reached >= 5) from {visits} where {met} group by 1 order by n desc limit 50",
    "products": "with i as (select product, sum(n_looks) as looks, count(distinct visitor) as n, sum(engaged_ms) as ms, sum(shown_ms) as shown "
    "from {interest} where {met} group by 1), c as (select product, count(*) as carts from {carts} where product <> '' group by 1) "
    "select * from i full join c using (product) order by ms desc limit 50",
}  # fmt: skip


def statement(asked: Asked) -> str:
    """The question over the files of its days."""
    period, since = asked.period, asked.since
    read = {
        "visits": _files("facts_visits", period), "pages": _files("facts_page_views", period), "interest": _files("facts_product_interest", period),
        "every": _files("facts_visits", None, end=period),
        "carts": f"(select * from {_files('facts_events', period)} where name = 'Product Added')",
        "orders": f"(select * from {_files('facts_events', period)} where name = 'Order Completed')",
    }  # fmt: skip
    more = {"met": asked.met, "since": since, "end": period.end, "unit": asked.unit}
    return STATEMENTS[asked.name].format(**read, **more)


def _files(table: str, period: Period | None, end: Period | None = None) -> str:
    until = (period or end).end  # type: ignore[union-attr]
    paths = lake.parts(table, until=until, start=period.start if period else None, end=until)
    return f"read_parquet({[str(path) for path in paths]}, hive_partitioning = false)"
