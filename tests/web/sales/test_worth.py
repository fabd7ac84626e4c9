"""Customers by how lately, often and for how much: each number leads to those it counts."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from muhatap.contacts.models import Contact
from muhatap.flow import shops as telling
from muhatap.sales import shops
from muhatap.sales.models import Order, Shop
from muhatap.sales.told import Customer, ToldOrder, amount
from muhatap.shared import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ece(client: Client) -> Client:
    user = cast.ece()
    user.language = "en"
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def shop() -> Shop:
    return shops.connect(kind="feed", values={"name": "Ihlamur Ev"}, by=cast.selin(), at=clock.now())


def bought(shop: Shop, number: int, who: str, days: int, total: str, state: str = "paid") -> Order:
    at = clock.now() - timedelta(days=days)
    told = ToldOrder(
        external_id=str(number), number=str(number), state=state, total=amount(total), currency="TRY", placed_at=at, modified_at=at,
        customer=Customer(account=who, name=who),
    )  # fmt: skip
    return telling.order_in(shop=shop, told=told, at=at).order


def some(shop: Shop) -> None:
    """Ayşe lately and often, Elif lately and once, Hakan often and long ago, Oğuz once and long ago; one cancelled."""
    for nth in range(3):
        bought(shop, nth, "Ayşe Yılmaz", 1 + nth, "1000")
        bought(shop, 10 + nth, "Hakan Demir", 300 + nth, "400")
    bought(shop, 20, "Elif Şahin", 2, "50")
    bought(shop, 21, "Oğuz Çelik", 400, "20")
    bought(shop, 22, "Oğuz Çelik", 1, "9000", state="cancelled")


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_everybody_stands_in_one_segment_and_each_number_leads_to_them(ece: Client, shop: Shop) -> None:
    some(shop)
    page = ece.get("/sales/worth/").content.decode()
    said = words(page)

    assert "4 customers brought ₺4,270.00." in said
    links = dict.fromkeys(re.findall(r'<td class="num"><a class="link" href="(/sales/worth/customers/[^"]*)">', page))
    listed = [
        re.findall(r'<th scope="row"><a[^>]*>([^<]*)', ece.get(link.replace("&amp;", "&")).content.decode())
        for link in links
    ]
    assert sorted(name for names in listed for name in names) == [
        "Ayşe Yılmaz",
        "Elif Şahin",
        "Hakan Demir",
        "Oğuz Çelik",
    ]


def test_the_cells_count_everybody_once_by_either_column(ece: Client, shop: Shop) -> None:
    some(shop)
    for by in ("frequency", "monetary"):
        page = ece.get(f"/sales/worth/?by={by}").content.decode()
        cells = re.findall(r'<a href="(/sales/worth/customers/[^"]*)" title="[^"]*">(\d+)</a>', page)
        assert sum(int(n) for _url, n in cells) == 4
        for url, n in cells:
            assert ece.get(url.replace("&amp;", "&")).content.decode().count('<th scope="row">') == int(n)


def test_the_list_tells_what_each_brought_and_leads_to_their_orders(ece: Client, shop: Shop) -> None:
    some(shop)
    page = ece.get("/sales/worth/customers/?monetary=5,4,x&currency=TRY").content.decode()
    said = words(page)

    assert "Ayşe Yılmaz" in said and "₺3,000.00" in said and "Elif" not in said
    ayse = Contact.objects.get(name="Ayşe Yılmaz")
    assert f"/sales/orders/?customer={ayse.pk}" in page


@pytest.mark.parametrize(
    "query", ["currency=XXX&by=hiç", "recency=9&frequency=a&segment=yok&after=x", "after=99999999999"]
)
def test_what_makes_no_sense_is_passed_over(ece: Client, shop: Shop, query: str) -> None:
    assert ece.get(f"/sales/worth/?{query}").status_code == 200
    assert ece.get(f"/sales/worth/customers/?{query}").status_code == 200


def test_nobody_yet_says_so(ece: Client) -> None:
    assert "Nobody is known by an order yet" in words(ece.get("/sales/worth/").content.decode())


def test_orders_are_found_by_the_beginning_of_a_number_and_by_any_name_of_the_buyer(ece: Client, shop: Shop) -> None:
    bought(shop, 10482, "Ayşe Yılmaz", 1, "10")
    bought(shop, 10231, "İpek Güneş", 500, "10")
    bought(shop, 98741, "Oğuz Çelik", 1, "10")

    def found(query: str) -> list[str]:
        return re.findall(r">#(\d+)<", ece.get(f"/sales/orders/?{query}").content.decode())

    assert found("q=104") == ["10482"] and found("q=%2310482") == ["10482"]
    assert found("q=ipek+gunes") == ["10231"] and found("q=YILMAZ") == ["10482"]
    assert found("q=10") == [] and found("q=%25") == []
    today = timezone.localdate()
    assert found(f"from={today - timedelta(days=3)}&to={today}&state=sold") == ["98741", "10482"]
    assert found("from=dün&to=2026-13-01") == ["98741", "10482", "10231"]


def test_each_way_of_finding_an_order_has_its_index(shop: Shop) -> None:
    from django.db import connection

    asked = {
        "number like '1048%%'": "orders_by_number_begun",
        "external_id = '10482'": "orders_by_external_id",
        "fold_tr(customer_name) like '%%yilmaz%%'": "orders_by_customer",
    }
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        for where, index in asked.items():
            cursor.execute(f"explain select id from sales_order where {where}", [])
            assert index in str(cursor.fetchall())
