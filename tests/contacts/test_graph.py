"""How far an address proves who somebody is: mailboxes of functions, what many share, how much one person may have."""

from datetime import timedelta

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.channels.contract import Claim
from muhatap.contacts import graph, identity, likeness, records
from muhatap.contacts.graph import BadRule, Limits
from muhatap.contacts.models import BlockedValue, Contact, Identity, SharedValue
from muhatap.contacts.records import Told
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def meet(*claims, at=NOW):
    return identity.resolve(claims=claims, source="email", at=at)


def claim(kind, value, *, is_verified=True, name=""):
    return Claim(kind=kind, value=value, is_verified=is_verified, name=name)


def take(*people, source="import:1"):
    told = [Told(source=source, external_id=str(n), fields=fields, at=NOW) for n, fields in enumerate(people)]
    return records.take(told, by=None, at=NOW)


def why(kind, value):
    return graph.standing({(kind, value)}).why_weak(kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("email", "info@gunesotel.example", "role"),
        ("email", "ayse.yilmaz@ornek.example", ""),
        ("email", "test@test.com", "blocked"),
        ("phone", "+905555555555", "blocked"),
        ("phone", "+905321234118", ""),
        ("shop", "0", "blocked"),
        ("shop", "20871", ""),
    ],
)
def test_what_ships_with_the_product_knows_functions_and_what_people_type_when_they_must(kind, value, said):
    assert why(kind, value) == said


def test_a_mailbox_of_a_function_keeps_its_one_contact_but_yields_to_any_other_proof():
    hotel = meet(claim("email", "info@gunesotel.example"))
    assert meet(claim("email", "info@gunesotel.example")) == hotel
    ipek = meet(cast.Claim(kind="shop", value="20900", is_verified=True, name="İpek Güneş"))
    assert meet(claim("email", "info@gunesotel.example"), claim("shop", "20900")) == ipek


def test_no_file_makes_two_people_one_by_the_mailbox_of_their_firm():
    ipek, hakan = take(
        {"name": "İpek Güneş", "email": "info@gunesotel.example"},
        {"name": "Hakan Demir", "email": "info@gunesotel.example"},
    )
    assert ipek.contact != hakan.contact
    assert not Identity.objects.filter(verified_at__isnull=False).exists()


def test_a_family_with_one_phone_stays_three_people_and_the_phone_proves_nobody_any_more():
    number = "0532 123 41 18"
    taken = take(
        {"name": "Ayşe Yılmaz", "phone": number, "email": "ayse@ornek.example"},
        {"name": "Mehmet Yılmaz", "phone": number, "email": "mehmet@ornek.example"},
        {"name": "Zehra Yılmaz", "phone": number, "email": "zehra@ornek.example"},
    )
    assert len({one.contact for one in taken}) == 3
    assert SharedValue.objects.get().n_people == 3
    assert why("phone", "+905321234118") == "shared"
    ayse = Contact.objects.get(pk=taken[0].contact)
    assert taken[1].contact in {one.contact.pk for one in likeness.of(ayse)}
    assert meet(claim("email", "zehra@ornek.example"), claim("phone", number)).pk == taken[2].contact


def test_what_anybody_types_into_a_chat_makes_nobodys_address_shared():
    ayse = meet(cast.AYSE)
    for n in range(5):
        meet(claim("visitor", f"browser-{n}"), claim("email", cast.AYSE.value, is_verified=False))
    graph.recount(None, at=NOW)
    assert not SharedValue.objects.exists()
    assert meet(cast.AYSE) == ayse


def test_selin_blocks_a_value_and_a_pattern_and_takes_one_back():
    selin = cast.selin()
    row = graph.block(kind="phone", how="switchboard", value="0216 555 00 00", by=selin, at=NOW)
    graph.block(kind="email", how="pattern", value="*@kiosk.example", by=selin, at=NOW)
    assert why("phone", "+902165550000") == "switchboard"
    assert why("email", "masa7@kiosk.example") == "blocked" and not why("email", "kiosk@ornek.example")
    graph.unblock(row=row, by=selin, at=NOW)
    assert why("phone", "+902165550000") == ""
    assert set(AuditEntry.objects.values_list("act", flat=True)) == {"identity_value.blocked", "identity_value.freed"}


@pytest.mark.parametrize(
    ("kind", "how", "value", "field"),
    [
        ("email", "pattern", "*@*", "value"),
        ("phone", "exact", "merhaba", "value"),
        ("fax", "exact", "1", "kind"),
        ("email", "pattern", "*" + "a" * 200, "value"),
    ],
)
def test_what_would_block_everything_or_nothing_is_refused(kind, how, value, field):
    with pytest.raises(BadRule) as refused:
        graph.block(kind=kind, how=how, value=value, by=cast.selin(), at=NOW)
    assert refused.value.field == field and not BlockedValue.objects.exists()


def test_another_limit_counts_anew_what_is_shared():
    take(
        {"name": "Ayşe Yılmaz", "phone": "0532 123 41 18", "email": "ayse@ornek.example"},
        {"name": "Mehmet Kaya", "phone": "0532 123 41 18", "email": "mehmet@ornek.example"},
    )
    assert why("phone", "+905321234118") == ""
    graph.limit(kind="phone", wanted=Limits(priority=3, n_per_contact=6, n_people=1), by=cast.selin(), at=NOW)
    assert why("phone", "+905321234118") == "shared"
    graph.limit(kind="phone", wanted=Limits(priority=3, n_per_contact=6, n_people=4), by=cast.selin(), at=NOW)
    assert why("phone", "+905321234118") == ""
    with pytest.raises(BadRule):
        graph.limit(kind="phone", wanted=Limits(priority=3, n_per_contact=0, n_people=4), by=cast.selin(), at=NOW)


def test_one_more_than_a_person_may_have_is_only_told():
    graph.limit(
        kind="visitor", wanted=Limits(priority=4, n_per_contact=2, n_people=1, window_days=30), by=cast.selin(), at=NOW
    )
    for n in range(3):
        ayse = meet(claim("shop", "20871"), claim("visitor", f"browser-{n}"))
    assert ayse.identities.filter(kind="visitor", verified_at__isnull=False).count() == 2
    later = NOW + timedelta(days=60)
    meet(claim("shop", "20871"), claim("visitor", "browser-9"), at=later)
    assert ayse.identities.get(value="browser-9").verified_at == later
