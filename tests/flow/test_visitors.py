"""From visitors to people: a login makes past visits somebody's, each visit stands once on a timeline, and goes with its tie."""

import pytest

from muhatap.channels.webchat import signed
from muhatap.contacts import identity
from muhatap.contacts.models import Contact, Identity
from muhatap.flow import visitors
from muhatap.interactions.models import Interaction
from muhatap.sales import shops
from muhatap.visits import sites, stitching
from muhatap.visits.models import Site, Visit, VisitNews, VisitorLink
from tests import cast
from tests.visits.conftest import days, site
from tests.visits.telling import NOON, after, arrive, fold, look

__all__ = ["days", "site"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def ayse() -> Contact:
    return identity.resolve(claims=[cast.AYSE], source="email", at=NOON)


@pytest.fixture
def secret(site: Site) -> str:
    return sites.renew_secret(site=site, by=cast.selin(), at=NOON)


def log_in(site: Site, secret: str, at: float, number: str = "20871", email: str = cast.AYSE.value) -> None:
    token = signed.make({"sub": number, "email": email, "name": "Ayşe Yılmaz"}, secret=secret, at=after(at))
    arrive(site, at, kind="identify", user=number, context={"identity": token})


def follow(minutes: float) -> None:
    fold(minutes)
    visitors.follow(at=after(minutes))


def shown(contact: Contact) -> list[Interaction]:
    return list(Interaction.objects.filter(contact=contact, kind="visit").order_by("at"))


def test_a_login_recognises_whom_we_know_by_mail_and_brings_the_visits_before_it(
    site: Site, secret: str, ayse: Contact
) -> None:
    look(site, -100, "battaniye", seconds=40, title="Yün battaniye")
    look(site, 0, "perde", seconds=10, title="Keten perde")
    follow(1)
    assert shown(ayse) == []
    log_in(site, secret, 1)

    follow(10)

    first, second = shown(ayse)
    assert (first.excerpt, second.excerpt) == ("Yün battaniye", "Keten perde")
    assert first.at == after(-100)
    assert Contact.objects.count() == 1


def test_a_visit_that_grows_stays_one_interaction(site: Site, secret: str, ayse: Contact) -> None:
    look(site, 0, "perde", seconds=10, title="Keten perde")
    log_in(site, secret, 1)
    follow(2)
    look(site, 3, "battaniye", seconds=50, title="Yün battaniye")

    follow(10)
    follow(10)

    [only] = shown(ayse)
    assert only.excerpt == "Yün battaniye"
    assert Visit.objects.get().interaction == only
    assert not VisitNews.objects.exists()


def test_taking_a_tie_back_takes_its_visits_off_the_timeline(site: Site, secret: str, ayse: Contact) -> None:
    look(site, 0)
    log_in(site, secret, 1)
    follow(10)

    stitching.take_back(link=VisitorLink.objects.get(), by=cast.zeynep(), at=after(11))
    visitors.follow(at=after(12))

    assert shown(ayse) == []
    assert Visit.objects.get().interaction is None


def test_two_who_share_a_device_keep_their_own_visits(site: Site, secret: str, ayse: Contact) -> None:
    look(site, 0)
    log_in(site, secret, 1)
    look(site, 2)
    log_in(site, secret, 60, number="31007", email=cast.MEHMET.value)
    look(site, 61)

    follow(100)

    mehmet = Contact.objects.get(email=cast.MEHMET.value)
    assert [len(shown(contact)) for contact in (ayse, mehmet)] == [1, 1]
    assert [stitching.visits_of(contact).get().n_pages for contact in (ayse, mehmet)] == [2, 1]


def test_without_consent_no_login_ties_anybody(site: Site, secret: str, ayse: Contact) -> None:
    nameless = "day:0123456789abcdef"
    look(site, 0, visitor=nameless)
    token = signed.make({"sub": "20871"}, secret=secret, at=NOON)
    arrive(site, 1, kind="identify", user="20871", context={"identity": token}, visitor=nameless)
    arrive(site, 2, kind="identify", user="20871", by_server=True, visitor=nameless)

    follow(10)

    assert not VisitorLink.objects.exists()
    assert not Interaction.objects.exists()


def test_customer_20871_of_two_brands_is_two_people(site: Site, secret: str) -> None:
    other = sites.create(name="Güneş Tekstil", origins=[], by=cast.selin(), at=NOON)
    for brand in (site, other):
        arrive(brand, 0, "Order Completed", visitor="", user="20871", by_server=True)

    follow(10)

    mine, theirs = VisitorLink.objects.order_by("site")
    assert mine.contact != theirs.contact
    numbers = set(Identity.objects.filter(kind="shop").values_list("value", flat=True))
    assert numbers == {"20871", f"site-{other.pk}:20871"}


def test_the_plain_numbers_are_those_of_the_shop_without_a_namespace(site: Site) -> None:
    other = sites.create(name="Güneş Tekstil", origins=[], by=cast.selin(), at=NOON)
    values = {"name": "Güneş", "currency": "TRY", "web_source": f"site:{other.pk}"}
    shops.connect(kind="woocommerce", values=values, by=cast.selin(), at=NOON)
    for brand in (site, other):
        arrive(brand, 0, "Order Completed", visitor="", user="20871", by_server=True)

    follow(10)

    numbers = set(Identity.objects.filter(kind="shop").values_list("value", flat=True))
    assert numbers == {"20871", f"site-{site.pk}:20871"}
