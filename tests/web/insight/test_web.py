"""Reports of web sites: the figures equal a count by hand, and each leads to its visits."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from muhatap.insight import engine
from muhatap.insight.web import Reached
from muhatap.measures.asked import Step
from muhatap.sales import ordering, shops
from muhatap.sales.told import ToldOrder, amount
from muhatap.shared import clock
from muhatap.visits import folding, keeping, sites
from muhatap.visits.models import Event, Site
from muhatap.visits.reports import Row
from muhatap.web.insight.web import scatter, steps
from tests import cast
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db
HOST = "https://www.ihlamurev.example"
WEB = "/insight/web/"


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=clock.now() - timedelta(days=1))
        yield


@pytest.fixture
def ece(client: Client) -> Client:
    """An analyst, logged in, reading English."""
    user = cast.ece()
    user.language = "en"
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[HOST], by=cast.selin(), at=clock.now())


def told(site: Site, at: datetime, visitor: str, name: str, path: str, /, *, kind: int = 2, **properties: Any) -> None:
    body = {
        "properties": properties,
        "context": {"screen": {"width": 1440, "height": 900}, "page": {"referrer": "https://google.com/"}},
    }
    Event.objects.create(
        received_at=at, site=site, at=at, message_key=uuid4(), kind=kind, anonymous_id=visitor, user_id="", name=name,
        url=f"{HOST}{path}", is_bot=False, payload=json.dumps(body),
    )  # fmt: skip


def visited(site: Site) -> None:
    """Three visits: one looks, one looks closely and fills a cart, one orders; the last by a campaign."""
    at = clock.now() - timedelta(hours=1)
    for nth, visitor in enumerate("abc"):
        query = "?utm_source=bulten&utm_medium=email" if visitor == "c" else ""
        told(site, at, visitor, "Keten nevresim", f"/nevresim{query}", kind=3, page_view=visitor, product_id="keten")
        told(
            site,
            at + timedelta(minutes=2),
            visitor,
            "Page Engaged",
            "/nevresim",
            page_view=visitor,
            seconds=20 + 40 * nth,
            scroll=60,
        )
        told(
            site,
            at,
            visitor,
            "Element Clicked",
            "/nevresim",
            element="#ekle",
            text="Sepete ekle",
            x=0.5,
            y=0.5,
            box=[0.6, 0.3, 0.2, 0.1],
        )
    told(site, at, "b", "Product Added", "/nevresim", product_id="keten", name="Keten nevresim")
    told(site, at, "c", "Order Completed", "/sepet", products=[{"product_id": "keten", "quantity": 2}])
    folding.fold(at=clock.now())


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_the_overview_tells_what_a_count_by_hand_tells(ece: Client, shop: Site) -> None:
    visited(shop)

    said = words(ece.get(WEB, {"period": "7d"}).content.decode())

    assert "Visits 3" in said
    assert "Bought 33% 1 visit" in said
    assert "Left carts 50% 1 cart" in said
    assert "Looked at a product 3 Looked closely 2 67% went on Added to the cart 2 100% went on" in said
    assert "Engaged in all" in said and "3 min" in said  # 20 + 60 + 100 seconds
    assert "3 clicks, most first." in said and "Sepete ekle 100%" in said


@pytest.mark.parametrize(
    ("report", "row"),
    [
        ("pages", r"Keten nevresim /nevresim 3 1 min 60% 3 3 3"),
        ("products", r"Keten nevresim keten 3 min 3 1 min 0 s 0 1 2"),
        ("sources", r"Search engines 2 40 s 1.0 0% 2 1 0 0%"),
        ("campaigns", r"bulten / email 1 1 min 40 s 1.0 0% 1 1 1 100%"),
    ],
)
def test_a_row_tells_what_a_count_by_hand_tells(ece: Client, shop: Site, report: str, row: str) -> None:
    visited(shop)

    assert row in words(ece.get(f"{WEB}{report}/").content.decode())


def test_each_figure_leads_to_its_visits(ece: Client, shop: Site) -> None:
    visited(shop)

    def n(address: str) -> int:
        return ece.get(address.replace("&amp;", "&")).content.decode().count("visit-pages")

    pages = {name: ece.get(f"{WEB}{name}/").content.decode() for name in ("sources", "campaigns", "products", "pages")}
    links = {
        name: re.findall(r'<td class="num"><a class="link" href="(/visits/[^"]*)">', page)
        for name, page in pages.items()
    }
    assert [n(link) for link in links["sources"]] == [3, 2, 2, 1, 1, 1, 1, 1]  # the day's first
    assert n(links["campaigns"][0]) == 1
    assert n(links["products"][0]) == 3
    assert n(links["pages"][0]) == 3
    assert n("/visits/?reached=3&unbought=1") == 1
    assert n("/visits/?source=none&campaign=%00&path=%00&from=x&device=9999999999999") == 0


def test_days_devices_and_sites_narrow_every_figure(ece: Client, shop: Site) -> None:
    visited(shop)

    for narrowed in ("device=1", f"site={shop.pk + 1}", "from=2020-01-01&to=2020-01-02"):
        assert "Visits 0" in words(ece.get(f"{WEB}?{narrowed}").content.decode())
    assert "Visits 3" in words(ece.get(f"{WEB}?device=3&site={shop.pk}").content.decode())


def test_every_table_is_a_file(ece: Client, shop: Site) -> None:
    visited(shop)

    def lines(**asked: str) -> list[str]:
        answer: Any = ece.get(f"{WEB}export/", asked)
        return b"".join(answer.streaming_content).decode().splitlines()

    assert lines(table="pages")[1] == "/nevresim,Keten nevresim,3,60,0.6,3,3,3"
    assert lines(table="clicks", path="/nevresim")[1] == "#ekle,Sepete ekle,3,0.50,0.50"
    assert sum(int(day.split(",")[-1]) for day in lines(table="sources", over="days", period="7d")[1:]) == 3
    assert ece.get(f"{WEB}export/", {"table": "nothing"}).status_code == 404


@pytest.mark.parametrize("why", [engine.TooLong, engine.TooMuch, engine.NoEngine])
@pytest.mark.parametrize("report", ["funnel", "paths", "returning"])
def test_what_cannot_be_counted_is_said_instead_of_a_broken_page_or_file(
    ece: Client, shop: Site, monkeypatch: pytest.MonkeyPatch, report: str, why: type[engine.Unanswered]
) -> None:
    def asking() -> Any:
        raise why("Choose fewer days.")

    monkeypatch.setattr(engine, "asking", asking)

    page = ece.get(f"{WEB}{report}/")
    assert (page.status_code, "Choose fewer days." in page.content.decode()) == (200, True)
    if report != "paths":
        file = ece.get(f"{WEB}export/", {"table": report})
        assert (file.status_code, file.content.decode()) == (503, "Choose fewer days.")


def test_before_the_first_visit_the_tag_stands_there(client: Client, shop: Site) -> None:
    client.force_login(cast.selin(), backend="django.contrib.auth.backends.ModelBackend")

    assert shop.write_key in client.get(WEB).content.decode()


@pytest.mark.parametrize("who", ["mert", "ece", "can"])
def test_those_who_read_of_visits_reach_the_pages_by_the_navigation(client: Client, who: str) -> None:
    client.force_login(getattr(cast, who)(), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(WEB)

    assert page.status_code == 200
    assert ('href="/insight/web/"' if who == "mert" else 'href="/insight/"') in page.content.decode()


def test_agents_do_not(client: Client) -> None:
    client.force_login(cast.zeynep(), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(WEB).status_code == 403


def test_who_is_there_shows_before_it_is_folded(ece: Client, shop: Site) -> None:
    told(shop, clock.now() - timedelta(seconds=2), "a", "Keten nevresim", "/nevresim", kind=3, page_view="a")
    told(shop, clock.now() - timedelta(seconds=1), "a", "Product Added", "/nevresim", product_id="keten")
    told(shop, clock.now() - timedelta(minutes=9), "b", "Havlu", "/havlu", kind=3, page_view="b")

    said = words(ece.get(f"{WEB}now/part/").content.decode())

    assert "1 person is on the site." in said
    assert "Keten nevresim 1 page" in said and "Put something in the cart keten" in said
    assert "Havlu" not in said


def test_the_steps_of_a_funnel_stand_in_the_address_or_come_from_its_form() -> None:
    def read(**given: str) -> list[tuple[str, str]]:
        return steps.read_steps(RequestFactory().get("/", given))

    assert read() == list(steps.USUAL)
    assert read(step0="page:/sepet", step1="event:", step2="nothing:x", step3="product:") == [
        ("page", "/sepet"),
        ("product", ""),
    ]
    assert read(step0="page:/sepet", kind0="event", value0="Product Added") == [("event", "Product Added")]


def test_what_the_tracker_says_of_itself_is_no_step_and_the_form_says_so(ece: Client, shop: Site) -> None:
    given = {"step0": "page:/nevresim", "step1": "event:Page Engaged"}

    assert steps.read_steps(RequestFactory().get("/", given)) == [("page", "/nevresim")]
    assert "Page Engaged and Element Clicked are no steps" in words(ece.get(f"{WEB}funnel/", given).content.decode())
    with pytest.raises(ValueError, match="is no step"):
        Step("event", "Element Clicked")


def test_the_step_at_which_most_turn_back_is_pointed_out() -> None:
    found = [
        Reached(Step("event", name), n, None)
        for name, n in (("Product Viewed", 100), ("Product Added", 60), ("Order Completed", 12))
    ]

    bars = steps.bars(found)

    assert [(bar.width, bar.rest, bar.is_worst) for bar in bars] == [
        ("100.00", "100.00", False), ("60.00", "100.00", False), ("12.00", "60.00", True),
    ]  # fmt: skip


def test_products_are_told_apart_by_what_the_shop_sells_for_so_much_interest() -> None:
    def product(key: str, hours: float, sold: int) -> Row:
        return Row(key=key, of={"engaged_ms": int(hours * 3_600_000), "n_sold": sold})

    rows = [product("nevresim", 10, 10), product("battaniye", 12, 1), product("mum", 5, 16), product("kase", 1, 1)]

    assert scatter.kinds(rows) == {"nevresim": "other", "battaniye": "watched", "mum": "sought", "kase": "other"}


@pytest.mark.parametrize(
    ("report", "query", "row"),
    [
        ("pages", "again=new", r"Keten nevresim /nevresim 3 1 min 60% 3 3"),
        ("pages", "source=search&product=keten", r"Keten nevresim /nevresim 2 40 s 60% 2 2"),
        ("products", "page=/nevresim", r"Keten nevresim keten 3 min 3 1 min 0 s 1"),
        ("sources", "who=unbought", r"Search engines 2 40 s 1.0 0% 2 1 0 0%"),
        ("campaigns", "who=bought", r"bulten / email 1 1 min 40 s 1.0 0% 1 1 1 100%"),
    ],
)
def test_a_condition_that_sums_do_not_know_is_counted_from_visits(
    ece: Client, shop: Site, report: str, query: str, row: str
) -> None:
    visited(shop)
    page = ece.get(f"{WEB}{report}/?period=7d&{query}").content.decode()

    assert row in words(page) and "Counted from single visits" in page
    link = re.findall(r'<td class="num"><a class="link" href="(/visits/[^"]*)">', page)[0].replace("&amp;", "&")
    n = int(re.search(r" (\d+) ", row)[1]) if report != "products" else 3  # type: ignore[index]
    assert ece.get(link).content.decode().count("visit-pages") == n


@pytest.mark.parametrize("query", ["again=again", "who=known", "page=/yok", "product=yok", "campaign=yok"])
def test_a_condition_nobody_meets_leaves_nothing(ece: Client, shop: Site, query: str) -> None:
    visited(shop)
    for report in ("pages", "products", "sources", "campaigns"):
        assert "Nothing on these days." in ece.get(f"{WEB}{report}/?{query}").content.decode()


def test_the_overview_meets_conditions_and_says_what_it_cannot(ece: Client, shop: Site) -> None:
    visited(shop)
    page = ece.get(f"{WEB}?period=7d&who=unbought&source=search").content.decode()

    assert "Visits 2" in words(page) and "Left carts 100% 1 cart" in words(page)
    assert "What was clicked in these visits" in page
    assert "Segment: Who did not buy" in words(page)


def test_clicks_of_visits_that_meet_a_condition_are_counted_one_by_one(ece: Client, shop: Site) -> None:
    visited(shop)  # a, b and c click on the same button, c by mail
    asked = f"{WEB}clicks/?period=7d&path=/nevresim"

    row = "Element Share Points 1 Sepete ekle 100%"
    everybody = words(ece.get(asked).content.decode())
    assert "3 clicks, most first." in everybody and row in everybody
    by_mail = ece.get(f"{asked}&source=mail").content.decode()
    assert "1 click." in words(by_mail) and row in words(by_mail)
    assert "clicks-disc" in by_mail  # placed as all clicks tell
    nobody = words(ece.get(f"{asked}&source=social").content.decode())
    assert "In visits like these nothing was clicked on this page." in nobody
    rows = ece.get(f"{WEB}export/?table=clicks&period=7d&path=/nevresim&source=mail")
    assert "#ekle,Sepete ekle,1" in b"".join(rows.streaming_content).decode().replace(";", ",")  # type: ignore[attr-defined]


def test_what_was_searched_and_not_found_leads_to_its_visits(ece: Client, shop: Site) -> None:
    at = clock.now() - timedelta(hours=1)
    for visitor, query in (("a", "PERDE"), ("b", "perde"), ("c", "ışıklı tül")):
        told(shop, at, visitor, "Arama", "/arama", kind=3, page_view=visitor)
        told(shop, at, visitor, "Products Searched", "/arama", query=query, results=0)
    told(shop, at, "c", "Products Searched", "/arama", query="kâse", results=4)
    visited(shop)
    page = ece.get(f"{WEB}products/?period=7d").content.decode()

    assert re.search("Searched and not found perde 2 Visits ışıklı tül 1 Visits", words(page), re.IGNORECASE)
    link = page.split("searched=perde")[0].rpartition('href="')[2] + "searched=perde"
    visits = ece.get(link.replace("&amp;", "&")).content.decode()
    assert visits.count('class="visit-pages"') == 2 and "searched “perde” and found nothing" in visits
    long = ece.get(f"{WEB}products/?from=2020-01-01&to={timezone.localdate(clock.now())}").content.decode()
    assert (
        "Over three months at most: " in words(long)
        and "from=2020-01-01" not in long.split("web-missed")[1].split("</ul>")[0]
    )


def test_single_visits_are_counted_over_three_months_at_most(ece: Client, shop: Site) -> None:
    visited(shop)
    page = ece.get(f"{WEB}pages/?from=2020-01-01&to={timezone.localdate(clock.now())}&again=new").content.decode()
    assert "over three months at most" in page


def test_interest_is_told_with_its_parts(ece: Client, shop: Site) -> None:
    """Per visitor: a minute engaged makes ten points, a look two, the cart twelve."""
    visited(shop)
    said = words(ece.get(f"{WEB}products/interest/?period=7d").content.decode())

    # 20 + 60 + 100 seconds: 3.3 + 10 + 16.7 points; three looks: 6; one cart: 12
    assert re.search(r"Keten nevresim mostly: minutes, 62% 48 3 16.0 30 6.0 – – – – 12", said)


def test_sold_is_told_by_orders_and_why_visits_tell_another_number(ece: Client, shop: Site) -> None:
    visited(shop)
    at = clock.now()
    place = shops.connect(kind="feed", values={"name": "Ihlamur Ev"}, by=cast.selin(), at=at)
    for number, state in enumerate(("paid", "paid", "cancelled", "refunded")):
        told_order = ToldOrder(
            external_id=str(number), state=state, total=amount("100"), currency="TRY", placed_at=at, modified_at=at
        )
        ordering.take(shop=place, told=told_order, at=at)
    said = words(ece.get(f"{WEB}?period=7d").content.decode())

    assert "Sold 3 ₺200.00" in said
    assert "Visits tell of 1 order. 3 orders were told by the shop alone" in said
