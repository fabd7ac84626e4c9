"""Split, move, merge: messages get another thread, and what moved is written down, so that it can go back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.conversations import closing, drafting, threads
from muhatap.conversations.models import Conversation, ConversationTag, Message, Rearrangement


class NothingToMove(Exception):
    """No message of this thread was chosen, or all of them: a thread is not emptied by a split."""


class NotTheSameInbox(Exception):
    """Messages answer on the channel they came by; another inbox cannot."""


class AlreadyUndone(Exception):
    """This was put back before, or something later stands on it."""


@transaction.atomic
def split(*, conversation: Conversation, message_ids: Collection[int], by: User, at: datetime) -> Rearrangement:
    """Give chosen messages a thread of their own. Raises NothingToMove."""
    chosen = _chosen(conversation, message_ids)
    if len(chosen) == conversation.messages.exclude(kind=Message.Kind.EVENT).count():
        raise NothingToMove
    first = chosen[0]
    target = threads.start(
        inbox=conversation.inbox,
        contact=first.contact or conversation.contact,
        subject=first.subject or conversation.subject,
        at=first.at,
        team_id=conversation.team_id,
    )
    return _shift("split", conversation, target, chosen, by=by, at=at)


@transaction.atomic
def move(
    *, conversation: Conversation, message_ids: Collection[int], target: Conversation, by: User, at: datetime
) -> Rearrangement:
    """Put chosen messages into another thread of the same inbox. Raises NothingToMove, NotTheSameInbox."""
    if target.inbox_id != conversation.inbox_id:
        raise NotTheSameInbox
    return _shift("move", conversation, target, _chosen(conversation, message_ids), by=by, at=at)


@transaction.atomic
def merge(*, conversation: Conversation, target: Conversation, by: User, at: datetime) -> Rearrangement:
    """Make two threads of one inbox one; the emptied one points to the other. Raises NothingToMove, NotTheSameInbox."""
    if target.inbox_id != conversation.inbox_id:
        raise NotTheSameInbox
    if target.pk == conversation.pk or target.merged_into_id:
        raise NothingToMove
    done = _shift("merge", conversation, target, list(conversation.messages.order_by("at", "id")), by=by, at=at)
    conversation.merged_into = target
    conversation.save(update_fields=["merged_into"])
    _take_along(conversation, target, by=by, at=at)
    return done


@transaction.atomic
def undo(*, rearrangement: Rearrangement, by: User, at: datetime) -> None:
    """Put back what was moved, as far as it still stands where it was put. Raises AlreadyUndone."""
    changed = Rearrangement.objects.filter(pk=rearrangement.pk, undone_at=None).update(undone_at=at, undone_by=by)
    if not changed:
        raise AlreadyUndone
    source, target = rearrangement.source, rearrangement.target
    if rearrangement.kind == "merge":
        source.merged_into = None
        source.save(update_fields=["merged_into"])
    Message.objects.filter(pk__in=rearrangement.moved["messages"], conversation=target).update(conversation=source)
    for conversation in (source, target):
        threads.retell(conversation=conversation)
    _hide_if_empty(target, source)
    threads.tell(conversation=source, event="put_back", by=by, at=at, other=target.pk)
    audit.record(by=by, at=at, act="conversation.put_back", kind="conversation", id=source.pk, other=target.pk)


def _take_along(conversation: Conversation, target: Conversation, *, by: User, at: datetime) -> None:
    """What hangs on the emptied thread: drafts would be lost there, tags too; and an unanswered message opens the target."""
    for draft in conversation.drafts.select_for_update():
        drafting.append(draft=draft, to=target, at=at)
    for tagging in conversation.taggings.all():
        ConversationTag.objects.get_or_create(
            conversation=target, tag_id=tagging.tag_id, defaults={"by_id": tagging.by_id, "at": tagging.at}
        )
    if target.waiting_since:
        closing.reopen(conversation=target, by=by, at=at)


def _chosen(conversation: Conversation, message_ids: Collection[int]) -> list[Message]:
    chosen = list(
        conversation.messages.filter(pk__in=message_ids).exclude(kind=Message.Kind.EVENT).order_by("at", "id")
    )
    if not chosen:
        raise NothingToMove
    return chosen


def _shift(
    kind: str, source: Conversation, target: Conversation, chosen: list[Message], *, by: User, at: datetime
) -> Rearrangement:
    list(Conversation.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk"))
    if not chosen:
        raise NothingToMove
    numbers = [message.pk for message in chosen]
    Message.objects.filter(pk__in=numbers, conversation=source).update(conversation=target)
    for message in chosen:
        if message.kind == Message.Kind.INBOUND and message.sender.get("email"):
            threads.join(
                conversation=target,
                contact=message.contact,
                address=message.sender["email"],
                name=message.sender.get("name", ""),
                at=at,
            )
    done = Rearrangement.objects.create(
        kind=kind, source=source, target=target, moved={"messages": numbers}, by=by, at=at
    )
    for conversation in (source, target):
        threads.retell(conversation=conversation)
    threads.tell(
        conversation=target, event=f"{kind}_in", by=by, at=at, other=source.pk, n=len(numbers), rearrangement=done.pk
    )
    threads.tell(
        conversation=source, event=f"{kind}_out", by=by, at=at, other=target.pk, n=len(numbers), rearrangement=done.pk
    )
    audit.record(
        by=by, at=at, act=f"conversation.{kind}", kind="conversation", id=source.pk, target=target.pk, messages=numbers
    )
    return done


def _hide_if_empty(emptied: Conversation, other: Conversation) -> None:
    if not emptied.messages.exclude(kind=Message.Kind.EVENT).exists():
        emptied.merged_into = other
        emptied.save(update_fields=["merged_into"])
