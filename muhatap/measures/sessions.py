"""From events to visits: what follows without a rest of half an hour belongs together."""

from datetime import timedelta

import ibis
import ibis.expr.types as ir

GAP = timedelta(minutes=30)
PAGE_KINDS = (3, 4)


def sessions(events: ir.Table, *, gap: timedelta = GAP) -> ir.Table:
    """Events (site_id, visitor, at, kind) → visits (site_id, visitor, n, began_at, ended_at, n_events, n_pages).

    `n` counts the visits of a visitor from 0. A rest longer than `gap` begins another visit.
    """
    of_one = {"group_by": ["site_id", "visitor"], "order_by": "at"}
    before = events.mutate(before=events.at.lag().over(**of_one))
    rested = before.before.isnull() | (before.before + ibis.interval(seconds=int(gap.total_seconds())) < before.at)
    begun = before.mutate(begins=rested.cast("int64"))
    # By range, so that what happened at one moment is in one visit whatever the order of its rows.
    placed = begun.mutate(n=begun.begins.sum().over(**of_one, range=(None, 0)) - 1)
    return placed.group_by("site_id", "visitor", "n").agg(
        began_at=placed.at.min(),
        ended_at=placed.at.max(),
        n_events=placed.count(),
        n_pages=placed.kind.isin(PAGE_KINDS).sum(),
    )
