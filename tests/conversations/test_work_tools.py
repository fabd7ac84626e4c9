"""Priority, followers, the firm's own fields, and taking back: each is told in the thread once."""

import pytest

from muhatap.contacts import designing
from muhatap.contacts.fields import BadValues
from muhatap.conversations import (
    closing,
    filling,
    following,
    lists,
    prioritising,
    rearranging,
    snoozing,
    wanting,
)
from muhatap.conversations.models import Conversation, Message
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


def events(conversation: Conversation) -> list[str]:
    return list(conversation.messages.filter(kind="event").order_by("id").values_list("event", flat=True))


def test_a_priority_is_told_once(ayses_letter: Message) -> None:
    conversation = ayses_letter.conversation
    for _ in range(2):
        prioritising.prioritise(conversation=conversation, priority=2, by=cast.can(), at=cast.NOW)

    assert events(conversation) == ["prioritised"]
    assert Conversation.objects.get(pk=conversation.pk).priority == Conversation.Priority.URGENT
    with pytest.raises(ValueError):
        prioritising.prioritise(conversation=conversation, priority=9, by=cast.can(), at=cast.NOW)


def test_only_who_sees_a_conversation_follows_it(ayses_letter: Message) -> None:
    conversation = ayses_letter.conversation
    stranger = cast.staff("gul@ihlamurev.example", "Gül Taş", "agent", "own")
    for _ in range(2):
        following.follow(conversation=conversation, user=cast.zeynep(), by=cast.can(), at=cast.NOW)
    with pytest.raises(following.NotSeen):
        following.follow(conversation=conversation, user=stranger, by=cast.can(), at=cast.NOW)
    following.unfollow(conversation=conversation, user=cast.zeynep(), by=cast.can(), at=cast.NOW)
    following.unfollow(conversation=conversation, user=cast.zeynep(), by=cast.can(), at=cast.NOW)

    assert events(conversation) == ["followed", "unfollowed"]


@pytest.fixture
def branch(db: None) -> str:
    field = designing.define(
        label="Şube",
        kind="choice",
        choices=["Alsancak", "Karşıyaka"],
        about="conversation",
        by=cast.deniz(),
        at=cast.NOW,
    )
    designing.define(label="Tutar", kind="money", about="conversation", by=cast.deniz(), at=cast.NOW)
    return field.key


def test_own_fields_hold_what_their_kind_allows(ayses_letter: Message, branch: str) -> None:
    conversation = ayses_letter.conversation

    def fill(**told: str) -> list[str]:
        return filling.fill(conversation=conversation, told=told, by=cast.can(), at=cast.NOW)

    assert fill(**{branch: "karşıyaka"}) == ["Şube"]
    assert fill(**{branch: "Karşıyaka"}) == []
    with pytest.raises(BadValues) as refused:
        fill(**{branch: "Bornova", "tutar": "çok"})
    assert set(refused.value.errors) == {branch, "tutar"}
    fill(tutar="1.249,90 ₺")
    assert holds("field:tutar", "is", "1249,90") and not holds("field:tutar", "is", "12")
    assert holds(f"field:{branch}", "is", "KARŞIYAKA", "alsancak") and not holds(
        f"field:{branch}", "is_not", "Karşıyaka"
    )
    assert holds(f"field:{branch}", "filled") and not holds("field:tutar", "empty")
    with pytest.raises(wanting.BadCondition):
        wanting.read("field:tutar", "is", ["çok"])
    assert filling.of(conversation) == {branch: "Karşıyaka", "tutar": {"amount": "1249.9", "currency": "TRY"}}
    fill(**{branch: ""})
    assert branch not in filling.of(conversation)
    assert events(conversation) == ["filled", "filled", "filled"]


def holds(field: str, op: str, *values: str) -> bool:
    wanted = wanting.Wanted(conditions=(wanting.read(field, op, values),))
    return bool(lists.numbers(cast.can(), wanting.view(wanted, user=cast.can(), at=cast.NOW)))


def test_fields_of_conversations_are_none_of_contacts(branch: str) -> None:
    assert designing.active() == []
    assert [field.key for field in designing.active("conversation")] == [branch, "tutar"]


def test_a_merge_takes_followers_and_fields_along(ayses_letter: Message, branch: str) -> None:
    other = arrival(cast.mail(id="<other@ornek.example>", subject="Ayrı konu")).conversation
    following.follow(conversation=other, user=cast.zeynep(), by=cast.can(), at=cast.NOW)
    filling.fill(conversation=other, told={branch: "Alsancak"}, by=cast.can(), at=cast.NOW)

    rearranging.merge(conversation=other, target=ayses_letter.conversation, by=cast.can(), at=cast.NOW)

    assert filling.of(ayses_letter.conversation) == {branch: "Alsancak"}
    assert [one.user for one in ayses_letter.conversation.followers.all()] == [cast.zeynep()]


def test_a_closing_taken_back_leaves_everything_as_before(ayses_letter: Message) -> None:
    conversation = Conversation.objects.get(pk=ayses_letter.conversation_id)
    before = (conversation.status, conversation.waiting_since)

    closing.resolve(conversation=conversation, by=cast.can(), at=cast.NOW)
    closing.take_back(conversation=conversation, by=cast.can(), at=cast.NOW)
    snoozing.snooze(conversation=conversation, until=cast.NOW + cast.minutes(60), by=cast.can(), at=cast.NOW)
    snoozing.take_back(conversation=conversation, by=cast.can(), at=cast.NOW)

    conversation.refresh_from_db()
    assert (conversation.status, conversation.waiting_since) == before


def test_a_snooze_that_a_closing_ended_comes_back_with_it(ayses_letter: Message) -> None:
    conversation = Conversation.objects.get(pk=ayses_letter.conversation_id)
    snoozing.snooze(conversation=conversation, until=cast.NOW + cast.minutes(60), by=cast.can(), at=cast.NOW)
    closing.resolve(conversation=conversation, by=cast.can(), at=cast.NOW + cast.minutes(5))

    closing.take_back(conversation=conversation, by=cast.can(), at=cast.NOW + cast.minutes(5))

    conversation.refresh_from_db()
    assert conversation.status == "snoozed"
    assert conversation.snoozes.filter(ended_at=None).count() == 1


def test_what_moved_on_comes_back_in_the_order_it_went(ayses_letter: Message) -> None:
    second = arrival(
        cast.mail(id="<2@ornek.example>", references=("<ayse-1@ornek.example>",), at=cast.NOW + cast.minutes(5))
    )
    third = arrival(cast.mail(id="<3@ornek.example>", subject="Başka"))
    split = rearranging.split(
        conversation=ayses_letter.conversation, message_ids=[second.pk], by=cast.can(), at=cast.NOW
    )
    merge = rearranging.merge(conversation=split.target, target=third.conversation, by=cast.can(), at=cast.NOW)

    with pytest.raises(rearranging.LaterStands):
        rearranging.undo(rearrangement=split, by=cast.can(), at=cast.NOW)
    rearranging.undo(rearrangement=merge, by=cast.can(), at=cast.NOW)
    rearranging.undo(rearrangement=split, by=cast.can(), at=cast.NOW)

    assert Message.objects.get(pk=second.pk).conversation_id == ayses_letter.conversation_id


def test_an_unanswered_message_moved_into_a_closed_thread_opens_it(ayses_letter: Message) -> None:
    closed = arrival(cast.mail(id="<3@ornek.example>", subject="Başka")).conversation
    closing.resolve(conversation=closed, by=cast.can(), at=cast.NOW)

    rearranging.move(
        conversation=ayses_letter.conversation, message_ids=[ayses_letter.pk], target=closed, by=cast.can(), at=cast.NOW
    )

    closed.refresh_from_db()
    assert closed.status == "open"
    assert Conversation.objects.get(pk=ayses_letter.conversation_id).merged_into_id == closed.pk


def test_the_waiting_time_survives_a_split_of_the_later_letter(ayses_letter: Message) -> None:
    second = arrival(
        cast.mail(id="<2@ornek.example>", references=("<ayse-1@ornek.example>",), at=cast.NOW + cast.minutes(5))
    )

    rearranging.split(conversation=ayses_letter.conversation, message_ids=[second.pk], by=cast.can(), at=cast.NOW)

    assert Conversation.objects.get(pk=ayses_letter.conversation_id).waiting_since == ayses_letter.at
