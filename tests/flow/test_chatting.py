"""A talk with a visitor across the rooms: typing and reading, and going on by mail when they left."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from muhatap.api.live import _connection
from muhatap.channels.webchat import lines, sessions
from muhatap.channels.webchat.models import ChatSession
from muhatap.channels.webchat.sessions import Page
from muhatap.conversations import drafting
from muhatap.conversations.models import Conversation, Message, Participant
from muhatap.flow import chatting, reply, sweep
from muhatap.flow import intake as staircase
from muhatap.interactions import outbox
from muhatap.interactions.models import Interaction, Outgoing, RawItem
from tests import cast
from tests.cast import NOW, minutes


def visitor(email: str = "", **settings: object) -> ChatSession:
    inbox = cast.chat_inbox(**settings)
    session = sessions.open(inbox=inbox, token="", identity=None, language="tr", page=Page(), at=NOW).session
    sessions.introduce(session=session, name="Elif Şahin", email=email)
    return session


def writes(session: ChatSession, text: str = "Makinede yıkanır mı?", key: str = "k1") -> Message:
    chatting.take(session=session, key=key, text=text, files=(), at=NOW)
    staircase.digest(item_id=RawItem.objects.latest("id").pk, at=NOW)
    return Message.objects.get(text=text)


def answers(text: str = "Yıkanır.", at: Any = NOW) -> Outgoing:
    conversation = Conversation.objects.get()
    message = reply.send(
        conversation=conversation,
        answer=reply.Answer(html=f"<p>{text}</p>"),
        by=cast.zeynep(),
        at=at,
        undo=timedelta(0),
    )
    outgoing = Outgoing.objects.get(interaction=message.interaction)
    reply.dispatch(outgoing_id=outgoing.pk, at=at)
    return Outgoing.objects.get(pk=outgoing.pk)


@pytest.fixture
def heard(transactional_db: None) -> Iterator[Any]:
    """What was announced to visitors, as their stream would hear it."""
    with psycopg.connect(**_connection(), autocommit=True) as connection:
        connection.execute("listen muhatap_live")

        def told() -> list[tuple[str, str]]:
            notices = [json.loads(n.payload) for n in connection.notifies(timeout=0.5)]
            return [(n["kind"], n.get("name", "")) for n in notices if n["topics"][0].startswith("visitor:")]

        yield told


def test_the_visitor_hears_that_we_write_and_that_we_read_once(heard: Any) -> None:
    message = writes(visitor())
    conversation, zeynep = message.conversation, cast.zeynep()
    heard()
    for _ in range(2):
        chatting.we_read(conversation=conversation, message_id=message.pk, by=zeynep, at=NOW)
    chatting.we_write(conversation=conversation, kind="reply", by=zeynep, at=NOW, html="<p>Yıkanır</p>")
    assert heard() == [("read", "Zeynep Arslan"), ("typing", "Zeynep Arslan")]


def test_the_visitor_hears_nothing_when_only_our_own_words_were_read(heard: Any) -> None:
    message = writes(visitor())
    chatting.we_read(conversation=message.conversation, message_id=message.pk, by=cast.can(), at=NOW)
    answers()
    heard()
    ours = Message.objects.get(kind="outbound")
    chatting.we_read(conversation=message.conversation, message_id=ours.pk, by=cast.zeynep(), at=NOW)
    assert heard() == []


def test_the_visitor_hears_nothing_of_notes_nor_of_empty_drafts(heard: Any) -> None:
    conversation = writes(visitor()).conversation
    heard()
    chatting.we_write(conversation=conversation, kind="note", by=cast.zeynep(), at=NOW, html="<p>Zor müşteri</p>")
    chatting.we_write(conversation=conversation, kind="reply", by=cast.zeynep(), at=NOW, html="<p></p>")
    assert heard() == []
    assert drafting.Draft.objects.count() == 2


@pytest.mark.django_db
def test_who_left_before_reading_gets_the_answer_by_mail_once() -> None:
    mailbox = cast.support_inbox()
    session = visitor(email="elif.sahin@ornek.example", email_inbox_id=mailbox.pk, away_minutes=5)
    writes(session)
    answers("Yıkanır, 30 derecede.")
    chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(4))
    assert not Outgoing.objects.filter(inbox=mailbox).exists()
    for _ in range(2):
        chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(6))
    mail = outbox.from_json(Outgoing.objects.get(inbox=mailbox).outbound)
    assert mail.to[0].email == "elif.sahin@ornek.example"
    assert "Yıkanır, 30 derecede." in mail.text
    assert mail.reply_token
    assert Participant.objects.filter(address="elif.sahin@ornek.example").exists()
    assert Interaction.objects.filter(inbox=mailbox, direction="out").count() == 1


@pytest.mark.django_db
def test_who_read_it_in_the_window_gets_no_mail() -> None:
    session = visitor(email="elif.sahin@ornek.example", email_inbox_id=cast.support_inbox().pk)
    writes(session)
    answers()
    chatting.mark(session=session, delivered=0, read=session.lines.latest("id").pk, at=NOW)
    chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(60))
    assert not Outgoing.objects.filter(inbox__kind="email").exists()


@pytest.mark.django_db
def test_a_window_left_open_but_unread_is_not_waited_for_forever() -> None:
    session = visitor(email="elif.sahin@ornek.example", email_inbox_id=cast.support_inbox().pk)
    writes(session)
    answers()
    for passed, n_mails in ((10, 0), (31, 1)):
        sessions.seen([session.pk], at=NOW + minutes(passed))
        chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(passed))
        assert Outgoing.objects.filter(inbox__kind="email").count() == n_mails


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["", "elif.sahin@ornek.example"])
def test_without_an_address_or_a_mailbox_nothing_is_mailed(email: str) -> None:
    mailbox = cast.support_inbox()
    session = visitor(email=email, **({} if email else {"email_inbox_id": mailbox.pk}))
    writes(session)
    answers()
    chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(60))
    assert not Outgoing.objects.filter(inbox=mailbox).exists()


@pytest.mark.django_db
def test_an_answer_whose_process_died_after_handing_over_is_not_in_doubt() -> None:
    writes(visitor())
    outgoing = answers()
    # As it stands when the process dies after the line was committed and before the outbox heard of it.
    Outgoing.objects.filter(pk=outgoing.pk).delete()
    again = Outgoing.objects.create(
        interaction=outgoing.interaction,
        inbox=outgoing.inbox,
        message_id=outgoing.message_id,
        outbound=outgoing.outbound,
        state=Outgoing.State.HANDING,
        not_before=NOW,
        state_at=NOW,
    )
    sweep.everything(at=NOW + minutes(10))
    again.refresh_from_db()
    assert again.state == Outgoing.State.ACCEPTED


@pytest.mark.django_db
def test_what_is_taken_in_twice_is_one_line_and_one_item() -> None:
    session = visitor()
    first = chatting.take(session=session, key="k", text="bir", files=(), at=NOW)
    assert chatting.take(session=session, key="k", text="başka", files=(), at=NOW) == first
    assert (lines.after(session, 0), RawItem.objects.count()) == ([first], 1)
