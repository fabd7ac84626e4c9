"""What people answer: one person, two people, later, and the way back."""

import pytest

from muhatap.contacts import bonds, comparable, identity, likeness, merging
from muhatap.contacts.models import Contact, LedgerEntry, Merge, SourceRecord
from muhatap.duplicates import choosing, hints, proposing, reviewing
from muhatap.duplicates.finding import Likely
from muhatap.duplicates.models import Answer, Proposal
from tests import cast
from tests.cast import NOW
from tests.duplicates.test_running import asked, look, took, twins

pytestmark = pytest.mark.django_db


def answer(proposal, said, **more):
    return reviewing.answer(proposal=proposal, said=said, by=cast.can(), at=NOW, **more)


def undo():
    return reviewing.undo(by=cast.can(), at=NOW)


def state(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


def test_one_person_is_merged_with_the_evidence_in_the_ledger():
    one, other = twins()
    look()
    given = answer(*asked(), "same")
    other.refresh_from_db()
    assert other.merged_into_id == one.pk and state(given.proposal) == "same"
    entry = LedgerEntry.objects.get(kind="merge")
    assert entry.evidence["lines"] == given.proposal.lines and entry.by_id == cast.can().pk


def test_the_other_one_stays_when_somebody_chose_it():
    one, other = twins()
    look()
    answer(*asked(), "same", keep=other.pk)
    one.refresh_from_db()
    assert one.merged_into_id == other.pk


def test_different_people_are_not_asked_about_again():
    one, other = twins()
    look()
    answer(*asked(), "different")
    look()
    assert asked() == [] and bonds.forbids([one.pk], [other.pk])


def test_who_is_called_different_elsewhere_is_no_question_from_that_moment_and_one_again_when_it_is_taken_back():
    one, other = twins()
    look()
    [proposal] = asked()
    can = cast.can()
    reviewing.differ(one=other, other=one, by=can, at=NOW)
    assert (state(proposal), Answer.objects.get().said) == ("different", "different")
    assert bonds.forbids([one.pk], [other.pk])
    reviewing.recall(one=one, other=other, by=cast.selin(), at=NOW)
    assert asked() == [proposal] and not bonds.forbids([one.pk], [other.pk])
    assert Answer.objects.get().undone_at


def test_who_merges_on_a_contacts_page_answers_the_question():
    one, other = twins()
    look()
    [proposal] = asked()
    merged = reviewing.unite(keep=other, drop=one, by=cast.can(), at=NOW)
    assert (merged.keep_id, state(proposal)) == (other.pk, "same")
    assert Answer.objects.get().merge == merged

    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert reviewing.last(cast.can()) is None  # it is taken back, and holds no other answer back


def test_a_question_about_somebody_an_import_took_along_is_asked_no_more():
    _one, other = twins()
    look()
    SourceRecord.objects.filter(contact=other).delete()
    Contact.objects.filter(pk=other.pk).delete()
    assert choosing.n_waiting() == 1
    proposing.withdraw_merged(at=NOW)
    assert choosing.n_waiting() == 0


def test_nearly_sure_ones_are_merged_by_one_press_and_parted_by_another():
    twins()
    took(5, name="Elif Şahin", phone="0535 220 11 90", email="elif.sahin@ornek.example")
    took(6, name="Elif Şahin", phone="0535 220 11 90", email="elif.sahin@ornek.example")
    look()
    Proposal.objects.update(band="merge")
    first, second = asked()
    seen = {one.pk: reviewing.shown(one) for one in (first, second)}
    assert reviewing.merge_sure(asked=seen, by=cast.can(), at=NOW) == 2
    assert Merge.objects.filter(undone_at=None).count() == 2

    undo()
    assert not Merge.objects.filter(undone_at=None).exists() and asked() == [first, second]


def test_who_is_identified_twice_and_what_changed_since_is_left_to_be_looked_at():
    twins()
    for n in (5, 6):
        took(n, name="Elif Şahin", phone="0535 220 11 90")
    look()
    Proposal.objects.update(band="merge")
    first, second = asked()
    for n, pk in enumerate((first.one, first.other)):
        known = Contact.objects.get(pk=pk)
        identity.add(contact=known, kind="shop", value=str(n + 1), is_verified=True, by=cast.can(), at=NOW)
    seen = {first.pk: reviewing.shown(first), second.pk: "1.2"}
    assert reviewing.mergeable([first, second]) == [second]
    assert reviewing.merge_sure(asked=seen, by=cast.can(), at=NOW) == 0
    assert not Contact.objects.filter(merged_into__isnull=False).exists()


@pytest.mark.parametrize(("kind", "value"), [("shop", "20871"), ("phone", "0533 410 20 77")])
def test_a_proof_that_one_merge_brings_keeps_the_next_of_the_same_press_apart(kind, value):
    """Also where it stays with who was merged, since who stays has the same number unproved."""
    kept, other = twins()
    third = took(3, name="Mehmet Kaya", phone="0533 410 20 77", city="Üsküdar")
    look()
    Proposal.objects.filter(one=other.pk, other=third.pk).delete()
    Proposal.objects.update(band="merge")
    identity.add(contact=other, kind=kind, value=value, is_verified=True, by=cast.can(), at=NOW)
    identity.add(contact=third, kind="shop", value="20872", is_verified=True, by=cast.can(), at=NOW)
    seen = {one.pk: reviewing.shown(one) for one in reviewing.mergeable(asked())}
    assert len(seen) == 2 and reviewing.merge_sure(asked=seen, by=cast.can(), at=NOW) == 1
    assert Contact.objects.filter(merged_into=kept).count() == 1
    assert reviewing.n_left(seen) == 1 and reviewing.mergeable(asked()) == []


def test_of_one_press_all_goes_back_that_can(monkeypatch):
    twins()
    for n in (5, 6):
        took(n, name="Elif Şahin", phone="0535 220 11 90", email="elif.sahin@ornek.example")
    look()
    Proposal.objects.update(band="merge")
    seen = {one.pk: reviewing.shown(one) for one in asked()}
    assert reviewing.merge_sure(asked=seen, by=cast.can(), at=NOW) == 2
    stuck, free = Merge.objects.order_by("-id")
    on_top = merging.merge(keep=stuck.keep, drop=took(9, name="Oğuz Çelik"), by=cast.deniz(), at=NOW)
    monkeypatch.setattr(merging, "MOST_ON_TOP", 0)
    with pytest.raises(reviewing.CannotAnswer, match=str(on_top.drop)):
        undo()
    free.refresh_from_db()
    assert free.undone_at and len(asked()) == 1 and reviewing.last(cast.can()).merge == stuck

    merging.unmerge(merge=on_top, by=cast.deniz(), at=NOW)
    undo()
    assert len(asked()) == 2


def test_later_comes_after_the_others():
    twins()
    took(5, name="Elif Şahin", phone="0535 220 11 90")
    took(6, name="Elif Sahin", phone="0535 220 11 90", city="Bursa")
    look()
    first, second = choosing.page()
    answer(first, "later")
    assert choosing.page() == [second, first]
    look()
    assert choosing.page() == [second, first]


def test_a_merge_taken_back_leaves_nothing_of_itself_and_is_asked_again():
    one, other = twins()
    look()
    [proposal] = asked()
    answer(proposal, "same")
    undo()
    other.refresh_from_db()
    assert other.merged_into_id is None and not bonds.forbids([one.pk], [other.pk])
    look()
    assert asked() == [proposal] and Merge.objects.get().undone_at


def test_two_people_taken_back_are_asked_about_again():
    twins()
    look()
    [proposal] = asked()
    answer(proposal, "different")
    undo()
    look()
    assert asked() == [proposal]


def test_only_ones_own_last_answer_is_taken_back():
    twins()
    look()
    answer(*asked(), "later")
    with pytest.raises(reviewing.CannotAnswer):
        reviewing.undo(by=cast.deniz(), at=NOW)


def test_what_a_colleague_decided_since_is_not_taken_back():
    one, other = twins()
    look()
    [proposal] = asked()
    answer(proposal, "later")
    reviewing.answer(proposal=proposal, said="different", by=cast.deniz(), at=NOW + cast.minutes(1))
    with pytest.raises(reviewing.CannotAnswer):
        reviewing.undo(by=cast.can(), at=NOW + cast.minutes(2))
    assert state(proposal) == "different" and bonds.forbids([one.pk], [other.pk])


def test_only_what_was_seen_is_answered():
    twins()
    stranger = took(9, name="Hakan Demir", phone="0536 111 22 33")
    look()
    [proposal] = asked()
    seen = reviewing.shown(proposal)
    Proposal.objects.update(other=stranger.pk)
    with pytest.raises(reviewing.CannotAnswer):
        answer(proposal, "same", seen=seen)
    with pytest.raises(reviewing.CannotAnswer):
        answer(proposal, "same", keep=proposal.other)
    assert Merge.objects.count() == 0


def test_who_was_called_different_meanwhile_is_not_merged():
    one, other = twins()
    look()
    [proposal] = asked()
    likeness.deny(one=one, other=other, by=cast.deniz(), at=NOW)
    with pytest.raises(reviewing.CannotAnswer):
        answer(proposal, "same")
    assert bonds.forbids([one.pk], [other.pk])


def test_what_was_moved_and_then_answered_stays_answered_after_an_undo():
    one, other = twins()
    third = took(3, name="Mehmet Kaya", phone="0533 410 20 77", city="Üsküdar")
    look()
    first = next(p for p in asked() if (p.one, p.other) == (one.pk, other.pk))
    answer(first, "same")
    [moved] = asked()
    reviewing.answer(proposal=moved, said="different", by=cast.deniz(), at=NOW + cast.minutes(1))
    undo()
    assert state(moved) == "different" and bonds.forbids([one.pk], [third.pk])


def test_what_is_answered_while_everybody_is_looked_at_stays_answered():
    twins()
    look()
    [proposal] = asked()
    reviewing.answer(proposal=proposal, said="same", by=cast.can(), at=NOW + cast.minutes(1))
    found = Likely(
        one=proposal.one,
        other=proposal.other,
        record=SourceRecord.objects.earliest("id").pk,
        weight=9.0,
        code=0,
        refused="",
    )
    proposing.write([found], run=proposal.run, model=comparable.model(), at=NOW)
    assert state(proposal) == "same"


def test_what_somebody_answered_meanwhile_is_not_answered_twice():
    twins()
    look()
    [proposal] = asked()
    answer(proposal, "same")
    with pytest.raises(reviewing.CannotAnswer):
        answer(proposal, "different")
    assert Answer.objects.count() == 1


def test_in_a_group_the_rest_is_asked_about_who_stays_and_comes_back_with_the_undo():
    one, other = twins()
    third = took(3, name="Mehmet Kaya", phone="0533 410 20 77", city="Üsküdar")
    look()
    pairs = {(p.one, p.other): p for p in asked()}
    assert set(pairs) == {(one.pk, other.pk), (one.pk, third.pk), (other.pk, third.pk)}
    assert {p.n_group for p in asked()} == {3}
    answer(pairs[one.pk, other.pk], "same")
    assert [(p.one, p.other) for p in asked()] == [(one.pk, third.pk)]
    undo()
    assert {(p.one, p.other) for p in asked()} == set(pairs)


def test_one_contact_that_holds_two_people_is_split_and_put_together_again():
    ayse = took(1, name="Ayşe Yılmaz", email="ayse.yilmaz@ornek.example", dogum_tarihi="1980-04-23")
    took(2, name="Fatih Öztürk", phone="0544 310 22 10", dogum_tarihi="1971-11-02")
    SourceRecord.objects.update(contact=ayse, home_id=ayse.pk)
    look()
    [proposal] = asked()
    assert (proposal.about, proposal.one, len(proposal.records)) == ("two", ayse.pk, 1)
    answer(proposal, "different")
    assert Contact.objects.filter(records__isnull=False).distinct().count() == 2
    undo()
    assert set(SourceRecord.objects.values_list("contact", "home_id")) == {(ayse.pk, ayse.pk)}
    look()
    assert asked() == [proposal]


def test_a_contact_said_to_be_one_person_is_not_doubted_again():
    ayse = took(1, name="Ayşe Yılmaz", email="ayse.yilmaz@ornek.example", dogum_tarihi="1980-04-23")
    took(2, name="Fatih Öztürk", phone="0544 310 22 10", dogum_tarihi="1971-11-02")
    SourceRecord.objects.update(contact=ayse, home_id=ayse.pk)
    look()
    answer(*asked(), "same")
    look()
    assert asked() == []


def test_what_was_noticed_on_the_way_stands_in_the_same_list():
    one, other = twins()
    elif_ = took(3, name="Elif Şahin", email="elif.sahin@ornek.example")
    hakan = took(4, name="Hakan Demir", phone="0536 111 22 33")
    likeness.note(one=elif_, other=hakan, because="same_browser", detail="", at=NOW)
    assert hints.take(talks=lambda some: {}, at=NOW) == 2  # the resolver noted the twins, too
    assert {(p.one, p.other) for p in asked()} == {(one.pk, other.pk), (elif_.pk, hakan.pk)}
    assert hints.take(talks=lambda some: {}, at=NOW) == 0
    look()
    assert len(asked()) == 2
    likeness.deny(one=elif_, other=hakan, by=cast.can(), at=NOW)
    look()
    assert [(p.one, p.other) for p in asked()] == [(one.pk, other.pk)]


def test_a_hint_between_people_somebody_called_different_is_no_question_and_looked_at_once():
    elif_ = took(3, name="Elif Şahin", email="elif.sahin@ornek.example")
    hakan = took(4, name="Hakan Demir", phone="0536 111 22 33")
    bonds.part(ones=[elif_.pk], others=[hakan.pk], by=cast.can(), at=NOW)
    likeness.note(one=elif_, other=hakan, because="same_browser", detail="", at=NOW)
    assert hints.take(talks=lambda some: {}, at=NOW) == 0
    assert asked() == [] and len(asked("gone")) == 1


def test_what_was_merged_elsewhere_is_no_longer_asked():
    one, other = twins()
    look()
    merging.merge(keep=one, drop=other, by=cast.can(), at=NOW)
    assert choosing.page() == []
    look()
    assert asked() == [] and len(asked("gone")) == 1
