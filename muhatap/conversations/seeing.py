"""How far everybody has read."""

from datetime import datetime

from django.db import connection
from django.db.models import OuterRef, QuerySet

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation, Mention, Seen

READ = """
insert into conversations_seen as s (conversation_id, user_id, message_id, at) values (%s, %s, %s, %s)
on conflict (conversation_id, user_id) do update set message_id = excluded.message_id, at = excluded.at
where s.message_id < excluded.message_id
"""


def mark_seen(*, conversation: Conversation, message_id: int, by: User, at: datetime) -> None:
    """Remember that somebody read up to a message; never goes back."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [conversation.pk, by.pk, message_id, at])
    mentions = Mention.objects.filter(user=by, seen_at=None, message_id__lte=message_id)
    mentions.filter(message__conversation=conversation).update(seen_at=at)


def seen_by(user: User) -> QuerySet[Seen]:
    """For a subquery over conversations: this user has read to the end."""
    return Seen.objects.filter(conversation=OuterRef("pk"), user=user, message_id__gte=OuterRef("last_inbound_id"))
