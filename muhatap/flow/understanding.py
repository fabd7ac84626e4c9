"""What was said to us is read: each message as it comes, older ones some at a time; by night corrections are learned from.

A message that cannot be read is a message all the same: what follows from it goes on, and the reading is tried again.
"""

import logging
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from muhatap.conversations import threads
from muhatap.conversations.models import Message
from muhatap.feedback.models import Response
from muhatap.interactions.models import Interaction
from muhatap.shared import away
from muhatap.understanding import catching_up, learning
from muhatap.understanding.models import Reading
from muhatap.understanding.reading import read

log = logging.getLogger(__name__)
ENOUGH_BY_DAY = 10  # new corrections of a field; fewer wait for the night
_ANSWER = re.compile(r"^\s*(?:re|ynt|yan|fwd?|ilt|aw|antw)\s*:", re.IGNORECASE)


def follow(*, message: Message, at: datetime) -> None:
    """Read what a customer wrote, and show it to whoever has the thread open; twice is as once."""
    if message.kind != Message.Kind.INBOUND or message.is_automatic or message.interaction_id is None:
        return
    if read_words(interaction_id=message.interaction_id, text=words_of(message), at=at) is not None:
        threads.announce(message.conversation, "conversation")


def read_words(*, interaction_id: int, text: str, at: datetime) -> Reading | None:
    """Read one interaction with these words; None where it is none of a person, or has none."""
    interaction = Interaction.objects.get(pk=interaction_id)
    if interaction.kind not in catching_up.KINDS:
        return None
    return read(interaction=interaction, text=text, at=at)


def words_of(message: Message) -> str:
    """What is read of a message: its words without what was quoted, under the subject it begins with."""
    said = message.reply_text or message.text
    if not message.subject or _ANSWER.match(message.subject) or message.subject in said:
        return said
    return f"{message.subject}\n{said}"


def texts(interaction_ids: Collection[int]) -> Mapping[int, str]:
    """The words of interactions, as they were read; those that are gone are left out."""
    messages = Message.objects.filter(interaction__in=interaction_ids)
    found = {one.interaction_id: words_of(one) for one in messages if one.interaction_id is not None}
    answers = Response.objects.filter(interaction__in=interaction_ids).exclude(comment="")
    return found | {pk: words for pk, words in answers.values_list("interaction_id", "comment") if pk is not None}


def read_older(*, catch_up_id: int, at: datetime) -> None:
    """The next piece of what was written before there were readings."""

    def reads(interaction_ids: Sequence[int]) -> Mapping[int, bool | None]:
        return dict(_read_each(interaction_ids, at=at))

    catching_up.go_on(catch_up_id=catch_up_id, reads=reads, at=at)


def _read_each(interaction_ids: Sequence[int], *, at: datetime) -> Iterator[tuple[int, bool | None]]:
    words = texts(interaction_ids)
    for pk in interaction_ids:
        try:
            with transaction.atomic():
                yield pk, read_words(interaction_id=pk, text=words.get(pk, ""), at=at) is not None
        except Exception as error:
            if away.is_away(error):
                raise
            log.exception("interaction %s could not be read", pk)
            yield pk, None


def learn(*, at: datetime) -> None:
    """By night: a new layer wherever somebody said anything new."""
    learning.refit(texts=texts, at=at)


def learn_by_day(*, at: datetime) -> None:
    """Within the hour, where much was said."""
    learning.refit(texts=texts, at=at, fewest_new=ENOUGH_BY_DAY)
