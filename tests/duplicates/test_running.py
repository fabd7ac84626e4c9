"""The look at the whole base: it asks, and changes no contact."""

import pytest

from muhatap.contacts import graph, records
from muhatap.contacts.models import Contact
from muhatap.contacts.records import Told
from muhatap.duplicates import finding, ranking, reading, running
from muhatap.duplicates.models import Proposal, Run
from muhatap.matching import batch
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


def test_looking_again_asks_nothing_twice():
    twins()
    look()
    [first] = asked()
    assert look().counts["new"] == 0
    assert asked() == [first]


def test_what_is_no_longer_true_is_no_longer_asked():
    twins()
    look()
    took(2, name="Cem Aksoy", phone="0212 555 66 77", email="cem@mimarlik.example")
    look()
    assert asked() == [] and len(asked("gone")) == 1


def test_two_shop_accounts_are_two_people_unless_nearly_everything_is_the_same():
    records.take(
        [
            Told(
                source="shop",
                external_id=str(n),
                fields=MEHMET | {"shop": str(n), "dogum_tarihi": "1980-04-23"},
                at=NOW,
            )
            for n in (1, 2)
        ],
        by=None,
        at=NOW,
    )
    look()
    assert [(p.band, p.refused) for p in asked()] == [("review", "contradicted")]


def test_a_blocked_number_brings_nobody_together_whatever_was_known_when_it_was_told():
    took(1, name="Hakan Demir", phone="0850 222 00 11")
    took(2, name="Hakan D.", phone="0850 222 00 11")
    look()
    n_before = len(asked())
    graph.block(kind="phone", how="exact", value="+908502220011", by=cast.selin(), at=NOW)
    look()
    assert (n_before, asked()) == (1, [])


def test_only_one_look_at_a_time():
    running.begin(by=cast.can(), at=NOW)
    with pytest.raises(running.NotNow):
        running.begin(by=None, at=NOW)


def test_a_look_that_was_stopped_goes_no_further_and_keeps_what_was_asked():
    twins()
    look()
    run = running.begin(by=cast.can(), at=NOW)
    running.cancel(run=run, by=cast.can(), at=NOW)
    running.go_on(run_id=run.pk, talks=lambda some: {}, at=NOW)
    run.refresh_from_db()
    assert run.state == "cancelled" and len(asked()) == 1
    assert running.begin(by=None, at=NOW).state == "queued"


def test_a_look_stopped_in_the_middle_stops_at_its_next_step(monkeypatch):
    twins()
    read = reading.read

    def stop(engine, scratch):
        running.cancel(run=Run.objects.get(), by=cast.can(), at=NOW)
        return read(engine, scratch)

    monkeypatch.setattr(reading, "read", stop)
    assert look().state == "cancelled" and asked() == []


def test_after_a_crash_the_look_begins_anew_and_asks_nothing_twice(monkeypatch):
    twins()
    run = running.begin(by=None, at=NOW)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ranking, "refresh", _die)
        running.go_on(run_id=run.pk, talks=lambda some: {}, at=NOW)
    assert (Run.objects.get().state, len(asked())) == ("running", 1)
    running.go_on(run_id=run.pk, talks=lambda some: {}, at=NOW)
    assert (Run.objects.get().state, len(asked())) == ("done", 1)


def _die(**_more):
    raise KeyboardInterrupt


def test_a_contact_of_many_records_is_no_crowd():
    hakan = took(1, name="Hakan Demir", phone="0533 410 20 77", city="Ankara")
    records.take(
        [
            Told(source="import:1", external_id=str(n), fields={"name": "Hakan Demir"}, at=NOW, contact=hakan.pk)
            for n in range(batch.LARGEST + 10)
        ],
        by=None,
        at=NOW,
        is_trusted=False,
    )
    other = took(2, name="Hakan Demir", phone="0533 410 20 77", email="hakan@ornek.example")
    look()
    assert [(one.one, one.other, one.refused) for one in asked()] == [(hakan.pk, other.pk, "")]


def test_of_a_crowd_a_few_are_asked_about_and_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(batch, "LARGEST", 3)
    monkeypatch.setattr(finding, "MOST_ASKED", 2)
    for n in range(5):
        took(n, **MEHMET | {"city": f"Kadıköy {n}"})
    took(9, name="Elif Şahin", phone="0535 220 11 90")
    took(10, name="Elif Sahin", phone="0535 220 11 90")
    look()
    crowd = [(one.refused, one.n_more) for one in asked() if one.refused]
    assert crowd == [("too_large", 8)] * 2 and len(asked()) == 3
    look()
    assert len(asked()) == 3
