"""The announced shapes: what rooms publish as views `facts_…`, what lies in the lake, what measures read. Columns are added, never renamed.

Moments are in UTC without saying so, days are the firm's own. A visitor is 64 bits of a hash of site and visitor: numbers group faster than
names, and nobody is named in the lake. A page is told by its path, without host and parameters. Texts nobody told are empty, never NULL,
so that groups and conditions need no second case.
"""

import ibis

# What is known of a visit stands beside each of its pages and products too, so that reports of those need no join.
_VISIT = {
    "day": "date",  # of its beginning
    "visit_id": "int64",
    "site_id": "int64",
    "visitor": "int64",
    "began_at": "timestamp",
    "source": "string",  # search, social, ai, mail, campaign, site or direct
    "campaign": "string",
    "device": "int64",  # 0 not told, 1 phone, 2 tablet, 3 computer
    "reached": "int64",  # 0 came, 1 looked at a product, 2 closely, 3 cart, 4 checkout, 5 ordered
    "landing_path": "string",
}
LOOKED, CARTED, ORDERED = 1, 3, 5  # of `reached`
AT_ONCE_MS = 10_000  # who left after one page with less than this left at once
TRACK = 2  # of `kind`: what shops and sites told, beside pages and who somebody is

VISITS = ibis.schema(
    _VISIT
    | {
        "ended_at": "timestamp",
        "n_events": "int64",
        "n_pages": "int64",
        "engaged_ms": "int64",
        "exit_path": "string",
        "trail": "string",  # its first five pages, one a line
        "campaign_source": "string",
        "campaign_medium": "string",
        "is_nameless": "boolean",  # allowed nothing to be stored: known for this day only
    }
)
PAGE_VIEWS = ibis.schema(
    _VISIT
    | {
        "at": "timestamp",
        "place": "int64",  # the first page of a visit is 1
        "is_first": "boolean",  # of this path in this visit: their number is the number of visits
        "path": "string",
        "previous_path": "string",  # empty where the visit begins, `next_path` where it ends
        "next_path": "string",
        "product": "string",
        "engaged_ms": "int64",
        "scroll": "int64",
    }
)
PRODUCT_INTEREST = ibis.schema(
    _VISIT
    | {
        "product": "string",
        "n_looks": "int64",
        "engaged_ms": "int64",
        "shown_ms": "int64",  # of its cards, in view
        "n_gallery": "int64",
        "n_variants": "int64",
    }
)
_EVENT = {
    "day": "date",  # on which it happened
    "site_id": "int64",
    "visitor": "int64",
    "received_at": "timestamp",
    "at": "timestamp",
    "path": "string",
    "product": "string",
}
EVENTS = ibis.schema(
    _EVENT
    | {
        "kind": "int64",  # of the protocol: 1 identify, 2 track, 3 page, 4 screen, 5 group, 6 alias
        "name": "string",
        "quantity": "int64",
        "value": "decimal(18, 4)",
        "currency": "string",
        "order_id": "string",
        "query": "string",
    }
)
CLICKS = ibis.schema(
    _EVENT
    | {
        "element": "string",
        "text": "string",
        "part": "string",
        "x": "float64",  # shares of the element
        "y": "float64",
        "width": "int64",  # of the window
    }
)
# Who a visitor was from when until when (before 9999, if that is over); one contact at a time.
LINKS = ibis.schema(
    {"site_id": "int64", "visitor": "int64", "contact_id": "int64", "since": "timestamp", "until": "timestamp"}
)
ORDERS = ibis.schema(
    {
        "day": "date",  # on which it was placed; whoever loads them adds it
        "order_id": "int64",
        "shop_id": "int64",
        "contact_id": "int64",  # NULL while nobody knows whose it is
        "placed_at": "timestamp",
        "state": "string",
        "currency": "string",
        "total": "decimal(18, 4)",
        "refunded": "decimal(18, 4)",
    }
)
ORDER_LINES = ibis.schema(
    {
        "day": "date",
        "line_id": "int64",
        "order_id": "int64",
        "shop_id": "int64",
        "contact_id": "int64",
        "placed_at": "timestamp",
        "state": "string",
        "currency": "string",
        "product": "string",
        "product_name": "string",
        "quantity": "decimal(12, 3)",
        "amount": "decimal(18, 4)",
    }
)

FACTS = {
    "facts_visits": VISITS,
    "facts_page_views": PAGE_VIEWS,
    "facts_events": EVENTS,
    "facts_clicks": CLICKS,
    "facts_product_interest": PRODUCT_INTEREST,
    "facts_visitor_links": LINKS,
    "facts_orders": ORDERS,
    "facts_order_lines": ORDER_LINES,
}
