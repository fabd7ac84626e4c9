"""Who is on the sites now: whoever looks at them, not whom the shop's server speaks of."""

import pytest

from muhatap.visits import folding, present
from muhatap.visits.models import Site
from tests.visits.telling import NOON, after, arrive, look

pytestmark = pytest.mark.django_db


def here(minutes: float) -> set[str]:
    found = present.now(at=after(minutes))
    assert found.n == len(found.people)
    return {person.visitor for person in found.people}


@pytest.mark.parametrize("is_folded", [False, True])
def test_a_customer_of_whom_only_the_shops_server_tells_is_not_on_the_site(site: Site, is_folded: bool) -> None:
    look(site, 0)
    arrive(site, 0, "Order Shipped", visitor="", user="20871", by_server=True)
    if is_folded:
        folding.fold(at=after(2))

    assert here(2) == {"tarayici-1"}
    assert len(present.now(at=after(2)).events) == 2


def test_a_customer_whose_pages_the_server_tells_of_is_there(site: Site) -> None:
    arrive(
        site, 0, "Sepet", kind="page", visitor="", user="20871", by_server=True, url="https://www.ihlamurev.example/s"
    )
    assert here(1) == {"known:20871"}

    folding.fold(at=after(1), lag=after(0) - NOON)
    arrive(site, 6, "Product Added", visitor="", user="20871", by_server=True)

    assert here(7) == {"known:20871"}
