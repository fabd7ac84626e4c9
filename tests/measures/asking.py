"""Every measure on an engine, and what the reference says of the same rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import ibis

from muhatap.measures import (
    clicks,
    cohorts,
    conditions,
    funnel,
    pages,
    paths,
    products,
    sessions,
    sources,
    totals,
    worth,
)
from muhatap.measures.asked import EVERYBODY, Conditions, Period, Step
from muhatap.measures.conditions import during, meeting
from muhatap.measures.tables import FACTS
from tests.measures import reference, worlds
from tests.measures.worlds import Row

AUTUMN = Period(start=date(2026, 11, 1), end=date(2026, 12, 31))
ONE_DAY = Period(start=date(2026, 11, 21), end=date(2026, 11, 21))
CONDITIONS = [
    EVERYBODY, Conditions(source=("search", "mail")), Conditions(campaign="Kış İndirimi"), Conditions(device=(1, 3)), Conditions(landing="/"),
    Conditions(is_known=True), Conditions(is_known=False), Conditions(has_bought=True), Conditions(has_bought=False, site=1), Conditions(site=2),
]  # fmt: skip
ASKED_BESIDE = [
    Conditions(page="/"), Conditions(page="/yok"), Conditions(product="p2", device=(1,)), Conditions(is_returning=True),
    Conditions(is_returning=False, is_known=True), Conditions(is_returning=True, since=date(2026, 11, 22)),
    Conditions(page="/", product="p2", is_returning=False, source=("search", "mail", "direct")),
    Conditions(tag=1), Conditions(tag=1, is_known=False),
]  # fmt: skip
FUNNELS = [
    ([Step("page", "/")], timedelta(days=1)),
    ([Step("page", "/"), Step("below", "/ürün"), Step("page", "/sepet")], timedelta(minutes=30)),
    ([Step("product", ""), Step("event", "Product Added"), Step("event", "Order Completed")], timedelta(days=2)),
    ([Step("product", "p2"), Step("page", "/yok"), Step("page", "/")], timedelta(days=2)),
    ([Step("below", "/"), Step("event", "Order Completed")], timedelta(minutes=1)),
]
BYS = [("source",), ("campaign", "device"), ("day",), ("landing_path", "reached")]
Case = tuple[str, Any, list[Row]]


def cases(rows: dict[str, list[Row]]) -> Iterator[Case]:
    """(what it is, the expression, what should come out)."""
    t: dict[str, Any] = {
        name: ibis.memtable(worlds.arrow(name, some), schema=FACTS[name]) for name, some in rows.items()
    }
    visits, views, events = (f"facts_{name}" for name in ("visits", "page_views", "events"))
    looks, links, orders, lines = (
        f"facts_{name}" for name in ("product_interest", "visitor_links", "orders", "order_lines")
    )

    yield "sessions", sessions.sessions(t[events]), reference.sessions(rows[events])
    for wanted in CONDITIONS:
        met, told = meeting(t[visits], wanted, t[links]), reference.meeting(rows[visits], wanted, rows[links])
        yield f"visits of {wanted}", met.select("visit_id"), [{"visit_id": row["visit_id"]} for row in told]
        for unit in ("week", "month"):
            found = cohorts.cohorts(t[visits], period=AUTUMN, unit=unit, wanted=wanted, links=t[links])
            yield f"cohorts {unit} {wanted}", found, reference.cohorts(rows[visits], AUTUMN, unit, wanted, rows[links])
        left_out = cohorts.nameless(t[visits], period=AUTUMN, wanted=wanted, links=t[links])
        yield f"nameless {wanted}", left_out, reference.nameless(rows[visits], AUTUMN, wanted, rows[links])
    yield from _asked_beside(t, rows)
    daily = cohorts.cohorts(t[visits], period=ONE_DAY, unit="day")
    yield "cohorts of a day", daily, reference.cohorts(rows[visits], ONE_DAY, "day", EVERYBODY, [])
    for steps, within in FUNNELS:
        moments = [funnel.done(step, t[views], t[events]) for step in steps]
        told = reference.funnel(rows[views], rows[events], steps, within)
        yield f"funnel {steps}", funnel.funnel(moments, within=within), told
    for path in ("/", "/sepet", "/yok"):
        for is_after in (True, False):
            found = paths.neighbours(t[views], path, is_after=is_after)
            yield f"neighbours of {path}", found, reference.neighbours(rows[views], path, is_after=is_after)
    for path, wanted in (("/", EVERYBODY), ("/ürün/*", EVERYBODY), ("/", CONDITIONS[1]), ("/yok", EVERYBODY)):
        met, told = meeting(t[visits], wanted), reference.meeting(rows[visits], wanted, [])
        found = clicks.clicks(t["facts_clicks"], met, path=path)
        yield f"clicks on {path}, {wanted}", found, reference.clicks(rows["facts_clicks"], told, path)
    yield "trails", paths.trails(t[visits]), reference.trails(rows[visits])
    yield "trails from /", paths.trails(t[visits], begins_with="/"), reference.trails(rows[visits], "/")
    short = during(t[views], ONE_DAY)
    yield "pages", pages.pages(short), reference.pages(reference.during(rows[views], ONE_DAY))
    for by in BYS:
        yield f"sources by {by}", sources.sources(t[visits], by=by), reference.sources(rows[visits], by)
    found = products.products(t[looks], t[events], t[lines])
    yield "products", found, reference.products(rows[looks], rows[events], rows[lines])
    yield "interest", products.interest(t[looks], t[events]), reference.interest(rows[looks], rows[events], "visitor")
    wanted_by = reference.interest(rows[looks], rows[events], "visitor")
    yield "wanted", products.wanted(products.interest(t[looks], t[events])), reference.wanted(wanted_by)
    known = products.of_contacts(t[looks], t[links], "began_at"), products.of_contacts(t[events], t[links], "at")
    told_known = [
        reference.of_contacts(rows[looks], rows[links], "began_at"),
        reference.of_contacts(rows[events], rows[links], "at"),
    ]
    yield (
        "interest of contacts",
        products.interest(*known, by="contact_id"),
        reference.interest(*told_known, "contact_id"),
    )
    as_of = date(2026, 11, 21)
    found = worth.rfm(t[orders], as_of=as_of, currency="TRY")
    scored = reference.rfm(rows[orders], as_of, "TRY")
    yield "worth", found, scored
    yield "worth in cells", worth.cells(found), reference.cells(scored)
    told_of = [row for row in scored if row["recency"] in (1, 5) and row["monetary"] == 5]
    yield "worth of some", worth.standing(found, recency=(1, 5), monetary=(5,)), told_of
    yield "worth of all", worth.standing(found), scored
    yield "worth in euros", worth.rfm(t[orders], as_of=as_of, currency="EUR"), []


def _asked_beside(t: dict[str, Any], rows: dict[str, list[Row]]) -> Iterator[Case]:
    visits, views, looks, links = (
        f"facts_{name}" for name in ("visits", "page_views", "product_interest", "visitor_links")
    )
    beside = conditions.Beside(links=t[links], visits=t[visits], page_views=t[views], interest=t[looks])
    for nth, wanted in enumerate(ASKED_BESIDE):
        for name in (visits, (views, looks)[nth % 2]):
            met = meeting(t[name], wanted, beside=beside).select("visit_id", "day")
            told = reference.meeting(rows[name], wanted, rows[links], rows)
            yield f"{name} of {wanted}", met, [{key: row[key] for key in ("visit_id", "day")} for row in told]
    for wanted in (EVERYBODY, ASKED_BESIDE[1], ASKED_BESIDE[4]):
        told = reference.meeting(rows[visits], wanted, rows[links], rows)
        yield (
            f"totals of {wanted}",
            totals.totals(meeting(t[visits], wanted, beside=beside)),
            reference.totals(told),
        )
    yield "by day", totals.by_day(t[visits]), reference.by_day(rows[visits])


def equal(found: list[Row], told: list[Row]) -> bool:
    return _sorted(found) == _sorted(told)


def _sorted(rows: list[Row]) -> list[list[tuple[str, Any]]]:
    return sorted((sorted(row.items()) for row in rows), key=repr if not rows else lambda row: [str(v) for v in row])


__all__ = ["cases", "conditions", "equal"]
