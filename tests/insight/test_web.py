"""Reports over visits: the same numbers as a hand count, from PostgreSQL, from the lake, and from both."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from muhatap.contacts import identity
from muhatap.insight import engine, facts, fresh, web
from muhatap.measures.asked import Conditions, Period, Step
from muhatap.visits import folding, keeping, sites
from muhatap.visits.models import Site, VisitorLink
from tests import cast
from tests.visits.leaves import without_leaves
from tests.visits.test_folding import NOON, arrive

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 21)
TODAY = Period(start=DAY, end=DAY)
HOME, LINEN = "https://www.ihlamurev.example/", "https://www.ihlamurev.example/urun/keten?utm_source=x"


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=NOON)
        yield


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


def test_two_visitors_and_a_cart(shop: Site) -> None:
    for visitor in ("tarayici-1", "tarayici-2"):
        arrive(shop, 0, visitor=visitor, url=HOME)
        arrive(shop, 1, visitor=visitor, url=LINEN, product_id="keten")
    arrive(shop, 2, "Product Added", kind="track", visitor="tarayici-1", product_id="keten", url=LINEN)
    folding.fold(at=NOON + timedelta(minutes=60))

    found = web.funnel(period=TODAY, steps=[Step("page", "/"), Step("below", "/urun"), Step("event", "Product Added")])
    assert [(each.n_visitors, each.seconds) for each in found.steps] == [(2, None), (2, 60.0), (1, 120.0)]

    around = web.paths(period=TODAY, path="/urun/keten")
    assert (around.n_views, around.before, around.after) == (2, (web.Neighbour("/", 2),), (web.Neighbour("", 2),))
    assert web.trails(period=TODAY) == (web.Trail(("/", "/urun/keten"), 2),)
    assert web.cohorts(period=TODAY, unit="week").rows == (web.Cohort(date(2026, 11, 16), 2, (2,)),)
    assert web.retention(period=TODAY) == (web.Kept(0, 2, 2),)
    assert [(one.path, one.n_views, one.n_visits, one.n_landings, one.n_exits) for one in web.pages(period=TODAY)] == [
        ("/", 2, 2, 2, 0), ("/urun/keten", 2, 2, 0, 2),
    ]  # fmt: skip
    assert [(one.key, one.n_visits, one.n_visitors, one.n_pages, one.n_short) for one in web.sources(period=TODAY)] == [
        (("direct",), 2, 2, 4, 0)
    ]
    assert [(one.product, one.n_looks, one.n_visitors, one.carts) for one in web.products(period=TODAY)] == [
        ("keten", 2, 2, 1)
    ]
    assert web.worth(as_of=DAY) == ()
    assert web.sources(period=TODAY, conditions=Conditions(has_bought=True)) == ()


def test_who_allowed_nothing_is_no_newcomer_and_is_counted_apart(shop: Site) -> None:
    for visitor in ("tarayici-1", "day:1", "day:2"):
        arrive(shop, 0, visitor=visitor, url=HOME)
    folding.fold(at=NOON + timedelta(minutes=60))

    found = web.cohorts(period=TODAY)

    assert (found.rows[0].size, found.n_nameless) == (1, 2)
    assert web.sources(period=TODAY)[0].n_visitors == 3


def test_clicks_after_midnight_belong_to_the_visit_of_the_day_before(shop: Site) -> None:
    midnight = 12 * 60 - 3 * 60  # minutes after noon in UTC, in the time zone of the firm
    for minutes, visitor in ((-1, "tarayici-1"), (2, "tarayici-2")):  # the second comes on the next day
        arrive(shop, midnight + minutes, visitor=visitor, url=HOME)
        arrive(shop, midnight + 3, "Element Clicked", kind="track", visitor=visitor, url=HOME, element="#ekle")
    folding.fold(at=NOON + timedelta(minutes=midnight + 60))

    assert [one.n for one in web.clicks(period=TODAY, path="/")] == [1]


def test_more_than_is_read_at_once_is_refused_and_never_cut(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for visitor in ("tarayici-1", "tarayici-2"):
        arrive(shop, 0, visitor=visitor, url=HOME)
        ayse = identity.resolve(claims=[cast.AYSE], source="email", at=NOON)
        VisitorLink.objects.create(
            site=shop, visitor=visitor, contact=ayse, how="signed", subject="20871", from_at=NOON - timedelta(days=9),
            proved_at=NOON, made_at=NOON,
        )  # fmt: skip
    folding.fold(at=NOON + timedelta(minutes=60))

    monkeypatch.setattr(fresh, "MOST", 2)
    assert web.sources(period=TODAY, conditions=Conditions(is_known=True))[0].n_visits == 2
    monkeypatch.setattr(fresh, "MOST", 1)
    with pytest.raises(engine.TooMuch):
        web.sources(period=TODAY)


def test_all_ties_are_read_however_many(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=NOON)
    for nth in range(4):
        VisitorLink.objects.create(
            site=shop, visitor=f"tarayici-{nth}", contact=ayse, how="signed", subject="20871",
            from_at=NOON - timedelta(days=9), until_at=NOON - timedelta(days=8) if nth else None, proved_at=NOON,
            made_at=NOON,
        )  # fmt: skip
    monkeypatch.setattr(fresh, "MOST", 3)

    assert _laid() == 4
    assert _laid(web.LINKS, start=DAY, end=DAY) == 1  # of those days


def _laid(where: str = "true", **values: Any) -> int:
    found: list[int] = []

    class Counting:
        def lay(self, _name: str, _paths: object, told: Any) -> None:
            found.append(told.num_rows)

    facts.lay_whole(Counting(), "facts_visitor_links", where, **values)  # type: ignore[arg-type]
    return found[0]
