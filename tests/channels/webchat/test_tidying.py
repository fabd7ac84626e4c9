"""What the chat forgets, and what it never does."""

from datetime import timedelta

import pytest

from muhatap.channels.webchat import lines, sessions, tidying
from muhatap.channels.webchat.models import ChatFile, ChatLine, ChatSession, SpentSignature
from muhatap.channels.webchat.sessions import Page
from muhatap.channels.webchat.signed import SignedIdentity
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def visitor(identity: SignedIdentity | None = None) -> ChatSession:
    inbox = cast.chat_inbox()
    return sessions.open(inbox=inbox, token="", identity=identity, language="tr", page=Page(), at=NOW).session


def test_windows_nobody_wrote_in_and_files_nobody_sent_are_forgotten_after_a_month() -> None:
    silent, talking = visitor(), visitor()
    lines.put(session=talking, direction="in", key="k", text="Merhaba", files=[], at=NOW)
    ChatFile.objects.create(session=silent, public_id="x", name="x.png", type="image/png", size=1, sha256="0", at=NOW)
    tidying.tidy(at=NOW + timedelta(days=29))
    assert (ChatSession.objects.count(), ChatFile.objects.count()) == (2, 1)
    tidying.tidy(at=NOW + timedelta(days=31))
    assert (list(ChatSession.objects.all()), ChatFile.objects.count()) == ([talking], 0)
    assert ChatLine.objects.count() == 1


def test_a_signature_is_remembered_until_it_ran_out() -> None:
    expires_at = NOW + timedelta(hours=1)
    visitor(SignedIdentity(subject="1", email="", name="", is_email_verified=False, expires_at=expires_at, digest="a"))
    tidying.tidy(at=expires_at)
    assert SpentSignature.objects.exists()
    tidying.tidy(at=expires_at + timedelta(minutes=5))
    assert not SpentSignature.objects.exists()
