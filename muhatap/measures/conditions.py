"""Which part of the visits a measure looks at. Pages and visits carry what is asked, so no join is needed but for who is known."""

from collections.abc import Callable
from functools import reduce
from operator import and_

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


def meeting(rows: ir.Table, wanted: Conditions, links: ir.Table | None = None) -> ir.Table:
    """The rows (visits or pages) that meet the conditions. Raises ValueError where the known are asked for without links."""
    asked = [
        condition(rows, value)
        for name, condition in _ASKED.items()
        if (value := getattr(wanted, name)) not in (None, ())
    ]
    found = rows.filter(reduce(and_, asked)) if asked else rows
    if wanted.is_known is None:
        return found
    if links is None:
        raise ValueError("who is known stands in the links")
    at_its_time = [found.visitor == links.visitor, found.began_at >= links.since, found.began_at < links.until]
    return found.semi_join(links, at_its_time) if wanted.is_known else found.anti_join(links, at_its_time)


def during(rows: ir.Table, period: Period) -> ir.Table:
    """The rows of these days."""
    return rows.filter(rows.day >= period.start, rows.day <= period.end)
