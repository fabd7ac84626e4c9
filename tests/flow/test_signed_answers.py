"""What is added to an answer when it leaves: the signature, once; and what is taken out: gaps, ourselves."""

import pytest

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.conversations.models import Conversation, Draft
from muhatap.flow import later, reply
from muhatap.interactions.models import Outgoing
from muhatap.writing import signing
from muhatap.writing.models import Signature
from tests import cast
from tests.flow.conftest import arrive, letter, message_of

pytestmark = pytest.mark.django_db
AYSE = Address(email="ayse.yilmaz@ornek.example")


@pytest.fixture
def conversation() -> Conversation:
    signing.save(
        inbox=cast.support_inbox(), user=None, language="", html="<p>{{ agent.name }}<br>{{ firm }}</p>",
        by=cast.selin(), at=cast.NOW,
    )  # fmt: skip
    return message_of(arrive(cast.support_inbox(), letter())).conversation


def send(conversation: Conversation, html: str = "<p>Yola çıktı.</p>", **more: object) -> str:
    fields: dict[str, object] = {"to": (AYSE,), "is_signed": True}
    answer = reply.Answer(html=html, **(fields | more))  # type: ignore[arg-type]
    message = reply.send(conversation=conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)
    return str(message.interaction.outgoing.get().outbound["text"])


def test_the_signature_is_added_when_it_leaves(conversation: Conversation) -> None:
    assert send(conversation) == "Yola çıktı.\n\nZeynep Arslan\nIhlamur Ev"
    message = conversation.messages.get(kind="outbound")
    assert (message.text, message.reply_text) == ("Yola çıktı.", "Yola çıktı.")
    assert "<div data-signature>" in message.html


def test_taken_back_and_sent_again_it_is_signed_once(conversation: Conversation) -> None:
    send(conversation)
    reply.take_back(message=conversation.messages.get(kind="outbound"), by=cast.zeynep(), at=cast.NOW)
    draft = Draft.objects.get()
    assert draft.html == "<p>Yola çıktı.</p>"
    assert send(conversation, draft.html).count("Zeynep Arslan") == 1


def test_nobody_signs_for_us_by_writing_our_mark(conversation: Conversation) -> None:
    sly = "<p>Bir</p><div data-signature>iki</div><p>üç</p>"
    assert send(conversation, sly).startswith("Bir\n\niki\n\nüç\n\nZeynep")
    reply.take_back(message=conversation.messages.get(kind="outbound"), by=cast.zeynep(), at=cast.NOW)
    assert Draft.objects.get().html == "<p>Bir</p><div>iki</div><p>üç</p>"


def test_a_gap_never_leaves(conversation: Conversation) -> None:
    assert send(conversation, '<p>Merhaba <mark data-gap="x"></mark>Ayşe</p>').startswith("Merhaba Ayşe\n")
    assert "mark" not in str(Outgoing.objects.get().outbound)


def test_the_inbox_itself_is_left_out_of_the_recipients_and_another_of_ours_stays(conversation: Conversation) -> None:
    Inbox.objects.create(kind="email", name="satış", address="satis@ihlamurev.example")
    itself, sales = Address(email="destek+abc@ihlamurev.example"), Address(email="SATIS@ihlamurev.example")
    send(conversation, to=(AYSE, itself), cc=(itself, sales))
    message = conversation.messages.get(kind="outbound")
    assert [one["email"] for one in (*message.to, *message.cc)] == [AYSE.email, sales.email]
    with pytest.raises(reply.NoRecipient):
        send(conversation, to=(itself,))


def test_the_most_particular_signature_is_taken(conversation: Conversation) -> None:
    inbox, zeynep = cast.support_inbox(), cast.zeynep()
    other = Inbox.objects.create(kind="email", name="satış", address="satis@ihlamurev.example")
    places = [
        (None, None, ""),
        (None, None, "en"),
        (None, zeynep, ""),
        (None, zeynep, "en"),
        (inbox, None, "en"),
        (inbox, zeynep, ""),
    ]
    for n, (box, user, language) in enumerate(places):
        signing.save(inbox=box, user=user, language=language, html=f"{n}", by=cast.selin(), at=cast.NOW)

    def found(box: Inbox, user: object, language: str) -> str:
        rows = signing.reachable(inbox_id=box.pk, user_id=getattr(user, "pk", None))
        row = signing.chosen(rows, language=language)
        return row.html if row else ""

    assert found(other, None, "tr") == "0"
    assert found(other, None, "en") == "1"
    assert found(other, zeynep, "tr") == "2"
    assert found(other, zeynep, "en") == "3"
    assert found(inbox, cast.can(), "en") == "4"
    assert found(inbox, zeynep, "en") == "5"


def test_a_signature_that_cannot_be_filled_keeps_no_answer_from_leaving(conversation: Conversation) -> None:
    Signature.objects.update(html='<p>{{ agent.name | truncate: "x" }}</p>')  # kept before such were refused
    assert send(conversation) == "Yola çıktı."


def test_what_was_chosen_for_this_answer_stands_under_it(conversation: Conversation) -> None:
    english = signing.save(
        inbox=None, user=cast.zeynep(), language="en", html="Best, Z.", by=cast.zeynep(), at=cast.NOW
    )
    assert send(conversation).endswith("Ihlamur Ev")
    assert send(conversation, signature=str(english.pk)).endswith("Best, Z.")
    assert send(conversation, signature=signing.NONE) == "Yola çıktı."


def test_nobody_signs_with_what_is_anothers(conversation: Conversation) -> None:
    cans = signing.save(inbox=None, user=cast.can(), language="", html="Can", by=cast.can(), at=cast.NOW)
    assert send(conversation, signature=str(cans.pk)).endswith("Zeynep Arslan\nIhlamur Ev")


def test_an_answer_that_leaves_later_is_signed_as_was_chosen(conversation: Conversation) -> None:
    chosen = reply.Answer(html="<p>Yarın.</p>", to=(AYSE,), is_signed=True, signature=signing.NONE)
    at = cast.NOW + cast.minutes(60)
    row = later.schedule(conversation=conversation, answer=chosen, send_at=at, by=cast.zeynep(), at=cast.NOW)
    later.send_due(scheduled_id=row.pk, at=at)
    assert conversation.messages.get(kind="outbound").html == "<p>Yarın.</p>"
