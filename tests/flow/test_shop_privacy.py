"""What a shop passes on of its customers' rights: nothing is done silently, everything is done by somebody and written down."""

import json

import pytest
from django.test import Client
from django.utils import translation

from muhatap.accounts.models import AuditEntry
from muhatap.contacts import forgetting, identity, merging, profile
from muhatap.contacts.models import Contact, SourceRecord
from muhatap.flow import shops as digesting
from muhatap.interactions.models import Interaction
from muhatap.notices import words
from muhatap.notices.models import Notice
from muhatap.sales import arriving, privacy, recognising, shops
from muhatap.sales.models import Order, Shop, ShopDelivery
from tests import cast
from tests.sales.payloads import raw, shopify_checkout, shopify_order, signature

pytestmark = pytest.mark.django_db
SECRET = "shopify-sırrı"


@pytest.fixture
def shop() -> Shop:
    return shops.connect(kind="shopify", values={"name": "S", "secret": SECRET}, by=cast.selin(), at=cast.NOW)


@pytest.fixture
def selin(client: Client) -> Client:
    user = cast.selin()
    user.language = "en"
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sends(shop: Shop, topic: str, said: object, secret: str = SECRET) -> ShopDelivery | None:
    """By the door, signed, and digested."""
    body = raw(said)
    headers = {
        "X-Shopify-Hmac-SHA256": signature(body, secret), "X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": f"{topic} {len(body)}",
    }  # fmt: skip
    answer = Client().post(f"/hooks/shops/{shop.token}/", body, "application/json", headers=headers)
    if answer.status_code != 200:
        return None
    delivery = ShopDelivery.objects.latest("id")
    digesting.digest(delivery_id=delivery.pk, at=cast.NOW)
    delivery.refresh_from_db()
    return delivery


def customer() -> dict[str, object]:
    return {"id": shopify_order()["customer"]["id"], "email": "ayse.yilmaz@ornek.example", "phone": "+905321234118"}


def asks(topic: str, name: str, *orders: int) -> dict[str, object]:
    return {"shop_id": 1, "shop_domain": "s.myshopify.com", "customer": customer(), name: list(orders)}


def test_a_wish_that_is_not_signed_is_kept_nowhere(shop: Shop) -> None:
    assert sends(shop, "customers/redact", asks("customers/redact", "orders_to_redact"), "başka") is None
    assert not ShopDelivery.objects.exists()


@pytest.mark.parametrize(
    ("topic", "word"), [("customers/data_request", "keep of them"), ("customers/redact", "erased")]
)
def test_whoever_sets_up_shops_is_told_of_a_wish_once_until_they_look(
    topic: str, word: str, shop: Shop, selin: Client
) -> None:
    deniz, zeynep = cast.deniz(), cast.zeynep()
    wish = sends(shop, topic, asks(topic, "orders_requested"))
    assert wish
    digesting.digest(delivery_id=wish.pk, at=cast.NOW)  # replayed: nothing is told twice

    notices = Notice.objects.select_related(*words.NEEDED, "user").order_by("pk")
    assert {notice.user.email for notice in notices} == {deniz.email, cast.selin().email}
    assert zeynep.email not in {notice.user.email for notice in notices}
    told = notices[0]
    with translation.override("en"):
        assert word in words.said(told).text and "…" not in words.said(told).text
    assert told.details == {"due_on": wish.detail}
    assert selin.get(words.path(told)).status_code == 200
    assert list(notices.filter(seen_at=None).values_list("user__email", flat=True)) == [deniz.email]


def test_who_wants_to_know_waits_for_somebody_and_gets_a_file(shop: Shop, selin: Client) -> None:
    sends(shop, "orders/create", shopify_order())
    order = Order.objects.get()
    wish = sends(
        shop, "customers/data_request", asks("customers/data_request", "orders_requested", int(order.external_id))
    )
    assert wish and (wish.reason, wish.digested_at) == ("by_hand", None)

    base = f"/settings/shops/{shop.pk}/deliveries/{wish.pk}/"
    assert "A customer wants to know what is kept of them" in selin.get(base).content.decode()
    told = json.loads(selin.get(f"{base}kept/").content)
    assert [one["number"] for one in told["orders"]] == [order.number] and told["orders"][0]["lines"]
    assert told["orders"][0]["email"] == shopify_order()["email"]
    selin.post(f"{base}settling/")

    assert AuditEntry.objects.filter(act="shop.data_taken").count() == 1
    wish.refresh_from_db()
    assert (wish.reason, json.loads(bytes(wish.raw))) == ("", privacy.REMAINS)
    assert AuditEntry.objects.filter(act="shop.data_given").count() == 1
    assert Order.objects.get().customer_name == order.customer_name
    assert selin.get(f"{base}kept/").status_code == 404


def test_who_wants_to_know_hears_of_their_checkouts_too_and_of_nobody_elses(shop: Shop) -> None:
    other = {"id": 99, "first_name": "Elif", "last_name": "Şahin", "email": "elif.sahin@ornek.example"}
    sends(shop, "checkouts/create", shopify_checkout())
    sends(shop, "checkouts/create", shopify_checkout(90200, customer=other))
    wish = sends(shop, "customers/data_request", asks("customers/data_request", "orders_requested"))
    assert wish
    told = privacy.take_out(delivery=wish, by=cast.selin(), at=cast.NOW)

    assert told and not told["orders"]
    assert [(one["checkout"], one["total"]) for one in told["checkouts"]] == [("901", "1249.9000")]
    assert [line["name"] for line in told["checkouts"][0]["lines"]] == ["Şile bezi havlu, 4'lü"]


def test_what_is_to_be_erased_is_erased_by_somebody_once(shop: Shop, selin: Client) -> None:
    sends(shop, "orders/create", shopify_order())
    order = Order.objects.get()
    total, ayse = order.total, order.contact
    wish = sends(shop, "customers/redact", asks("customers/redact", "orders_to_redact", int(order.external_id)))
    assert wish and ayse and Order.objects.get().contact == ayse  # nobody has looked yet

    base = f"/settings/shops/{shop.pk}/deliveries/{wish.pk}/"
    for _n in range(2):
        selin.post(f"{base}settling/")
        assert Order.objects.get().contact == (None if _n else ayse)  # a job does it
        digesting.erase(delivery_id=wish.pk, user_id=cast.selin().pk, at=cast.NOW)

    order.refresh_from_db()
    assert (order.contact, order.customer_name, order.guest_key, order.total) == (None, "", "", total)
    assert not Interaction.objects.filter(kind="order").exists()
    assert ShopDelivery.objects.count() == 1 and b"ayse" not in bytes(ShopDelivery.objects.get().raw)
    assert AuditEntry.objects.filter(act="shop.redacted").count() == 1
    assert not Contact.objects.filter(pk=ayse.pk).exists()  # nobody else had told of her


def test_what_others_told_of_the_customer_stays(shop: Shop) -> None:
    sends(shop, "orders/create", shopify_order())
    mehmet = Order.objects.get().contact
    assert mehmet and mehmet.name and mehmet.city and mehmet.phone
    claim = recognising.Claim(kind="email", value="mehmet.kaya@ornek.example", is_verified=True, name="M. Kaya")
    written = identity.resolve(claims=[claim], source="email", at=cast.NOW)
    merging.merge(keep=mehmet, drop=written, by=cast.can(), at=cast.NOW)
    wish = sends(shop, "customers/redact", asks("customers/redact", "orders_to_redact"))
    assert wish and privacy.erase(delivery=wish, by=cast.selin(), at=cast.NOW) == 1

    mehmet.refresh_from_db()
    assert (mehmet.name, mehmet.city, mehmet.phone, mehmet.email) == ("M. Kaya", "", "", "mehmet.kaya@ornek.example")
    assert [(one.kind, bool(one.verified_at)) for one in identity.of(mehmet)] == [("email", True)]
    assert {one.source for one in SourceRecord.objects.filter(contact=mehmet)} == {"email"}
    assert "7712" not in mehmet.search_text and "5331112233" not in mehmet.search_text


def test_another_shop_keeps_what_it_told(shop: Shop) -> None:
    sends(shop, "orders/create", shopify_order())
    mehmet = Order.objects.get().contact
    assert mehmet
    name = mehmet.name
    other = shops.connect(kind="shopify", values={"name": "B", "secret": SECRET}, by=cast.selin(), at=cast.NOW)
    profile.update(contact=mehmet, facts={"name": name}, source=recognising.sources(other)[0], at=cast.NOW)

    assert not forgetting.forget(contact=mehmet, sources=recognising.sources(shop), at=cast.NOW)

    mehmet.refresh_from_db()
    assert (mehmet.name, mehmet.city, mehmet.email) == (name, "", "")


@pytest.mark.parametrize("column", ["order no", "customer id"])
def test_files_that_name_the_customer_go_too(shop: Shop, column: str) -> None:
    sends(shop, "orders/create", shopify_order())
    number = {"order no": Order.objects.get().number, "customer id": str(customer()["id"])}[column]
    rows = {"order no": "77", "customer id": "4711"}
    for name, said in {"theirs": rows | {column: number}, "others": rows}.items():
        table = (
            f"order no;customer id;date;total;customer\n{said['order no']};{said['customer id']};21.11.2026;10;Mehmet"
        )
        arriving.accept(shop=shop, external_id=name, topic=arriving.FILE, raw=table.encode(), at=cast.NOW)
    wish = sends(
        shop, "customers/redact", asks("customers/redact", "orders_to_redact", int(Order.objects.get().external_id))
    )
    assert wish
    privacy.erase(delivery=wish, by=cast.selin(), at=cast.NOW)

    assert set(ShopDelivery.objects.values_list("external_id", flat=True)) == {"others", wish.external_id}


def test_another_customers_orders_are_left_alone(shop: Shop) -> None:
    sends(shop, "orders/create", shopify_order())
    other = shopify_order(77)
    other["customer"] = {**other["customer"], "id": 4711, "email": "elif.sahin@ornek.example"}
    sends(shop, "orders/create", other)
    wish = sends(shop, "customers/redact", asks("customers/redact", "orders_to_redact"))
    assert wish
    privacy.erase(delivery=wish, by=cast.selin(), at=cast.NOW)

    assert list(Order.objects.exclude(contact=None).values_list("external_id", flat=True)) == ["77"]
    assert ShopDelivery.objects.filter(topic="orders/create").count() == 1


def test_a_shop_that_left_is_parted_from_all_its_customers(shop: Shop) -> None:
    sends(shop, "orders/create", shopify_order())
    ayse = Order.objects.get().contact
    wish = sends(shop, "shop/redact", {"shop_id": 1, "shop_domain": "s.myshopify.com"})
    assert wish and ayse
    assert privacy.erase(delivery=wish, by=cast.selin(), at=cast.NOW) == 1
    assert Order.objects.get().contact is None and ShopDelivery.objects.count() == 1
    assert not Contact.objects.filter(pk=ayse.pk).exists()


def test_a_whole_shop_is_erased_only_with_a_tick_and_piece_by_piece(
    shop: Shop, selin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "AT_ONCE", 1)
    for number in (71, 72, 73):
        sends(shop, "orders/create", shopify_order(number))
    wish = sends(shop, "shop/redact", {"shop_id": 1, "shop_domain": "s.myshopify.com"})
    assert wish
    base = f"/settings/shops/{shop.pk}/deliveries/{wish.pk}/"
    for said, outcome in (({}, ""), ({"sure": "1"}, privacy.ERASING)):
        selin.post(f"{base}settling/", said)
        wish.refresh_from_db()
        assert wish.outcome == outcome

    digesting.erase(delivery_id=wish.pk, user_id=cast.selin().pk, at=cast.NOW)

    wish.refresh_from_db()
    assert (wish.outcome, wish.reason) == ("3", "")
    assert not Order.objects.exclude(contact=None).exists() and not Contact.objects.exists()
    assert not Order.objects.exclude(email="").exists()


@pytest.mark.parametrize("said", [[], {"customer": 5, "orders_to_redact": "x"}, {"customer": {"id": None}}, "çöp"])
def test_a_wish_that_says_nothing_sound_waits_all_the_same(shop: Shop, selin: Client, said: object) -> None:
    sends(shop, "orders/create", shopify_order())
    wish = sends(shop, "customers/redact", said)
    assert wish and wish.reason == "by_hand"
    assert selin.get(f"/settings/shops/{shop.pk}/deliveries/{wish.pk}/").status_code == 200
    assert privacy.erase(delivery=wish, by=cast.selin(), at=cast.NOW) == 0
    assert Order.objects.get().contact is not None
