"""Whom we take somebody for when no address proves it: what a trusted source may join, and what is left to people."""

import pytest

from muhatap.channels.contract import Claim
from muhatap.contacts import bonds, candidates, editing, hearing, identity, likeness, merging, records
from muhatap.contacts.models import Contact, Likeness, MatchKey, SourceRecord
from muhatap.contacts.records import Told
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
AYSE = {
    "name": "Ayşe Yılmaz",
    "email": "ayse.yilmaz@ornek.example",
    "phone": "0532 123 41 18",
    "birth_date": "1984-03-02",
    "city": "İzmir",
}


def take(*people, source="import:1", **more):
    told = [Told(source=source, external_id=f"{n}", fields=fields, at=NOW) for n, fields in enumerate(people)]
    return records.take(told, by=None, at=NOW, **more)


def test_the_same_person_in_two_trusted_lists_is_one_without_any_address_to_match_on():
    [first] = take(AYSE, match=())
    [second] = take(AYSE | {"email": "ayseyilmaz84@baska.example"}, source="shop", match=())
    assert (second.outcome, second.because, second.contact) == ("joined", "likeness", first.contact)
    assert SourceRecord.objects.get(source="shop").contact_id == first.contact


def test_a_list_nobody_trusts_joins_nobody_and_leaves_a_hint_with_its_reasons():
    [first] = take(AYSE)
    [second] = take(AYSE | {"email": ""}, source="form", is_trusted=False, match=())
    assert second.outcome == "created" and second.contact != first.contact
    hint = Likeness.objects.get(because="match")
    assert {hint.one_id, hint.other_id} == {first.contact, second.contact}
    assert hint.weight > 0 and {line["field"] for line in hint.evidence} >= {"given", "family", "phone"}
    [found] = likeness.of(Contact.objects.get(pk=second.contact))
    assert any(one.because == "match" and one.lines for one in found.evidence)


def test_a_chat_visitor_who_claims_somebodys_address_name_and_number_joins_nobody():
    [first] = take(AYSE)
    claims = [
        Claim(kind="visitor", value="browser-1", is_verified=True, name="Ayşe Yılmaz"),
        Claim(kind="email", value=AYSE["email"], is_verified=False),
        Claim(kind="phone", value=AYSE["phone"], is_verified=False),
    ]
    pretender = identity.resolve(claims=claims, source="webchat", at=NOW)
    assert pretender.pk != first.contact
    assert not pretender.identities.filter(kind="email", verified_at__isnull=False).exists()
    assert [one.contact.pk for one in likeness.of(pretender)] == [first.contact]
    take(AYSE | {"city": "Aydın"}, source="shop")
    assert SourceRecord.objects.filter(contact=pretender).count() == 1


def test_two_shop_accounts_are_two_people_however_alike():
    [first] = take(AYSE | {"shop": "20871"})
    [second] = take(AYSE | {"shop": "31002"}, source="shop")
    assert second.contact != first.contact


def test_where_two_contacts_are_both_sure_a_person_decides():
    [first] = take(AYSE | {"email": ""}, match=())
    [second] = take(AYSE | {"email": ""}, source="form", is_trusted=False, match=())
    [third] = take(AYSE | {"email": ""}, source="shop", match=())
    assert third.outcome == "created"
    assert {first.contact, second.contact} <= {
        pk for row in Likeness.objects.all() for pk in (row.one_id, row.other_id)
    }


def test_keys_follow_the_word_that_stands():
    [taken] = take(AYSE)
    assert MatchKey.objects.filter(record_id=taken.record).count() > 5
    [newer] = take(AYSE | {"name": "Ayşe Yılmaz Demir"})
    assert set(MatchKey.objects.values_list("record_id", flat=True)) == {newer.record}


def test_candidates_are_one_question_and_a_key_that_is_everywhere_costs_little(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(candidates, "PER_KEY", 3)
    take(*({"name": "Ayşe Yılmaz", "city": "İzmir", "postcode": "35500"} for _ in range(9)), is_trusted=False)
    sought = SourceRecord.objects.first()
    with django_assert_num_queries(1):
        [found] = candidates.of([candidates.comparable.read(sought.normal)])
    assert len(found) <= 3 * MatchKey.objects.filter(record=sought).count()


def test_a_contact_written_by_hand_and_one_older_than_records_are_compared_too():
    zeynep = cast.zeynep()
    ayse = editing.create(facts={"name": "Ayşe Yılmaz", "phone": "0532 123 41 18"}, by=zeynep, at=NOW)
    assert ayse.records.get().source == "agent"
    elif_ = Contact.objects.create(
        name="Elif Şahin", email="elif@ornek.example", sort_key="", search_text="", created_at=NOW, last_seen_at=NOW
    )
    assert hearing.catch_up(at=NOW) == elif_.pk and hearing.catch_up(at=NOW, after=elif_.pk) == 0 == hearing.catch_up(
        at=NOW
    )
    [taken] = take({"name": "Elif Şahin", "email": "elif@ornek.example"})
    assert Likeness.objects.filter(one_id=taken.contact).exists()


def test_a_stranger_costs_three_statements_and_somebody_recognised_two(django_assert_num_queries):
    candidates.comparable.model()
    with django_assert_num_queries(3):  # what has to be known, whom she may be, and all that is written
        identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    with django_assert_num_queries(2):
        identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    assert SourceRecord.objects.count() == 1


def test_bonds_between_families_outlast_merges_and_partings():
    taken = take({"name": "Ayşe Yılmaz"}, {"name": "Fatih Öztürk"}, {"name": "Şule Çağlar"})
    ayse, fatih, sule = (Contact.objects.get(pk=one.contact) for one in taken)
    bonds.part(ones=[ayse.pk], others=[fatih.pk], by=cast.can(), at=NOW)
    merged = merging.merge(keep=sule, drop=fatih, by=cast.can(), at=NOW)
    assert bonds.kept_apart([ayse.pk]) == {sule.pk}
    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert bonds.kept_apart([ayse.pk]) == {fatih.pk}
    assert bonds.kept_apart([fatih.pk]) == {ayse.pk, sule.pk}


def test_what_staff_write_anew_and_a_name_told_later_are_found():
    zeynep = cast.zeynep()
    ayse = editing.create(facts={"name": "Ayşe Yılmaz", "phone": "0532 123 41 18"}, by=zeynep, at=NOW)
    editing.edit(contact=ayse, facts={"name": "Ayşe Demir", "email": AYSE["email"]}, by=zeynep, at=NOW)
    [found] = candidates.of([candidates.comparable.of({"name": "Ayşe Demir", "email": AYSE["email"]})])
    assert [one.contact for one in found] == [ayse.pk]
    assert list(ayse.records.order_by("version").values_list("version", "is_current")) == [(1, False), (2, True)]
    guest = identity.resolve(claims=[Claim(kind="visitor", value="b-1", is_verified=True)], source="webchat", at=NOW)
    named = Claim(kind="visitor", value="b-1", is_verified=True, name="Elif Şahin")
    identity.resolve(claims=[named], source="webchat", at=NOW)
    assert guest.records.get(is_current=True).told == {"name": "Elif Şahin", "visitor": "b-1"}


def test_of_a_pair_the_strongest_evidence_is_kept_and_a_denied_one_stays_denied():
    taken = take({"name": "Ayşe Yılmaz"}, {"name": "Ayşe Yılmaz"}, match=(), is_trusted=False)
    ayse, other = (Contact.objects.get(pk=one.contact) for one in taken)
    weak, strong = (
        candidates.Candidate(
            contact=other.pk,
            record=0,
            is_trusted=False,
            weight=candidates.weigh(one, one).weight,
            sought=one,
            found=one,
        )
        for one in (candidates.comparable.of({"name": "Ayşe"}), candidates.comparable.of(AYSE))
    )
    for one in (weak, strong, weak):
        likeness.note_weighed([(ayse.pk, one)], at=NOW)
    kept = Likeness.objects.get()
    assert (kept.weight, kept.evidence) == (round(strong.weight, 2), strong.evidence)
    likeness.note(one=other, other=ayse, because="same_shop", detail="20871", at=NOW)
    assert {one.because for one in likeness.between(ayse, other)} == {"same_shop", "match"}
    likeness.deny(one=ayse, other=other, by=cast.can(), at=NOW)
    likeness.note_weighed([(ayse.pk, strong)], at=NOW)
    assert likeness.between(ayse, other) == []


def test_who_proved_another_shop_account_is_not_even_hinted_at():
    def met(account, browser):
        claims = [
            Claim(kind="shop", value=account, is_verified=True, name="Ayşe Yılmaz"),
            Claim(kind="visitor", value=browser, is_verified=True),
            Claim(kind="phone", value=AYSE["phone"], is_verified=False),
            Claim(kind="email", value=AYSE["email"], is_verified=False),
        ]
        return identity.resolve(claims=claims, source="webchat", at=NOW)

    assert met("20871", "b-1") != met("31002", "b-2")
    assert not Likeness.objects.exists()
