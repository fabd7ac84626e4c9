"""Visitors' events become carts and claimed orders: once, however late, twice or out of order they come."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DataError, OperationalError

from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.flow import shopping
from muhatap.flow import shops as digesting
from muhatap.sales import arriving, carting, shops, watching
from muhatap.sales.models import Cart, Leaving, Order, Shop
from muhatap.visits import keeping, received, segment, sites
from muhatap.visits.models import Event, Site, VisitorLink
from tests import cast
from tests.sales.payloads import raw, shopify_checkout, shopify_order, woo_order
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 12, 16, 0, tzinfo=UTC)
NEVRESIM = {"product_id": "501", "name": "Keten nevresim", "price": "2849.90", "quantity": 1, "currency": "TRY"}
HAVLU = {"product_id": "632", "name": "Şile bezi havlu", "price": "1249.90", "quantity": 1, "currency": "TRY"}


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=NOON)
        yield


@pytest.fixture
def site() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


@pytest.fixture
def shop(site: Site) -> Shop:
    values = {"name": "Ihlamur Ev", "web_source": f"site:{site.pk}"}
    return shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=NOON)


def minute(n: float) -> datetime:
    return NOON + timedelta(minutes=n)


def arrive(
    site: Site, at: float, name: str, said: dict[str, Any] | None = None, *, visitor: str = "tarayici-1", after: float = 0.0,
    key: UUID | None = None, is_bot: bool = False,
) -> None:  # fmt: skip
    Event.objects.create(
        received_at=minute(at + after), site=site, message_key=key or uuid4(), at=minute(at), kind=2, anonymous_id=visitor,
        user_id="", name=name, url="", is_bot=is_bot, payload=json.dumps({"properties": said if said is not None else NEVRESIM}),
    )  # fmt: skip


def carry(until: float = 0) -> int:
    """Carry what arrived until that minute, or all of it."""
    last = Event.objects.order_by("-received_at").values_list("received_at", flat=True).first()
    return shopping.carry(at=minute(until) if until else (last or NOON) + timedelta(minutes=1))


def link(site: Site, visitor: str = "tarayici-1") -> Contact:
    contact = identity.resolve(claims=[cast.AYSE], source="email", at=NOON)
    VisitorLink.objects.create(
        site=site,
        visitor=visitor,
        contact=contact,
        how="login",
        subject="20871",
        from_at=minute(-60),
        proved_at=NOON,
        made_at=NOON,
    )
    return contact


def test_what_is_put_in_lies_in_the_cart(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    arrive(site, 1, "Product Added", HAVLU)
    arrive(site, 2, "Product Removed", HAVLU)
    carry()

    cart = Cart.objects.get()
    assert (cart.shop, cart.total, cart.n_items, cart.currency) == (shop, Decimal("2849.90"), 1, "TRY")
    assert str(cart.lines.get().product) == "Keten nevresim"


def test_large_events_come_in_smaller_runs_and_all_in_one_go(
    site: Site, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert received.PIECE * segment.LARGEST_EVENT <= received.LARGEST
    monkeypatch.setattr(received, "LARGEST", 1)
    for n in range(3):
        arrive(site, n, "Product Added", visitor=f"tarayici-{n}")

    shopping.carry_all(at=minute(4))

    assert Cart.objects.count() == 3


def test_carts_of_many_visitors_in_one_run_stay_apart(site: Site, shop: Shop) -> None:
    ayse = link(site)
    arrive(site, 0, "Product Added")
    arrive(site, 0, "Product Added", HAVLU, visitor="tarayici-2")
    arrive(site, 1, "Product Added", visitor="tarayici-2")
    arrive(site, 2, "Order Completed", {"order_id": "7", "total": 100}, visitor="tarayici-2")
    arrive(site, 3, "Product Added", HAVLU, visitor="tarayici-3")
    carry()
    arrive(site, 5, "Product Added", HAVLU)
    arrive(site, 5, "Product Removed", HAVLU, visitor="tarayici-3")
    arrive(site, 6, "Product Added", HAVLU, visitor="tarayici-2")
    carry()

    told = Cart.objects.order_by("visitor", "began_at").values_list("visitor", "total", "contact", "order__external_id")
    assert list(told) == [
        ("tarayici-1", Decimal("4099.80"), ayse.pk, None),
        ("tarayici-2", Decimal("4099.80"), None, "7"),
        ("tarayici-2", Decimal("1249.90"), None, None),
        ("tarayici-3", Decimal("0"), None, None),
    ]


def test_late_and_in_pieces_comes_to_the_same(site: Site, shop: Shop) -> None:
    arrive(site, 2, "Product Removed", HAVLU)
    assert carry(10) == 1
    arrive(site, 0, "Product Added", after=20)
    arrive(site, 1, "Product Added", HAVLU, after=20)

    assert [carry(30), carry(30), carry(60)] == [2, 0, 0]
    assert Cart.objects.get().total == Decimal("2849.90")


def test_a_site_without_a_shop_gets_one_and_machines_buy_nothing(site: Site) -> None:
    arrive(site, 0, "Product Added", is_bot=True)
    arrive(site, 1, "added_product")
    carry()

    assert (Shop.objects.get().kind, Cart.objects.get().n_items) == ("web", 1)


def test_an_order_from_browser_and_server_is_one_and_the_servers_figures_stand(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    arrive(
        site, 40, "Order Completed", {"order_id": "10482", "total": "9.99", "currency": "TRY", "products": [NEVRESIM]}
    )
    carry()
    assert (Order.objects.get().total, Order.objects.get().contact) == (Decimal("9.99"), None)

    accepted = arriving.accept(shop=shop, external_id="1", topic="order.created", raw=raw(woo_order()), at=minute(60))
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=minute(60))
    arrive(site, 70, "Order Updated", {"order_id": "10482", "total": "1", "products": []})
    carry()

    order = Order.objects.get()
    assert (order.total, order.is_told_by_server, order.visitor) == (Decimal("2849.90"), True, "tarayici-1")
    assert (Cart.objects.get().order, Cart.objects.get().ordered_at) == (order, minute(40))


def test_the_server_may_be_first(site: Site, shop: Shop) -> None:
    accepted = arriving.accept(shop=shop, external_id="1", topic="order.created", raw=raw(woo_order()), at=minute(1))
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=minute(1))
    arrive(site, 0, "Product Added")
    arrive(site, 2, "Completed Order", {"order_id": 10482, "total": 3})
    carry()

    order = Order.objects.get()
    assert (order.total, order.visitor, order.lines.count()) == (Decimal("2849.90"), "tarayici-1", 1)
    assert Cart.objects.get().order == order


def test_a_browser_that_claims_anothers_order_proves_and_changes_nothing(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Order Completed", {"order_id": "7", "total": 100})
    arrive(site, 5, "Order Cancelled", {"order_id": "7"}, visitor="baskasi")
    arrive(site, 6, "Order Completed", {"order_id": "7", "total": 1}, visitor="baskasi")
    carry()

    order = Order.objects.get()
    assert (order.total, order.state, order.visitor, order.contact) == (100, "placed", "tarayici-1", None)


def test_what_a_known_visitor_claimed_goes_to_whom_the_server_names(site: Site, shop: Shop) -> None:
    forger = identity.resolve(claims=[cast.STRANGER], source="email", at=NOON)
    VisitorLink.objects.create(
        site=site, visitor="tarayici-1", contact=forger, how="chat", subject="1", from_at=minute(-60), proved_at=NOON, made_at=NOON
    )  # fmt: skip
    arrive(site, 5, "Order Completed", {"order_id": "10482", "total": 1})
    arrive(site, 6, "Order Refunded", {"order_id": "10482", "total": "0.5"})
    carry()
    assert forger.interactions.filter(kind="order").count() == 1

    accepted = arriving.accept(shop=shop, external_id="1", topic="order.created", raw=raw(woo_order()), at=minute(60))
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=minute(60))

    order = Order.objects.get()
    assert order.contact
    assert (order.contact.name, order.refunded, order.total) == ("Ayşe Yılmaz", 0, Decimal("2849.90"))
    assert not forger.interactions.exists() and order.contact.interactions.count() == 1


def test_a_browsers_own_order_is_cancelled_and_partly_paid_back(site: Site, shop: Shop) -> None:
    arrive(site, 3, "Order Refunded", {"order_id": "7", "total": "25.5"})
    arrive(site, 2, "Order Cancelled", {"order_id": "7"})
    arrive(site, 0, "Order Completed", {"order_id": "7", "total": 100, "products": [NEVRESIM]}, after=10)
    carry()

    order = Order.objects.get()
    assert (order.total, order.state, order.refunded, order.lines.count()) == (100, "cancelled", Decimal("25.5"), 1)


def test_what_led_to_an_order_may_arrive_after_it(site: Site, shop: Shop) -> None:
    arrive(site, 5, "Order Completed", {"order_id": "7", "total": 100})
    carry(10)
    arrive(site, 0, "Product Added", after=20)
    arrive(site, 30, "Product Added", HAVLU)
    carry()

    old, new = Cart.objects.order_by("began_at")
    assert (str(old.order), new.ordered_at, new.n_items) == ("#7", None, 1)


def test_a_cart_is_left_when_its_minutes_passed_and_come_back_to(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    carry()

    assert [watching.find_left(at=minute(n)) for n in (59, 61, 62)] == [0, 1, 0]
    assert list(Cart.objects.left()) == [Cart.objects.get()]

    arrive(site, 90, "Checkout Started", {"products": [NEVRESIM, HAVLU]})
    carry()
    assert not Cart.objects.left().exists()
    assert [watching.find_left(at=minute(n)) for n in (149, 151)] == [0, 1]
    assert list(Leaving.objects.order_by("id").values_list("total", flat=True)) == [
        Decimal("2849.90"),
        Decimal("4099.80"),
    ]

    arrive(site, 160, "Order Completed", {"order_id": "7", "total": 4099.8})
    carry()
    assert not Cart.objects.left().exists() and not Leaving.objects.filter(over_at=None).exists()


def test_an_emptied_cart_was_not_left(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    arrive(site, 1, "Product Removed")
    carry()

    assert watching.find_left(at=minute(120)) == 0


def test_a_cart_belongs_to_whom_its_visitor_was_proved_to_be(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    carry()
    ayse = link(site)
    shopping.know(at=minute(90))

    assert Cart.objects.get().contact == ayse
    VisitorLink.objects.update(taken_back_at=minute(100))
    shopping.know(at=minute(110))
    assert Cart.objects.get().contact is None


def test_an_order_of_a_known_visitor_stands_on_their_timeline_once(site: Site, shop: Shop) -> None:
    ayse = link(site)
    for key in (uuid4(), uuid4()):
        arrive(site, 5, "Order Completed", {"order_id": "7", "total": 100}, key=key)
    carry()

    assert ayse.interactions.filter(kind="order").count() == 1
    assert Order.objects.get().contact == ayse


def test_the_servers_order_of_a_customer_ends_the_cart_of_their_browser(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    accepted = arriving.accept(
        shop=shop,
        external_id="0",
        topic="order.created",
        raw=raw(woo_order(1, date_created_gmt="2026-11-01T00:00:00")),
        at=NOON,
    )
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=NOON)
    contact = Contact.objects.get()
    VisitorLink.objects.create(
        site=site, visitor="tarayici-1", contact=contact, how="login", subject="20871", from_at=minute(-60), proved_at=NOON, made_at=NOON
    )  # fmt: skip
    carry()
    assert Cart.objects.get().contact == contact

    accepted = arriving.accept(shop=shop, external_id="1", topic="order.created", raw=raw(woo_order()), at=minute(60))
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=minute(60))

    assert str(Cart.objects.get().order) == "#10482"


def test_one_visitors_nonsense_stops_nobody_else(site: Site, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    hear = carting.hear_all

    def choosy(**asked: Any) -> Any:
        if any(one.browser.visitor == "tuhaf" for one in asked["told"]):
            raise DataError("value out of range")
        return hear(**asked)

    monkeypatch.setattr(carting, "hear_all", choosy)
    arrive(site, 0, "Product Added", {"product_id": "x" * 5000, "price": 1e12, "quantity": 1e7}, visitor="tuhaf")
    arrive(site, 1, "Product Added")
    carry()

    assert Cart.objects.filter(visitor="tarayici-1").exists()


def server_tells(shop: Shop, said: dict[str, Any], *, at: float = 60) -> None:
    accepted = arriving.accept(shop=shop, external_id="", topic="order.updated", raw=raw(said), at=minute(at))
    digesting.digest(delivery_id=accepted.delivery_id or 0, at=minute(at))


def test_an_order_a_known_visitor_claimed_is_nobodys_again_when_the_tie_is_taken_back(site: Site, shop: Shop) -> None:
    ayse = link(site)
    arrive(site, 0, "Product Added")
    arrive(site, 5, "Order Completed", {"order_id": "7", "total": 100})
    carry()
    assert (Cart.objects.get().contact, Order.objects.get().contact) == (ayse, ayse)

    VisitorLink.objects.update(taken_back_at=minute(100))
    assert shopping.know(at=minute(110)) == 2

    assert (Cart.objects.get().contact, Order.objects.get().contact) == (None, None)
    assert not ayse.interactions.exists()


def test_of_a_shared_browser_each_order_is_whose_the_browser_was_then(site: Site, shop: Shop) -> None:
    ayse = link(site)
    VisitorLink.objects.update(until_at=minute(10))
    other = identity.resolve(claims=[cast.STRANGER], source="email", at=NOON)
    VisitorLink.objects.create(
        site=site, visitor="tarayici-1", contact=other, how="chat", subject="1", from_at=minute(10), proved_at=NOON, made_at=NOON
    )  # fmt: skip
    arrive(site, 5, "Order Completed", {"order_id": "7", "total": 100})
    arrive(site, 15, "Order Completed", {"order_id": "8", "total": 100})
    carry()

    assert dict(Order.objects.values_list("external_id", "contact")) == {"7": ayse.pk, "8": other.pk}


@pytest.mark.parametrize("is_server_first", [True, False])
def test_a_browser_may_tell_the_number_that_buyers_see(site: Site, shop: Shop, is_server_first: bool) -> None:
    arrive(site, 2, "Order Completed", {"order_id": "#TR-10482", "total": 3})
    if not is_server_first:
        carry()
    server_tells(shop, woo_order(991) | {"number": "TR-10482"})
    carry()

    order = Order.objects.get()
    assert (order.external_id, order.number, order.visitor, order.is_told_by_server) == ("991", "TR-10482", "tarayici-1", True)  # fmt: skip


@pytest.mark.parametrize("name", ["Order Cancelled", "Order Refunded"])
def test_the_end_of_an_order_nobody_told_is_no_order(site: Site, shop: Shop, name: str) -> None:
    arrive(site, 0, "Product Added")
    arrive(site, 2, name, {"order_id": "999", "total": 5})
    carry()

    assert not Order.objects.exists()
    assert Cart.objects.get().n_items == 1


def test_what_the_database_cannot_do_now_is_carried_later(
    site: Site, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(site, 0, "Product Added")
    with monkeypatch.context() as patch:
        patch.setattr(carting, "hear_all", _dead)
        with pytest.raises(OperationalError):
            carry()
    assert carry() == 1
    assert Cart.objects.exists()


def _dead(**_told: Any) -> None:
    raise OperationalError("deadlock detected")


@pytest.mark.parametrize(
    ("status", "is_over"), [("pending", False), ("failed", False), ("on-hold", True), ("processing", True)]
)
def test_a_payment_that_does_not_come_leaves_the_cart_where_it_is(
    site: Site, shop: Shop, status: str, is_over: bool
) -> None:
    server_tells(shop, woo_order(1, date_created_gmt="2026-11-01T00:00:00"), at=-10)
    VisitorLink.objects.create(
        site=site, visitor="tarayici-1", contact=Contact.objects.get(), how="login", subject="20871", from_at=minute(-60),
        proved_at=NOON, made_at=NOON,
    )  # fmt: skip
    arrive(site, 0, "Product Added")
    carry()
    server_tells(shop, woo_order(status=status))

    assert bool(Cart.objects.get().ordered_at) is is_over


def test_an_order_that_fails_soon_gives_its_cart_back(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    arrive(site, 5, "Order Completed", {"order_id": "10482", "total": 100})
    carry()
    assert Cart.objects.get().ordered_at

    server_tells(shop, woo_order(status="failed"))
    assert (Cart.objects.get().ordered_at, Cart.objects.get().order) == (None, None)


def test_a_shop_tied_later_takes_what_stood_with_its_site_and_no_order_is_two(site: Site) -> None:
    arrive(site, 0, "Product Added")
    arrive(site, 5, "Order Completed", {"order_id": "10482", "total": 100, "products": [NEVRESIM]})
    arrive(site, 6, "Order Completed", {"order_id": "7", "total": 100}, visitor="baskasi")
    carry()
    arrive(site, 8, "Product Added", HAVLU)
    carry()
    alone = Shop.objects.get()
    woo = shops.connect(kind="woocommerce", values={"name": "Ihlamur Ev"}, by=cast.selin(), at=NOON)
    server_tells(woo, woo_order(date_created_gmt="2026-11-12T16:05:00"))
    assert Order.objects.count() == 3

    shops.change(shop=woo, values={"web_source": f"site:{site.pk}"}, by=cast.selin(), at=NOON)

    assert dict(Order.objects.values_list("external_id", "is_told_by_server")) == {"10482": True, "7": False}
    assert set(Order.objects.values_list("shop", flat=True)) == set(Cart.objects.values_list("shop", flat=True)) == {woo.pk}  # fmt: skip
    assert Cart.objects.get(ordered_at__isnull=False).order == Order.objects.get(external_id="10482")
    assert not alone.products.exists() and not alone.orders.exists()
    arrive(site, 9, "Product Added", HAVLU)
    carry()
    assert Cart.objects.get(ordered_at=None).n_items == 2


def test_prices_of_two_currencies_are_not_added_up(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added", HAVLU | {"currency": "EUR"})
    arrive(site, 1, "Product Added")
    carry()

    cart = Cart.objects.get()
    assert (cart.currency, cart.total, cart.n_items) == ("TRY", Decimal("2849.90"), 2)


def test_a_cart_that_was_ordered_is_not_left(site: Site, shop: Shop) -> None:
    arrive(site, 0, "Product Added")
    carry()
    watching.find_left(at=minute(70))
    Cart.objects.update(ordered_at=minute(80))  # as a race would leave it

    assert not Cart.objects.left().exists()
    watching.find_left(at=minute(90))
    assert not Leaving.objects.filter(over_at=None).exists()


MORNING = datetime(2026, 10, 28, 7, 0, tzinfo=UTC)


@pytest.fixture
def shopify() -> Shop:
    values = {"name": "Ihlamur Ev", "secret": "gizli"}
    return shops.connect(kind="shopify", values=values, by=cast.selin(), at=MORNING)


def say(shop: Shop, topic: str, said: dict[str, Any], *, minutes: float = 0) -> None:
    at = MORNING + timedelta(minutes=minutes)
    delivery = arriving.accept(shop=shop, external_id="", topic=topic, raw=raw(said), at=at).delivery_id
    digesting.digest(delivery_id=delivery or 0, at=at)


def left(minutes: float) -> int:
    watching.find_left(at=MORNING + timedelta(minutes=minutes))
    return Cart.objects.left().count()


def test_a_checkout_that_the_shop_tells_of_is_a_cart_until_it_is_ordered(shopify: Shop) -> None:
    say(shopify, "checkouts/create", shopify_checkout(updated_at="2026-10-28T09:50:00+03:00"))
    say(shopify, "checkouts/update", shopify_checkout())

    cart = Cart.objects.get()
    assert (cart.total, cart.n_items, str(cart.contact)) == (Decimal("1249.90"), 1, "Mehmet Kaya")
    assert left(60) == 1

    say(shopify, "orders/create", shopify_order(checkout_id=901), minutes=70)
    cart.refresh_from_db()
    assert cart.order == Order.objects.get() and left(120) == 0


def test_a_checkout_that_is_told_of_later_than_its_order_is_left_by_nobody(shopify: Shop) -> None:
    guest = {"id": 7712, "state": "disabled", "first_name": "Mehmet", "last_name": "Kaya"}
    say(shopify, "orders/create", shopify_order(checkout_id=901))
    say(shopify, "orders/create", shopify_order(2, checkout_id=902, customer=guest))
    say(shopify, "checkouts/create", shopify_checkout(), minutes=3)
    say(shopify, "checkouts/update", shopify_checkout(updated_at="2026-10-28T10:01:00+03:00"), minutes=4)
    say(shopify, "checkouts/create", shopify_checkout(902, customer=guest), minutes=300)

    assert left(600) == 0 and not Leaving.objects.exists()
    assert set(Cart.objects.values_list("order__checkout", flat=True)) == {"901", "902"}


def test_a_checkout_whose_order_was_cancelled_is_a_cart_like_any_other(shopify: Shop) -> None:
    say(shopify, "orders/create", shopify_order(checkout_id=901))
    say(shopify, "orders/delete", {"id": shopify_order()["id"]}, minutes=1)
    say(shopify, "checkouts/create", shopify_checkout(), minutes=3)

    assert left(120) == 1


def test_a_guests_checkout_is_nobodys_and_ends_with_its_order_or_with_itself(shopify: Shop) -> None:
    guest = {"id": 7712, "state": "disabled", "first_name": "Mehmet", "last_name": "Kaya"}
    for number in (901, 902):
        say(shopify, "checkouts/create", shopify_checkout(number, customer=guest))
    assert {cart.contact for cart in Cart.objects.all()} == {None} and not Contact.objects.exists()
    assert left(60) == 2

    say(shopify, "orders/create", shopify_order(checkout_id=901, customer=guest), minutes=61)
    say(shopify, "checkouts/delete", {"id": 902}, minutes=62)
    assert left(120) == 0


def test_where_a_tag_tells_of_carts_a_checkout_is_no_second_one(shopify: Shop, site: Site) -> None:
    Shop.objects.update(web_source=f"site:{site.pk}")
    arrive(site, 0, "Product Added")
    carry()
    say(shopify, "checkouts/create", shopify_checkout(updated_at=minute(1).isoformat()))

    assert Cart.objects.get().source == f"site:{site.pk}"


def test_a_checkout_of_a_shop_whose_site_tells_of_no_carts_is_a_cart(shopify: Shop, site: Site) -> None:
    Shop.objects.update(web_source=f"site:{site.pk}")
    say(shopify, "checkouts/create", shopify_checkout())

    assert left(60) == 1
