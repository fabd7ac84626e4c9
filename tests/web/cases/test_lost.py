"""The estimate of lost value as pages: each of its shares leads to the customers it counts."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from muhatap.accounts.models import Visibility
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.sales.models import Order, Shop
from muhatap.service import cases
from tests import cast
from tests.cast import NOW
from tests.conversations.conftest import arrival
from tests.web.english import page, reader

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ROWS = "/cases/cost/lost/customers/"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: NOW)


@pytest.fixture
def shop() -> None:
    """Of ten who complained one ordered again, of seven others three."""
    sold = Shop.objects.create(kind="feed", name="Ihlamur Ev", token="t", created_at=NOW)

    def ordered(contact: Contact, days_ago: int) -> None:
        at, number = NOW - days_ago * DAY, f"{1000 + Order.objects.count()}"
        Order.objects.create(
            shop=sold, external_id=number, number=number, currency="TRY", total=Decimal(200), contact=contact,
            placed_at=at, modified_at=at, recorded_at=at,
        )  # fmt: skip

    for n in range(17):
        contact = Contact.objects.create(
            name=f"Kişi {n}", created_at=NOW, last_seen_at=NOW, sort_key=str(n), search_text=""
        )
        ordered(contact, 60)
        if n < 10:
            cases.open_case(contact=contact, interaction=None, title=f"Geç geldi {n}", by=None, at=NOW - 55 * DAY)
        if n == 0 or n > 13:
            ordered(contact, 40)
            ordered(contact, 35)


def names(shown: str) -> list[str]:
    return re.findall(r'rowheader"><a href="/contacts/\d+/">([^<]+)</a>', shown)


@pytest.mark.usefixtures("shop")
def test_each_share_leads_to_all_it_counts_and_to_who_ordered_again() -> None:
    can = reader(cast.can())
    shown = page(can, "/cases/cost/lost/")
    shares = dict(reversed(one) for one in re.findall(rf'href="({ROWS}[^"]+)">(\d+ of \d+) \(', shown))
    assert set(shares) == {"1 of 10", "3 of 7"}
    for said, link in shares.items():
        k, n = map(int, said.split(" of "))
        behind = page(can, link)
        assert len(names(behind)) == n and said in behind
        assert len(names(page(can, f"{link}&again=yes"))) == k
        assert len(names(page(can, f"{link}&again=no"))) == n - k


@pytest.mark.usefixtures("shop")
def test_a_customer_stands_with_what_they_began_with_and_the_day_they_ordered_again() -> None:
    can = reader(cast.can())
    shown = page(can, f"{ROWS}?of=others&again=yes")
    assert names(shown) == ["Kişi 16", "Kişi 15", "Kişi 14"]
    assert "/sales/orders/" in shown
    behind = page(can, f"{ROWS}?of=complained&again=yes")
    assert "Geç geldi 0" in behind and names(behind) == ["Kişi 0"]
    again = re.findall(r'data-head="Ordered again">([^<]+)<', behind)
    assert len(again) == 1 and again[0] != "–"


@pytest.mark.usefixtures("shop")
def test_they_go_on_on_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.contacts.paging.by_key.__kwdefaults__", {"is_down": False, "cursor": None, "limit": 4})
    can, url, found = reader(cast.can()), f"{ROWS}?of=complained&again=no", []
    while url:
        shown = page(can, url)
        found += names(shown)
        url = next(iter(re.findall(r'href="([^"]+)">Show more<', shown)), "")
    assert sorted(found) == [f"Kişi {n}" for n in range(1, 10)]


def test_of_a_case_one_may_not_see_its_number_alone_stands(shop: None) -> None:
    hidden: Conversation = arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation
    first = Contact.objects.get(name="Kişi 0")
    case = cases.open_case(contact=first, interaction=None, title="Gizli iş", by=None, at=NOW - 56 * DAY)
    cases.link(case=case, conversation_id=hidden.pk, interaction=None, by=cast.can(), at=NOW)
    ece = cast.ece()
    ece.visibility = Visibility.OWN
    shown = page(reader(ece), f"{ROWS}?again=yes")
    assert f"#{case.pk}" in shown and "Gizli iş" not in shown
    assert reader(cast.zeynep()).get(ROWS).status_code == 403


def test_a_firm_without_orders_is_told_who_would_stand_there() -> None:
    can = reader(cast.can())

    assert "nobody to count yet" in page(can, "/cases/cost/lost/")
    assert "had ordered before, once 30 days have passed since" in page(can, ROWS)
    assert "never complained, once 30 days have passed since" in page(can, f"{ROWS}?of=others")


@pytest.mark.usefixtures("shop")
def test_where_all_came_back_nobody_stands_among_those_who_did_not() -> None:
    Contact.objects.exclude(name="Kişi 0").delete()
    can = reader(cast.can())

    for shown in (page(can, "/cases/cost/lost/"), page(can, f"{ROWS}?again=no")):
        assert "Nobody." in shown and "Nobody yet" not in shown
