"""Colleagues who hear what happens in a conversation without owning it."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Follower
from muhatap.conversations.visibility import sees


class NotSeen(Exception):
    """Who does not see a conversation cannot follow it: a mention in a note is what lets them in."""


@transaction.atomic
def follow(*, conversation: Conversation, user: User, by: User, at: datetime) -> None:
    """Somebody follows, by themselves or because a colleague asked. Following twice changes nothing. Raises NotSeen."""
    if not user.is_active or not sees(user, conversation):
        raise NotSeen(user)
    _, is_new = Follower.objects.get_or_create(conversation=conversation, user=user, defaults={"by": by, "at": at})
    if is_new:
        threads.tell(conversation=conversation, event="followed", by=by, at=at, who=str(user))


@transaction.atomic
def unfollow(*, conversation: Conversation, user: User, by: User, at: datetime) -> None:
    removed, _ = Follower.objects.filter(conversation=conversation, user=user).delete()
    if removed:
        threads.tell(conversation=conversation, event="unfollowed", by=by, at=at, who=str(user))
