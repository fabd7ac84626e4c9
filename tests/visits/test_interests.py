"""How closely a product is looked at: seconds, looks, pictures, variants, cards in view and coming back, each apart."""

import pytest

from muhatap.visits import interests
from muhatap.visits.models import ProductInterest, Site, Visit
from tests.visits.telling import NOON, after, arrive, fold, look

pytestmark = pytest.mark.django_db


def click(site: Site, at: float, product: str, part: str) -> None:
    arrive(site, at, "Element Clicked", element="a", part=part, product_id=product)


def test_each_kind_of_interest_is_kept_apart(site: Site) -> None:
    look(
        site, 0, seconds=30, shown=[{"product_id": "battaniye", "seconds": 4}, {"product_id": "perde", "seconds": 2.5}]
    )
    look(site, 1, "battaniye", seconds=60, title="Yün battaniye")
    arrive(site, 1, "Product Viewed", product_id="battaniye", name="Yün battaniye, kiremit")
    for part in ("gallery", "gallery", "variant", ""):
        click(site, 1.5, "battaniye", part)
    fold(2.6)
    click(site, 3, "battaniye", "gallery")
    look(site, 4, "battaniye", seconds=20)

    fold()

    blanket = ProductInterest.objects.get(product="battaniye")
    assert (blanket.n_looks, blanket.engaged_ms, blanket.shown_ms) == (2, 80_000, 4_000)
    assert (blanket.n_gallery, blanket.n_variants, blanket.name) == (3, 1, "Yün battaniye, kiremit")
    assert ProductInterest.objects.get(product="perde").shown_ms == 2_500
    assert Visit.objects.get().n_clicks == 5


def test_coming_back_in_another_visit_is_a_return(site: Site) -> None:
    for at in (0, 100, 200):
        look(site, at, "battaniye", seconds=20)
    look(site, 100, "perde", seconds=5)

    fold()

    closest, other = interests.of(Visit.objects.all(), since=NOON)
    assert (closest.product, closest.n_returns, closest.n_looks, closest.engaged_ms) == ("battaniye", 2, 3, 60_000)
    assert (other.product, other.n_returns) == ("perde", 0)
    assert interests.of(Visit.objects.all(), since=after(150))[0].n_looks == 1


def test_what_only_stood_in_view_in_a_list_was_not_looked_at_closely(site: Site) -> None:
    look(site, 0, seconds=30, shown=[{"product_id": "havlu", "seconds": 9}])
    look(site, 1, "battaniye", seconds=5)

    fold()

    assert ProductInterest.objects.filter(product="havlu").exists()
    assert [one.product for one in interests.of(Visit.objects.all(), since=NOON)] == ["battaniye"]
