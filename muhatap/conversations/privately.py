"""A post that is answered by mail: the two threads know each other, and the mail is the answer of the public one, too.

The public thread says that it was answered and by whom, never what was written: not everybody who sees it sees the mail.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Message

BEGUN = "private_answer"  # the event by which a thread of mails knows the post it answers
ANSWERED = "answered_privately"  # why an answer stands in the public thread


@transaction.atomic
def tie(*, public: Conversation, private: Conversation, by: User, at: datetime) -> Message:
    """From now on the first answer in `private` is an answer in `public`."""
    return threads.tell(conversation=private, event=BEGUN, by=by, at=at, other=public.pk)


@transaction.atomic
def answered(*, message: Message, by: User, at: datetime) -> Message | None:
    """A mail was sent: if its thread was begun to answer a post, that is answered now. Later mails say nothing of it."""
    begun = _tie(message.conversation)
    public = _held(begun)
    if begun is None or public is None:
        return None
    if public.messages.filter(placed_because=ANSWERED, placed_details__tie=begun.pk).exists():
        return None
    return threads.append_answered(
        conversation=public,
        text=_("Answered privately by e-mail."),
        because=ANSWERED,
        details={"other": message.conversation_id, "tie": begun.pk, "message": message.pk},
        by=by,
        at=at,
    )


@transaction.atomic
def unanswered(*, message: Message, by: User, at: datetime) -> None:
    """The mail was taken back before it left: the post waits again."""
    private = threads.held(message.conversation)  # first this one, as a send does
    public = _held(_tie(private))
    if public is None:
        return
    said = public.messages.filter(placed_because=ANSWERED, placed_details__message=message.pk)
    if said.delete()[0]:
        threads.retell(conversation=public)
        threads.tell(conversation=public, event="taken_back", by=by, at=at)


def _tie(conversation: Conversation) -> Message | None:
    return conversation.messages.filter(event=BEGUN).order_by("id").last()


def _held(begun: Message | None) -> Conversation | None:
    """The public thread, locked; none where a thread answers no post, or its author's conversations were erased."""
    found = Conversation.objects.filter(pk=begun.event_details["other"]).first() if begun else None
    return threads.held(found) if found else None
