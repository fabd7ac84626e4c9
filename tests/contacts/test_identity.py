"""Who is this? Stories of recognition: what recognises, what is only evidence, and what never merges anybody."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from muhatap.accounts.models import AuditEntry
from muhatap.channels.contract import Claim
from muhatap.contacts import identity, likeness, merging
from muhatap.contacts.models import Contact, Identity
from tests import cast
from tests.cast import NOW, minutes

pytestmark = pytest.mark.django_db


def email(value: str, *, is_verified: bool = True, name: str = "") -> Claim:
    return Claim(kind="email", value=value, is_verified=is_verified, name=name)


def phone(value: str, *, is_verified: bool = True) -> Claim:
    return Claim(kind="phone", value=value, is_verified=is_verified)


def visitor(value: str = "browser-1") -> Claim:
    return Claim(kind="visitor", value=value, is_verified=True)


def shop(value: str) -> Claim:
    return Claim(kind="shop", value=value, is_verified=True)


def meet(*claims: Claim, source: str = "email", at=NOW) -> Contact:
    return identity.resolve(claims=claims, source=source, at=at)


def test_ayse_writes_for_the_first_time_and_becomes_a_contact():
    ayse = meet(cast.AYSE)

    assert (ayse.name, ayse.email) == ("Ayşe Yılmaz", "ayse.yilmaz@ornek.example")
    assert ayse.last_seen_at == NOW
    assert "ayse yilmaz" in ayse.search_text
    known = ayse.identities.get()
    assert (known.verified_by, known.verified_at, known.source) == ("email", NOW, "email")


@pytest.mark.parametrize(
    "written",
    ["AYSE.YILMAZ@ORNEK.EXAMPLE", "Ayse.Yılmaz@örnek.example".replace("ö", "o"), " ayse.yilmaz@ornek.example. "],
)
def test_ayse_is_the_same_however_her_address_is_written(written):
    assert meet(cast.AYSE) == meet(email(written))


def test_a_second_mail_moves_last_seen_forward_and_an_older_one_does_not_move_it_back():
    meet(cast.AYSE)
    later = meet(cast.AYSE, at=NOW + timedelta(hours=1))
    assert later.last_seen_at == NOW + timedelta(hours=1)
    assert meet(cast.AYSE, at=NOW - timedelta(days=3)).last_seen_at == NOW + timedelta(hours=1)
    assert Identity.objects.get().first_seen_at == NOW - timedelta(days=3)


def test_a_plus_tag_is_another_address_and_only_a_hint():
    ayse = meet(cast.AYSE)
    tagged = meet(email("ayse.yilmaz+indirim@ornek.example"))
    assert tagged != ayse
    [hint] = likeness.of(ayse)
    assert (hint.contact, hint.evidence[0].because) == (tagged, "similar_email")


@pytest.mark.parametrize("written", ["0532 123 41 18", "+90 532 123 41 18", "(0532) 1234118", "00905321234118"])
def test_one_phone_in_all_its_forms_is_one_contact(written):
    ayse = meet(phone("+905321234118"))
    assert meet(phone(written)) == ayse
    assert ayse.phone == "+905321234118"


def test_a_444_number_and_a_0850_number_recognise():
    assert meet(phone("444 0 123")) == meet(phone("0444 0123"))
    assert meet(phone("0850 222 33 44")) == meet(phone("+90 850 222 33 44"))


def test_what_is_no_phone_number_is_kept_but_recognises_nobody():
    assert meet(phone("12345")) != meet(phone("12345"))
    assert not Identity.objects.filter(verified_at__isnull=False).exists()


def test_an_unverified_claim_never_recognises_and_never_shows_somebody_elses_contact():
    ayse = meet(cast.AYSE)
    pretender = meet(visitor(), email(cast.AYSE.value, is_verified=False, name="Ayşe Yılmaz"), source="webchat")
    assert pretender != ayse
    assert pretender.identities.get(kind="email").verified_at is None
    [hint] = likeness.of(ayse)
    assert (hint.contact, hint.evidence[0].because) == (pretender, "same_email")


def test_a_verified_mail_does_not_join_those_who_only_claimed_the_address():
    pretender = meet(visitor(), email(cast.AYSE.value, is_verified=False), source="webchat")
    assert meet(cast.AYSE) != pretender


def test_a_claim_that_is_proved_later_recognises_from_then_on():
    guest = meet(visitor(), email(cast.AYSE.value, is_verified=False), source="webchat")
    assert meet(visitor(), cast.AYSE, source="webchat") == guest
    assert meet(cast.AYSE) == guest


def test_two_identified_people_are_never_merged_the_senders_contact_answers_and_a_hint_stays():
    ayse, mehmet = meet(cast.AYSE), meet(cast.MEHMET)
    assert meet(cast.AYSE, cast.MEHMET) == ayse
    assert meet(cast.MEHMET) == mehmet
    assert [r.contact for r in likeness.of(ayse)] == [mehmet]


def test_a_denied_hint_does_not_come_back_until_the_denial_is_recalled():
    ayse, mehmet, can = meet(cast.AYSE), meet(cast.MEHMET), cast.can()
    meet(cast.AYSE, cast.MEHMET)
    likeness.deny(one=mehmet, other=ayse, by=can, at=NOW)
    meet(cast.AYSE, cast.MEHMET)
    assert likeness.of(ayse) == likeness.of(mehmet) == []
    likeness.recall(one=ayse, other=mehmet, by=can, at=NOW)
    assert [r.contact for r in likeness.of(mehmet)] == [ayse]


def test_a_browser_two_people_log_in_from_does_not_make_them_one():
    ayse = meet(shop("20871"), visitor(), source="webchat")
    mehmet = meet(shop("31002"), visitor(), source="webchat")
    assert mehmet != ayse
    assert meet(visitor(), source="webchat") == ayse


def test_the_same_browser_recognises_who_left_an_address_in_it():
    guest = meet(visitor(), source="webchat")
    assert meet(visitor(), shop("20871"), source="webchat") == guest
    assert meet(shop("20871"), visitor("browser-2"), source="webchat") == guest


def test_a_known_address_with_a_second_shop_account_is_two_people():
    first = meet(shop("20871"), cast.AYSE)
    assert meet(shop("31002"), cast.AYSE) != first


def test_the_name_is_taken_only_when_there_is_none():
    ayse = meet(cast.AYSE)
    assert meet(email(cast.AYSE.value, name="A. Y.")).name == "Ayşe Yılmaz" == ayse.name


def test_claims_that_say_nothing_still_make_a_contact():
    nobody = meet(email(""), Claim(kind="email", value="x" * 400, is_verified=True))
    assert str(nobody) and not nobody.identities.exists()


def test_hostile_claims_are_cleaned_and_kept():
    contact = meet(email("a\x00b\n@ornek.example", name="Ay\x00şe\r\nBcc: x"))
    assert contact.identities.get().value == "ab@ornek.example"
    assert contact.name == "Ayşe Bcc: x"


def test_who_was_merged_is_found_as_the_one_who_was_kept():
    ayse, mehmet = meet(cast.AYSE), meet(cast.MEHMET)
    ayse.merged_into = mehmet
    ayse.save()
    assert meet(cast.AYSE) == mehmet


def test_a_returned_mail_marks_the_address_and_a_new_mail_from_it_clears_the_mark():
    ayse = meet(cast.AYSE)
    assert identity.mark_bounced("email", "AYSE.yilmaz@ornek.example", detail="550 mailbox full", at=NOW) == 1
    assert ayse.identities.get().bounce_detail == "550 mailbox full"
    meet(cast.AYSE, at=NOW + timedelta(days=1))
    assert ayse.identities.get().bounced_at is None


def test_zeynep_adds_a_phone_by_hand_and_it_recognises_once_she_vouches_for_it():
    ayse, zeynep = meet(cast.AYSE), cast.zeynep()
    row = identity.add(contact=ayse, kind="phone", value="0532 123 41 18", is_verified=False, by=zeynep, at=NOW)
    assert meet(phone("05321234118")) != ayse or row.verified_at
    number = Identity.objects.exclude(contact=ayse).get(kind="phone")
    with pytest.raises(identity.IdentityTaken) as taken:
        identity.verify(identity=row, how="agent", at=NOW, by=zeynep)
    assert taken.value.contact == number.contact
    identity.remove(identity=number, by=zeynep, at=NOW)
    identity.verify(identity=row, how="agent", at=NOW, by=zeynep)
    assert meet(phone("05321234118")) == ayse
    assert set(AuditEntry.objects.values_list("act", flat=True)) == {
        "identity.added",
        "identity.removed",
        "identity.verified",
    }


@pytest.mark.parametrize(("kind", "value"), [("phone", "12"), ("email", "   "), ("phone", "merhaba")])
def test_what_is_no_identity_is_refused(kind, value):
    with pytest.raises(identity.NoIdentity):
        identity.add(contact=meet(cast.AYSE), kind=kind, value=value, is_verified=False, by=cast.zeynep(), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_transactions_that_meet_the_same_new_address_make_one_contact():
    met: list[int] = []
    both_began = threading.Barrier(2, timeout=20)

    def one_of_two() -> None:
        try:
            with transaction.atomic():
                connection.ensure_connection()
                both_began.wait()
                met.append(meet(cast.AYSE, phone("0532 123 41 18")).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one_of_two) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(met) == 2 and len(set(met)) == 1
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_proved_while_its_two_holders_become_one_is_theirs_and_nobody_elses():
    ayse, twin = meet(cast.AYSE), meet(cast.ELIF)
    row = identity.add(contact=twin, kind="email", value=cast.AYSE.value, is_verified=False, by=cast.zeynep(), at=NOW)
    failed: list[Exception] = []

    def prove() -> None:
        try:
            identity.verify(identity=Identity.objects.get(pk=row.pk), how="agent", at=NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    proving = threading.Thread(target=prove)
    with transaction.atomic():
        merging.merge(keep=ayse, drop=twin, by=cast.can(), at=NOW)
        proving.start()
        while proving.is_alive() and not somebody_waits():
            proving.join(0.05)
    proving.join(30)

    assert failed == []
    assert Identity.objects.get(kind="email", value=cast.AYSE.value, verified_at__isnull=False).contact == ayse


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from pg_locks where not granted)")
        return bool(cursor.fetchone()[0])


def test_an_address_proved_by_two_who_looked_at_the_same_page_is_proved_once():
    ayse = meet(cast.AYSE)
    row = identity.add(contact=ayse, kind="phone", value="0532 123 41 18", is_verified=False, by=cast.zeynep(), at=NOW)
    one, other = Identity.objects.get(pk=row.pk), Identity.objects.get(pk=row.pk)
    identity.verify(identity=one, how="agent", by=cast.zeynep(), at=NOW)
    identity.verify(identity=other, how="agent", by=cast.can(), at=NOW + minutes(1))
    row.refresh_from_db()
    assert row.verified_at == NOW
    assert AuditEntry.objects.filter(act="identity.verified").count() == 1
