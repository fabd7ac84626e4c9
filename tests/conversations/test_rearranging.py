import pytest

from muhatap.contacts import tagging as naming
from muhatap.conversations import closing, drafting, lists, rearranging, tagging, threads
from muhatap.conversations.models import Conversation, Message
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_letters(ayses_letter: Message) -> tuple[Message, Message]:
    """Ayşe answers her old mail with a new matter: both stand in one thread."""
    reused = cast.mail(
        id="<2@ornek.example>",
        subject="Perde de istiyorum",
        references=("<ayse-1@ornek.example>",),
        at=cast.NOW + cast.minutes(5),
    )
    second = arrival(reused)
    assert second.conversation_id == ayses_letter.conversation_id
    return ayses_letter, second


def test_a_split_gives_the_message_a_thread_of_its_own_and_undo_brings_it_back(
    two_letters: tuple[Message, Message],
) -> None:
    first, second = two_letters

    done = rearranging.split(conversation=first.conversation, message_ids=[second.pk], by=cast.zeynep(), at=cast.NOW)

    second.refresh_from_db()
    assert second.conversation_id == done.target_id
    assert done.target.subject == "Perde de istiyorum"
    rearranging.undo(rearrangement=done, by=cast.zeynep(), at=cast.NOW)
    second.refresh_from_db()
    assert second.conversation_id == first.conversation_id
    assert [row.pk for row in lists.page(cast.can(), "all").rows] == [first.conversation_id]


def test_undoing_twice_is_refused(two_letters: tuple[Message, Message]) -> None:
    first, second = two_letters
    done = rearranging.split(conversation=first.conversation, message_ids=[second.pk], by=cast.zeynep(), at=cast.NOW)
    rearranging.undo(rearrangement=done, by=cast.zeynep(), at=cast.NOW)

    with pytest.raises(rearranging.AlreadyUndone):
        rearranging.undo(rearrangement=done, by=cast.zeynep(), at=cast.NOW)


def test_a_thread_is_not_emptied_by_a_split(two_letters: tuple[Message, Message]) -> None:
    first, second = two_letters

    with pytest.raises(rearranging.NothingToMove):
        rearranging.split(
            conversation=first.conversation, message_ids=[first.pk, second.pk], by=cast.zeynep(), at=cast.NOW
        )


def test_merging_two_threads_and_back(ayses_letter: Message) -> None:
    other = arrival(cast.mail(id="<other@ornek.example>", subject="Aynı konu, ayrı mesaj"))
    assert other.conversation_id != ayses_letter.conversation_id

    done = rearranging.merge(
        conversation=other.conversation, target=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW
    )

    assert Message.objects.get(pk=other.pk).conversation_id == ayses_letter.conversation_id
    assert Conversation.objects.get(pk=other.conversation_id).merged_into_id == ayses_letter.conversation_id
    rearranging.undo(rearrangement=done, by=cast.zeynep(), at=cast.NOW)
    assert Message.objects.get(pk=other.pk).conversation_id == other.conversation_id
    assert Conversation.objects.get(pk=other.conversation_id).merged_into_id is None


def test_messages_do_not_change_their_channel(ayses_letter: Message) -> None:
    chat = arrival(cast.mail(id="chat-1", continues="contact"), cast.chat_inbox())

    with pytest.raises(rearranging.NotTheSameInbox):
        rearranging.merge(
            conversation=chat.conversation, target=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW
        )


def test_a_merge_takes_drafts_and_tags_along_and_opens_what_waits_for_us(ayses_letter: Message) -> None:
    other = arrival(
        cast.mail(id="<other@ornek.example>", subject="Aynı konu, ayrı mesaj", at=cast.NOW + cast.minutes(3))
    )
    drafting.save(conversation=other.conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>yarım</p>")
    tagging.tag(conversation=other.conversation, tag=naming.named("kargo"), by=cast.zeynep(), at=cast.NOW)
    closing.resolve(conversation=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    rearranging.merge(conversation=other.conversation, target=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    target = Conversation.objects.get(pk=ayses_letter.conversation_id)
    assert target.status == "open"
    assert [draft.html for draft in target.drafts.all()] == ["<p>yarım</p>"]
    assert [tag.name for tag in target.tags.all()] == ["kargo"]


def test_what_arrives_while_a_thread_is_merged_away_follows_it(ayses_letter: Message) -> None:
    other = arrival(cast.mail(id="<other@ornek.example>", subject="Aynı konu, ayrı mesaj"))
    rearranging.merge(conversation=other.conversation, target=ayses_letter.conversation, by=cast.zeynep(), at=cast.NOW)

    assert threads.held(other.conversation).pk == ayses_letter.conversation_id
