"""Tags on conversations."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts.models import Tag
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, ConversationTag
from muhatap.conversations.threads import Because


@transaction.atomic
def tag(*, conversation: Conversation, tag: Tag, by: User | None, at: datetime, because: Because = None) -> None:
    _, is_new = ConversationTag.objects.get_or_create(conversation=conversation, tag=tag, defaults={"by": by, "at": at})
    if is_new:
        threads.tell(conversation=conversation, event="tagged", by=by, at=at, **(because or {}), tag=tag.name)


@transaction.atomic
def untag(*, conversation: Conversation, tag: Tag, by: User | None, at: datetime, because: Because = None) -> None:
    removed, _ = ConversationTag.objects.filter(conversation=conversation, tag=tag).delete()
    if removed:
        threads.tell(conversation=conversation, event="untagged", by=by, at=at, **(because or {}), tag=tag.name)
