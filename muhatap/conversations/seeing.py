"""How far everybody has read."""

from datetime import datetime

from django.db.models import F, Q

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation, Mention, Seen


def mark_seen(*, conversation: Conversation, message_id: int, by: User, at: datetime) -> None:
    """Remember that somebody read up to a message; never goes back."""
    Seen.objects.bulk_create(
        [Seen(conversation=conversation, user=by, message_id=message_id, at=at)], ignore_conflicts=True
    )
    Seen.objects.filter(conversation=conversation, user=by, message_id__lt=message_id).update(message_id=message_id, at=at)
    Mention.objects.filter(user=by, seen_at=None, message__conversation=conversation, message_id__lte=message_id).update(seen_at=at)


def unread(user: User) -> Q:
    """Conversations with something from them that this user has not seen."""
    read = Q(seen__user=user, seen__message_id__gte=F("last_inbound_id"))
    return Q(last_inbound_id__isnull=False) & ~read
