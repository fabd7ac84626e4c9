"""What was said to us is read: each message as it comes, older ones some at a time; by night corrections are learned from.

A message that cannot be read is a message all the same: what follows from it goes on, and the reading is tried again.
"""

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback import answering
from muhatap.interactions.models import Interaction, Post
from muhatap.shared import away, jobs, prepared
from muhatap.understanding import catching_up, correcting, learning, topics
from muhatap.understanding.models import Correction, Reading, Topic, TopicMerge
from muhatap.understanding.reading import read

log = logging.getLogger(__name__)
LEARN = "learn_readings"
# What was said since the conversation was last resolved. One question, for it is asked after every message.
SAID = """
select r.kind, r.topic_id, not 'topic' = any(r.unsure), r.urgency = 'urgent' and r.at > coalesce((
  select at from conversations_message where conversation_id = %(conversation)s and kind = 'outbound' order by at desc, id desc limit 1
), '-infinity')
from conversations_message m join understanding_reading r on r.interaction_id = m.interaction_id
where m.conversation_id = %(conversation)s and m.id > coalesce((
  select max(id) from conversations_message where conversation_id = %(conversation)s and kind = 'event' and event = 'resolved'
), 0)
order by r.at, r.id
"""
MOVED = frozenset({"split_in", "split_out", "move_in", "move_out", "merge_in", "merge_out", "put_back"})
ENOUGH_BY_DAY = 10  # new corrections of a field; fewer wait for the night
_ANSWER = re.compile(r"^\s*(?:re|ynt|yan|fwd?|ilt|aw|antw)\s*:", re.IGNORECASE)


def follow(*, message: Message, at: datetime) -> None:
    """Read what a customer wrote, and show it to whoever has the thread open; where messages moved, both threads know what is said in
    them. Twice is as once.
    """
    if message.kind == Message.Kind.EVENT and message.event in MOVED:
        _tell_both(message)
        return
    if message.kind != Message.Kind.INBOUND or message.is_automatic or message.interaction_id is None:
        return
    if read_words(interaction_id=message.interaction_id, text=words_of(message), at=at) is not None:
        _tell(message.conversation)
        threads.announce(message.conversation, "conversation")


@transaction.atomic
def correct(*, reading: Reading, field: str, value: str, by: User, at: datetime) -> Correction:
    """Say what a field of a reading should be, and have its conversation know. Raises correcting.BadAnswer."""
    made = correcting.correct(reading=reading, field=field, value=value, by=by, at=at)
    _tell_of(reading)
    return made


@transaction.atomic
def take_back(*, correction: Correction, by: User, at: datetime) -> None:
    """What was said before stands again. Raises correcting.TakenBack."""
    correcting.take_back(correction=correction, by=by, at=at)
    _tell_of(correction.reading)


def _tell_of(reading: Reading, *, is_news: bool = True) -> None:
    message = Message.objects.filter(interaction=reading.interaction_id).select_related("conversation").first()
    if message is not None:
        _tell(message.conversation)
        if is_news:
            threads.announce(message.conversation, "conversation")


def _tell_both(message: Message) -> None:
    both = {message.conversation_id, int(message.event_details.get("other", message.conversation_id))}
    for conversation in Conversation.objects.filter(pk__in=both).order_by("pk"):
        _tell(conversation)
        threads.announce(conversation, "conversation")


def _tell(conversation: Conversation) -> None:
    """What they said since it was last resolved stands on the conversation: a complaint outweighs what came after it.

    One at a time: of two messages read at once, the second to tell sees what the first said.
    """
    list(Conversation.objects.select_for_update(no_key=True).filter(pk=conversation.pk).values_list("pk"))
    said = [_Said(*row) for row in prepared.rows(SAID, {"conversation": conversation.pk})]
    if not said and Reading.objects.filter(interaction__message__conversation=conversation).exists():
        return
    kinds = [one.kind for one in said]
    meant = [kind for kind in kinds if kind != Reading.Kind.OTHER] or kinds
    named = [one for one in said if one.topic_id and one.is_topic_sure] or [one for one in said if one.topic_id]
    Conversation.objects.filter(pk=conversation.pk).update(
        said_kind=Reading.Kind.COMPLAINT if Reading.Kind.COMPLAINT in kinds else meant[-1] if meant else "",
        said_topic=named[-1].topic_id if named else None,
        is_said_urgent=any(one.is_urgent for one in said),
    )


class _Said(NamedTuple):
    """What one message of a conversation says. What we answered since is urgent no longer."""

    kind: str
    topic_id: int | None
    is_topic_sure: bool
    is_urgent: bool


def say_anew(conversation: Conversation) -> None:
    """What was said in it is said otherwise now, or was taken back."""
    _tell(conversation)
    threads.announce(conversation, "conversation")


def read_words(*, interaction_id: int, text: str, at: datetime) -> Reading | None:
    """Read one interaction with these words; None where it is none of a person, has none, or its author took them back."""
    interaction = Interaction.objects.select_related("post").get(pk=interaction_id)
    if interaction.kind not in catching_up.KINDS or _is_taken_back(interaction):
        return None
    return read(interaction=interaction, text=text, at=at)


def _is_taken_back(interaction: Interaction) -> bool:
    """What stands in place of a post that its author deleted are words of ours."""
    post: Post | None = getattr(interaction, "post", None)
    return post is not None and post.erased_at is not None


def words_of(message: Message) -> str:
    """What is read of a message: its words without what was quoted, under the subject it begins with."""
    said = message.reply_text or message.text
    if not message.subject or _ANSWER.match(message.subject) or message.subject in said:
        return said
    return f"{message.subject}\n{said}"


def texts(interaction_ids: Collection[int]) -> Mapping[int, str]:
    """The words of interactions, as they were read; those that are gone are left out."""
    heard = Post.objects.filter(interaction__in=interaction_ids).exclude(text="").select_related("interaction")
    found = {
        one.interaction_id: words_of(Message(subject=one.interaction.title, text=one.text))
        for one in heard.filter(interaction__message=None)
    }
    messages = Message.objects.filter(interaction__in=interaction_ids)
    found |= {one.interaction_id: words_of(one) for one in messages if one.interaction_id is not None}
    return found | answering.words_by_interaction(interaction_ids)


@transaction.atomic
def merge_topics(*, keep: Topic, drop: Topic, by: User, at: datetime) -> TopicMerge:
    """Two topics become one, in conversations too. Raises topics.BadTopic."""
    merged = topics.merge(keep=keep, drop=drop, by=by, at=at)
    Conversation.objects.filter(said_topic=drop.pk).update(said_topic=keep.pk)
    return merged


@transaction.atomic
def undo_merge(*, merged: TopicMerge, by: User, at: datetime) -> None:
    """The two are two again; conversations whose readings went back go with them. Raises topics.BadTopic."""
    topics.undo_merge(merged=merged, by=by, at=at)
    back = Reading.objects.filter(topic_moves__merge=merged, topic=merged.dropped_id)
    threads_of = back.values("interaction__message__conversation")
    Conversation.objects.filter(pk__in=threads_of, said_topic=merged.kept_id).update(said_topic=merged.dropped_id)


def read_older(*, catch_up_id: int, at: datetime, before: int | None = None) -> None:
    """The piece before this number, or the next one, of what was written before there were readings."""

    def reads(interaction_ids: Sequence[int]) -> Mapping[int, bool | None]:
        return dict(_read_each(interaction_ids, at=at))

    catching_up.go_on(catch_up_id=catch_up_id, before=before, reads=reads, at=at)


def _read_each(interaction_ids: Sequence[int], *, at: datetime) -> Iterator[tuple[int, bool | None]]:
    words = texts(interaction_ids)
    for pk in interaction_ids:
        try:
            with transaction.atomic():
                found = read_words(interaction_id=pk, text=words.get(pk, ""), at=at)
                if found is not None:
                    _tell_of(found, is_news=False)
            yield pk, found is not None
        except Exception as error:
            if away.is_away(error):
                raise
            log.exception("interaction %s could not be read", pk)
            yield pk, None


def learn(*, at: datetime) -> None:
    """By night: a new layer wherever somebody said anything new."""
    learning.refit(texts=texts, at=at)


def learn_soon() -> None:
    """As by night, by a job that begins at once; one that waits already is enough."""
    jobs.queue_once(LEARN, queue="care")


def learn_by_day(*, at: datetime) -> None:
    """Within the hour, where much was said."""
    learning.refit(texts=texts, at=at, fewest_new=ENOUGH_BY_DAY)
