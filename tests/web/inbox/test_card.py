"""The customer at the right of a conversation."""

import pytest

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation
from muhatap.interactions.models import Interaction
from muhatap.web.inbox.card import card
from tests import cast
from tests.insight.conftest import after
from tests.insight.voice_world import reads, said

pytestmark = pytest.mark.django_db


def tones(conversation: Conversation, user: User) -> list[str]:
    return [line.tone for line in card(conversation, user, after(60)).profile if line.source]


def test_the_mood_is_that_of_what_its_reader_may_read() -> None:
    letter = said("Havlulara bayıldım", kind="praise")
    told = {"kind": "message", "direction": "in", "channel": "email", "contact": letter.conversation.contact}
    for n in (1, 2, 3):
        at = after(n)
        elsewhere = Interaction.objects.create(inbox=cast.chat_inbox(), at=at, recorded_at=at, **told)
        reads(elsewhere, at, kind="complaint")

    assert tones(letter.conversation, cast.zeynep()) == [""]
    assert tones(letter.conversation, cast.can()) == ["soon"]
