"""Duplicates across the house: what imports left undecided, what stands on an answer, what the night does."""

import pytest

from muhatap.contacts import identity
from muhatap.contacts.models import Likeness
from muhatap.conversations.models import Conversation
from muhatap.duplicates.models import Proposal, Run
from muhatap.flow import duplicates
from muhatap.imports.models import Import, ImportRow
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_row_that_several_contacts_could_be_is_asked_about():
    chat = identity.resolve(claims=[unproved("Ayşe")], source="webchat", at=NOW)
    other = identity.resolve(claims=[unproved("Ayşe Yılmaz")], source="webchat:2", at=NOW)
    file = Import.objects.create(name="fuar.csv", sha256="0", size=1, match="email", state="done", at=NOW, ended_at=NOW)
    ImportRow.objects.create(of=file, number=1, outcome="failed", reason="several", detail=cast.AYSE.value)
    Likeness.objects.all().delete()
    duplicates.gather(at=NOW)
    asked = Proposal.objects.get()
    assert (asked.one, asked.other, asked.origin) == (chat.pk, other.pk, "hint")
    assert asked.lines[0]["level"] == "same_email"
    duplicates.gather(at=NOW)
    assert Proposal.objects.count() == 1


def unproved(name):
    return type(cast.AYSE)(kind="email", value=cast.AYSE.value, is_verified=False, name=name)


def test_open_conversations_stand_on_an_answer_and_resolved_ones_do_not():
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    inbox = cast.support_inbox()
    for status in ("open", "waiting", "resolved"):
        Conversation.objects.create(contact=ayse, inbox=inbox, status=status, created_at=NOW, last_message_at=NOW)
    assert duplicates.talks([ayse.pk]) == {ayse.pk: 2}


def test_the_night_looks_once_and_not_beside_somebodys_own_look():
    duplicates.nightly(at=NOW)
    duplicates.nightly(at=NOW)
    assert Run.objects.get().by is None
