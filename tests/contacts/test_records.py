"""What sources say, by the thousand: one person once, newer words over older ones, nothing said twice."""

from datetime import timedelta

import pytest

from muhatap.contacts import identity, merging, profile, records, splitting
from muhatap.contacts.models import Contact, LedgerEntry, SourceRecord
from muhatap.contacts.records import Told
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def row(number, source="import:1", hours=0, contact=None, **fields):
    at = NOW + timedelta(hours=hours)
    return Told(source=source, external_id=str(number), fields=fields, at=at, contact=contact)


def take(*told, **more):
    return records.take(list(told), by=None, at=NOW, **more)


AYSE = {"name": "Ayşe Yılmaz", "email": "Ayse.Yilmaz@ornek.example", "phone": "0532 123 41 18", "city": "İzmir"}


def test_a_row_becomes_a_contact_and_each_value_knows_its_record():
    [taken] = take(row(7, **AYSE))
    ayse = Contact.objects.get(pk=taken.contact)
    assert (taken.outcome, str(ayse), ayse.email, ayse.city) == (
        "created",
        "Ayşe Yılmaz",
        "ayse.yilmaz@ornek.example",
        "İzmir",
    )
    assert "ayse yilmaz" in ayse.search_text and ayse.sort_key
    city = profile.current(ayse)["city"]
    assert (city.record_id, city.source, city.rule) == (taken.record, "import:1", "only")
    assert LedgerEntry.objects.get().record_id == taken.record


def test_the_same_said_again_is_the_same_and_a_newer_word_is_a_new_version():
    [first] = take(row(7, **AYSE))
    [again] = take(row(7, **AYSE))
    [newer] = take(row(7, hours=1, **AYSE | {"city": "Manisa"}))
    assert [first.outcome, again.outcome, newer.outcome] == ["created", "same", "updated"]
    assert Contact.objects.get().city == "Manisa"
    assert list(SourceRecord.objects.order_by("id").values_list("version", "is_current")) == [(1, False), (2, True)]


def test_two_rows_of_one_file_with_one_address_are_one_contact():
    first, second = take(row(7, **AYSE), row(8, name="Ayşe Y.", email=AYSE["email"]))
    assert (second.outcome, second.because, second.contact) == ("joined", "email", first.contact)


def test_a_customer_who_came_by_file_is_known_when_she_writes():
    [taken] = take(row(7, **AYSE))
    assert identity.resolve(claims=[cast.AYSE], source="email", at=NOW).pk == taken.contact


def test_what_an_untrusted_source_names_recognises_nobody():
    [taken] = take(row(7, **AYSE), is_trusted=False)
    assert identity.resolve(claims=[cast.AYSE], source="email", at=NOW).pk != taken.contact


def test_values_that_cannot_be_kept_are_left_out_with_their_reason_and_the_row_comes_in():
    [taken] = take(row(7, name="Ayşe", phone="12", language="klingonca"))
    assert taken.outcome == "created" and set(taken.errors) == {"phone", "language"}
    assert SourceRecord.objects.get().told["phone"] == "12"


def test_modes_that_only_make_or_only_renew_leave_the_rest():
    assert [one.outcome for one in take(row(7, **AYSE), may_create=False)] == ["left"]
    take(row(7, **AYSE))
    assert [one.outcome for one in take(row(9, name="A.", email=AYSE["email"]), may_update=False)] == ["left"]


def test_a_thousand_rows_take_no_more_questions_than_ten(django_assert_max_num_queries):
    with django_assert_max_num_queries(110):
        take(*(row(n, email=f"{n * 7919 % 1000003:x}@ornek.example", company=f"Firma {n % 7}") for n in range(300)))
    assert Contact.objects.count() == 300


def test_what_staff_wrote_stands_against_a_file():
    [taken] = take(row(7, **AYSE))
    ayse = Contact.objects.get(pk=taken.contact)
    profile.update(contact=ayse, facts={"city": "Karşıyaka"}, source="agent", at=NOW, by=cast.zeynep())
    take(row(7, hours=9, **AYSE | {"city": "Ankara"}))
    ayse.refresh_from_db()
    assert (ayse.city, profile.current(ayse)["city"].rule) == ("Karşıyaka", "pinned")


def test_a_newer_word_about_somebody_merged_goes_home_when_they_are_parted():
    first, second = take(row(7, **AYSE), row(8, name="Ayşe Yılmaz", city="Aydın"))
    keep, drop = (Contact.objects.get(pk=one.contact) for one in (first, second))
    merged = merging.merge(keep=keep, drop=drop, by=cast.can(), at=NOW)
    [newer] = take(row(8, hours=2, name="Ayşe Yılmaz", city="Muğla"))
    keep.refresh_from_db()
    assert (newer.contact, keep.city) == (keep.pk, "Muğla")
    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert (keep.city, drop.city) == ("İzmir", "Muğla")


def test_a_record_of_somebody_else_is_taken_out_with_its_address():
    [first] = take(row(7, **AYSE))
    fatmas = {"name": "Fatma Yılmaz", "email": AYSE["email"], "phone": "0533 000 11 22"}
    [second] = take(row(8, source="shop", contact=first.contact, **fatmas))
    ayse = Contact.objects.get(pk=first.contact)
    assert ayse.phone == "+905330001122"
    fatma = splitting.split(contact=ayse, records=[second.record], by=cast.can(), at=NOW)
    ayse.refresh_from_db()
    assert (str(ayse), ayse.phone, fatma.pk != ayse.pk) == ("Ayşe Yılmaz", "+905321234118", True)
    assert Contact.objects.get(pk=fatma.pk).name == "Fatma Yılmaz"
    assert [one.value for one in identity.of(fatma)] == ["+905330001122"]
    with pytest.raises(splitting.CannotSplit):
        splitting.split(contact=ayse, records=[first.record], by=cast.can(), at=NOW)


def test_no_record_goes_to_somebody_who_was_merged_a_moment_ago():
    [first, second] = [take(row(n, source=f"shop:{n}", name=name)) for n, name in enumerate(("Ayşe Ak", "Elif Ak"))]
    [third] = take(row(3, source="form", contact=first[0].contact, city="İzmir"))
    stale = Contact.objects.get(pk=second[0].contact)
    [emily] = take(row(9, name="Emily Carter"))
    keep, drop = (Contact.objects.get(pk=pk) for pk in (emily.contact, stale.pk))
    merging.merge(keep=keep, drop=drop, by=cast.can(), at=NOW)
    moved = SourceRecord.objects.get(pk=third.record)
    with pytest.raises(splitting.CannotSplit):
        splitting.move(record=moved, to=stale, by=cast.can(), at=NOW)
    moved.refresh_from_db()
    assert moved.contact_id == first[0].contact
