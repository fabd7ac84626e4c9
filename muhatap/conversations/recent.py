"""The newest entries of a thread with their people, read once for everything that asks about them while a page is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from muhatap.conversations.models import Conversation, Message, Participant

LIMIT = 40
PEOPLE = ("sender", "to", "cc", "bcc", "reply_to")
N_NEWEST = 20  # a mail may carry a time of its own: the entry made last is among the newest of these


@dataclass(frozen=True)
class Recent:
    """At most LIMIT entries, oldest first; `is_whole` when the thread has no others."""

    conversation: Conversation
    messages: Sequence[Message]
    is_whole: bool

    @property
    def newest_id(self) -> int:
        """The entry that was made last."""
        return max((message.pk for message in self.messages[-N_NEWEST:]), default=0)

    @property
    def spoken(self) -> list[Message]:
        """What was said to the customer and by them, newest first."""
        said = (Message.Kind.INBOUND, Message.Kind.OUTBOUND)
        return [message for message in reversed(self.messages) if message.kind in said]

    @property
    def answered(self) -> Message | None:
        """What an answer answers: the newest that a person wrote to us; farther up only where it is not among these."""
        near = next((one for one in self.spoken if one.kind == Message.Kind.INBOUND and not one.is_automatic), None)
        return near if near or self.is_whole else self._far()

    def _far(self) -> Message | None:
        written = self.conversation.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False)
        return written.order_by("-at", "-id").first()


def of(conversation: Conversation) -> Recent:
    """The newest entries as the thread stands now."""
    found = before(conversation, None, limit=LIMIT + 1)
    return Recent(conversation, found[-LIMIT:], len(found) <= LIMIT)


def heads(conversation: Conversation) -> Recent:
    """The same without what was said: who wrote when to whom, for those who ask while somebody types."""
    rows = conversation.messages.only("conversation", "kind", "is_automatic", "at", *PEOPLE)
    found = list(rows.order_by("-at", "-id")[: LIMIT + 1])
    return Recent(conversation, found[LIMIT - 1 :: -1], len(found) <= LIMIT)


def before(conversation: Conversation, place: tuple[datetime, int] | None, *, limit: int) -> list[Message]:
    """The newest entries before a moment, oldest first, with who wrote them and what is attached."""
    rows = conversation.messages.all()
    if place:
        rows = rows.filter(at__lte=place[0]).exclude(at=place[0], pk__gte=place[1])
    found = list(reversed(rows.order_by("-at", "-id")[:limit]))
    prefetch_related_objects(found, "attachments")
    prefetch_related_objects([one for one in found if one.by_id], "by")
    elsewhere = [one for one in found if one.inbox_id != conversation.inbox_id]
    prefetch_related_objects(elsewhere, "inbox")
    for one in found:
        if one.inbox_id == conversation.inbox_id:
            one.inbox = conversation.inbox
    with_contacts(conversation, found)
    return found


def with_contacts(conversation: Conversation, rows: Sequence[Message] | Sequence[Participant]) -> None:
    """Puts the contact beside each row; it is nearly always the conversation's own, which is at hand."""
    for one in rows:
        if one.contact_id == conversation.contact_id:
            one.contact = conversation.contact
    prefetch_related_objects([one for one in rows if one.contact_id not in (None, conversation.contact_id)], "contact")
