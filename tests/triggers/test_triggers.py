"""When somebody turns to a customer: once an occasion, never too often, never against their word; and why not, where nothing happens."""

from datetime import timedelta
from decimal import Decimal

import pytest

from muhatap.contacts import consent, identity
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.interactions.models import Interaction
from muhatap.sales.models import Cart, CartLine, Lateness, Leaving, Order, Shop
from muhatap.triggers import firing, inviting, occasions, setting
from muhatap.triggers.models import Firing, Trigger
from muhatap.visits import sites
from muhatap.visits.models import ProductInterest, Site, Visit, VisitorLink
from muhatap.visits.segment import EARLIEST
from tests import cast
from tests.visits.telling import NOON, after, arrive, fold

pytestmark = pytest.mark.django_db
Kind, Way = Trigger.Kind, Trigger.Way


@pytest.fixture
def ayse() -> Contact:
    return identity.resolve(claims=[cast.AYSE], source="email", at=NOON)


@pytest.fixture
def site() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


@pytest.fixture
def shop() -> Shop:
    return Shop.objects.create(kind="web", name="Ihlamur Ev", token="t", created_at=NOON)


def on(kind: str, way: str = Way.TASK, *, text: str = "", rest: int = 7) -> Trigger:
    return setting.change(
        kind=kind, is_on=True, way=way, text=text, rest_days=rest, by=cast.can(), at=NOON - timedelta(days=9)
    )


def leave_cart(shop: Shop, contact: Contact | None, minutes: float = 0, visitor: str = "tarayici-1") -> Leaving:
    cart = Cart.objects.create(
        shop=shop, source="site:1", visitor=visitor, contact=contact, currency="TRY", total=Decimal("1890"), n_items=1,
        began_at=after(minutes - 90), changed_at=after(minutes - 60),
    )  # fmt: skip
    CartLine.objects.create(
        cart=cart, n=1, product_external_id="battaniye", name="Yün battaniye", quantity=1, price=Decimal("1890")
    )
    return Leaving.objects.create(cart=cart, at=after(minutes), total=cart.total)


def come(site: Site, contact: Contact, minutes: float, visitor: str = "tarayici-1") -> Visit:
    told = Interaction.objects.create(
        kind="visit", direction="in", channel="web", contact=contact, at=after(minutes), recorded_at=after(minutes)
    )
    return Visit.objects.create(
        site=site, visitor=visitor, began_at=after(minutes), ended_at=after(minutes + 1), interaction=told
    )


def look_at(visit: Visit, product: str = "battaniye", n: int = 1) -> None:
    ProductInterest.objects.create(
        visit=visit, product=product, name="Yün battaniye", at=visit.began_at, n_looks=n, engaged_ms=40_000
    )


def run(trigger: Trigger, minutes: float = 5) -> list[tuple[str, str]]:
    made = firing.run(trigger=trigger, at=after(minutes))
    return [(str(one.contact), one.why_not) for one in made]


def test_a_cart_that_was_left_is_told_once_with_what_lies_in_it(shop: Shop, ayse: Contact) -> None:
    trigger = on(Kind.CART_LEFT)
    leave_cart(shop, ayse)
    leave_cart(shop, None, visitor="tarayici-2")

    assert [run(trigger), run(trigger, 6), run(trigger, 7)] == [[("Ayşe Yılmaz", "")], [], []]

    told = Firing.objects.get().reasons
    assert (told["products"], told["currency"]) == (["Yün battaniye"], "TRY")


def test_a_trigger_that_is_off_does_nothing_and_begins_with_what_happens_after(shop: Shop, ayse: Contact) -> None:
    leave_cart(shop, ayse)
    trigger = setting.change(
        kind=Kind.CART_LEFT, is_on=True, way=Way.TASK, text="", rest_days=7, by=cast.can(), at=after(1)
    )

    assert run(trigger) == []


def test_the_third_look_within_a_week_counts_and_not_of_what_they_bought(site: Site, shop: Shop, ayse: Contact) -> None:
    trigger = on(Kind.THIRD_LOOK)
    for minutes in (-3000, -100):
        look_at(come(site, ayse, minutes))
    assert run(trigger, 0) == []
    look_at(come(site, ayse, 1))
    for minutes in (-200, -50, 2):
        look_at(come(site, ayse, minutes), "havlu")
    look_at(come(site, ayse, 3), "kase", n=9)  # again and again in one visit is one visit
    order = Order.objects.create(
        shop=shop, external_id="1", number="1", currency="TRY", total=1, contact=ayse, placed_at=NOON, modified_at=NOON,
        recorded_at=NOON,
    )  # fmt: skip
    order.lines.create(n=1, product_external_id="havlu", quantity=1, price=1, amount=1)

    assert run(trigger) == [("Ayşe Yılmaz", "")]
    assert (Firing.objects.get().reasons["name"], Firing.objects.get().reasons["n"]) == ("Yün battaniye", 3)


def test_who_looked_often_before_but_not_since_is_no_occasion_now(site: Site, ayse: Contact) -> None:
    trigger = on(Kind.THIRD_LOOK)
    for minutes in (-300, -200, -100):
        look_at(come(site, ayse, minutes))
    trigger.looked_at = NOON
    trigger.save()
    look_at(come(site, ayse, 1), "havlu")

    assert run(trigger) == []


def test_more_than_are_met_at_one_time_are_met_by_the_next_looks(
    shop: Shop, ayse: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occasions, "MOST", 2)
    trigger = on(Kind.CART_LEFT)
    for nth in range(5):
        leave_cart(shop, ayse, nth - 20, visitor=f"tarayici-{nth}")

    assert [len(run(trigger, minutes)) for minutes in (0, 1, 2, 3)] == [2, 2, 1, 0]


def test_a_late_order_an_empty_search_and_an_open_complaint_find_their_customers(
    site: Site, shop: Shop, ayse: Contact
) -> None:
    order = Order.objects.create(
        shop=shop, external_id="10482", number="10482", currency="TRY", total=1, contact=ayse, placed_at=NOON,
        modified_at=NOON, recorded_at=NOON, promised_on=NOON.date(),
    )  # fmt: skip
    Lateness.objects.create(order=order, promised_on=NOON.date(), at=NOON)
    visit = come(site, ayse, 1)
    visit.empty_searches.create(query="yün halı", at=after(1))
    asked = Conversation.objects.create(
        inbox=cast.support_inbox(), contact=ayse, subject="Nevresim", created_at=after(-99), last_message_at=after(-99)
    )
    assert run(on(Kind.OPEN_QUESTION)) == []
    Conversation.objects.filter(pk=asked.pk).update(said_kind="complaint")
    Trigger.objects.all().delete()

    made = [run(on(kind)) for kind in (Kind.ORDER_LATE, Kind.EMPTY_SEARCH, Kind.OPEN_QUESTION)]

    assert made == [[("Ayşe Yılmaz", "")]] * 3


def test_nobody_is_met_again_within_the_days_of_rest_and_the_row_says_why(shop: Shop, ayse: Contact) -> None:
    trigger = on(Kind.CART_LEFT)
    leave_cart(shop, ayse, 0)
    leave_cart(shop, ayse, 3, visitor="tarayici-2")

    assert run(trigger) == [("Ayşe Yılmaz", ""), ("Ayşe Yılmaz", "often")]


def test_a_mail_that_offers_something_needs_their_word_and_one_about_an_order_does_not(
    shop: Shop, ayse: Contact
) -> None:
    trigger = on(Kind.CART_LEFT, Way.DRAFT, text="Merhaba {ad}, {ürün} sizi bekliyor.")
    leave_cart(shop, ayse, 0)
    assert run(trigger) == [("Ayşe Yılmaz", "consent")]

    consent.give(contact=ayse, channel="email", purpose="offers", source="form", by=None, at=NOON)
    leave_cart(shop, ayse, 2, visitor="tarayici-2")
    assert run(trigger) == [("Ayşe Yılmaz", "")]
    assert Firing.objects.get(why_not="").text == "Merhaba Ayşe, Yün battaniye sizi bekliyor."

    consent.withdraw(contact=ayse, channel="email", purpose="offers", by=None, at=after(3))
    assert consent.last_word(contact=ayse, channel="email", purpose="offers") is False


def test_an_invitation_is_for_whoever_is_there_and_is_shown_once(site: Site, ayse: Contact) -> None:
    trigger = on(Kind.THIRD_LOOK, Way.INVITATION, text="Yardım edelim mi?")
    for minutes in (-200, -100, 1):
        look_at(come(site, ayse, minutes))
    VisitorLink.objects.create(
        site=site, visitor="tarayici-1", contact=ayse, how="signed", subject="20871", from_at=EARLIEST, proved_at=NOON,
        made_at=NOON,
    )  # fmt: skip
    run(trigger)

    def asked(visitor: str) -> Firing | None:
        return inviting.take(write_key=site.write_key, origin="", visitor=visitor, at=after(6))

    assert asked("tarayici-2") is None
    assert (asked("tarayici-1"), asked("tarayici-1")) == (Firing.objects.get(), None)


@pytest.mark.parametrize("visitor", ["known:20871", "user:20871", "said:20871", "day:20871"])
def test_an_invitation_is_not_given_to_whoever_guesses_a_customers_number(
    site: Site, ayse: Contact, visitor: str
) -> None:
    wait(site, ayse, visitor)

    assert inviting.take(write_key=site.write_key, origin="", visitor=visitor, at=after(6)) is None
    assert Firing.objects.get().shown_at is None


def test_an_invitation_is_given_to_pages_that_the_site_lets_in_while_it_is_on(site: Site, ayse: Contact) -> None:
    wait(site, ayse, "tarayici-1")
    Site.objects.update(origins=["https://www.ihlamurev.example"])

    def asked(origin: str) -> Firing | None:
        return inviting.take(write_key=site.write_key, origin=origin, visitor="tarayici-1", at=after(6))

    assert asked("https://baska.example") is None
    Site.objects.update(is_on=False)
    assert asked("https://www.ihlamurev.example") is None
    Site.objects.update(is_on=True)
    assert asked("https://www.ihlamurev.example") == Firing.objects.get()


def wait(site: Site, contact: Contact, visitor: str) -> None:
    """An invitation waits for this contact, who is this visitor."""
    trigger = on(Kind.THIRD_LOOK, Way.INVITATION, text="Yardım edelim mi?")
    for minutes in (-200, -100, 1):
        look_at(come(site, contact, minutes))
    VisitorLink.objects.create(
        site=site, visitor=visitor, contact=contact, how="signed", subject="20871", from_at=EARLIEST, proved_at=NOON,
        made_at=NOON,
    )  # fmt: skip
    run(trigger)


def test_looking_back_shows_whom_it_would_have_reached_and_keeps_nothing(shop: Shop, ayse: Contact) -> None:
    leave_cart(shop, ayse, -60 * 24 * 2)
    leave_cart(shop, ayse, -60 * 24, visitor="tarayici-2")

    found = firing.look_back(setting.of(Kind.CART_LEFT), at=NOON)

    assert [one.why_not for one in found] == ["", "often"]
    assert not Firing.objects.exists()
    assert not Trigger.objects.exists()


def test_a_search_that_found_nothing_is_kept_of_each_visit_once(days: None, site: Site) -> None:
    for query, n in (("yün halı", 0), ("yün halı", 0), ("havlu", 2)):
        arrive(site, 1, "Products Searched", query=query, results=n)

    fold()

    assert list(Visit.objects.get().empty_searches.values_list("query", flat=True)) == ["yün halı"]
