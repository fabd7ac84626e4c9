"""What sources said is taken out of a contact, and put back; that two are different is taken back too."""

import pytest

from muhatap.contacts import bonds, hearing, identity, records
from muhatap.contacts.models import Contact, Identity, SourceRecord
from tests import cast
from tests.cast import NOW
from tests.web.contacts.conftest import meet_ayse, meet_ipek, met, url

pytestmark = pytest.mark.django_db


def test_a_record_of_somebody_else_leaves_by_a_click_and_comes_back_by_another(can):
    ayse = meet_ayse()
    hearing.write_down(contact=ayse, told={"name": "Fatma Yılmaz"}, source="shop", by=cast.can(), at=NOW)
    before = {row.pk: row.contact_id for row in SourceRecord.objects.all()}
    fatmas = SourceRecord.objects.get(source="shop")
    assert f'value="{fatmas.pk}"' in can.get(url("history", ayse.pk)).content.decode()
    can.post(url("split", ayse.pk), {"record": [fatmas.pk]})
    fatmas.refresh_from_db()
    assert fatmas.contact_id != ayse.pk and bonds.forbids([ayse.pk], [fatmas.contact_id])
    can.post(url("rejoin", ayse.pk, fatmas.contact_id))
    assert {row.pk: row.contact_id for row in SourceRecord.objects.all()} == before
    assert not bonds.forbids([ayse.pk], [fatmas.contact_id])
    assert next(one.value for one in identity.of(ayse)) == "ayse.yilmaz@ornek.example"


def fatmas_words(ayse):
    """What a shop said of Fatma, by mistake of the same address, stands with Ayşe."""
    fields = {"name": "Fatma Yılmaz", "email": "fatma@ornek.example", "city": "Ankara"}
    told = records.Told(source="shop", external_id="7", fields=fields, at=NOW, contact=ayse.pk)
    [taken] = records.take([told], by=None, at=NOW)
    return SourceRecord.objects.get(pk=taken.record)


def everything():
    names = ("pk", "name", "email", "city", "search_text")
    return (
        list(Contact.objects.order_by("pk").values_list(*names)),
        list(Identity.objects.order_by("pk").values_list("pk", "contact_id", "kind", "value", "verified_at")),
        list(SourceRecord.objects.order_by("pk").values_list("pk", "contact_id", "home_id")),
    )


def test_a_record_is_moved_to_whom_it_speaks_of_after_a_look_at_what_changes_and_back_again(can):
    ayse, ipek = meet_ayse(), meet_ipek()
    held = fatmas_words(ayse)
    before = everything()
    found = can.get(url("move", ayse.pk, held.pk), {"q": "ipek"}).content.decode()
    assert url("moving", ayse.pk, held.pk, ipek.pk) in found
    page = can.get(url("moving", ayse.pk, held.pk, ipek.pk)).content.decode()
    assert page.count("Ankara") >= 2 and "fatma@ornek.example" in page
    assert everything() == before
    can.post(url("moving", ayse.pk, held.pk, ipek.pk))
    held.refresh_from_db()
    assert (held.contact_id, held.home_id) == (ipek.pk, ipek.pk)
    assert "fatma@ornek.example" in {one.value for one in identity.of(ipek)}
    ayse.refresh_from_db()
    assert ayse.city == "İzmir"
    can.post(url("move_back", ipek.pk, held.pk, ayse.pk))
    assert everything() == before


def test_an_address_the_other_had_already_stays_there_when_the_record_goes_back(can):
    ayse, ipek = meet_ayse(), meet_ipek()
    told = records.Told(
        source="shop", external_id="8", fields={"email": "fatma@ornek.example"}, at=NOW, contact=ipek.pk
    )
    records.take([told], by=None, at=NOW, is_trusted=False)
    held = fatmas_words(ayse)
    before = everything()
    can.post(url("moving", ayse.pk, held.pk, ipek.pk))
    can.post(url("move_back", ipek.pk, held.pk, ayse.pk))
    assert everything() == before


def test_two_of_one_household_are_two_people_for_good_until_it_is_taken_back(can):
    ayse, ipek = meet_ayse(), meet_ipek()
    page = can.get(url("ties", ayse.pk), {"q": "ipek"}).content.decode()
    assert f'value="{ipek.pk}"' in page
    can.post(url("tie", ayse.pk), {"other": ipek.pk, "how": "household"})
    [said] = can.get(url("history", ipek.pk)).context["apart"]
    assert (said["id"], bonds.said([ayse.pk])[0].reason) == (ayse.pk, "household")
    assert bonds.forbids([ayse.pk], [ipek.pk])
    can.post(url("recall", ipek.pk, ayse.pk))
    assert not bonds.forbids([ayse.pk], [ipek.pk]) and can.get(url("history", ipek.pk)).context["apart"] == []


def test_everything_cannot_leave_and_nothing_chosen_takes_nothing(can):
    ayse = meet_ayse()
    n = Contact.objects.count()
    for chosen in ([row.pk for row in ayse.records.all()], [], ["x"]):
        assert can.post(url("split", ayse.pk), {"record": chosen}).status_code == 302
    assert Contact.objects.count() == n
    elif_ = met("Elif Şahin", "elif.sahin@ornek.example")
    can.post(url("moving", elif_.pk, elif_.records.get().pk, ayse.pk))
    assert elif_.records.count() == 1


def test_different_people_is_a_word_that_can_be_taken_back(can):
    ayse, ipek = meet_ayse(), meet_ipek()
    can.post(url("deny", ayse.pk, ipek.pk))
    assert bonds.forbids([ayse.pk], [ipek.pk])
    can.post(url("recall", ayse.pk, ipek.pk))
    assert not bonds.forbids([ayse.pk], [ipek.pk])


def test_an_agent_who_may_not_merge_takes_nothing_out(zeynep):
    ayse = meet_ayse()
    assert zeynep.post(url("split", ayse.pk), {"record": []}).status_code == 403
