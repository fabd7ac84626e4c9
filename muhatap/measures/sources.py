"""Where visits come from, and what becomes of them."""

from collections.abc import Sequence

import ibis.expr.types as ir

from muhatap.measures.tables import AT_ONCE_MS, CARTED, LOOKED, ORDERED

COLUMNS = (
    "source", "campaign", "campaign_source", "campaign_medium", "device", "landing_path", "exit_path", "day", "reached",
)  # fmt: skip


def sources(visits: ir.Table, *, by: Sequence[str] = ("source",)) -> ir.Table:
    """Visits → (the columns of `by`, n_visits, n_visitors, n_pages, engaged_ms, n_short: of one page at most and less than ten seconds,
    n_looked, n_carted, n_bought: visits that saw a product, filled a cart, ordered)."""
    return visits.group_by(*by).agg(
        n_visits=visits.count(),
        n_visitors=visits.visitor.nunique(),
        n_pages=visits.n_pages.sum(),
        engaged_ms=visits.engaged_ms.sum(),
        n_short=((visits.n_pages <= 1) & (visits.engaged_ms < AT_ONCE_MS)).cast("int64").sum(),
        n_looked=(visits.reached >= LOOKED).cast("int64").sum(),
        n_carted=(visits.reached >= CARTED).cast("int64").sum(),
        n_bought=(visits.reached >= ORDERED).cast("int64").sum(),
    )
