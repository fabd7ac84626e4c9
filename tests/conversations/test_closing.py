import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.conversations import closing, snoozing
from muhatap.conversations.models import Closure, Message, Snooze
from tests import cast
from tests.conversations.conftest import arrival, conversation_of

pytestmark = pytest.mark.django_db


def test_resolving_is_a_row_with_who_and_when(ayses_letter: Message) -> None:
    closing.resolve(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    closure = Closure.objects.get()
    assert (closure.by, closure.at, closure.outcome) == (cast.zeynep(), cast.NOW, "resolved")
    assert AuditEntry.objects.filter(act="conversation.resolved").exists()


def test_resolving_twice_is_resolving_once(ayses_letter: Message) -> None:
    for _ in range(2):
        closing.resolve(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    assert Closure.objects.count() == 1


def test_a_new_letter_opens_a_resolved_conversation_again(ayses_letter: Message) -> None:
    closing.resolve(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    again = arrival(
        cast.mail(
            id="<ayse-2@ornek.example>", in_reply_to="<ayse-1@ornek.example>", references=("<ayse-1@ornek.example>",)
        )
    )

    again.conversation.refresh_from_db()
    assert again.conversation_id == ayses_letter.conversation_id
    assert again.conversation.status == "open"
    assert Closure.objects.get().ended_at == cast.NOW


def test_an_automatic_reply_wakes_nobody(ayses_letter: Message) -> None:
    closing.resolve(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    arrival(
        cast.mail(
            id="<auto@ornek.example>",
            kind="auto_reply",
            in_reply_to="<ayse-1@ornek.example>",
            references=("<ayse-1@ornek.example>",),
        )
    )

    ayses_letter.conversation.refresh_from_db()
    assert ayses_letter.conversation.status == "resolved"


def test_a_snoozed_conversation_wakes_at_its_time_and_not_before() -> None:
    conversation = conversation_of("Oğuz Çelik")
    snoozing.snooze(conversation=conversation, until=cast.NOW + cast.minutes(60), by=cast.zeynep(), at=cast.NOW)

    assert snoozing.wake_due(at=cast.NOW + cast.minutes(59)) == 0
    assert snoozing.wake_due(at=cast.NOW + cast.minutes(60)) == 1
    assert snoozing.wake_due(at=cast.NOW + cast.minutes(61)) == 0


def test_a_snooze_into_the_past_is_refused() -> None:
    conversation = conversation_of("Oğuz Çelik")

    with pytest.raises(snoozing.NotInFuture):
        snoozing.snooze(conversation=conversation, until=cast.NOW, by=cast.zeynep(), at=cast.NOW)
    assert not Snooze.objects.exists()
