from email import message_from_bytes, policy

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.conversations import drafting, snoozing
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.flow import reply, sweep
from muhatap.interactions.models import Interaction, Outgoing
from tests import cast
from tests.flow.conftest import arrive, letter, message_of
from tests.servers import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)
AYSE = (Address(email="ayse.yilmaz@ornek.example", name="Ayşe Yılmaz"),)
LATER = cast.NOW + cast.minutes(1)


@pytest.fixture
def conversation(inbox: Inbox) -> Conversation:
    return message_of(arrive(inbox, letter())).conversation


def answer(**more: object) -> reply.Answer:
    return reply.Answer(**({"html": "<p>Bugün <b>yola çıktı</b>.</p>", "to": AYSE} | more))  # type: ignore[arg-type]


def sent(conversation: Conversation, **more: object) -> Message:
    return reply.send(conversation=conversation, answer=answer(**more), by=cast.zeynep(), at=cast.NOW)


def test_an_answer_leaves_by_real_smtp_with_the_headers_that_keep_its_thread(
    conversation: Conversation, lone_smtp: SmtpServer
) -> None:
    message = sent(conversation)

    reply.dispatch(outgoing_id=Outgoing.objects.get().pk, at=LATER)

    mail = message_from_bytes(lone_smtp.contents[0], policy=policy.default)
    assert mail["Message-ID"] == message.external_id
    assert mail["In-Reply-To"] == "<1@ornek.example>"
    assert mail["Subject"].endswith("Nevresim takımım hâlâ gelmedi")
    assert "yola çıktı" in mail.get_body(("plain",)).get_content()
    assert Outgoing.objects.get().state == Outgoing.State.ACCEPTED


def test_dispatching_twice_sends_once(conversation: Conversation, lone_smtp: SmtpServer) -> None:
    sent(conversation)
    for _ in range(3):
        reply.dispatch(outgoing_id=Outgoing.objects.get().pk, at=LATER)

    assert len(lone_smtp.contents) == 1


def test_nothing_leaves_before_the_undo_time_is_over(conversation: Conversation, lone_smtp: SmtpServer) -> None:
    sent(conversation)

    reply.dispatch(outgoing_id=Outgoing.objects.get().pk, at=cast.NOW + cast.minutes(0.1))

    assert lone_smtp.contents == []


def test_what_is_taken_back_is_a_draft_again_and_never_leaves(
    conversation: Conversation, lone_smtp: SmtpServer
) -> None:
    message = sent(conversation)
    outgoing_id = Outgoing.objects.get().pk

    assert reply.take_back(message=message, by=cast.zeynep(), at=cast.NOW)
    reply.dispatch(outgoing_id=outgoing_id, at=LATER)

    assert lone_smtp.contents == []
    assert Draft.objects.get().html == "<p>Bugün <b>yola çıktı</b>.</p>"
    assert not Interaction.objects.filter(direction="out").exists()
    conversation.refresh_from_db()
    assert conversation.status == "open" and conversation.preview == "Siparişim gelmedi."


def test_taking_back_keeps_what_was_begun_meanwhile_and_lets_go_of_whom_only_it_brought(
    conversation: Conversation,
) -> None:
    stranger = Address(email="yanlis@baska.example")
    message = sent(conversation, to=(*AYSE, stranger))
    drafting.save(conversation=conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>Bir de şu:</p>")

    reply.take_back(message=message, by=cast.zeynep(), at=cast.NOW)

    assert Draft.objects.get().html == "<p>Bugün <b>yola çıktı</b>.</p><p>Bir de şu:</p>"
    assert not conversation.participants.filter(address="yanlis@baska.example").exists()
    assert conversation.participants.filter(address="ayse.yilmaz@ornek.example").exists()


def test_an_answer_ends_a_snooze(conversation: Conversation) -> None:
    snoozing.snooze(conversation=conversation, until=cast.NOW + cast.minutes(60), by=cast.zeynep(), at=cast.NOW)

    sent(conversation)

    assert snoozing.wake_due(at=cast.NOW + cast.minutes(90)) == 0


def test_what_has_left_cannot_be_taken_back(conversation: Conversation) -> None:
    message = sent(conversation)
    reply.dispatch(outgoing_id=Outgoing.objects.get().pk, at=LATER)

    assert not reply.take_back(message=message, by=cast.zeynep(), at=LATER)
    assert Message.objects.filter(pk=message.pk).exists()


def test_a_send_is_held_when_they_wrote_again_meanwhile(conversation: Conversation, inbox: Inbox) -> None:
    read = conversation.last_inbound_id
    arrive(inbox, letter(id="<2@ornek.example>", text="Bir de bu akşam evde değilim.", References="<1@ornek.example>"))

    with pytest.raises(reply.SomethingNew):
        sent(conversation, seen_message_id=read)
    assert not Outgoing.objects.exists()
    assert sent(conversation, seen_message_id=None).pk


@pytest.mark.parametrize(
    ("wrong", "refusal"), [({"html": "<p> &nbsp; </p>"}, reply.Empty), ({"to": ()}, reply.NoRecipient)]
)
def test_an_answer_without_words_or_reader_is_refused(
    conversation: Conversation, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        sent(conversation, **wrong)
    assert not Outgoing.objects.exists()


def test_answering_makes_it_their_turn_and_resolving_with_it_settles_it(conversation: Conversation) -> None:
    sent(conversation)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == ("waiting", None)

    reply.send(conversation=conversation, answer=answer(), by=cast.zeynep(), at=cast.NOW, and_resolve=True)
    conversation.refresh_from_db()
    assert conversation.status == "resolved"


def test_a_server_that_is_away_is_asked_again_later(conversation: Conversation, inbox: Inbox) -> None:
    inbox.settings["smtp_port"] = 1
    inbox.save()
    sent(conversation)

    reply.dispatch(outgoing_id=Outgoing.objects.get().pk, at=LATER)

    outgoing = Outgoing.objects.get()
    assert (outgoing.state, outgoing.n_attempts) == (Outgoing.State.QUEUED, 1)
    assert outgoing.not_before > LATER or outgoing.not_before > cast.NOW


def test_what_died_in_hand_is_never_sent_again_by_itself(conversation: Conversation, lone_smtp: SmtpServer) -> None:
    from muhatap.interactions import outbox

    sent(conversation)
    outbox.handing(Outgoing.objects.get().pk, at=LATER)

    sweep.everything(at=LATER + outbox.HANDING_TAKES + cast.minutes(1))

    assert Outgoing.objects.get().state == Outgoing.State.UNCERTAIN
    assert lone_smtp.contents == []


def test_the_sweep_digests_and_sends_what_a_killed_worker_left_behind(inbox: Inbox, lone_smtp: SmtpServer) -> None:
    from muhatap.interactions import intake

    intake.accept(inbox=inbox, dedupe_key="1", raw=letter(), meta={}, at=cast.NOW)

    sweep.everything(at=LATER)
    sent(Message.objects.get().conversation)
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name = 'dispatch'")
    sweep.everything(at=LATER + cast.minutes(1))

    job = ProcrastinateJob.objects.get(task_name="dispatch")
    reply.dispatch(outgoing_id=job.args["outgoing_id"], at=LATER + cast.minutes(1))
    assert len(lone_smtp.contents) == 1


def test_html_of_agents_is_cleaned_before_it_leaves(conversation: Conversation) -> None:
    message = sent(
        conversation, html='<p onclick="x()">Merhaba<script>alert(1)</script> <a href="javascript:x">tık</a></p>'
    )

    assert message.html == '<p>Merhaba <a rel="noopener noreferrer nofollow">tık</a></p>'
