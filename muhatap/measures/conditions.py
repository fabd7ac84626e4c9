"""Which part of the visits a measure looks at. Pages and visits carry what is asked, so no join is needed but for who is known."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from muhatap.measures.asked import Conditions, Period
from muhatap.measures.tables import ORDERED

_ASKED: dict[str, Callable[[ir.Table, object], ir.BooleanValue]] = {
    "site": lambda rows, site: rows.site_id == site,
    "source": lambda rows, sources: rows.source.isin(sources),
    "campaign": lambda rows, campaign: rows.campaign == campaign,
    "device": lambda rows, devices: rows.device.isin(devices),
    "landing": lambda rows, path: rows.landing_path == path,
    "has_bought": lambda rows, wanted: (rows.reached >= ORDERED) == wanted,
}


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What else conditions may ask of: who visitors were, all visits there are, the pages and products of visits."""

    links: ir.Table | None = None
    visits: ir.Table | None = None
    page_views: ir.Table | None = None
    interest: ir.Table | None = None


def meeting(
    rows: ir.Table, wanted: Conditions, links: ir.Table | None = None, beside: Beside | None = None
) -> ir.Table:
    """The rows (visits or pages) that meet the conditions. Raises ValueError where something is asked for without its table."""
    beside = beside or Beside(links=links)
    asked = [
        condition(rows, value)
        for name, condition in _ASKED.items()
        if (value := getattr(wanted, name)) not in (None, ())
    ]
    found = rows.filter(reduce(and_, asked)) if asked else rows
    found = _looked_at(found, wanted, beside)
    if wanted.is_returning is not None:
        found = _again(found, wanted, _there(beside.visits, "who comes again stands in the visits"))
    return _of_whom(found, wanted, beside) if wanted.needs_links else found


def _looked_at(rows: ir.Table, wanted: Conditions, beside: Beside) -> ir.Table:
    for table, column, value in (
        (beside.page_views, "path", wanted.page),
        (beside.interest, "product", wanted.product),
    ):
        if value is not None:
            some = _there(table, f"what was looked at stands beside the visits: {column}")
            rows = rows.semi_join(some.filter(some[column] == value).select("visit_id").distinct().view(), "visit_id")
    return rows


def _again(rows: ir.Table, wanted: Conditions, visits: ir.Table) -> ir.Table:
    first = visits.group_by("visitor").agg(first_at=visits.began_at.min()).view()
    both = rows.join(first, "visitor")
    is_later = both.began_at > both.first_at
    found = both.filter(is_later if wanted.is_returning else ~is_later).select(*rows.columns)
    return found.filter(found.day >= wanted.since) if wanted.since else found


def _of_whom(rows: ir.Table, wanted: Conditions, beside: Beside) -> ir.Table:
    links = _there(beside.links, "who is known stands in the links")
    at_its_time = [rows.visitor == links.visitor, rows.began_at >= links.since, rows.began_at < links.until]
    if wanted.tag is not None and wanted.is_known is False:
        return rows.filter(ibis.literal(False))  # the links are those of a segment: whoever stands in one is known
    is_known = wanted.is_known is not False
    return rows.semi_join(links, at_its_time) if is_known else rows.anti_join(links, at_its_time)


def _there(table: ir.Table | None, said: str) -> ir.Table:
    if table is None:
        raise ValueError(said)
    return table


def during(rows: ir.Table, period: Period) -> ir.Table:
    """The rows of these days."""
    return rows.filter(rows.day >= period.start, rows.day <= period.end)
