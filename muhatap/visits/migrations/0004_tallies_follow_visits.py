"""Roll-ups follow visits and page views by triggers, so that neither folding nor an erasure can forget them.

What a row came to before is taken off and what it comes to now is put on, as changes which the end of a fold adds up.
"""

from django.db import migrations

MEASURES = (
    "n_views", "n_visits", "engaged_ms", "scroll", "n_clicks", "n_entries", "n_exits", "shown_ms", "n_looked", "n_close",
    "n_carted", "n_checkout", "n_sold", "n_short", "n_consented",
)  # fmt: skip
# Of visits: source, campaign, length, and the pages they begin and end with. {0} is where the rows come from.
VISITS = """
select v.site_id, c.dim, left(c.key, 620) as key, v.device, date_trunc('minute', v.began_at) as at,
  case when c.dim in (3, 4) then v.n_pages else 0 end as n_views, case when c.dim > 1 then 1 else 0 end as n_visits,
  case when c.dim in (3, 4) then v.engaged_ms else 0 end as engaged_ms, 0 as scroll, 0 as n_clicks, c.n_entries, c.n_exits,
  0 as shown_ms, (c.dim in (3, 4) and v.reached >= 1)::int as n_looked, (c.dim in (3, 4) and v.reached >= 2)::int as n_close,
  (c.dim in (3, 4) and v.reached >= 3)::int as n_carted, (c.dim in (3, 4) and v.reached >= 4)::int as n_checkout,
  (c.dim in (3, 4) and v.reached >= 5)::int as n_sold,
  (c.dim in (3, 4) and v.n_pages <= 1 and v.engaged_ms < 10000)::int as n_short,
  (c.dim in (3, 4) and v.visitor not like 'day:%')::int as n_consented
from {0} v cross join lateral (values
  (3, v.source, 0, 0),
  (4, coalesce(nullif(concat_ws(' / ', v.campaign ->> 'source', v.campaign ->> 'medium', v.campaign ->> 'campaign'), ''),
               v.campaign ->> 'click', ''), 0, 0),
  (5, v.source || ':' || visits_step(v.engaged_ms), 0, 0),
  (1, v.entry_path, 1, 0), (1, v.exit_path, 0, 1)
) as c (dim, key, n_entries, n_exits)
where c.key <> '' or c.dim = 3
"""
# Of page views: the page, the product it is about, and the products whose cards were in view on it.
PAGES = """
select v.site_id, c.dim, c.key, p.device, date_trunc('minute', p.at) as at, c.n_views, 0 as n_visits, c.engaged_ms, c.scroll,
  0 as n_clicks, 0 as n_entries, 0 as n_exits, c.shown_ms, 0 as n_looked, 0 as n_close, 0 as n_carted, 0 as n_checkout,
  0 as n_sold, 0 as n_short, 0 as n_consented
from {0} p join visits_visit v on v.id = p.visit_id cross join lateral (
  select 1 as dim, p.path::text as key, 1 as n_views, p.engaged_ms, p.scroll::bigint as scroll, 0::bigint as shown_ms
  union all select 2, p.product, 1, p.engaged_ms, 0, 0
  union all select 2, left(s.key, 100), 0, 0, 0, s.value::bigint from jsonb_each_text(p.shown) s
) as c
where c.key <> ''
"""
FUNCTIONS = """
create function visits_step(ms bigint) returns int language sql immutable parallel safe as $$
  select case when ms <= 1000 then 0 else ceil(ln(ms / 1000.0) / ln(1.1))::int end
$$;
"""


def appended(before: str, now: str) -> str:
    """The changes between two selects, either of which may be empty; cells that stay as they are leave no change."""
    plus, minus = ", ".join(MEASURES), ", ".join(f"-{name} as {name}" for name in MEASURES)
    told = [f"select site_id, dim, key, device, at, {plus} from ({now}) told"] if now else []  # noqa: S608 (all of it is ours)
    told += [f"select site_id, dim, key, device, at, {minus} from ({before}) told"] if before else []  # noqa: S608
    sums = ", ".join(f"sum({name})" for name in MEASURES)
    some = " or ".join(f"sum({name}) <> 0" for name in MEASURES)
    return (  # as above
        f"insert into visits_tallychange (site_id, dim, key, device, at, {plus}) "  # noqa: S608
        f"select site_id, dim, key, device, at, {sums} from ({' union all '.join(told)}) changed "
        f"group by 1, 2, 3, 4, 5 having {some};"
    )


def following(table: str, cells: str) -> str:
    """The three triggers of a table."""
    cases = {
        "insert": ("referencing new table as added", appended("", cells.format("added"))),
        "delete": ("referencing old table as removed", appended(cells.format("removed"), "")),
        "update": (
            "referencing old table as removed new table as added",
            appended(cells.format("removed"), cells.format("added")),
        ),
    }
    return "".join(
        f"create function {table}_{act}_tallied() returns trigger language plpgsql as "
        f"$$ begin {body} return null; end $$;"
        f"create trigger {table}_{act}_tallied after {act} on {table} {rows} "
        f"for each statement execute function {table}_{act}_tallied();"
        for act, (rows, body) in cases.items()
    )


TOLD_BEFORE = """
update visits_pageview set path = coalesce(nullif(rtrim(left(substring(url from '^[a-zA-Z]+://[^/?#]*([^?#]*)'), 300), '/'), ''), '/')
  where url <> '';
update visits_visit v set reached = 1 where exists (select from visits_pageview p where p.visit_id = v.id and p.product <> '');
update visits_visit v set
  entry_path = (select path from visits_pageview p where p.visit_id = v.id and path <> '' order by at, id limit 1),
  exit_path = (select path from visits_pageview p where p.visit_id = v.id and path <> '' order by at desc, id desc limit 1)
  where exists (select from visits_pageview p where p.visit_id = v.id and path <> '');
"""
STANDING = TOLD_BEFORE + "".join(
    appended("", cells.format(table)) for table, cells in (("visits_visit", VISITS), ("visits_pageview", PAGES))
)
FORWARD = FUNCTIONS + STANDING + following("visits_visit", VISITS) + following("visits_pageview", PAGES)
BACKWARD = "".join(
    f"drop trigger {table}_{act}_tallied on {table}; drop function {table}_{act}_tallied();"
    for table in ("visits_visit", "visits_pageview")
    for act in ("insert", "update", "delete")
) + "drop function visits_step(bigint);"  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("visits", "0003_tallies")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
