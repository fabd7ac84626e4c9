"""Split, move, merge: messages get another thread, and what moved is written down, so that it can go back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.conversations import closing, drafting, threads
from muhatap.conversations.models import Conversation, ConversationTag, FieldValues, Follower, Message, Rearrangement


class NothingToMove(Exception):
    """No message of this thread was chosen, or all of them: a thread is not emptied by a split."""


class NotTheSameInbox(Exception):
    """Messages answer on the channel they came by; another inbox cannot."""


class AlreadyUndone(Exception):
    """This was put back before."""


class LaterStands(Exception):
    """What was moved has been moved on, or its thread was merged away since; that comes back first."""


@transaction.atomic
def split(*, conversation: Conversation, message_ids: Collection[int], by: User, at: datetime) -> Rearrangement:
    """Give chosen messages a thread of their own. Raises NothingToMove."""
    _hold(conversation)
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
    """Put chosen messages into another thread of the same inbox; one that is empty then points there. Raises NothingToMove, NotTheSameInbox."""
    if target.inbox_id != conversation.inbox_id:
        raise NotTheSameInbox
    was_ours = _hold(conversation, target) == Conversation.Status.OPEN
    done = _shift("move", conversation, target, _chosen(conversation, message_ids), by=by, at=at)
    if _hide_if_empty(conversation, target):
        _take_along(conversation, target, at=at)
    _open_if_ours(target, was_ours, by=by, at=at)
    return done


@transaction.atomic
def merge(*, conversation: Conversation, target: Conversation, by: User, at: datetime) -> Rearrangement:
    """Make two threads of one inbox one; the emptied one points to the other. Raises NothingToMove, NotTheSameInbox."""
    if target.inbox_id != conversation.inbox_id:
        raise NotTheSameInbox
    was_ours = _hold(conversation, target) == Conversation.Status.OPEN
    done = _shift("merge", conversation, target, list(conversation.messages.order_by("at", "id")), by=by, at=at)
    _hide(conversation, target)
    _take_along(conversation, target, at=at)
    _open_if_ours(target, was_ours, by=by, at=at)
    return done


@transaction.atomic
def undo(*, rearrangement: Rearrangement, by: User, at: datetime) -> None:
    """Put back what was moved, as far as it still stands where it was put. Raises AlreadyUndone, LaterStands."""
    ids = sorted({rearrangement.source_id, rearrangement.target_id})
    found = {row.pk: row for row in Conversation.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    source, target = found[rearrangement.source_id], found[rearrangement.target_id]
    if not Rearrangement.objects.filter(pk=rearrangement.pk, undone_at=None).update(undone_at=at, undone_by=by):
        raise AlreadyUndone
    _check_nothing_later(rearrangement, source, target)
    if source.merged_into_id == target.pk:
        source.merged_into = None
        source.save(update_fields=["merged_into"])
    _still_there(rearrangement, target).update(conversation=source)
    for conversation in (source, target):
        threads.retell(conversation=conversation)
    _hide_if_empty(target, source)
    threads.tell(conversation=source, event="put_back", by=by, at=at, other=target.pk)
    audit.record(by=by, at=at, act="conversation.put_back", kind="conversation", id=source.pk, other=target.pk)


def _check_nothing_later(done: Rearrangement, source: Conversation, target: Conversation) -> None:
    """Changes come back in the order they went: putting messages into a thread that was merged away would hide them."""
    is_elsewhere = source.merged_into_id not in (None, target.pk)
    spoken = _still_there(done, target).exclude(kind=Message.Kind.EVENT)
    if is_elsewhere or target.merged_into_id or not spoken.exists():
        raise LaterStands


def _still_there(done: Rearrangement, target: Conversation) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=done.moved["messages"], conversation=target)


def _take_along(conversation: Conversation, target: Conversation, *, at: datetime) -> None:
    """What hangs on the emptied thread would be lost there: drafts, answers to be sent later, tags, followers, the firm's own fields."""
    for draft in conversation.drafts.select_for_update():
        drafting.append(draft=draft, to=target, at=at)
    conversation.scheduled.filter(state__in=["waiting", "held"]).update(conversation=target)
    for tagging in conversation.taggings.all():
        ConversationTag.objects.get_or_create(
            conversation=target, tag_id=tagging.tag_id, defaults={"by_id": tagging.by_id, "at": tagging.at}
        )
    for follower in conversation.followers.all():
        Follower.objects.get_or_create(
            conversation=target, user_id=follower.user_id, defaults={"by_id": follower.by_id, "at": follower.at}
        )
    theirs = FieldValues.objects.filter(conversation=conversation).first()
    if theirs:
        kept, _ = FieldValues.objects.get_or_create(conversation=target)
        kept.values = theirs.values | kept.values
        kept.save(update_fields=["values"])


def _open_if_ours(target: Conversation, was_ours: bool, *, by: User, at: datetime) -> None:
    """An unanswered message that comes into a closed thread would wait there unseen."""
    if was_ours and target.is_closed and threads.unanswered_since(target):
        closing.reopen(conversation=target, by=by, at=at)
        threads.retell(conversation=target)


def _chosen(conversation: Conversation, message_ids: Collection[int]) -> list[Message]:
    chosen = list(
        conversation.messages.filter(pk__in=message_ids).exclude(kind=Message.Kind.EVENT).order_by("at", "id")
    )
    if not chosen:
        raise NothingToMove
    return chosen


def _hold(source: Conversation, target: Conversation | None = None) -> str:
    """Lock the threads, in one order for everybody; gives the status of the first. Raises NothingToMove for one that was merged away."""
    ids = {source.pk, target.pk} if target else {source.pk}
    rows = {row.pk: row for row in Conversation.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if (target and target.pk == source.pk) or any(row.merged_into_id for row in rows.values()):
        raise NothingToMove
    return rows[source.pk].status


def _shift(
    kind: str, source: Conversation, target: Conversation, chosen: list[Message], *, by: User, at: datetime
) -> Rearrangement:
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


def _hide_if_empty(emptied: Conversation, other: Conversation) -> bool:
    is_empty = not emptied.messages.exclude(kind=Message.Kind.EVENT).exists()
    if is_empty:
        _hide(emptied, other)
    return is_empty


def _hide(emptied: Conversation, other: Conversation) -> None:
    emptied.merged_into = other
    emptied.save(update_fields=["merged_into"])
