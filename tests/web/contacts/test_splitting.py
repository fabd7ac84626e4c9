"""What sources said is taken out of a contact, and put back; that two are different is taken back too."""

import pytest

from muhatap.contacts import bonds, hearing, identity
from muhatap.contacts.models import Contact, SourceRecord
from tests import cast
from tests.cast import NOW
from tests.web.contacts.conftest import meet_ayse, meet_ipek, url

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


def test_everything_cannot_leave_and_nothing_chosen_takes_nothing(can):
    ayse = meet_ayse()
    n = Contact.objects.count()
    for chosen in ([row.pk for row in ayse.records.all()], [], ["x"]):
        assert can.post(url("split", ayse.pk), {"record": chosen}).status_code == 302
    assert Contact.objects.count() == n


def test_different_people_is_a_word_that_can_be_taken_back(can):
    ayse, ipek = meet_ayse(), meet_ipek()
    can.post(url("deny", ayse.pk, ipek.pk))
    assert bonds.forbids([ayse.pk], [ipek.pk])
    can.post(url("recall", ayse.pk, ipek.pk))
    assert not bonds.forbids([ayse.pk], [ipek.pk])


def test_an_agent_who_may_not_merge_takes_nothing_out(zeynep):
    ayse = meet_ayse()
    assert zeynep.post(url("split", ayse.pk), {"record": []}).status_code == 403
