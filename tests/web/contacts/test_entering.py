"""Somebody is written down by hand: who is there already stands beside the form, and can be opened or said to be somebody else."""

import pytest

from muhatap.contacts import bonds, entering
from muhatap.contacts.models import Contact
from tests.cast import NOW
from tests.web.contacts.conftest import HX, meet_ayse, url

pytestmark = pytest.mark.django_db


def test_who_may_be_meant_is_told_with_the_reason_while_it_is_typed(zeynep):
    ayse = meet_ayse()
    page = zeynep.get(url("likely"), {"name": "Ayşe Yılmaz", "email": "ayse.yilmaz+yeni@ornek.example"}, headers=HX)
    [meant] = page.context["meant"]
    assert (meant.number, meant.url) == (ayse.pk, url("page", ayse.pk))
    assert "ayse.yilmaz@ornek.example" in meant.why
    assert not zeynep.get(url("likely"), {"name": "Ay", "email": "kimse@"}, headers=HX).context["meant"]


def test_one_of_whom_the_agent_said_somebody_else_is_not_asked_again(can):
    ayse = meet_ayse()
    asked = {"name": "Ayşe Yılmaz", "phone": "0533 000 11 22", "different": str(ayse.pk)}
    assert not can.get(url("likely"), asked, headers=HX).context["meant"]
    can.post(url("new"), asked)
    other = Contact.objects.get(phone="+905330001122")
    assert bonds.forbids([ayse.pk], [other.pk])


def test_half_an_address_and_nothing_at_all_find_nobody():
    meet_ayse()
    assert entering.likely({"email": "ayse.yilmaz@"}, at=NOW) == [] == entering.likely({}, at=NOW)
