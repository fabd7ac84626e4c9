"""The visitor log, and one visit of it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from muhatap.contacts import identity
from muhatap.flow import visitors
from muhatap.shared import clock
from muhatap.visits import doing, keeping, sites
from muhatap.visits.models import Event, PageView, Visit, VisitNews, VisitorLink
from muhatap.visits.segment import EARLIEST
from muhatap.web.visits import one
from tests import cast
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db


@pytest.fixture
def ece(client: Client) -> Client:
    """An analyst, logged in."""
    client.force_login(cast.ece(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def came(n: int = 1, **more: object) -> None:
    now = clock.now()
    site = sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=now)
    for number in range(n):
        visit = Visit.objects.create(
            site=site, visitor=f"tarayici-{number}", began_at=now, ended_at=now, n_pages=1, engaged_ms=184_000, **more
        )
        PageView.objects.create(
            visit=visit, key="p", title=f"<b>Önlük {number}</b>", at=now, engaged_ms=42_000, scroll=80
        )


def test_a_visit_stands_there_with_its_pages_and_minutes(ece: Client) -> None:
    came(source="search")

    page = ece.get("/visits/").content.decode()

    assert "&lt;b&gt;Önlük 0&lt;/b&gt;" in page
    assert "42" in page and "80" in page


def test_the_log_goes_on_page_by_page(ece: Client) -> None:
    came(60)

    first = ece.get("/visits/").content.decode()
    link = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    second = ece.get(f"/visits/{link}").content.decode()

    assert first.count("visit-pages") == 50
    assert second.count("visit-pages") == 10
    assert ece.get("/visits/?at=eyJ4").status_code == 200


def test_without_visits_the_page_says_what_to_do(ece: Client) -> None:
    assert "/settings/sites/" in ece.get("/visits/").content.decode()


@pytest.fixture
def _today() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=clock.now() - timedelta(days=1))
        yield


def of_ayse() -> Visit:
    """One visit with a page, which proved to be Ayşe's."""
    came()
    visit, at = Visit.objects.get(), clock.now()
    PageView.objects.update(path="/onluk")
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=cast.NOW)
    VisitorLink.objects.create(
        site=visit.site, visitor=visit.visitor, contact=ayse, how="signed", subject="20871", from_at=EARLIEST,
        proved_at=at, made_at=at,
    )  # fmt: skip
    VisitNews.objects.get_or_create(visit=visit)
    visitors.tell(visit_id=visit.pk, at=at)
    visit.refresh_from_db()
    return visit


def test_a_customers_visit_bears_their_name_and_leads_to_them(ece: Client) -> None:
    visit = of_ayse()
    page = ece.get("/visits/").content.decode()

    assert "Ayşe Yılmaz" in page
    assert f"/visits/{visit.pk}/" in page
    assert visit.interaction and f"/contacts/{visit.interaction.contact_id}/" in page


@pytest.mark.usefixtures("_today")
def test_one_visit_tells_what_they_did_one_after_the_other(ece: Client) -> None:
    came()
    visit = Visit.objects.get()
    Visit.objects.update(began_at=visit.began_at - timedelta(minutes=5))
    PageView.objects.update(path="/onluk", at=visit.began_at - timedelta(minutes=4))

    def told(minutes: int, event: str, /, *, visitor: str = "tarayici-0", **properties: object) -> None:
        at = visit.began_at - timedelta(minutes=minutes)
        Event.objects.create(
            received_at=at, at=at, site=visit.site, message_key=uuid4(), kind=2, anonymous_id=visitor, user_id="", name=event,
            url="https://www.ihlamurev.example/onluk", is_bot=False, payload=json.dumps({"properties": properties}),
        )  # fmt: skip

    told(3, "Element Clicked", element="main > button", text="Sepete ekle")
    told(2, "Products Searched", query="perde", results=0)
    told(1, "Order Completed", order_id="10482", total="2849.90", currency="TRY")
    told(1, "Product Added", visitor="baskasi", name="Başkasının havlusu")
    page = ece.get(f"/visits/{visit.pk}/").content.decode()

    places = [page.index(words) for words in ("&lt;b&gt;Önlük 0", "Sepete ekle", "perde", "#10482")]
    assert places == sorted(places)
    assert "2.849,90" in page or "2,849.90" in page
    assert "Başkasının havlusu" not in page


@pytest.mark.usefixtures("_today")
def test_a_visit_is_told_up_to_what_is_left_out_of_pages_or_of_acts(
    ece: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    came()
    visit = Visit.objects.get()
    PageView.objects.update(path="/onluk", title="İlk sayfa", at=visit.began_at - timedelta(minutes=9))
    Visit.objects.update(began_at=visit.began_at - timedelta(minutes=9), n_clicks=2)
    for minutes, title in ((6, "İkinci sayfa"), (2, "Üçüncü sayfa")):
        at = visit.began_at - timedelta(minutes=minutes)
        PageView.objects.create(visit=visit, key=title, path="/onluk", title=title, at=at)
    for minutes, text in ((7, "Sepete ekle"), (4, "Ödemeye geç")):
        clicked(visit, visit.began_at - timedelta(minutes=minutes), text)

    def shown() -> list[str]:
        page = ece.get(f"/visits/{visit.pk}/")
        assert page.context["is_cut"] == (len(page.context["did"]) < 5)
        return [did.detail for did in page.context["did"]]

    assert len(shown()) == 5
    monkeypatch.setattr(one, "MOST_PAGES", 2)
    assert shown() == ["İlk sayfa", "Sepete ekle", "İkinci sayfa", "Ödemeye geç"]
    monkeypatch.setattr(doing, "MOST", 1)
    assert shown() == ["İlk sayfa", "Sepete ekle", "İkinci sayfa"]


@pytest.mark.usefixtures("_today")
def test_clicks_that_are_counted_and_not_listed_are_told(ece: Client) -> None:
    came(n_clicks=3)
    visit = Visit.objects.get()
    clicked(visit, visit.began_at, "Sepete ekle")
    clicked(visit, visit.began_at, "Geç geldi", received_at=visit.began_at + timedelta(minutes=20))
    page = ece.get(f"/visits/{visit.pk}/")
    assert page.context["unlisted"].startswith("2 ") and page.context["unlisted"] in page.content.decode()

    Visit.objects.update(n_clicks=1)
    assert not ece.get(f"/visits/{visit.pk}/").context["unlisted"]


def clicked(visit: Visit, at: datetime, text: str, *, received_at: datetime | None = None) -> None:
    body = {"properties": {"element": "button", "text": text}}
    Event.objects.create(
        received_at=received_at or at, at=at, site=visit.site, message_key=uuid4(), kind=2, anonymous_id=visit.visitor, user_id="",
        name="Element Clicked", url="https://www.ihlamurev.example/onluk", is_bot=False, payload=json.dumps(body),
    )  # fmt: skip


@pytest.mark.usefixtures("_today")
def test_who_may_not_read_visits_reads_those_of_customers_alone(client: Client) -> None:
    visit = of_ayse()
    client.force_login(cast.zeynep(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/visits/{visit.pk}/").status_code == 200

    Visit.objects.update(interaction=None)
    assert client.get(f"/visits/{visit.pk}/").status_code == 404


def test_what_only_a_server_told_is_in_no_list_of_visits(ece: Client) -> None:
    came()
    Visit.objects.update(visitor="known:20871", n_pages=0)

    assert "20871" not in ece.get("/visits/").content.decode()
