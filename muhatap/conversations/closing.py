"""Resolving, putting away as spam, and opening again: a closure is a row with who and when."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Closure, Conversation, Snooze
from muhatap.conversations.threads import Because

Status = Conversation.Status


@transaction.atomic
def resolve(*, conversation: Conversation, by: User | None, at: datetime, because: Because = None) -> None:
    """The matter is settled. Resolving twice changes nothing."""
    _close(conversation, Status.RESOLVED, by=by, at=at, because=because)


@transaction.atomic
def mark_spam(*, conversation: Conversation, by: User | None, at: datetime, because: Because = None) -> None:
    _close(conversation, Status.SPAM, by=by, at=at, because=because)


@transaction.atomic
def reopen(*, conversation: Conversation, by: User | None, at: datetime, because: Because = None) -> None:
    """Open again. An open conversation stays as it is."""
    current = _locked(conversation)
    if not current.is_closed:
        return
    Closure.objects.filter(conversation=current, ended_at=None).update(ended_at=at, ended_by=by)
    _set(conversation, Status.OPEN)
    threads.tell(conversation=conversation, event="reopened", by=by, at=at, **(because or {}))
    audit.record(
        by=by,
        at=at,
        act="conversation.reopen",
        kind="conversation",
        id=conversation.pk,
        name=conversation.subject,
        **(because or {}),
    )


@transaction.atomic
def take_back(*, conversation: Conversation, by: User, at: datetime) -> None:
    """Undo a closing at once: whose turn it was, and a snooze it had ended, are as before. An open conversation stays as it is."""
    closure = Closure.objects.filter(conversation=conversation, ended_at=None).first()
    reopen(conversation=conversation, by=by, at=at)
    if closure is None:
        return
    slept = Snooze.objects.filter(conversation=conversation, ended_at=closure.at, until__gt=at).order_by("id").last()
    if slept:
        Snooze.objects.filter(pk=slept.pk).update(ended_at=None)
        conversation.status = Status.SNOOZED
        conversation.save(update_fields=["status"])
    threads.retell(conversation=conversation)


def _close(conversation: Conversation, status: str, *, by: User | None, at: datetime, because: Because) -> None:
    current = _locked(conversation)
    if current.status == status:
        return
    Closure.objects.filter(conversation=current, ended_at=None).update(ended_at=at, ended_by=by)
    Closure.objects.create(conversation=current, outcome=status, by=by, at=at)
    Snooze.objects.filter(conversation=current, ended_at=None).update(ended_at=at)
    _set(conversation, status)
    threads.tell(conversation=conversation, event=status, by=by, at=at, **(because or {}))
    audit.record(
        by=by,
        at=at,
        act=f"conversation.{status}",
        kind="conversation",
        id=conversation.pk,
        name=conversation.subject,
        **(because or {}),
    )


def _locked(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_for_update().get(pk=conversation.pk)


def _set(conversation: Conversation, status: str) -> None:
    conversation.status = status
    if status != Status.OPEN:
        conversation.waiting_since = None
    elif conversation.waiting_since is None:
        conversation.waiting_since = threads.unanswered_since(conversation)
    conversation.save(update_fields=["status", "waiting_since"])
    threads.announce(conversation, "conversation")
