"""After a delivery the buyer is asked where they ordered from: an address that was given for the order, though nobody proved it."""

from typing import Any

import pytest

from muhatap.contacts import identity
from muhatap.contacts.models import Contact, Identity
from muhatap.feedback import asking, designing
from muhatap.feedback.models import Invitation, Survey
from muhatap.flow import shops as digesting
from muhatap.flow import surveying
from muhatap.interactions.models import Outgoing
from muhatap.sales import arriving, shops
from muhatap.sales.models import Order, Shop
from tests import cast
from tests.insight.conftest import after
from tests.sales.payloads import SECRET, raw, woo_order

pytestmark = pytest.mark.django_db
DAY = 24 * 60
AYSES = "ayse.yilmaz@ornek.example"


@pytest.fixture
def shop() -> Shop:
    values = {"name": "Ihlamur Ev", "secret": SECRET}
    return shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=after(0))


@pytest.fixture(autouse=True)
def survey(db: None) -> Survey:
    told = {"name": "Teslimat", "kind": "csat", "occasion": "delivered", "inbox": cast.support_inbox()}
    made = designing.create(fields=told, by=cast.selin(), at=after(0))
    return designing.change(survey=made, fields={"is_on": True, "delay_minutes": DAY}, by=cast.selin(), at=after(0))


def brought(shop: Shop, number: int = 10482, *, email: str = AYSES, account: int = 0, **billing: Any) -> Order:
    """The shop's webhook tells that an order came; a guest's who gave no number, unless told otherwise."""
    who = {"first_name": "Ayşe", "last_name": "Yılmaz", "email": email, **billing}
    came = f"{after(10):%Y-%m-%dT%H:%M:%S}"
    said = woo_order(
        number, status="completed", customer_id=account, billing=who, date_completed_gmt=came, date_modified_gmt=came
    )
    kept = arriving.accept(shop=shop, external_id=f"d{number}", topic="order.updated", raw=raw(said), at=after(11))
    digesting.digest(delivery_id=kept.delivery_id or 0, at=after(11))
    return Order.objects.get(external_id=str(number))


def asked() -> list[str]:
    surveying.ask_due(at=after(2 * DAY))
    return [one.outbound["to"][0]["email"] for one in Outgoing.objects.order_by("pk")]


def test_a_buyer_whom_only_the_shop_told_of_is_asked_where_they_ordered_from(shop: Shop) -> None:
    brought(shop)
    assert asked() == [AYSES]
    assert not Identity.objects.filter(verified_at__isnull=False).exists()  # to be written to proves nobody


def test_whoever_orders_with_several_addresses_is_asked_by_that_of_the_order(shop: Shop) -> None:
    brought(shop, 10482, account=20871)
    Invitation.objects.all().delete()
    brought(shop, 10500, account=20871, email="is@ornek.example")
    Invitation.objects.all().delete()
    assert brought(shop, 10501, account=20871).contact == Contact.objects.get()

    assert asked() == [AYSES]


def test_an_order_without_an_address_asks_by_one_that_is_proved(shop: Shop) -> None:
    ayse = brought(shop, email="", account=20871).contact
    assert ayse
    assert asked() == []
    assert Invitation.objects.get().why == "nowhere"

    brought(shop, 10500, email="", account=20871)
    identity.add(contact=ayse, kind="email", value=AYSES, is_verified=True, by=cast.zeynep(), at=after(12))
    assert asked() == [AYSES]


@pytest.mark.parametrize("email", ["kim bilir", "ayse@", "ayse@ornek"])
def test_what_is_no_address_is_not_written_to(shop: Shop, email: str) -> None:
    brought(shop, email=email, phone="0532 123 41 18")
    assert asked() == []
    assert Invitation.objects.get().why == "nowhere"


def test_an_address_that_gave_our_mail_back_is_not_written_to(shop: Shop) -> None:
    brought(shop)
    identity.mark_bounced("email", AYSES, detail="550", at=after(20))
    assert asked() == []
    assert Invitation.objects.get().why == "nowhere"


def test_whoever_reads_there_and_said_no_is_asked_as_no_other_guest_either(shop: Shop) -> None:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=after(1))
    asking.refuse(contact=ayse, by=None, at=after(2))
    order = brought(shop)
    assert order.contact != ayse

    assert asked() == []
    assert Invitation.objects.get().why == "opted_out"


def test_a_guest_who_orders_twice_is_asked_once_in_the_quiet_days(shop: Shop) -> None:
    for number in (10482, 10483):
        brought(shop, number)
    assert Contact.objects.count() == 2  # without a number nobody says that they are one

    assert asked() == [AYSES]
    assert sorted(Invitation.objects.values_list("why", flat=True)) == ["", "rests"]
