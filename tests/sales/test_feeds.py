"""Files of orders and products, as shops without an API export them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from muhatap.flow import shops as digesting
from muhatap.sales import arriving, feeds, shops
from muhatap.sales.models import Order, Product, Shop, ShopDelivery
from muhatap.sales.told import Thing, ToldOrder, Unreadable
from tests import cast

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ORDERS = """Sipariş No;Sipariş Tarihi;Durum;Müşteri;E-posta;Müşteri No;Ürün Kodu;Ürün;Adet;Birim Fiyat;Genel Toplam;Para Birimi;Teslim Tarihi
9874;02.09.2026 11:20;Teslim edildi;Ayşe Yılmaz;ayse.yilmaz@ornek.example;20871;77;Seramik kâse;2;294,50;689,00;TL;05.09.2026
9874;02.09.2026 11:20;Teslim edildi;Ayşe Yılmaz;ayse.yilmaz@ornek.example;20871;78;Tabak;1;100;689,00;TL;05.09.2026
9875;;Yeni;Mehmet Kaya;;;79;Bardak;1;50;50;TL;
"""


def read(text: str) -> list[ToldOrder | Thing | str]:
    return list(feeds.read(text.encode(), zone="Europe/Istanbul", at=NOW))


def test_rows_of_one_order_are_its_lines() -> None:
    order, problem = read(ORDERS)

    assert isinstance(order, ToldOrder) and problem == "row 4: no date of the order"
    assert (order.external_id, order.total, order.currency, order.state) == ("9874", Decimal("689"), "TRY", "delivered")
    assert order.placed_at == datetime(2026, 9, 2, 8, 20, tzinfo=UTC)
    assert [(line.thing.external_id, line.amount) for line in order.lines or ()] == [
        ("77", Decimal(589)),
        ("78", Decimal(100)),
    ]
    assert (order.promised_on, order.customer.account) == (date(2026, 9, 5), "20871")


def test_json_with_lines_inside_reads_the_same() -> None:
    line = {"product_id": 3, "name": "Mum", "quantity": 2, "price": 6.25}
    order_said = {"order_id": 7, "date": "2026-11-02T10:00:00Z", "total": "12.50", "name": "Elif", "items": [line]}
    said = json.dumps({"orders": [order_said]})
    (order,) = read(said)

    assert isinstance(order, ToldOrder)
    assert (order.number, order.total, order.customer.name) == ("7", Decimal("12.5"), "Elif")
    assert [(line.thing.name, line.amount) for line in order.lines or ()] == [("Mum", Decimal("12.5"))]


def test_a_list_of_products_is_known_by_having_no_orders() -> None:
    found = read("Ürün Kodu,Ürün Adı,Fiyat,Kategori\n501,Keten nevresim,2849.90,Yatak\n,Adsız,1,\n")

    assert isinstance(found[0], Thing) and (found[0].name, found[0].price) == ("Keten nevresim", Decimal("2849.90"))
    assert found[1] == "row 3: no product number"


@pytest.mark.parametrize("nothing", ["", "[]", "{}", "{bozuk", "%PDF-1.4"])
def test_what_is_no_such_file_says_so(nothing: str) -> None:
    with pytest.raises(Unreadable):
        read(nothing)


@pytest.mark.django_db
def test_a_file_comes_in_like_a_delivery_and_says_what_it_left_out() -> None:
    shop = shops.connect(kind="feed", values={"name": "Mağaza"}, by=cast.selin(), at=NOW)
    accepted = arriving.accept(shop=shop, external_id="", topic="file", raw=ORDERS.encode(), at=NOW)
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=NOW)

    assert str(Order.objects.get().contact) == "Ayşe Yılmaz"
    assert Product.objects.count() == 2
    assert ShopDelivery.objects.get().outcome == "#9874; row 4: no date of the order (1)"
    assert Shop.objects.get().last_told_at == NOW


def test_a_column_says_which_sign_parts_its_fractions() -> None:
    told = "Sipariş No;Sipariş Tarihi;Ürün Kodu;Adet;Birim Fiyat;Genel Toplam\n"
    told += "1;02.09.2026;77;0,500;1.250;1 249,90\n2;02.09.2026;78;1,000;294,50;1.250\n"
    first, second = read(told)

    assert isinstance(first, ToldOrder) and isinstance(second, ToldOrder)
    assert [line.quantity for one in (first, second) for line in one.lines or ()] == [Decimal("0.5"), Decimal(1)]
    assert [line.price for one in (first, second) for line in one.lines or ()] == [Decimal(1250), Decimal("294.5")]
    assert (first.total, second.total) == (Decimal("1249.9"), Decimal(1250))


def test_points_stay_points_where_they_part_fractions() -> None:
    (order,) = read("order_id,date,product id,qty,price,total\n1,2026-09-02,77,1.5,1.250,1249.9\n")

    assert isinstance(order, ToldOrder) and order.lines
    assert (order.lines[0].price, order.lines[0].quantity, order.total) == (Decimal("1.25"), Decimal("1.5"), Decimal("1249.9"))  # fmt: skip


def test_what_came_on_no_day_that_is_told_came_on_none() -> None:
    (order,) = read("order_id,date,status,total\n1,2026-09-02,delivered,10\n")

    assert isinstance(order, ToldOrder)
    assert (order.state, set(order.steps)) == ("delivered", {"placed"})
