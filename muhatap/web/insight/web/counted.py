"""Rows of the tables counted from single visits, for conditions that the roll-ups by the day know nothing of. Raises Unanswered."""

from muhatap.insight import web
from muhatap.visits.models import Dim
from muhatap.visits.reports import MOST, Row, names_of
from muhatap.visits.tallies import MEASURES
from muhatap.web.insight.web.conditions import Narrowed

# What each table cannot say of visits that meet conditions.
UNTOLD = {"pages": ("n_clicks",), "products": ("n_clicks", "n_sold"), "sources": (), "campaigns": ()}
CAMPAIGN = ("campaign_source", "campaign_medium", "campaign")


def rows(narrowed: Narrowed, name: str) -> list[Row]:
    """pages, products, sources or campaigns, in the form in which the roll-ups give them."""
    return {"pages": _pages, "products": _products, "sources": _sources, "campaigns": _campaigns}[name](narrowed)


def whole(narrowed: Narrowed) -> tuple[dict[str, int], float | None]:
    """All visits together, and the seconds that half of them do not exceed."""
    told = web.totals(period=narrowed.period, conditions=narrowed.conditions)
    sums = {name: getattr(told, name, 0) for name in MEASURES}
    return sums, None if told.median_ms is None else told.median_ms / 1000


def _pages(narrowed: Narrowed) -> list[Row]:
    found = web.pages(period=narrowed.period, conditions=narrowed.conditions, limit=MOST)
    names = names_of(Dim.PAGE, [one.path for one in found], site_id=narrowed.asked.site)
    return [
        _row(
            one.path, names.get(one.path, ""), n_views=one.n_views, n_visits=one.n_visits, n_entries=one.n_landings,
            n_exits=one.n_exits, engaged_ms=one.engaged_ms, scroll=round(one.scroll * one.n_views),
        )
        for one in found
    ]  # fmt: skip


def _products(narrowed: Narrowed) -> list[Row]:
    found = web.products(period=narrowed.period, conditions=narrowed.conditions, limit=MOST)
    names = names_of(Dim.PRODUCT, [one.product for one in found], site_id=narrowed.asked.site)
    return [
        _row(
            one.product, names.get(one.product, ""), n_views=one.n_looks, engaged_ms=one.engaged_ms, shown_ms=one.shown_ms,
            n_carted=one.carts,
        )
        for one in found
        if one.product and (one.n_looks or one.shown_ms or one.carts)
    ]  # fmt: skip


def _sources(narrowed: Narrowed) -> list[Row]:
    return [_of_visits(one.key[0], one) for one in _by(narrowed, "source")]


def _campaigns(narrowed: Narrowed) -> list[Row]:
    found = _by(narrowed, *CAMPAIGN)
    return [_of_visits(" / ".join(filter(None, one.key)), one) for one in found if any(one.key)]


def _by(narrowed: Narrowed, *columns: str) -> tuple[web.SourceFigures, ...]:
    return web.sources(period=narrowed.period, conditions=narrowed.conditions, by=columns, limit=MOST)


def _of_visits(key: str, one: web.SourceFigures) -> Row:
    return _row(
        key, "", n_visits=one.n_visits, n_views=one.n_pages, engaged_ms=one.engaged_ms, n_short=one.n_short,
        n_looked=one.n_looked, n_carted=one.n_carted, n_sold=one.n_bought,
    )  # fmt: skip


def _row(key: str, name: str, **told: int) -> Row:
    return Row(key=key, name=name, of=dict.fromkeys(MEASURES, 0) | told)
