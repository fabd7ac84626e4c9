"""The pages of sales: orders, left carts, a customer's card; shops, what they sent, and files brought to them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from muhatap.accounts.models import User
from muhatap.contacts import consent, identity
from muhatap.contacts.models import Contact
from muhatap.flow import shops as digesting
from muhatap.sales import arriving, carting, shops, watching
from muhatap.sales import consent as buyers
from muhatap.sales.models import BackFill, Order, Shop, ShopDelivery
from muhatap.sales.ordering import Browser
from muhatap.shared import clock, secrets
from tests import cast
from tests.sales.payloads import SECRET, raw, woo_order

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def selin(client: Client) -> Client:
    client.force_login(cast.selin(), backend=BACKEND)
    return client


@pytest.fixture
def zeynep() -> Client:
    client = Client()
    client.force_login(cast.zeynep(), backend=BACKEND)
    return client


@pytest.fixture
def shop() -> Shop:
    values = {"name": "Ihlamur Ev", "secret": SECRET, "web_source": "site:1"}
    return shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=clock.now())


def tell(shop: Shop, said: object, topic: str = "order.created") -> None:
    accepted = arriving.accept(shop=shop, external_id="", topic=topic, raw=raw(said), at=clock.now())
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=clock.now())


def page(client: Client, path: str) -> str:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_orders_are_listed_found_and_taken_along(selin: Client, shop: Shop) -> None:
    User.objects.update(language="en")
    tell(shop, woo_order())
    tell(
        shop, woo_order(9874, customer_id=0, status="completed", date_completed_gmt="2026-09-05T10:00:00", meta_data=[])
    )

    assert "#10482" in page(selin, "/sales/orders/?state=late") and "#9874" not in page(
        selin, "/sales/orders/?state=late"
    )
    assert "#9874" in page(selin, "/sales/orders/?q=%239874&days=365")
    assert "#9874" not in page(selin, f"/sales/orders/?q=yok&shop={shop.pk}")
    rows = b"".join(selin.get("/sales/orders/export/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "2849.90" in rows and rows.count("\n") == 3


def test_an_order_shows_what_it_holds_and_its_way(zeynep: Client, shop: Shop) -> None:
    tell(shop, woo_order(refunds=[{"id": 1, "total": "-50"}]))

    shown = page(zeynep, f"/sales/orders/{Order.objects.get().pk}/")
    assert "Keten nevresim, çift kişilik" in shown and "2.849,90" in shown and "50,00" in shown


def test_the_customers_card_shows_orders_and_the_open_cart(zeynep: Client, shop: Shop) -> None:
    tell(shop, woo_order())
    ayse = Contact.objects.get()
    browser = Browser(source="site:1", visitor="tarayici-1")
    item = {"id": "632", "name": "Şile bezi havlu", "variant": "", "price": "1249.90", "quantity": "2"}
    entry = carting.Entry(key="k", at=clock.now(), told={"verb": "add", "items": [item]})
    carting.hear(shop=shop, browser=browser, entries=[entry], at=clock.now(), contact=ayse)

    shown = page(zeynep, f"/sales/of/{ayse.pk}/")
    assert "#10482" in shown and "2.499,80" in shown
    assert f"/sales/of/{ayse.pk}/" in page(zeynep, f"/contacts/{ayse.pk}/")
    assert "2.849,90" in page(zeynep, f"/contacts/{ayse.pk}/")


@pytest.mark.parametrize(("wants", "may_write"), [("yes", True), ("no", False), ("", False)])
def test_one_writes_about_a_left_cart_only_to_who_allowed_it(
    zeynep: Client, shop: Shop, wants: str, may_write: bool
) -> None:
    told = [{"key": "eposta_izni", "value": wants}] if wants else []
    tell(shop, woo_order(meta_data=told))
    ayse, at = Contact.objects.get(), clock.now() - timedelta(hours=2)
    item = {"id": "9", "name": "Mum", "variant": "", "price": "320", "quantity": "1"}
    entry = carting.Entry(key="k", at=at, told={"verb": "add", "items": [item]})
    carting.hear(shop=shop, browser=Browser(source="site:1", visitor="v"), entries=[entry], at=at, contact=ayse)
    watching.find_left(at=clock.now())

    for path in ("/sales/carts/", "/sales/carts/panel/"):
        shown = page(zeynep, path)
        assert "Mum" in shown and (f"/inbox/new/{ayse.pk}/" in shown) == may_write


def test_a_word_to_us_stands_before_one_to_the_shop(shop: Shop) -> None:
    tell(shop, woo_order(meta_data=[{"key": "eposta_izni", "value": "yes"}]))
    ayse, selin = Contact.objects.get(), cast.selin()
    assert buyers.agreed([ayse]) == {ayse.pk}

    consent.give(contact=ayse, channel="email", purpose="offers", source="agent", by=selin, at=clock.now())
    consent.withdraw(contact=ayse, channel="email", purpose="offers", by=selin, at=clock.now())
    assert buyers.agreed([ayse]) == set()


def test_pages_without_anything_teach(selin: Client) -> None:
    assert "/settings/shops/" in page(selin, "/sales/orders/")
    assert "/settings/sites/" in page(selin, "/sales/carts/")
    identity.resolve(claims=[cast.AYSE], source="email", at=clock.now())
    assert "card-none" in page(selin, f"/sales/of/{Contact.objects.get().pk}/")


def test_connecting_a_shop_shows_its_secret_once(selin: Client) -> None:
    told = {
        "name": "Ihlamur Ev",
        "currency": "try",
        "cart_minutes": "45",
        "address": "https://www.ihlamurev.example",
        "api_secret": "cs_1",
    }
    answer = selin.post("/settings/shops/new/woocommerce/", told)

    shop = Shop.objects.get()
    secret = secrets.unseal(shop.secret_sealed)
    assert (shop.currency, shop.cart_minutes) == ("TRY", 45)
    assert secret in answer.content.decode() and f"/hooks/shops/{shop.token}/" in answer.content.decode()
    assert secret not in page(selin, f"/settings/shops/{shop.pk}/") + page(selin, f"/settings/shops/{shop.pk}/edit/")
    assert "cs_1" not in page(selin, f"/settings/shops/{shop.pk}/edit/")

    renewed = selin.post(f"/settings/shops/{shop.pk}/secret/").content.decode()
    assert secret not in renewed and Shop.objects.get().old_secret_sealed


@pytest.mark.parametrize(
    ("kind", "told", "at_fault"),
    [
        ("woocommerce", {"name": "M", "currency": "lira", "cart_minutes": "60"}, "currency"),
        ("woocommerce", {"name": "M", "currency": "TRY", "cart_minutes": "1"}, "cart_minutes"),
        ("feed", {"name": "M", "currency": "TRY", "cart_minutes": "60", "address": "ftp://x"}, "address"),
        ("shopify", {"name": "M", "currency": "TRY", "cart_minutes": "60"}, "secret"),
    ],
)
def test_a_shop_that_cannot_be_kept_says_where(selin: Client, kind: str, told: dict[str, str], at_fault: str) -> None:
    answer = selin.post(f"/settings/shops/new/{kind}/", told)

    assert answer.status_code == 422 and at_fault in answer.context["form"].errors
    assert not Shop.objects.exists()


def test_changing_a_shop_keeps_the_secrets_nobody_typed(selin: Client, shop: Shop) -> None:
    told = {"name": "Yeni ad", "currency": "EUR", "cart_minutes": "30", "is_on": "on", "api_secret": ""}
    selin.post(f"/settings/shops/{shop.pk}/edit/", told)

    changed = Shop.objects.get()
    assert (changed.name, changed.currency, changed.web_source) == ("Yeni ad", "EUR", "")
    assert secrets.unseal(changed.secret_sealed) == SECRET


def test_what_was_set_aside_says_why_and_is_read_again(selin: Client, shop: Shop) -> None:
    tell(shop, woo_order(total="?"))
    tell(shop, woo_order(10500))
    aside = ShopDelivery.objects.get(quarantined_at__isnull=False)

    assert "total" in page(selin, f"/settings/shops/{shop.pk}/deliveries/?state=aside")
    assert "ayse.yilmaz@ornek.example" in page(selin, f"/settings/shops/{shop.pk}/deliveries/{aside.pk}/")
    selin.post(f"/settings/shops/{shop.pk}/deliveries/replaying/")
    aside.refresh_from_db()
    assert aside.quarantined_at is None
    selin.post(f"/settings/shops/{shop.pk}/deliveries/{aside.pk}/replaying/")


def test_a_file_is_brought_and_kept_like_a_delivery(selin: Client) -> None:
    shop = shops.connect(kind="feed", values={"name": "Mağaza"}, by=cast.selin(), at=clock.now())
    file = SimpleUploadedFile("s.csv", b"order_id,date,total\n7,2026-11-02,12.50\n")
    selin.post(f"/settings/shops/{shop.pk}/file/", {"file": file})

    delivery = ShopDelivery.objects.get()
    digesting.digest(delivery_id=delivery.pk, at=clock.now())
    assert Order.objects.get().total == Decimal("12.5")
    assert selin.post(f"/settings/shops/{shop.pk}/file/", {}).status_code == 302


def test_reading_older_orders_begins_shows_how_far_it_is_and_stops(selin: Client, shop: Shop) -> None:
    shops.change(shop=shop, values={"api_secret": "cs"}, by=cast.selin(), at=clock.now())
    selin.post(f"/settings/shops/{shop.pk}/filling/", {"since_on": "2026-10-01"})

    assert BackFill.objects.get().state == "running"
    assert "every 2s" in page(selin, f"/settings/shops/{shop.pk}/filling/progress/")
    shown = selin.post(f"/settings/shops/{shop.pk}/filling/stopping/").content.decode()
    assert BackFill.objects.get().state == "cancelled" and "every 2s" not in shown
    selin.post(f"/settings/shops/{shop.pk}/filling/", {"since_on": "bir gün"})
    assert BackFill.objects.count() == 1


def test_agents_see_orders_and_touch_no_shop(zeynep: Client, shop: Shop) -> None:
    assert zeynep.get("/sales/orders/export/").status_code == 403
    assert zeynep.get(f"/settings/shops/{shop.pk}/").status_code == 403


def test_all_orders_of_one_customer_stand_in_the_list(selin: Client, shop: Shop) -> None:
    User.objects.update(language="en")
    tell(shop, woo_order())
    contact = Order.objects.get().contact_id
    assert "#10482" in page(selin, f"/sales/orders/?customer={contact}")
    assert "No such order" in page(selin, "/sales/orders/?customer=999999")
