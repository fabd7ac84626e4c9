"""Putting a conversation to sleep until a moment; it wakes by itself, or when they write."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Snooze
from muhatap.conversations.threads import Because

Status = Conversation.Status


class NotInFuture(Exception):
    """A snooze needs a moment that is still to come."""


class NotOpen(Exception):
    """What is settled does not sleep."""


@transaction.atomic
def snooze(
    *, conversation: Conversation, until: datetime, by: User | None, at: datetime, because: Because = None
) -> Snooze:
    """Hide the conversation until a moment. Raises NotInFuture, NotOpen."""
    if until <= at:
        raise NotInFuture(until)
    if Conversation.objects.select_for_update().get(pk=conversation.pk).is_closed:
        raise NotOpen(conversation)
    Snooze.objects.filter(conversation=conversation, ended_at=None).update(ended_at=at)
    row = Snooze.objects.create(conversation=conversation, by=by, at=at, until=until)
    conversation.status = Status.SNOOZED
    conversation.save(update_fields=["status"])
    threads.tell(conversation=conversation, event="snoozed", by=by, at=at, **(because or {}), until=until.isoformat())
    threads.announce(conversation, "conversation")
    return row


@transaction.atomic
def take_back(*, conversation: Conversation, by: User, at: datetime) -> bool:
    """Undo a snooze: whose turn it was is as before. False when none stands."""
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    if not Snooze.objects.filter(conversation=conversation, ended_at=None).update(ended_at=at):
        return False
    conversation.status = Status.OPEN
    conversation.save(update_fields=["status"])
    threads.retell(conversation=conversation)
    threads.tell(conversation=conversation, event="unsnoozed", by=by, at=at)
    return True


@transaction.atomic
def wake(*, conversation: Conversation, at: datetime) -> bool:
    """End the snooze, if one stands; False when there was none."""
    Conversation.objects.select_for_update().get(pk=conversation.pk)  # before its snooze, as every act does
    if not Snooze.objects.filter(conversation=conversation, ended_at=None).update(ended_at=at):
        return False
    conversation.status = Status.OPEN
    conversation.save(update_fields=["status"])
    threads.tell(conversation=conversation, event="woken", by=None, at=at)
    threads.announce(conversation, "conversation")
    return True


def wake_due(*, at: datetime) -> int:
    """Wake all whose time has come; returns how many."""
    due = Snooze.objects.filter(ended_at=None, until__lte=at).select_related("conversation")
    return sum(wake(conversation=row.conversation, at=at) for row in due[:500])
