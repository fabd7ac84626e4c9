"""How far everybody has read."""

from datetime import datetime

from django.db.models import OuterRef, QuerySet

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation, Mention, Seen


def mark_seen(*, conversation: Conversation, message_id: int, by: User, at: datetime) -> None:
    """Remember that somebody read up to a message; never goes back."""
    Seen.objects.bulk_create(
        [Seen(conversation=conversation, user=by, message_id=message_id, at=at)], ignore_conflicts=True
    )
    Seen.objects.filter(conversation=conversation, user=by, message_id__lt=message_id).update(
        message_id=message_id, at=at
    )
    Mention.objects.filter(
        user=by, seen_at=None, message__conversation=conversation, message_id__lte=message_id
    ).update(seen_at=at)


def seen_by(user: User) -> QuerySet[Seen]:
    """For a subquery over conversations: this user has read to the end."""
    return Seen.objects.filter(conversation=OuterRef("pk"), user=user, message_id__gte=OuterRef("last_inbound_id"))
