"""Sessions: whose window opens with what."""

from datetime import timedelta

import pytest

from muhatap.channels.webchat import sessions
from muhatap.channels.webchat.models import ChatSession
from muhatap.channels.webchat.sessions import Opened, Page
from muhatap.channels.webchat.signed import Refused, SignedIdentity
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def identity(subject: str = "20871", digest: str = "a", **more: object) -> SignedIdentity:
    told = {"email": "ayse.yilmaz@ornek.example", "name": "Ayşe Yılmaz", "is_email_verified": True, **more}
    return SignedIdentity(subject=subject, digest=digest, expires_at=NOW + timedelta(hours=1), **told)  # type: ignore[arg-type]


def opened(token: str = "", who: SignedIdentity | None = None) -> Opened:
    return sessions.open(inbox=cast.chat_inbox(), token=token, identity=who, language="tr", page=Page(), at=NOW)


def test_a_returning_browser_finds_its_session_and_only_the_hash_is_kept() -> None:
    first = opened()
    again = opened(first.new_token)
    assert again.session == first.session
    assert again.new_token == ""
    assert first.new_token not in str(list(ChatSession.objects.values()))


def test_a_made_up_token_opens_a_new_session() -> None:
    assert opened("made up").new_token


def test_a_token_of_another_inbox_opens_nothing() -> None:
    first = opened()
    other = cast.chat_inbox().__class__.objects.create(kind="webchat", name="Başka", public_key="baska")
    assert sessions.by_token(first.new_token, inbox=other) is None


def test_who_signs_in_goes_on_in_the_same_window() -> None:
    first = opened()
    signed = opened(first.new_token, identity())
    assert signed.session == first.session
    assert signed.session.is_email_verified


def test_after_logging_out_the_next_person_at_this_browser_sees_nothing() -> None:
    first = opened(who=identity())
    assert opened(first.new_token).session != first.session


def test_another_customer_in_the_same_browser_gets_their_own_window() -> None:
    first = opened(who=identity())
    assert opened(first.new_token, identity("555", digest="b")).session != first.session


def test_a_signature_copied_into_another_browser_opens_nothing() -> None:
    first = opened(who=identity())
    with pytest.raises(Refused):
        opened(who=identity())
    assert opened(first.new_token, identity()).session == first.session
    assert ChatSession.objects.count() == 1


def test_what_a_visitor_says_never_becomes_verified_nor_replaces_what_is() -> None:
    anonymous, ayse = opened().session, opened(who=identity()).session
    for session in (anonymous, ayse):
        sessions.introduce(session=session, name="", email="Mehmet.Kaya@ornek.example")
    assert (anonymous.email, anonymous.is_email_verified) == ("mehmet.kaya@ornek.example", False)
    assert (ayse.email, ayse.is_email_verified) == ("ayse.yilmaz@ornek.example", True)
