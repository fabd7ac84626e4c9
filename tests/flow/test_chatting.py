"""A talk with a visitor across the rooms: typing and reading, and going on by mail when they left."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from muhatap.api.live import connection_settings
from muhatap.channels.contract import Address, Bounce
from muhatap.channels.models import Inbox
from muhatap.channels.webchat import lines, sessions
from muhatap.channels.webchat.models import ChatSession
from muhatap.channels.webchat.sessions import Page
from muhatap.contacts import identity
from muhatap.conversations import placing_words, routing, threading
from muhatap.conversations.models import Conversation, Draft, Message, Participant
from muhatap.flow import chatting, reply, sweep
from muhatap.flow import intake as staircase
from muhatap.interactions import outbox
from muhatap.interactions.models import Interaction, Outgoing, RawItem
from tests import cast
from tests.cast import AYSE, NOW, minutes


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
    conversation = Conversation.objects.get(inbox__kind="webchat")
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
    with psycopg.connect(**connection_settings(), autocommit=True) as connection:
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
    assert Draft.objects.count() == 2


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
    assert mail.sender.name == "Ihlamur Ev"
    assert Interaction.objects.filter(inbox=mailbox, direction="out").count() == 1
    message = Message.objects.get(inbox=mailbox)
    assert (message.kind, message.conversation.status, message.external_id) == ("outbound", "waiting", mail.message_id)
    chat = Conversation.objects.get(inbox__kind="webchat")
    assert placing_words.related_id(message.placed_details) == chat.pk
    assert not Participant.objects.filter(conversation=chat, address="elif.sahin@ornek.example").exists()


def gone_on_by_mail(mailbox: Inbox, email: str = AYSE.value) -> tuple[ChatSession, Message]:
    """Somebody claims this address in the chat and leaves; the answer goes on by mail."""
    session = visitor(email=email, email_inbox_id=mailbox.pk)
    writes(session)
    answers()
    chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(10))
    return session, Message.objects.get(inbox=mailbox)


def replies(ours: Message, **more: Any) -> Message:
    """Ayşe answers our mail from her own mailbox."""
    inbound = cast.mail(id="<ayse@ornek.example>", text="Siparişim 10482, adresim Karşıyaka", **more)
    contact = identity.resolve(claims=[inbound.sender], source="email", at=NOW)
    interaction = Interaction.objects.create(
        kind="message", direction="in", channel="email", inbox=ours.inbox, external_id=inbound.external_id,
        contact=contact, at=NOW, recorded_at=NOW,
    )  # fmt: skip
    return routing.route(inbox=ours.inbox, inbound=inbound, interaction=interaction, contact=contact, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("via", ["token", "reference"])
def test_what_is_answered_by_mail_never_reaches_the_window_of_who_claimed_the_address(via: str) -> None:
    session, ours = gone_on_by_mail(cast.support_inbox())
    token = threading.reply_token(ours.conversation)
    said = replies(ours, **({"tokens": (token,)} if via == "token" else {"in_reply_to": ours.external_id}))
    assert said.conversation == ours.conversation
    reply.send(
        conversation=said.conversation,
        answer=reply.Answer(html="<p>Yola çıktı</p>", to=[Address(email=AYSE.value)]),
        by=cast.zeynep(),
        at=NOW,
    )
    assert Outgoing.objects.latest("id").inbox.kind == "email"
    assert [line.text for line in session.lines.order_by("id")] == ["Makinede yıkanır mı?", "Yıkanır."]


@pytest.mark.django_db
def test_a_mail_with_the_token_of_a_chat_begins_a_conversation_that_follows_it() -> None:
    _session, ours = gone_on_by_mail(cast.support_inbox())
    chat = Conversation.objects.get(inbox__kind="webchat")
    said = replies(ours, tokens=(threading.reply_token(chat),))
    assert said.conversation.inbox.kind == "email"
    assert (said.placed_because, said.placed_details) == ("follows_chat", {"follows": chat.pk})
    assert placing_words.sentence(said.placed_because, said.placed_details)


@pytest.mark.django_db
def test_a_second_answer_goes_on_in_the_same_mail_conversation_unless_the_address_changed() -> None:
    session, ours = gone_on_by_mail(cast.support_inbox(), email="elif.sahin@ornek.example")
    for n, email in ((1, ""), (2, "yabanci@baska.example")):
        sessions.introduce(session=session, name="", email=email)
        answers(f"Ek olarak {n}", at=NOW + minutes(20 * n))
        chatting.continue_by_mail(session_id=session.pk, at=NOW + minutes(20 * n + 10))
    threads = Message.objects.filter(inbox=ours.inbox).order_by("id").values_list("conversation_id", flat=True)
    assert [pk == ours.conversation_id for pk in threads] == [True, True, False]


@pytest.mark.django_db
def test_a_mail_that_came_back_is_told_in_its_conversation() -> None:
    _session, ours = gone_on_by_mail(cast.support_inbox())
    bounce = Bounce(message_id=ours.external_id, recipient=AYSE.value, is_permanent=True)
    assert replies(ours, kind="bounce", bounce=bounce).conversation == ours.conversation


@pytest.mark.django_db
def test_an_answer_whose_job_died_is_mailed_by_the_sweep_once() -> None:
    mailbox = cast.support_inbox()
    session = visitor(email="elif.sahin@ornek.example", email_inbox_id=mailbox.pk, away_minutes=5)
    writes(session)
    answers()
    for passed, n_mails in ((6, 0), (8, 1), (9, 1)):
        sweep.everything(at=NOW + minutes(passed))
        assert Message.objects.filter(inbox=mailbox).count() == n_mails
    assert chatting.overdue(at=NOW + minutes(60)) == []


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
