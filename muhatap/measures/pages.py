"""What is read, and by which pages visits begin and end."""

import ibis.expr.types as ir


def pages(page_views: ir.Table, *, by: str = "path") -> ir.Table:
    """Views → (path or product, n_views, n_visits, n_landings, n_exits, engaged_ms, scroll summed)."""
    return page_views.group_by(by).agg(
        n_views=page_views.count(),
        n_visits=page_views.is_first.cast("int64").sum(),
        n_landings=(page_views.place == 1).cast("int64").sum(),
        n_exits=(page_views.next_path == "").cast("int64").sum(),
        engaged_ms=page_views.engaged_ms.sum(),
        scroll=page_views.scroll.sum(),
    )
