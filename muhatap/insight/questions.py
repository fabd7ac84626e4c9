"""Each report as one statement, from its measure. Loaded by the first report, since it loads Ibis.

An expression costs ten times what its statement costs to run over a small lake, so statements are remembered: they read tables by
their announced names, in which `facts` has laid the days that are asked for.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import ibis

from muhatap.measures import clicks as clicks_measure
from muhatap.measures import cohorts as cohorts_measure
from muhatap.measures import funnel as funnel_measure
from muhatap.measures import pages as pages_measure
from muhatap.measures import paths as paths_measure
from muhatap.measures import products as products_measure
from muhatap.measures import sources as sources_measure
from muhatap.measures import totals as totals_measure
from muhatap.measures import worth as worth_measure
from muhatap.measures.asked import Conditions, Period, Step
from muhatap.measures.conditions import Beside, meeting
from muhatap.measures.tables import FACTS


@lru_cache(maxsize=512)
def statement(dialect: str, question: Callable[..., Any], *asked: Any) -> str:
    """The statement of a question of this module."""
    return str(ibis.to_sql(question(*asked), dialect=dialect))


def funnel(steps: tuple[Step, ...], within: timedelta, wanted: Conditions) -> Any:
    pages, events = _facts("facts_page_views"), _facts("facts_events")
    moments = [funnel_measure.done(step, pages, events) for step in steps]
    if moments and not wanted.is_empty:
        moments[0] = moments[0].semi_join(_visits(wanted), "visitor")
    return funnel_measure.funnel(moments, within=within)


def neighbours(path: str, is_after: bool, wanted: Conditions) -> Any:
    return paths_measure.neighbours(_met("facts_page_views", wanted), path, is_after=is_after)


def trails(begins_with: str, wanted: Conditions, limit: int) -> Any:
    return _top(paths_measure.trails(_visits(wanted), begins_with=begins_with), "n", "trail", limit)


def cohorts(period: Period, unit: str, wanted: Conditions) -> Any:
    links = _facts("facts_visitor_links")
    return cohorts_measure.cohorts(_facts("facts_visits"), period=period, unit=unit, wanted=wanted, links=links)


def nameless(period: Period, wanted: Conditions) -> Any:
    links = _facts("facts_visitor_links")
    return cohorts_measure.nameless(_facts("facts_visits"), period=period, wanted=wanted, links=links)


def pages(wanted: Conditions, limit: int) -> Any:
    return _top(pages_measure.pages(_met("facts_page_views", wanted)), "n_views", "path", limit)


def clicks(path: str, wanted: Conditions, limit: int) -> Any:
    return _top(clicks_measure.clicks(_facts("facts_clicks"), _visits(wanted), path=path), "n", "element", limit)


def sources(by: tuple[str, ...], wanted: Conditions, limit: int) -> Any:
    return _top(sources_measure.sources(_visits(wanted), by=by), "n_visits", by[0], limit)


def totals(wanted: Conditions) -> Any:
    return totals_measure.totals(_visits(wanted))


def by_day(wanted: Conditions) -> Any:
    return totals_measure.by_day(_visits(wanted)).order_by("day")


def products(wanted: Conditions, limit: int) -> Any:
    interest, events = _met("facts_product_interest", wanted), _facts("facts_events")
    added = events if wanted.is_empty else events.semi_join(interest, "visitor")
    found = products_measure.products(interest, added, _facts("facts_order_lines"))
    return _top(found, "engaged_ms", "product", limit)


def interest() -> Any:
    """Of the contact whose links are laid."""
    links = _facts("facts_visitor_links")
    looked = products_measure.of_contacts(_facts("facts_product_interest"), links, "began_at")
    added = products_measure.of_contacts(_facts("facts_events"), links, "at")
    return products_measure.interest(looked, added, by="contact_id")


def worth(as_of: date, currency: str, limit: int) -> Any:
    found = worth_measure.rfm(_facts("facts_orders"), as_of=as_of, currency=currency)
    return _top(found, "money", "contact_id", limit)


def worth_cells(as_of: date, currency: str) -> Any:
    return worth_measure.cells(worth_measure.rfm(_facts("facts_orders"), as_of=as_of, currency=currency))


def worth_of(
    as_of: date, currency: str, recency: tuple[int, ...], frequency: tuple[int, ...], monetary: tuple[int, ...], limit: int, after: int,
) -> Any:  # fmt: skip
    scored = worth_measure.rfm(_facts("facts_orders"), as_of=as_of, currency=currency)
    found = worth_measure.standing(scored, recency=recency, frequency=frequency, monetary=monetary)
    return found.order_by(ibis.desc("money"), "contact_id").limit(limit, offset=after)


def wanted(conditions: Conditions, limit: int) -> Any:
    """Carts count of those alone who looked, so that the conditions hold for them too."""
    looked, events = _met("facts_product_interest", conditions), _facts("facts_events")
    added = events if conditions.is_empty else events.semi_join(looked, "visitor")
    found = products_measure.wanted(products_measure.interest(looked, added))
    points = sum((found[name] for name in list(products_measure.PARTS)[1:]), found["engaged_ms"])
    return _top(found.mutate(points=points), "points", "product", limit)


def _facts(name: str) -> Any:
    return ibis.table(FACTS[name], name=name)


def _met(name: str, wanted: Conditions) -> Any:
    beside = Beside(
        links=_facts("facts_visitor_links"),
        visits=_facts("facts_visits"),
        page_views=_facts("facts_page_views"),
        interest=_facts("facts_product_interest"),
    )
    return meeting(_facts(name), wanted, beside=beside)


def _visits(wanted: Conditions) -> Any:
    return _met("facts_visits", wanted)


def _top(found: Any, by: str, then: str, limit: int) -> Any:
    return found.order_by(ibis.desc(by), then).limit(limit)
