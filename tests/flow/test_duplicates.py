"""Duplicates across the house: what imports left undecided, what stands on an answer, what the night does."""

import pytest

from muhatap.contacts import identity
from muhatap.conversations.models import Conversation
from muhatap.duplicates.models import Run
from muhatap.flow import duplicates
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


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
