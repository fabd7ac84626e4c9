"""Reports over visits of web sites, of now: plain results of measures. What computes is loaded at the first question, not at the start.

Each raises engine.Unanswered rather than give a part for the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from muhatap.insight import engine, facts
from muhatap.measures.asked import EVERYBODY, Conditions, Period, Step

A_DAY = timedelta(days=1)
CART, NONE = "Product Added", "-"
LINES = "placed_at >= %(start)s::date and placed_at < %(end)s::date + 1 and state <> 'cancelled'"
LINKS = "until > %(start)s::date and since < %(end)s::date + 1"
OF_TAG = "contact_id in (select contact_id from contacts_contacttag where tag_id = %(tag)s)"
ORDERS = "contact_id is not null and currency = %(currency)s and placed_at < %(as_of)s::date + 1"


@dataclass(frozen=True)
class Reached:
    """How many visitors came to a step, and how many seconds after they entered on average (None: nobody, or the first step)."""

    step: Step
    n_visitors: int
    seconds: float | None


@dataclass(frozen=True)
class Funnel:
    steps: tuple[Reached, ...]


@dataclass(frozen=True)
class Neighbour:
    """A page before or after; an empty path is the beginning or end of the visit."""

    path: str
    n: int


@dataclass(frozen=True)
class Paths:
    path: str
    n_views: int
    before: tuple[Neighbour, ...]
    after: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Trail:
    pages: tuple[str, ...]
    n: int


@dataclass(frozen=True)
class Cohort:
    """Visitors who first came in the span that begins on a day; `back[k]` of them came (again) k spans later."""

    begins_on: date
    size: int
    back: tuple[int, ...]


@dataclass(frozen=True)
class Cohorts:
    """`n_nameless` are left out: visitors of these days who allowed nothing to be stored, and so are known for a day only."""

    unit: str
    rows: tuple[Cohort, ...]
    n_nameless: int = 0


@dataclass(frozen=True)
class Kept:
    """How many of those who could have come again so many spans later did."""

    later: int
    n_back: int
    n_asked: int


@dataclass(frozen=True)
class PageFigures:
    path: str
    n_views: int
    n_visits: int
    n_landings: int
    n_exits: int
    engaged_ms: int
    scroll: float  # percent on average


@dataclass(frozen=True)
class Clicked:
    """An element by the clicks on it; `text` are words it bore."""

    element: str
    n: int
    text: str


@dataclass(frozen=True)
class SourceFigures:
    key: tuple[Any, ...]
    n_visits: int
    n_visitors: int
    n_pages: int
    engaged_ms: int
    n_short: int
    n_looked: int
    n_carted: int
    n_bought: int


@dataclass(frozen=True)
class Totals:
    """Visits in all; `median_ms` is None where there are none, `n_known` those of people we know."""

    n_visits: int
    n_views: int
    engaged_ms: int
    median_ms: float | None
    n_short: int
    n_looked: int
    n_close: int
    n_carted: int
    n_checkout: int
    n_sold: int
    n_known: int


@dataclass(frozen=True)
class ProductFigures:
    product: str
    n_looks: int
    n_visitors: int
    engaged_ms: int
    shown_ms: int
    carts: int
    n_orders: int
    quantity: Decimal


@dataclass(frozen=True)
class Interest:
    """How closely somebody looked at a product, and the parts the score is made of (measures/products.py)."""

    product: str
    score: float
    parts: dict[str, int]


@dataclass(frozen=True)
class Wanted:
    """How much a product is wanted by all who showed interest: points in all, and of which part how many."""

    product: str
    n_interested: int
    points: float
    parts: dict[str, float]


@dataclass(frozen=True)
class WorthCell:
    recency: int
    frequency: int
    monetary: int
    n_customers: int
    n_orders: int
    money: Decimal


@dataclass(frozen=True)
class Worth:
    contact_id: int
    last_on: date
    days: int
    n_orders: int
    money: Decimal
    recency: int
    frequency: int
    monetary: int


def funnel(
    *, period: Period, steps: Sequence[Step], within: timedelta = A_DAY, conditions: Conditions = EVERYBODY
) -> Funnel:
    """How many visitors went how far; those who enter have a visit in the period that meets the conditions. Raises ValueError without steps."""
    with engine.asking() as on:
        _lay(on, "facts_page_views", period, conditions)
        if names := [step.value for step in steps if step.kind == "event"]:
            facts.lay(on, "facts_events", start=period.start, end=period.end, names=names)
        if not conditions.is_empty:
            _lay(on, "facts_visits", period, conditions)
        rows = sorted(on.rows("funnel", tuple(steps), within, conditions), key=lambda row: int(row["step"]))
    told = zip(steps, rows, strict=True)
    return Funnel(tuple(Reached(step, row["n_visitors"], _mean_seconds(row)) for step, row in told))


def _mean_seconds(row: dict[str, Any]) -> float | None:
    return row["seconds"] / row["n_visitors"] if row["step"] > 1 and row["n_visitors"] else None


def paths(*, period: Period, path: str, conditions: Conditions = EVERYBODY, limit: int = 10) -> Paths:
    """Which pages come right before and after a page, the most frequent first."""
    with engine.asking() as on:
        _lay(on, "facts_page_views", period, conditions)
        before, after = (on.rows("neighbours", path, is_after, conditions) for is_after in (False, True))
    return Paths(path, sum(row["n"] for row in after), _neighbours(before, limit), _neighbours(after, limit))


def _neighbours(rows: list[dict[str, Any]], limit: int) -> tuple[Neighbour, ...]:
    frequent = sorted(rows, key=lambda row: (-row["n"], row["path"]))
    return tuple(Neighbour(row["path"], row["n"]) for row in frequent[:limit])


def trails(
    *, period: Period, conditions: Conditions = EVERYBODY, begins_with: str = "", limit: int = 20
) -> tuple[Trail, ...]:
    """By which pages visits begin, the most frequent first; five pages at most."""
    with engine.asking() as on:
        _lay(on, "facts_visits", period, conditions)
        rows = on.rows("trails", begins_with, conditions, limit)
    return tuple(Trail(tuple(row["trail"].split("\n")), row["n"]) for row in rows)


def cohorts(*, period: Period, unit: str = "week", conditions: Conditions = EVERYBODY) -> Cohorts:
    """Who first came when, and how many of them came back; the first visit ever meets the conditions. Units: day, week, month."""
    from muhatap.measures import cohorts as measure

    since = measure.first_day(measure.number_of(period.start, unit), unit)
    with engine.asking() as on:
        facts.lay(on, "facts_visits", end=period.end)
        _lay_links(on, Period(start=since, end=period.end), conditions)
        rows = on.rows("cohorts", period, unit, conditions)
        (nameless,) = on.rows("nameless", period, conditions)
    n = {(row["cohort"], row["later"]): row["n_visitors"] for row in rows}
    last = measure.number_of(period.end, unit)
    return Cohorts(
        unit,
        tuple(
            Cohort(
                measure.first_day(each, unit),
                n.get((each, 0), 0),
                tuple(n.get((each, later), 0) for later in range(last - each + 1)),
            )
            for each in range(measure.number_of(period.start, unit), last + 1)
        ),
        nameless["n_visitors"],
    )


def retention(
    *, period: Period, unit: str = "day", most: int = 30, conditions: Conditions = EVERYBODY
) -> tuple[Kept, ...]:
    """How many come again 0, 1, 2, … spans after they first came, of those for whom that span has begun."""
    rows = cohorts(period=period, unit=unit, conditions=conditions).rows
    return tuple(
        Kept(
            later,
            sum(row.back[later] for row in rows if later < len(row.back)),
            sum(row.size for row in rows if later < len(row.back)),
        )
        for later in range(min(most + 1, len(rows)))
    )


def pages(*, period: Period, conditions: Conditions = EVERYBODY, limit: int = 50) -> tuple[PageFigures, ...]:
    """The pages that are seen most."""
    with engine.asking() as on:
        _lay(on, "facts_page_views", period, conditions)
        rows = on.rows("pages", conditions, limit)
    return tuple(PageFigures(**row | {"scroll": row["scroll"] / row["n_views"]}) for row in rows)


def clicks(*, period: Period, path: str, conditions: Conditions = EVERYBODY, limit: int = 50) -> tuple[Clicked, ...]:
    """The elements of a page (of a path that ends in /*, of all below it) that are clicked most during these visits."""
    with engine.asking() as on:
        facts.lay(on, "facts_clicks", start=period.start, end=period.end + A_DAY)  # visits go on over midnight
        _lay(on, "facts_visits", period, conditions)
        return tuple(Clicked(**row) for row in on.rows("clicks", path, conditions, limit))


def sources(
    *, period: Period, conditions: Conditions = EVERYBODY, by: Sequence[str] = ("source",), limit: int = 50
) -> tuple[SourceFigures, ...]:
    """Where visits come from, by one or several columns of measures/sources.py. Raises ValueError for another column."""
    from muhatap.measures import sources as measure

    if not by or not set(by) <= set(measure.COLUMNS):
        raise ValueError(f"by some of {', '.join(measure.COLUMNS)}")
    with engine.asking() as on:
        _lay(on, "facts_visits", period, conditions)
        rows = on.rows("sources", tuple(by), conditions, limit)
    return tuple(
        SourceFigures(tuple(row[name] for name in by), **{name: row[name] for name in row if name not in by})
        for row in rows
    )


def totals(*, period: Period, conditions: Conditions = EVERYBODY) -> Totals:
    """What the visits of these days come to in all."""
    with engine.asking() as on:
        _lay(on, "facts_visits", period, replace(conditions, is_known=True))
        (row,) = on.rows("totals", conditions)
        n_known = 0
        if conditions.is_known is not False:
            (known,) = on.rows("totals", replace(conditions, is_known=True))
            n_known = known["n_visits"]
    told = {name: value or 0 for name, value in row.items() if name != "median_ms"}
    return Totals(**told, median_ms=row["median_ms"], n_known=n_known)


def by_day(*, period: Period, conditions: Conditions = EVERYBODY) -> dict[date, int]:
    """Visits of each day that has some."""
    with engine.asking() as on:
        _lay(on, "facts_visits", period, conditions)
        return {row["day"]: row["n_visits"] for row in on.rows("by_day", conditions)}


def products(*, period: Period, conditions: Conditions = EVERYBODY, limit: int = 50) -> tuple[ProductFigures, ...]:
    """What is looked at closely, put into carts and ordered. Conditions ask of the visits; orders have no visit and are left as they are."""
    with engine.asking() as on:
        _lay(on, "facts_product_interest", period, conditions)
        facts.lay(on, "facts_events", start=period.start, end=period.end, names=[CART])
        facts.lay_whole(on, "facts_order_lines", LINES, start=period.start, end=period.end)
        rows = on.rows("products", conditions, limit)
    return tuple(ProductFigures(**row) for row in rows)


def interest(*, contact_id: int, period: Period) -> tuple[Interest, ...]:
    """What one contact wants, by all visitors that were them at that time; the most wanted first."""
    from muhatap.measures import products as measure

    with engine.asking() as on:
        facts.lay_whole(on, "facts_visitor_links", "contact_id = %(contact)s", contact=contact_id)
        _lay(on, "facts_product_interest", period)
        facts.lay(on, "facts_events", start=period.start, end=period.end, names=[CART])
        rows = on.rows("interest")
    found = [Interest(row["product"], row["score"], {name: row[name] for name in measure.PARTS}) for row in rows]
    return tuple(sorted(found, key=lambda each: (-each.score, each.product)))


def worth(*, as_of: date, currency: str = "TRY", limit: int = 1000) -> tuple[Worth, ...]:
    """Customers by recency, frequency and money, the best first."""
    with engine.asking() as on:
        facts.lay_whole(on, "facts_orders", ORDERS, currency=currency, as_of=as_of)
        rows = on.rows("worth", as_of, currency, limit)
    return tuple(Worth(**row) for row in rows)


def worth_cells(*, as_of: date, currency: str = "TRY") -> tuple[WorthCell, ...]:
    """How many customers stand where in recency, frequency and money."""
    with engine.asking() as on:
        facts.lay_whole(on, "facts_orders", ORDERS, currency=currency, as_of=as_of)
        return tuple(WorthCell(**row) for row in on.rows("worth_cells", as_of, currency))


def worth_of(
    *, as_of: date, currency: str, recency: Sequence[int] = (), frequency: Sequence[int] = (), monetary: Sequence[int] = (),
    limit: int = 50, after: int = 0,
) -> tuple[Worth, ...]:  # fmt: skip
    """Those of a cell, who paid most first; `after` so many of them."""
    scores = tuple(recency), tuple(frequency), tuple(monetary)
    with engine.asking() as on:
        facts.lay_whole(on, "facts_orders", ORDERS, currency=currency, as_of=as_of)
        return tuple(Worth(**row) for row in on.rows("worth_of", as_of, currency, *scores, limit, after))


def wanted(*, period: Period, conditions: Conditions = EVERYBODY, limit: int = 50) -> tuple[Wanted, ...]:
    """The products that are wanted most, by the interest of each visitor."""
    from muhatap.measures import products as measure

    with engine.asking() as on:
        _lay(on, "facts_product_interest", period, conditions)
        facts.lay(on, "facts_events", start=period.start, end=period.end, names=[CART])
        rows = on.rows("wanted", conditions, limit)
    return tuple(
        Wanted(
            row["product"], row["n_interested"], row["points"] / 100, {name: row[name] / 100 for name in measure.PARTS}
        )
        for row in rows
    )


def _lay(on: engine.Asking, name: str, period: Period, conditions: Conditions = EVERYBODY) -> None:
    """A table, and those beside it that the conditions ask of."""
    _lay_days(on, name, period, conditions)
    _lay_links(on, period, conditions)
    asked = {
        "facts_visits": conditions.is_returning is not None,
        "facts_page_views": conditions.page is not None,
        "facts_product_interest": conditions.product is not None,
    }
    for other, is_asked in asked.items():
        if is_asked and other != name:
            _lay_days(on, other, period, conditions)


def _lay_days(on: engine.Asking, name: str, period: Period, conditions: Conditions) -> None:
    """Who comes again is told by all visits there ever were; `conditions.since` leaves the earlier ones out of what is counted."""
    is_whole = name == "facts_visits" and conditions.is_returning is not None
    facts.lay(on, name, start=None if is_whole else period.start, end=period.end)


def _lay_links(on: engine.Asking, period: Period, conditions: Conditions) -> None:
    """Only where somebody asks who is known (no other condition reads them), and those that held on these days."""
    if conditions.needs_links:
        where = f"{LINKS} and {OF_TAG}" if conditions.tag is not None else LINKS
        told = {"start": period.start, "end": period.end, "tag": conditions.tag}
        facts.lay_whole(on, "facts_visitor_links", where, **told)
