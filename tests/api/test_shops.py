"""The door for shops: only what is signed comes in, on the disk before it is answered."""

import pytest
from django.db import OperationalError
from django.test import Client

from muhatap.sales import shops
from muhatap.sales.models import Shop, ShopDelivery
from tests import cast
from tests.sales.payloads import SECRET, raw, shopify_order, signature, woo_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    values = {"name": "Ihlamur Ev", "secret": SECRET}
    return shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=cast.NOW)


def post(shop: Shop, body: bytes, **headers: str) -> int:
    return Client().post(f"/hooks/shops/{shop.token}/", body, "application/json", headers=headers).status_code


def woo(body: bytes, secret: str = SECRET, number: str = "1") -> dict[str, str]:
    return {
        "X-WC-Webhook-Signature": signature(body, secret),
        "X-WC-Webhook-Topic": "order.created",
        "X-WC-Webhook-Delivery-ID": number,
    }


def test_a_signed_delivery_is_kept_and_a_repeat_is_not_kept_twice(shop: Shop) -> None:
    body = raw(woo_order())

    assert [post(shop, body, **woo(body)) for _ in range(2)] == [200, 200]
    delivery = ShopDelivery.objects.get()
    assert (bytes(delivery.raw), delivery.topic) == (body, "order.created")


def test_what_is_not_signed_or_was_changed_on_the_way_is_kept_nowhere(shop: Shop) -> None:
    body = raw(woo_order())

    assert post(shop, body) == 401
    assert post(shop, body + b" ", **woo(body)) == 401
    assert post(shop, body, **woo(body, "başka-bir-sır")) == 401
    assert post(shop, body, **{**woo(body), "X-WC-Webhook-Signature": "çöp"}) == 401
    assert not ShopDelivery.objects.exists()


def test_woocommerces_first_greeting_is_answered(shop: Shop) -> None:
    plain = Client().post(f"/hooks/shops/{shop.token}/", b"webhook_id=12", "application/x-www-form-urlencoded")

    assert plain.status_code == 200
    assert not ShopDelivery.objects.exists()


def test_shopifys_old_and_new_secret_are_both_accepted_for_a_day(shop: Shop) -> None:
    shopify = shops.connect(kind="shopify", values={"name": "S", "secret": "eski"}, by=cast.selin(), at=cast.NOW)
    shops.renew(shop=shopify, by=cast.selin(), at=shopify.created_at.replace(year=2099), secret="yeni")
    body = raw(shopify_order())

    def told(secret: str, number: str) -> dict[str, str]:
        said = {"X-Shopify-Topic": "orders/create", "X-Shopify-Webhook-Id": number}
        return said | {"X-Shopify-Hmac-SHA256": signature(body, secret)}

    assert post(shopify, body, **told("eski", "a")) == 200
    assert post(shopify, body, **told("yeni", "b")) == 200
    assert post(shopify, body, **told("bambaşka", "c")) == 401

    Shop.objects.filter(pk=shopify.pk).update(old_secret_until=cast.NOW)
    assert post(shopify, body, **told("eski", "d")) == 401
    assert post(shopify, body, **told("yeni", "e")) == 200


def test_nobody_is_at_home_at_an_unknown_or_closed_address(shop: Shop) -> None:
    body = raw(woo_order())
    Shop.objects.update(is_on=False)

    assert post(shop, body, **woo(body)) == 404
    assert Client().post("/hooks/shops/yok/", b"{}", "application/json").status_code == 404
    assert Client().get(f"/hooks/shops/{shop.token}/").status_code == 405


def test_secrets_do_not_lie_about_in_plain(shop: Shop) -> None:
    assert SECRET not in str(Shop.objects.values().get())


def test_two_orders_under_one_delivery_number_are_both_kept(shop: Shop) -> None:
    """WooCommerce numbers its deliveries by webhook and second."""
    for number in (1, 2):
        body = raw(woo_order(number))
        assert post(shop, body, **woo(body)) == 200

    assert ShopDelivery.objects.count() == 2


def test_a_secret_lost_with_its_key_does_not_take_the_new_one_along(shop: Shop) -> None:
    Shop.objects.update(secret_sealed="kayıp")
    shop.refresh_from_db()
    shops.renew(shop=shop, by=cast.selin(), at=shop.created_at.replace(year=2099), secret="yeni")
    body = raw(woo_order())

    assert post(shop, body, **woo(body, "yeni")) == 200


def test_an_address_that_no_database_holds_is_nobodys(shop: Shop) -> None:
    assert Client().post("/hooks/shops/a%00b/", b"{}", "application/json").status_code == 404


def test_when_the_database_is_away_the_shop_is_asked_to_come_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_asked: object) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(Shop.objects, "filter", away)
    assert post(shop, b"{}") == 503
