"""Visits in all and by the day: what reports show first."""

import ibis.expr.types as ir

from muhatap.measures.tables import AT_ONCE_MS

STEPS = {"n_looked": 1, "n_close": 2, "n_carted": 3, "n_checkout": 4, "n_sold": 5}  # of `reached`


def totals(visits: ir.Table) -> ir.Table:
    """Visits → one row (n_visits, n_views, engaged_ms, median_ms, n_short, and how many came to each step)."""
    return visits.agg(
        n_visits=visits.count(),
        n_views=visits.n_pages.sum(),
        engaged_ms=visits.engaged_ms.sum(),
        median_ms=visits.engaged_ms.cast("float64").median(),
        n_short=((visits.n_pages <= 1) & (visits.engaged_ms < AT_ONCE_MS)).cast("int64").sum(),
        **{name: (visits.reached >= step).cast("int64").sum() for name, step in STEPS.items()},
    )


def by_day(visits: ir.Table) -> ir.Table:
    """Visits → (day, n_visits)."""
    return visits.group_by("day").agg(n_visits=visits.count())
