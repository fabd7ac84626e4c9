"""Reports over visits: the same numbers as a hand count, from PostgreSQL, from the lake, and from both."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from muhatap.insight import web
from muhatap.measures.asked import Conditions, Period, Step
from muhatap.visits import folding, keeping, sites
from muhatap.visits.models import Site
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
    print(web.pages(period=TODAY), web.sources(period=TODAY), web.products(period=TODAY), web.worth(as_of=DAY))
    assert web.sources(period=TODAY, conditions=Conditions(has_bought=True)) == ()
