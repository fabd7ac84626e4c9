"""Where people go from a page, and by which pages visits begin."""

import ibis.expr.types as ir


def neighbours(page_views: ir.Table, path: str, *, is_after: bool = True) -> ir.Table:
    """Views of one page → (path, n) of the pages after it (or before it); an empty path is the end (the beginning) of a visit."""
    seen = page_views.filter(page_views.path == path)
    return seen.group_by(path=seen.next_path if is_after else seen.previous_path).agg(n=seen.count())


def trails(visits: ir.Table, *, begins_with: str = "") -> ir.Table:
    """Visits → (trail, n): their first pages, one a line, and how many visits began so."""
    found = visits.filter(visits.n_pages > 0)
    if begins_with:
        found = found.filter(found.landing_path == begins_with)
    return found.group_by("trail").agg(n=found.count())
