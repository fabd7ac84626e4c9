"""The look at the whole base: it asks, and changes no contact."""

import pytest

from muhatap.contacts import bonds, comparable, merging, records
from muhatap.contacts.models import Contact
from muhatap.contacts.records import Told
from muhatap.duplicates import running
from muhatap.duplicates.models import Proposal, Run
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def took(number, source="shop", **fields):
    """What a source said, in a contact of its own: it comes with nothing to be matched by."""
    [taken] = records.take(
        [Told(source=source, external_id=str(number), fields=fields, at=NOW)], by=None, at=NOW, is_trusted=False
    )
    return Contact.objects.get(pk=taken.contact)


def look(**more):
    run = running.begin(by=None, at=NOW)
    running.go_on(run_id=run.pk, talks=lambda contacts: dict.fromkeys(contacts, 1), at=NOW, **more)
    run.refresh_from_db()
    return run


def asked(state="open"):
    return list(Proposal.objects.filter(state=state).order_by("id"))


MEHMET = {"name": "Mehmet Kaya", "email": "mehmet.kaya@ornek.example", "phone": "0533 410 20 77", "city": "Kadıköy"}


def twins():
    return took(1, **MEHMET), took(2, name="Mehmet Kaya", phone="0533 410 20 77", email="m.kaya@mimarlik.example")


def test_two_who_look_alike_are_asked_about_and_nobody_is_moved():
    one, other = twins()
    took(3, name="Elif Şahin", email="elif.sahin@ornek.example")
    run = look()
    [proposal] = asked()
    assert (proposal.about, proposal.one, proposal.other) == ("same", one.pk, other.pk)
    assert (run.state, run.n_records, run.counts["new"]) == ("done", 3, 1)
    assert proposal.weight == pytest.approx(sum(line["weight"] for line in proposal.lines), abs=0.1)
    assert proposal.group == one.pk and proposal.value > 0
    assert Contact.objects.filter(merged_into=None).count() == 3
