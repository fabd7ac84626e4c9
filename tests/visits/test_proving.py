"""What proves who a visitor is: a signature of the shop's server or that server itself, and never a name in a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from muhatap.channels.webchat import signed
from muhatap.visits import proving, sites
from muhatap.visits.models import Event, Refusal, Site, Visit, VisitorProof
from tests import cast
from tests.visits.telling import NOON, after, arrive, fold, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(site: Site) -> str:
    return sites.renew_secret(site=site, by=cast.selin(), at=NOON)


def identify(site: Site, secret: str, at: float = 0, *, number: str = "20871", **more: Any) -> str:
    token = signed.make({"sub": number, "email": "ayse.yilmaz@ornek.example"}, secret=secret, at=after(at))
    arrive(site, at, kind="identify", user=number, context={"identity": token}, **more)
    return token


def proved() -> list[tuple[str, str, str]]:
    return list(VisitorProof.objects.order_by("at").values_list("visitor", "how", "subject"))


def refused() -> set[str]:
    return set(Refusal.objects.values_list("reason", flat=True))


def test_a_signature_of_the_shop_proves_whom_the_browser_shows(site: Site, secret: str) -> None:
    identify(site, secret)

    fold()

    assert proved() == [("tarayici-1", "signed", "20871")]
    one = VisitorProof.objects.get()
    assert (one.email, one.is_email_verified) == ("ayse.yilmaz@ornek.example", True)


def test_a_name_in_a_browser_is_a_claim(site: Site, secret: str) -> None:
    arrive(site, 0, kind="identify", user="20871", traits={"email": "ayse.yilmaz@ornek.example"})
    look(site, 1)

    fold()

    assert proved() == []
    assert Visit.objects.get().said == "20871"
    assert refused() == set()


def test_the_shops_server_proves_by_sending_both_numbers(site: Site) -> None:
    arrive(site, 0, kind="identify", user="20871", by_server=True, traits={"email": "ayse.yilmaz@ornek.example"})
    arrive(site, 1, "Order Completed", user="20871", by_server=True)

    fold()

    assert proved() == [("tarayici-1", "server", "20871")]


def test_whom_the_server_alone_names_no_browser_can_be(site: Site) -> None:
    arrive(site, 0, "Order Completed", user="20871", visitor="", by_server=True)
    arrive(site, 1, "Order Completed", user="20871", visitor="")
    arrive(site, 2, "Order Completed", visitor="known:20871")

    fold()

    assert proved() == [("known:20871", "server", "20871")]
    assert set(Visit.objects.values_list("visitor", flat=True)) == {"known:20871", "user:20871", "said:20871"}


def test_a_signature_in_no_browser_proves_nothing_that_any_browser_could_then_pretend(site: Site, secret: str) -> None:
    identify(site, secret, visitor="")
    arrive(site, 1, "Product Viewed", visitor="user:20871")

    fold()

    assert proved() == []
    assert set(Visit.objects.values_list("visitor", flat=True)) == {"user:20871", "said:20871"}


WHO = [
    ("tarayici-1", "20871"), ("tarayici-1", ""), ("", "20871"), ("known:20871", ""), ("user:20871", "5"), ("said:1", ""),
    ("day:0123", ""), ("a known:1", ""), ("known:\nuser:1", ""),
]  # fmt: skip


def test_what_reports_read_calls_visitors_as_their_visits_do(site: Site) -> None:
    for name, user in WHO:
        for by_server in (False, True):
            arrive(site, 0, "Element Clicked", visitor=name, user=user, by_server=by_server)

    wanted = {(one.pk[1], proving.visitor_of(one)) for one in Event.objects.all()}

    with connection.cursor() as cursor:
        cursor.execute("select message_key, visits_visitor_of(anonymous_id, user_id, by_server) from visits_event")
        assert set(cursor.fetchall()) == wanted
        for view in ("facts_events", "facts_clicks"):
            cursor.execute(f"select visitor from {view} order by 1")
            told = [visitor for (visitor,) in cursor.fetchall()]
            cursor.execute(
                "select visits_visitor_key(%s, v) from unnest(%s::text[]) v order by 1",
                [site.pk, [v for _k, v in wanted]],
            )
            assert told == [visitor for (visitor,) in cursor.fetchall()]


@pytest.mark.parametrize(
    "number",
    ["null", "undefined", "0", "true", "[object Object]", "Guest", "misafir", "000", "zeynep@ihlamurev.example"],
)
def test_who_is_nobody_or_one_of_us_is_tied_to_nobody(site: Site, secret: str, number: str) -> None:
    cast.zeynep()
    identify(site, secret, number=number)
    arrive(site, 1, "Order Completed", user=number, by_server=True)

    fold()

    assert proved() == []
    assert refused() == {"blocked"}


def test_staff_who_shop_are_not_customers(site: Site) -> None:
    cast.zeynep()
    arrive(site, 0, kind="identify", user="7", by_server=True, traits={"email": "zeynep+magaza@ihlamurev.example"})

    fold()

    assert proved() == []
    assert refused() == {"blocked"}


def test_a_signature_that_does_not_hold_says_so_on_the_sites_page(site: Site, secret: str) -> None:
    identify(site, "another-secret-" + "x" * 30)
    late = signed.make({"sub": "20871"}, secret=secret, at=NOON - timedelta(days=1))
    arrive(site, 1, kind="identify", user="20871", context={"identity": late})
    arrive(
        site,
        2,
        kind="identify",
        user="20872",
        context={"identity": signed.make({"sub": "20871"}, secret=secret, at=NOON)},
    )
    arrive(site, 3, kind="identify", user="20871", context={"identity": 5})

    fold()

    assert proved() == []
    assert refused() == {"signature"}
    assert Refusal.objects.count() == 4


def test_a_signature_is_spent_by_the_browser_that_showed_it(site: Site, secret: str) -> None:
    token = identify(site, secret)
    arrive(site, 1, kind="identify", user="20871", context={"identity": token}, visitor="tarayici-2")

    fold()

    assert proved() == [("tarayici-1", "signed", "20871")]
    assert refused() == {"copied"}


def test_whoever_allowed_nothing_is_proved_by_nothing(site: Site, secret: str) -> None:
    identify(site, secret, visitor="day:0123456789abcdef")
    arrive(site, 1, "Order Completed", user="20871", by_server=True, visitor="day:0123456789abcdef")

    fold()

    assert proved() == []


def test_saying_it_again_on_every_page_is_one_proof_until_somebody_else_says_it(site: Site, secret: str) -> None:
    for at, number in ((0, "1"), (1, "1"), (2, "2"), (3, "2"), (4, "1")):
        identify(site, secret, at, number=number)

    fold()

    assert [subject for _visitor, _how, subject in proved()] == ["1", "2", "1"]


def test_keys_are_told_once_and_only_their_hash_stays(site: Site) -> None:
    key = sites.renew_server_key(site=site, by=cast.selin(), at=NOON)

    assert key not in str(Site.objects.filter(pk=site.pk).values())
    standing = sites.standing()
    assert standing[sites.name_of(key)].by_server
    assert not standing[site.write_key].by_server
