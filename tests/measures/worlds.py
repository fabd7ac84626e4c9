"""Small tables with the awkward in them: ties, midnight, Turkish, nobody, and nothing at all."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow

from muhatap.measures.tables import FACTS

Row = dict[str, Any]
MIDNIGHT = datetime(2026, 11, 21)
_EMPTY: Mapping[str, Any] = {
    "int64": 0, "!int64": 0, "string": "", "boolean": False, "float64": 0.0, "date": date(2026, 11, 21), "timestamp": MIDNIGHT,
}  # fmt: skip


def row(table: str, **told: Any) -> Row:
    """A row of an announced table; what is not told is empty."""
    return {
        name: told.get(name, Decimal(0) if str(kind).startswith("decimal") else _EMPTY.get(str(kind)))
        for name, kind in FACTS[table].items()
    }


def arrow(table: str, rows: Sequence[Row]) -> pyarrow.Table:
    return pyarrow.Table.from_pylist(list(rows), schema=FACTS[table].to_pyarrow())


def at(minutes: float, *, days: int = 0) -> datetime:
    return MIDNIGHT + timedelta(days=days, minutes=minutes)


# visitor, minutes from midnight of 21 November (a Saturday), pages with (minutes after, path, product), and what is known of the visit
VISITS: list[tuple[int, int, list[tuple[float, str, str]], Row]] = [
    (1, -5, [(0, "/", ""), (10, "/ürün/şile-bezi", "p1"), (10, "/sepet", "")], {"source": "search", "device": 1, "reached": 3}),
    (1, 2000, [(0, "/ürün/şile-bezi", "p1"), (1, "/ürün/şile-bezi", "p1"), (2, "/sepet", "")], {"source": "direct", "device": 1, "reached": 5}),
    (2, 0, [(0, "/", "")], {"source": "search", "device": 3}),
    (2, 7 * 1440, [(0, "/ürün/keten", "p2"), (3, "/", "")], {"source": "mail", "campaign": "Kış İndirimi", "device": 3, "reached": 1}),
    (3, 60, [(0, "/ürünler", ""), (0, "/", "")], {"source": "campaign", "campaign": "Kış İndirimi", "device": 2}),
    (3, 31 * 1440, [], {"source": ""}),
    (-4, 1439, [(0, "/ürün", ""), (5, "/ürün/keten", "p2"), (6, "/sepet", ""), (9, "/", "")], {"source": "search", "reached": 5}),
    (5, -40 * 1440, [(0, "/", "")], {"source": "ai"}),
    (5, 0, [(0, "/sepet", ""), (1, "/", "")], {"source": "ai"}),
    (6, 30, [(0, "/", "")], {"source": "search", "is_nameless": True}),
    (6, 90, [(0, "/sepet", "")], {"source": "search", "is_nameless": True}),
]  # fmt: skip


def visits() -> list[Row]:
    return [_visit(number, *told) for number, told in enumerate(VISITS, start=1)]


def _visit(number: int, visitor: int, minutes: int, pages: list[tuple[float, str, str]], more: Row) -> Row:
    paths = [path for _after, path, _product in pages]
    began = at(minutes)
    return row(
        "facts_visits", visit_id=number, visitor=visitor, site_id=1, day=began.date(), began_at=began,
        ended_at=began + timedelta(minutes=max((after for after, _path, _product in pages), default=0)), n_pages=len(pages),
        n_events=2 * len(pages) + 1, engaged_ms=7000 * len(pages), landing_path=paths[0] if paths else "", exit_path=paths[-1] if paths else "",
        trail="\n".join(paths[:5]), **more,
    )  # fmt: skip


def page_views() -> list[Row]:
    found = []
    for visit, (_visitor, minutes, pages, _more) in zip(visits(), VISITS, strict=True):
        paths = [path for _after, path, _product in pages]
        for place, (after, path, product) in enumerate(pages, start=1):
            shared = {name: visit[name] for name in FACTS["facts_page_views"] if name in visit}
            told = {
                "at": at(minutes + after), "place": place, "is_first": path not in paths[: place - 1], "path": path, "product": product,
                "previous_path": paths[place - 2] if place > 1 else "", "next_path": paths[place] if place < len(paths) else "",
                "engaged_ms": 1000 * place, "scroll": 10 * place,
            }  # fmt: skip
            found.append(row("facts_page_views", **shared | told))
    return found


def interest() -> list[Row]:
    looked = [page for page in page_views() if page["product"]]
    found = {}
    for page in looked:
        shared = {name: page[name] for name in FACTS["facts_product_interest"] if name in page}
        one = found.setdefault(
            (page["visit_id"], page["product"]), row("facts_product_interest", **shared | {"engaged_ms": 0})
        )
        one["n_looks"] += 1
        one["engaged_ms"] += 40_000 + page["engaged_ms"]
        one["n_gallery"] += page["place"] % 2
    only_shown = row(
        "facts_product_interest", visit_id=3, visitor=2, product="p9", shown_ms=90_000, day=MIDNIGHT.date()
    )
    return [*found.values(), only_shown]


def events() -> list[Row]:
    told = [
        (1, at(4), 2, "Product Added", "p1"), (1, at(4), 2, "Product Added", "p1"), (1, at(4), 3, "Sepet", ""),
        (2, at(29.5), 2, "Arama Yapıldı", ""), (2, at(0), 3, "Ana sayfa", ""), (2, at(60), 2, "Product Added", "p3"),
        (2, at(90.0001), 2, "Order Completed", ""), (-4, at(1440), 2, "Product Added", "p2"), (7, at(0), 1, "", ""),
        (1, at(2004), 2, "Order Completed", ""), (-4, at(1439), 2, "Order Completed", ""),
        (2, at(1), 3, "Product Added", "p1"),  # a page of that name is no event
    ]  # fmt: skip
    return [
        row("facts_events", visitor=visitor, site_id=1, day=when.date(), at=when, kind=kind, name=name, product=product)
        for visitor, when, kind, name, product in told
    ]


def clicks() -> list[Row]:
    told = [
        (1, at(0), "/", "#ekle", "Ekle"), (1, at(5), "/", "#ekle", "Sepete ekle"), (1, at(6), "/", "#ekle", "çok geç"), (2, at(0), "/", "#ara", ""),
        (1, at(2001), "/ürün/keten", "#ekle", "İncele"), (7, at(0), "/", "#ekle", "Ziyareti yok"), (-4, at(1440), "/ürün", "a", ""),
        (3, at(60), "/ürünler", "a", ""), (1, at(4), "/", "", "adsız"),
    ]  # fmt: skip
    return [
        row("facts_clicks", visitor=visitor, site_id=1, day=when.date(), at=when, path=path, element=element, text=text)
        for visitor, when, path, element, text in told
    ]


def links() -> list[Row]:
    for_ever = datetime(9999, 12, 31)
    return [
        row("facts_visitor_links", site_id=1, visitor=1, contact_id=100, since=at(0), until=for_ever),
        row("facts_visitor_links", site_id=1, visitor=2, contact_id=100, since=at(-1), until=at(1)),
        row("facts_visitor_links", site_id=1, visitor=2, contact_id=200, since=at(1), until=for_ever),
    ]


def orders() -> list[Row]:
    told = [
        (1, 100, 0, "paid", "2849.90"), (2, 100, -30, "delivered", "100"), (3, 200, 0, "paid", "2849.9000"), (4, 300, -400, "refunded", "50"),
        (5, None, 0, "paid", "1"), (6, 400, -3, "cancelled", "9"), (7, 500, 1, "paid", "77"), (8, 600, -3, "paid", "10"), (9, 700, -3, "paid", "10"),
    ]  # fmt: skip
    return [
        row(
            "facts_orders", order_id=number, contact_id=contact, day=(MIDNIGHT + timedelta(days=days)).date(),
            placed_at=MIDNIGHT + timedelta(days=days), state=state, currency="TRY", total=Decimal(total),
            refunded=Decimal(0),
        )
        for number, contact, days, state, total in told
    ]  # fmt: skip


def lines() -> list[Row]:
    told = [(1, 1, "p1", "2"), (2, 1, "p2", "1"), (3, 2, "p1", "1.5"), (4, 3, "p7", "1")]
    return [
        row("facts_order_lines", line_id=line, order_id=order, product=product, quantity=Decimal(quantity))
        for line, order, product, quantity in told
    ]


def everything() -> dict[str, list[Row]]:
    return {
        "facts_visits": visits(), "facts_page_views": page_views(), "facts_events": events(), "facts_product_interest": interest(),
        "facts_visitor_links": links(), "facts_clicks": clicks(), "facts_orders": orders(), "facts_order_lines": lines(),
    }  # fmt: skip


def nothing() -> dict[str, list[Row]]:
    return {name: [] for name in everything()}
