"""An order comes in from the shop's server: once, on the right customer's timeline, in whatever order things are told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from muhatap.contacts import merging
from muhatap.contacts.models import Contact, Identity
from muhatap.flow import shops as digesting
from muhatap.interactions.models import Interaction
from muhatap.sales import arriving, shops, watching
from muhatap.sales.kinds import shopify
from muhatap.sales.models import Lateness, Order, Product, Refund, Shop, ShopDelivery
from tests import cast
from tests.sales.payloads import SECRET, raw, shopify_order, trendyol_package, woo_order

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    values = {"name": "Ihlamur Ev", "address": "https://www.ihlamurev.example", "secret": SECRET, "is_own": True}
    return shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=NOW)


def tell(
    shop: Shop, said: dict[str, Any], *, topic: str = "order.updated", number: str = "", at: datetime = NOW
) -> None:
    """A delivery arrives and is digested."""
    accepted = arriving.accept(shop=shop, external_id=number, topic=topic, raw=raw(said), at=at)
    if accepted.delivery_id:
        digesting.digest(delivery_id=accepted.delivery_id, at=at)


def order() -> Order:
    return Order.objects.get()


def test_an_order_stands_with_its_money_exact_and_its_way_dated(shop: Shop) -> None:
    tell(shop, woo_order())

    assert (order().number, order().total, order().currency, order().state) == (
        "10482",
        Decimal("2849.90"),
        "TRY",
        "paid",
    )
    assert list(order().steps.order_by("at").values_list("state", flat=True)) == ["placed", "paid"]
    assert order().placed_at == datetime(2026, 11, 12, 16, 40, tzinfo=UTC)
    assert order().promised_on == date(2026, 11, 21)
    line = order().lines.get()
    assert (line.amount, line.product) == (Decimal("2849.90"), Product.objects.get(external_id="501"))


def test_a_registered_customer_is_recognised_by_the_shops_number(shop: Shop) -> None:
    tell(shop, woo_order())
    tell(shop, woo_order(10500, billing={"first_name": "A.", "last_name": "Y.", "email": "baska@ornek.example"}))

    ayse = Contact.objects.get()
    assert ayse.orders.count() == 2
    proved = Identity.objects.filter(verified_at__isnull=False)
    assert list(proved.values_list("kind", "value")) == [("shop", "20871")]
    assert Interaction.objects.filter(contact=ayse, kind="order").count() == 2


def test_a_guests_address_proves_nobody(shop: Shop) -> None:
    tell(shop, woo_order())
    tell(shop, woo_order(10501, customer_id=0))

    assert Contact.objects.count() == 2
    assert not Identity.objects.filter(kind="email", verified_at__isnull=False).exists()


def test_orders_of_one_guest_go_to_one_contact(shop: Shop) -> None:
    for number in (10501, 10502):
        tell(shop, woo_order(number, customer_id=0))

    assert Contact.objects.get().orders.count() == 2


def test_the_same_order_told_again_is_the_same_order_and_one_interaction(shop: Shop) -> None:
    tell(shop, woo_order(), number="d1")
    tell(shop, woo_order(), number="d1")
    tell(shop, woo_order(), number="d2")

    assert order().lines.count() == 1
    assert Interaction.objects.filter(kind="order").count() == 1
    assert ShopDelivery.objects.count() == 2


def test_what_is_told_out_of_order_ends_where_it_is_newest(shop: Shop) -> None:
    sent: dict[str, Any] = {"status": "kargoya-verildi", "date_modified_gmt": "2026-11-14T08:00:00", "total": "2800.00"}
    tell(shop, woo_order(**sent))
    tell(shop, woo_order())

    assert (order().state, order().total) == ("shipped", Decimal("2800"))
    assert set(order().steps.values_list("state", flat=True)) == {"placed", "paid", "shipped"}


def test_a_part_that_is_paid_back_is_counted_once(shop: Shop) -> None:
    back = [{"id": 77, "reason": "Leke", "total": "-349.90"}]
    tell(shop, woo_order(refunds=back, date_modified_gmt="2026-11-15T08:00:00"))
    tell(shop, woo_order(refunds=back, date_modified_gmt="2026-11-16T08:00:00"))

    assert Refund.objects.get().amount == Decimal("349.90")
    assert (order().refunded, order().state) == (Decimal("349.90"), "paid")


def test_an_order_that_was_thrown_away_is_cancelled(shop: Shop) -> None:
    tell(shop, woo_order())
    tell(shop, {"id": 10482}, topic="order.deleted")

    assert order().state == "cancelled"
    assert order().steps.filter(state="cancelled").count() == 1


def test_a_draft_is_no_order_and_nothing_is_set_aside(shop: Shop) -> None:
    tell(shop, woo_order(status="checkout-draft"))

    assert not Order.objects.exists()
    assert ShopDelivery.objects.get().digested_at


@pytest.mark.parametrize("wrong", [{"total": "kaç para"}, {"id": None}, {"date_created_gmt": "dün"}])
def test_what_cannot_be_an_order_is_set_aside_with_its_reason_and_can_be_replayed(
    shop: Shop, wrong: dict[str, Any]
) -> None:
    tell(shop, woo_order(**wrong))

    delivery = ShopDelivery.objects.get()
    assert delivery.reason == "unreadable" and delivery.detail and not Order.objects.exists()
    assert arriving.replay(deliveries=ShopDelivery.objects.all(), by=cast.selin(), at=NOW) == 1
    digesting.digest(delivery_id=delivery.pk, at=NOW)
    delivery.refresh_from_db()
    assert delivery.reason == "unreadable"


def test_the_other_kinds_speak_too_and_their_customers_are_others(shop: Shop) -> None:
    shopify = shops.connect(kind="shopify", values={"name": "S", "secret": "x"}, by=cast.selin(), at=NOW)
    trendyol = shops.connect(kind="trendyol", values={"name": "T"}, by=cast.selin(), at=NOW)
    tell(shop, woo_order())
    tell(shopify, shopify_order(), topic="orders/create")
    tell(trendyol, trendyol_package(), topic="package")

    numbers = dict(Order.objects.values_list("shop__kind", "number"))
    assert numbers == {"woocommerce": "10482", "shopify": "10231", "trendyol": "9012345678"}
    assert Contact.objects.count() == 3
    assert Identity.objects.filter(kind="shop", value__endswith="20871").count() == 2
    assert Order.objects.get(shop=trendyol).placed_at == datetime(2026, 11, 6, 14, 0, tzinfo=UTC)


def test_shopify_says_cancelled_paid_back_and_delivered(shop: Shop) -> None:
    shopify = shops.connect(kind="shopify", values={"name": "S", "secret": "x"}, by=cast.selin(), at=NOW)
    back = [
        {
            "id": 1,
            "created_at": "2026-11-01T10:00:00Z",
            "note": "",
            "transactions": [{"amount": "249.90", "kind": "refund", "status": "success"}],
        }
    ]
    sent = [
        {
            "status": "success",
            "shipment_status": "delivered",
            "created_at": "2026-10-29T10:00:00Z",
            "updated_at": "2026-10-31T10:00:00Z",
        }
    ]
    tell(shopify, shopify_order(financial_status="partially_refunded", fulfillment_status="fulfilled", fulfillments=sent, refunds=back,
         updated_at="2026-11-01T10:00:00Z"), topic="orders/updated")  # fmt: skip

    assert (order().state, order().refunded) == ("delivered", Decimal("249.90"))
    assert order().delivered_at == datetime(2026, 10, 31, 10, 0, tzinfo=UTC)


def test_an_order_not_there_on_the_promised_day_is_late_once_until_it_comes(shop: Shop) -> None:
    tell(shop, woo_order())

    assert [watching.find_late(at=NOW - timedelta(days=n)) for n in (1, 0, 0)] == [0, 1, 0]
    assert list(Order.objects.late(at=NOW)) == [order()]

    done: dict[str, Any] = {
        "status": "completed",
        "date_completed_gmt": "2026-11-22T10:00:00",
        "date_modified_gmt": "2026-11-22T10:00:00",
    }
    tell(shop, woo_order(**done))
    watching.find_late(at=NOW + timedelta(hours=2))

    assert Lateness.objects.get().over_at
    assert not Order.objects.late(at=NOW).exists()


def test_products_are_learned_from_orders_and_the_catalogue(shop: Shop) -> None:
    tell(shop, woo_order())
    tell(
        shop,
        {"id": 501, "name": "Keten nevresim", "price": "2.849,90", "permalink": "https://x.example/k"},
        topic="product.updated",
    )

    product = Product.objects.get()
    assert (product.name, product.price, product.sku) == ("Keten nevresim", Decimal("2849.90"), "KN-200")


def test_orders_go_along_when_contacts_are_merged(shop: Shop) -> None:
    tell(shop, woo_order())
    tell(shop, woo_order(10501, customer_id=0))
    ayse, guest = Contact.objects.order_by("id")

    merging.merge(keep=ayse, drop=guest, by=cast.can(), at=NOW)

    assert ayse.orders.count() == 2


def test_refunds_are_what_the_servers_newest_word_lists(shop: Shop) -> None:
    first, second = {"id": 77, "reason": "", "total": "-349.90"}, {"id": 78, "reason": "", "total": "-10"}
    tell(shop, woo_order(refunds=[first, second], date_modified_gmt="2026-11-15T08:00:00"))
    tell(shop, woo_order(refunds=[first | {"total": "-300"}], date_modified_gmt="2026-11-16T08:00:00"))
    tell(shop, woo_order(refunds=[first, second], date_modified_gmt="2026-11-15T08:00:00"))  # late

    assert Refund.objects.get().amount == order().refunded == Decimal("300")


def test_only_the_shop_on_the_firms_own_site_has_plain_numbers() -> None:
    other = shops.connect(kind="woocommerce", values={"name": "Outlet"}, by=cast.selin(), at=NOW)
    own = shops.connect(kind="woocommerce", values={"name": "Ihlamur Ev"}, by=cast.selin(), at=NOW)
    shops.change(shop=own, values={"web_source": "site:1"}, by=cast.selin(), at=NOW)

    assert other.namespace
    assert Shop.objects.get(pk=own.pk).namespace == ""


@pytest.mark.parametrize("address", ["https://calan.example", "https://www.ihlamurev.example:8443"])
def test_a_key_does_not_go_along_to_another_address(shop: Shop, address: str) -> None:
    shops.change(shop=shop, values={"api_secret": "cs_1"}, by=cast.selin(), at=NOW)
    with pytest.raises(shops.BadShop):
        shops.change(shop=shop, values={"address": address}, by=cast.selin(), at=NOW)

    assert Shop.objects.get().address == "https://www.ihlamurev.example"
    shop.refresh_from_db()
    shops.change(shop=shop, values={"address": address, "api_secret": "cs_2"}, by=cast.selin(), at=NOW)


def test_a_key_travels_encrypted(shop: Shop) -> None:
    with pytest.raises(shops.BadShop):
        shops.change(shop=shop, values={"address": "http://www.ihlamurev.example"}, by=cast.selin(), at=NOW)


def test_what_shopify_paid_back_is_told_in_the_shops_money() -> None:
    paid = {"amount": "10.00", "currency": "EUR", "kind": "refund", "amount_set": {"shop_money": {"amount": "450.00"}}}
    told = shopify.order(shopify_order(refunds=[{"id": 1, "transactions": [paid]}]))

    assert [one.amount for one in told.returns or ()] == [Decimal("450")]
