"""What is clicked on a page, in the visits one asks about."""

import ibis.expr.types as ir

BELOW = "/*"


def clicks(clicks: ir.Table, visits: ir.Table, *, path: str) -> ir.Table:
    """Clicks and visits → (element, n, text): of one page, or with /* at the end of all below it, those made during these visits."""
    is_here = clicks.path.startswith(path.removesuffix("*")) if path.endswith(BELOW) else clicks.path == path
    here = clicks.filter(is_here, clicks.element != "")
    spans = visits.select("visitor", "began_at", "ended_at")
    during = [here.visitor == spans.visitor, here.at >= spans.began_at, here.at <= spans.ended_at]
    own = here.semi_join(spans, during)
    return own.group_by("element").agg(n=own.count(), text=own.text.max())
