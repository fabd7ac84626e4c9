"""How urgent a conversation is, as people (or a rule) see it."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation
from muhatap.conversations.threads import Because

Priority = Conversation.Priority


@transaction.atomic
def prioritise(
    *, conversation: Conversation, priority: int, by: User | None, at: datetime, because: Because = None
) -> None:
    """Give the conversation a priority; the one it has changes nothing. Raises ValueError for a number that is none."""
    chosen = Priority(priority)
    current = Conversation.objects.select_for_update().get(pk=conversation.pk)
    conversation.priority = chosen
    if current.priority == chosen:
        return
    conversation.save(update_fields=["priority"])
    details = {**(because or {}), "before": Priority(current.priority).name.lower(), "after": chosen.name.lower()}
    threads.tell(conversation=conversation, event="prioritised", by=by, at=at, **details)
    audit.record(by=by, at=at, act="conversation.prioritise", kind="conversation", id=conversation.pk, **details)
    threads.announce(conversation, "conversation")
