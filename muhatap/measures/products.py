"""Which products are looked at closely, which are bought, and who is interested in what: every part kept apart."""

import ibis
import ibis.expr.types as ir

from muhatap.measures.tables import TRACK

CART = "Product Added"
# A part counts at most so much, so that one open tab or one restless finger does not decide. (weight of one, most of the part)
PARTS = {
    "engaged_ms": (1 / 6000, 30.0),  # ten points a minute, three minutes
    "n_looks": (2.0, 10.0),
    "shown_ms": (1 / 12000, 5.0),
    "n_gallery": (2.0, 10.0),
    "n_variants": (3.0, 9.0),
    "returns": (8.0, 24.0),  # days on which they came back to it
    "carts": (12.0, 12.0),
}


def products(interest: ir.Table, events: ir.Table, lines: ir.Table) -> ir.Table:
    """Interest, events and order lines → (product, n_looks, n_visitors, engaged_ms, shown_ms, carts, n_orders, quantity)."""
    seen = interest.group_by("product").agg(
        n_looks=interest.n_looks.sum(),
        n_visitors=interest.visitor.nunique(),
        engaged_ms=interest.engaged_ms.sum(),
        shown_ms=interest.shown_ms.sum(),
    )
    bought = lines.group_by("product").agg(n_orders=lines.order_id.nunique(), quantity=lines.quantity.sum())
    return _together(["product"], seen, _carts(events, ["product"]), bought)


def interest(rows: ir.Table, events: ir.Table, *, by: str = "visitor") -> ir.Table:
    """Interest rows and events → (by, product, the parts, score): how much one visitor (or contact) wants one product.

    The score is the sum over PARTS of min(weight × part, most), to a hundredth. `by` stands in both tables; rows where it is NULL
    are nobody's.
    """
    own, added = rows.filter(rows[by].notnull()), events.filter(events[by].notnull())
    looked = own.filter(own.n_looks > 0)
    seen = own.group_by(by, "product").agg(
        **{part: own[part].sum() for part in ("engaged_ms", "n_looks", "shown_ms", "n_gallery", "n_variants")}
    )
    days = looked.group_by(by, "product").agg(returns=looked.day.nunique() - 1)
    parts = _together([by, "product"], seen, days, _carts(added, [by, "product"]))
    return parts.mutate(score=_score(parts))


def wanted(interest: ir.Table) -> ir.Table:
    """What `interest` gives → (product, n_interested, and for each part its points of all who are interested, in hundredths)."""
    points = {
        name: (ibis.least(interest[name].cast("float64") * weight, ibis.literal(most)) * 100)
        .floor()
        .cast("int64")
        .sum()
        for name, (weight, most) in PARTS.items()
    }
    return interest.group_by("product").agg(n_interested=interest.count(), **points)


def _carts(events: ir.Table, by: list[str]) -> ir.Table:
    added = events.filter(events.kind == TRACK, events.name == CART, events["product"] != "")
    return added.group_by(by).agg(carts=added.count())


def _score(parts: ir.Table) -> ir.FloatingValue:
    points = [
        ibis.least(parts[name].cast("float64") * weight, ibis.literal(most)) for name, (weight, most) in PARTS.items()
    ]
    return (sum(points[1:], points[0]) * 100).round().cast("int64") / 100.0


def _together(keys: list[str], *tables: ir.Table) -> ir.Table:
    """The numbers of all tables beside each other, 0 where a key is in another one only."""
    numbers = [name for table in tables for name in table.columns if name not in keys]
    rows = [
        table.select(
            *keys,
            **{name: (table[name] if name in table.columns else ibis.literal(0)).cast(_kind(name)) for name in numbers},
        )
        for table in tables
    ]
    every = ibis.union(*rows, distinct=False)
    return every.group_by(keys).agg(**{name: every[name].sum().cast(_kind(name)) for name in numbers})


def _kind(number: str) -> str:
    return "decimal(18, 3)" if number == "quantity" else "int64"


def of_contacts(rows: ir.Table, links: ir.Table, moment: str) -> ir.Table:
    """The rows of visitors who were a known contact at that moment, with `contact_id`."""
    at_its_time = [rows.visitor == links.visitor, rows[moment] >= links.since, rows[moment] < links.until]
    return rows.join(links.select("visitor", "contact_id", "since", "until"), at_its_time).select(*rows.columns, "contact_id")  # fmt: skip
