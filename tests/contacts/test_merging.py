"""Two become one and two again: every row in the house that points at a contact moves, and comes back exactly."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, models, transaction

from muhatap.accounts import audit
from muhatap.contacts import bonds, families, identity, likeness, merging, profile, searching
from muhatap.contacts.models import (
    Consent,
    Contact,
    ContactNote,
    ContactTag,
    CustomField,
    Identity,
    Likeness,
    Merge,
    ProfileFact,
    SourceRecord,
    Tag,
)
from muhatap.conversations.models import Conversation, Message, Participant
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.interactions.models import Interaction
from muhatap.sales.models import Cart, Order, Shop
from muhatap.service.models import Case, Promise
from muhatap.triggers.models import Firing, Trigger
from muhatap.visits.models import Site, VisitorLink
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def meet(*claims, at=NOW):
    return identity.resolve(claims=claims, source="email", at=at)


@pytest.fixture
def mehmet():
    return meet(cast.MEHMET)


@pytest.fixture
def m_kaya():
    claim = type(cast.MEHMET)(kind="email", value="kaya@mimarlik.example", is_verified=True, name="M. Kaya")
    return meet(claim, at=NOW - timedelta(days=400))


def conversation(contact: Contact) -> Conversation:
    return Conversation.objects.create(
        inbox=cast.support_inbox(), contact=contact, created_at=NOW, last_message_at=NOW, subject="Değişim"
    )


def message(contact: Contact) -> Message:
    thread = conversation(meet(cast.ELIF))
    return Message.objects.create(
        conversation=thread, inbox=thread.inbox, kind="inbound", contact=contact, at=NOW, recorded_at=NOW
    )


def tagging(contact: Contact, name: str = "toptan") -> ContactTag:
    tag, _ = Tag.objects.get_or_create(folded=name, defaults={"name": name})
    return ContactTag.objects.create(contact=contact, tag=tag, at=NOW)


def somebody() -> Contact:
    return meet(at=NOW)


# One way to make a row for every column that points at a contact. A new column belongs here: see the test below.
def invitation(contact: Contact) -> Invitation:
    survey, _is_new = Survey.objects.get_or_create(inbox=cast.support_inbox(), defaults={"changed_at": NOW})
    number = Invitation.objects.count() + 1
    return Invitation.objects.create(
        survey=survey, contact=contact, conversation_id=number, closure_id=number, due_at=NOW
    )


def shop() -> Shop:
    made, _is_new = Shop.objects.get_or_create(token="t", defaults={"kind": "feed", "name": "M", "created_at": NOW})
    return made


def promised(contact: Contact) -> Promise:
    return Promise.objects.create(
        contact=contact, what="Kargoya verilecek", by=cast.zeynep(), made_at=NOW, due_at=NOW + timedelta(days=1),
        first_due_at=NOW + timedelta(days=1), remind_at=NOW + timedelta(hours=21), time_zone="Europe/Istanbul",
    )  # fmt: skip


def browser(contact: Contact) -> VisitorLink:
    site, _is_new = Site.objects.get_or_create(write_key="k", defaults={"name": "Ihlamur Ev", "created_at": NOW})
    number = VisitorLink.objects.count() + 1
    return VisitorLink.objects.create(
        site=site, visitor=f"tarayici-{number}", contact=contact, how="signed", subject="20871", from_at=NOW, proved_at=NOW,
        made_at=NOW,
    )  # fmt: skip


ROWS: dict[str, Callable[[Contact], models.Model]] = {
    "contacts.Identity.contact": lambda c: Identity.objects.create(
        contact=c, kind="shop", value="20871", comparable="20871", source="shop", first_seen_at=NOW, last_seen_at=NOW
    ),
    "contacts.ProfileFact.contact": lambda c: ProfileFact.objects.create(
        contact=c, field="birthday", value="8 Aralık", source="form", at=NOW
    ),
    "contacts.ContactTag.contact": tagging,
    "contacts.ContactNote.contact": lambda c: ContactNote.objects.create(contact=c, text="Kapıcıya bırakılsın", at=NOW),
    "contacts.SourceRecord.contact": lambda c: SourceRecord.objects.create(
        contact=c, home_id=c.pk, source="import:1", external_id="7", told={"city": "Bursa"}, at=NOW, recorded_at=NOW
    ),
    "contacts.Likeness.one": lambda c: Likeness.objects.create(one=c, other=somebody(), because="same_phone", at=NOW),
    "contacts.Likeness.other": lambda c: Likeness.objects.create(one=somebody(), other=c, because="same_phone", at=NOW),
    "interactions.Interaction.contact": lambda c: Interaction.objects.create(
        kind="message", direction="in", channel="email", contact=c, at=NOW, recorded_at=NOW
    ),
    "conversations.Conversation.contact": conversation,
    "conversations.Participant.contact": lambda c: Participant.objects.create(
        conversation=conversation(meet(cast.ELIF)), contact=c, address="kaya@mimarlik.example", since_at=NOW
    ),
    "conversations.Message.contact": message,
    "visits.VisitorLink.contact": browser,
    "contacts.Consent.contact": lambda c: Consent.objects.create(
        contact=c, channel="email", purpose="offers", source="shop", given_at=NOW
    ),
    "triggers.Firing.contact": lambda c: Firing.objects.create(
        trigger=Trigger.objects.get_or_create(kind="cart_left", defaults={"changed_at": NOW})[0],
        contact=c,
        occasion=f"leaving:{Firing.objects.count()}",
        at=NOW,
        way="task",
    ),
    "sales.Order.contact": lambda c: Order.objects.create(
        shop=shop(),
        external_id=str(Order.objects.count()),
        number="10482",
        currency="TRY",
        total=5,
        contact=c,
        placed_at=NOW,
        modified_at=NOW,
        recorded_at=NOW,
    ),
    "sales.Cart.contact": lambda c: Cart.objects.create(
        shop=shop(),
        source="site:1",
        visitor=str(Cart.objects.count()),
        currency="TRY",
        contact=c,
        began_at=NOW,
        changed_at=NOW,
    ),
    "service.Promise.contact": promised,
    "service.Case.contact": lambda c: Case.objects.create(contact=c, title="Nevresim lekeli", opened_at=NOW),
    "feedback.Invitation.contact": invitation,
    "feedback.Response.contact": lambda c: Response.objects.create(
        contact=c, invitation=invitation(meet(cast.ELIF)), score=4, at=NOW
    ),
}


def described(*contacts: Contact) -> None:
    """Rows made without the act that makes them leave the search text behind."""
    for contact in contacts:
        searching.describe(contact)


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of every table that knows contacts, as it stands; the merges themselves left out."""
    tables = {r.model for r in merging.every_relation()} - {Merge}
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in sorted(tables, key=str)}


def test_every_column_that_points_at_a_contact_is_known_to_these_tests():
    assert {r.name for r in merging.relations()} == set(ROWS), (
        "A relation to Contact came or went. merging.merge moves it by itself; show here with a row in ROWS that it comes back too."
    )
    assert {r.name for r in merging.every_relation()} - set(ROWS) == merging.BOOKKEEPING


def test_every_reverse_relation_django_knows_is_found():
    backwards = (one for one in Contact._meta.get_fields(include_hidden=True) if one.auto_created and one.is_relation)
    known = {f"{one.related_model._meta.label}.{one.field.name}" for one in backwards if not one.many_to_many}
    assert known == {r.name for r in merging.every_relation()}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_relation_moves_with_a_merge_and_comes_back(name, mehmet, m_kaya):
    row = ROWS[name](m_kaya)
    field = name.rpartition(".")[2]
    described(mehmet, m_kaya)
    before = everything()

    merged = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    row.refresh_from_db()
    assert getattr(row, field) == mehmet
    assert not type(row)._base_manager.filter(**{field: m_kaya}).exists()

    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert everything() == before


def test_all_relations_at_once_and_their_twins_come_back(mehmet, m_kaya):
    for make in ROWS.values():
        make(m_kaya)
    for name in ("contacts.Identity.contact", "contacts.ContactTag.contact", "contacts.ContactNote.contact"):
        ROWS[name](mehmet)
    likeness.note(one=mehmet, other=m_kaya, because="same_phone", detail="", at=NOW)
    described(mehmet, m_kaya)
    before = everything()

    merged = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    assert sorted(merged.moves.filter(is_twin=True).values_list("relation", flat=True)) == [
        "contacts.ContactTag.contact",
        "contacts.Identity.contact",
        "contacts.Likeness.other",
    ]
    assert mehmet.notes.count() == 2
    assert [i.value for i in identity.of(mehmet)].count("20871") == 1

    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert everything() == before


def test_the_kept_contact_speaks_for_both(mehmet, m_kaya):
    profile.update(contact=m_kaya, facts={"city": "İstanbul", "phone": "0216 555 05 12"}, source="webchat", at=NOW)
    merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    assert (mehmet.name, mehmet.city, mehmet.phone) == ("Mehmet Kaya", "İstanbul", "+902165550512")
    assert mehmet.created_at == NOW - timedelta(days=400)
    assert "kaya@mimarlik.example" in mehmet.search_text
    assert m_kaya.standing() == mehmet
    assert [i.value for i in identity.of(mehmet)] == ["kaya@mimarlik.example", "mehmet.kaya@ornek.example"]


def test_the_preview_says_what_the_merge_then_does(mehmet, m_kaya):
    CustomField.objects.create(key="meslek", label="Meslek", kind="text")
    profile.update(
        contact=m_kaya, facts={"name": "Mehmet Kaya, Mimar", "meslek": "mimar"}, source="agent", at=NOW, by=cast.can()
    )
    tagging(m_kaya)
    told = merging.preview(keep=mehmet, drop=m_kaya)
    merged = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    assert told.values == {name: profile.value_of(mehmet, name) for name in told.values}
    assert told.values["name"] == "Mehmet Kaya, Mimar" and mehmet.fields == {"meslek": "mimar"}
    assert told.n_rows.total() == merging.n_moved(merged)
    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert (mehmet.name, mehmet.fields) == ("Mehmet Kaya", {})


def test_mail_that_comes_after_the_merge_stays_with_the_kept_contact(mehmet, m_kaya):
    merged = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    again = meet(
        type(cast.MEHMET)(kind="email", value="kaya@mimarlik.example", is_verified=True), at=NOW + timedelta(hours=1)
    )
    assert again == mehmet
    ROWS["interactions.Interaction.contact"](again)
    profile.update(contact=again, facts={"city": "Bursa"}, source="webchat", at=NOW + timedelta(hours=1))
    merging.unmerge(merge=merged, by=cast.can(), at=NOW + timedelta(hours=2))
    mehmet.refresh_from_db()
    assert mehmet.interactions.count() == 1
    assert mehmet.city == "Bursa"
    assert mehmet.last_seen_at == NOW + timedelta(hours=1)
    assert meet(type(cast.MEHMET)(kind="email", value="kaya@mimarlik.example", is_verified=True)) == m_kaya


def test_a_tag_taken_off_after_the_merge_is_still_the_dropped_ones_own(mehmet, m_kaya):
    tagging(mehmet), tagging(m_kaya)
    merged = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    mehmet.taggings.all().delete()
    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    assert m_kaya.tags.count() == 1 and mehmet.tags.count() == 0


def test_merges_parted_newest_first_leave_everything_as_it_was(mehmet, m_kaya):
    elif_ = meet(cast.ELIF)
    ROWS["contacts.ContactNote.contact"](m_kaya)
    tagging(elif_), tagging(m_kaya)
    before = everything()
    first = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    second = merging.merge(keep=elif_, drop=mehmet, by=cast.can(), at=NOW)
    assert m_kaya.standing() == elif_ and elif_.notes.count() == 1
    merging.unmerge(merge=second, by=cast.can(), at=NOW)
    merging.unmerge(merge=first, by=cast.can(), at=NOW)
    assert everything() == before
    with pytest.raises(merging.CannotUnmerge):
        merging.unmerge(merge=first, by=cast.can(), at=NOW)


def test_a_merge_under_others_is_taken_out_and_the_others_stand_as_if_it_had_never_been(mehmet, m_kaya):
    elif_ = meet(cast.ELIF)
    ROWS["contacts.ContactNote.contact"](m_kaya)
    tagging(elif_), tagging(m_kaya)
    second = merging.merge(keep=elif_, drop=mehmet, by=cast.can(), at=NOW)
    without = everything()
    merging.unmerge(merge=second, by=cast.can(), at=NOW)

    first = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW)
    merging.merge(keep=elif_, drop=mehmet, by=cast.can(), at=NOW)
    assert elif_.notes.count() == 1
    merging.unmerge(merge=first, by=cast.can(), at=NOW)

    assert everything() == without
    assert families.standing([mehmet.pk, m_kaya.pk]) == {mehmet.pk: elif_.pk, m_kaya.pk: m_kaya.pk}


def test_what_a_person_parted_no_machine_makes_one_again_but_a_person_may(mehmet, m_kaya):
    elif_ = meet(cast.ELIF)
    merging.unmerge(merge=merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW), by=cast.can(), at=NOW)
    merging.merge(keep=elif_, drop=m_kaya, by=None, at=NOW)
    with pytest.raises(merging.CannotMerge):
        merging.merge(keep=elif_, drop=mehmet, by=None, at=NOW)
    assert likeness.of(mehmet) == []
    merging.merge(keep=elif_, drop=mehmet, by=cast.can(), at=NOW)
    assert not bonds.forbids([mehmet.pk], [m_kaya.pk])


def test_what_was_parted_can_be_merged_the_other_way_round(mehmet, m_kaya):
    merging.unmerge(merge=merging.merge(keep=mehmet, drop=m_kaya, by=None, at=NOW), by=None, at=NOW)
    merging.merge(keep=m_kaya, drop=mehmet, by=cast.can(), at=NOW)
    assert [m.drop for m in merging.standing_merges(m_kaya)] == [mehmet]


def test_one_contact_and_a_contact_already_merged_are_refused(mehmet, m_kaya):
    with pytest.raises(merging.CannotMerge):
        merging.merge(keep=mehmet, drop=Contact.objects.get(pk=mehmet.pk), by=None, at=NOW)
    merging.merge(keep=mehmet, drop=m_kaya, by=None, at=NOW)
    with pytest.raises(merging.CannotMerge):
        merging.merge(keep=mehmet, drop=m_kaya, by=None, at=NOW)
    assert Merge.objects.count() == 1


def test_both_acts_are_in_the_audit(mehmet, m_kaya):
    merged = merging.merge(keep=mehmet, drop=m_kaya, by=cast.can(), at=NOW, reason="same_phone")
    merging.unmerge(merge=merged, by=cast.can(), at=NOW)
    from muhatap.accounts.models import AuditEntry

    assert list(AuditEntry.objects.order_by("id").values_list("act", "by_name", "object_id")) == [
        ("contact.merged", "Can Aydın", str(mehmet.pk)),
        ("contact.unmerged", "Can Aydın", str(mehmet.pk)),
    ]
    assert audit.first_broken() is None


def test_a_search_finds_the_kept_contact_by_what_the_dropped_one_was_called(mehmet, m_kaya):
    merged = merging.merge(keep=mehmet, drop=m_kaya, by=None, at=NOW)
    assert "m. kaya" in mehmet.search_text
    merging.unmerge(merge=merged, by=None, at=NOW)
    mehmet.refresh_from_db()
    assert "mimarlik" not in mehmet.search_text
    assert searching.family_ids(mehmet) == [mehmet.pk]


@pytest.mark.django_db(transaction=True)
def test_a_merge_and_an_answer_being_sent_do_not_wait_for_each_other_and_the_answer_comes_along(
    mehmet, m_kaya, monkeypatch
):
    thread = conversation(m_kaya)
    holds, moves = threading.Event(), merging._move
    failed: list[Exception] = []

    def move(*args):
        holds.set()
        return moves(*args)

    def unite() -> None:
        try:
            merging.merge(keep=mehmet, drop=m_kaya, by=None, at=NOW)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(merging, "_move", move)
    merger = threading.Thread(target=unite)
    with transaction.atomic():
        Conversation.objects.select_for_update().get(pk=thread.pk)
        merger.start()
        assert holds.wait(20)
        sent = Interaction.objects.create(
            kind="message", direction="out", channel="email", contact=m_kaya, at=NOW, recorded_at=NOW
        )
    merger.join(20)

    sent.refresh_from_db()
    assert failed == []
    assert sent.contact == mehmet
    assert Merge.objects.get().moves.filter(relation="interactions.Interaction.contact", row_id=sent.pk).exists()
