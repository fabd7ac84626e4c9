"""What an act on many does to one conversation, and how that one goes back if nobody changed it since."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from muhatap.accounts.models import Team, User
from muhatap.contacts.models import Tag
from muhatap.conversations import assigning, closing, prioritising, rearranging, snoozing, tagging
from muhatap.conversations.models import BulkAct, Conversation, ConversationTag, Rearrangement, Snooze

Status = Conversation.Status


class Left(Exception):
    """This one was left as it is; the argument is the reason in a code."""


def _assign(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    before = conversation.assignee_id
    if before == bulk.value.get("user"):
        raise Left("already")
    to = User.objects.filter(pk=bulk.value.get("user"), is_active=True).first()
    if to is None and bulk.value.get("user"):
        raise Left("gone")
    assigning.assign(conversation=conversation, to=to, by=bulk.by, at=at)
    return {"user": before}


def _reassign(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    if conversation.assignee_id != bulk.value.get("user"):
        raise Left("changed_since")
    to = User.objects.filter(pk=before["user"], is_active=True).first()
    assigning.assign(conversation=conversation, to=to, by=bulk.by, at=at)


def _team(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    before = conversation.team_id
    if before == bulk.value.get("team"):
        raise Left("already")
    to = Team.objects.filter(pk=bulk.value.get("team")).first()
    if to is None and bulk.value.get("team"):
        raise Left("gone")
    assigning.hand_to_team(conversation=conversation, team=to, by=bulk.by, at=at)
    return {"team": before}


def _reteam(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    if conversation.team_id != bulk.value.get("team"):
        raise Left("changed_since")
    to = Team.objects.filter(pk=before["team"]).first()
    assigning.hand_to_team(conversation=conversation, team=to, by=bulk.by, at=at)


def _is_tagged(conversation: Conversation, tag_id: int) -> bool:
    return ConversationTag.objects.filter(conversation=conversation, tag_id=tag_id).exists()


def _tag(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    return _turn_tag(conversation, bulk, at, on=True)


def _untag(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    return _turn_tag(conversation, bulk, at, on=False)


def _turn_tag(conversation: Conversation, bulk: BulkAct, at: datetime, *, on: bool) -> dict[str, Any]:
    tag = Tag.objects.filter(pk=bulk.value["tag"]).first()
    if tag is None or _is_tagged(conversation, tag.pk) == on:
        raise Left("already")
    act = tagging.tag if on else tagging.untag
    act(conversation=conversation, tag=tag, by=bulk.by, at=at)
    return {}


def _tag_off(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    _turn_tag(conversation, bulk, at, on=False)


def _tag_on(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    _turn_tag(conversation, bulk, at, on=True)


def _resolve(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    if conversation.is_closed:
        raise Left("already" if conversation.status == Status.RESOLVED else "is_spam")
    closing.resolve(conversation=conversation, by=bulk.by, at=at)
    return {}


def _spam(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    before = conversation.status
    if before == Status.SPAM:
        raise Left("already")
    closing.mark_spam(conversation=conversation, by=bulk.by, at=at)
    return {"status": before}


def _unclose(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    expected = Status.SPAM if bulk.act == "spam" else Status.RESOLVED
    if conversation.status != expected:
        raise Left("changed_since")
    closing.take_back(conversation=conversation, by=bulk.by, at=at)
    if before.get("status") == Status.RESOLVED:
        closing.resolve(conversation=conversation, by=bulk.by, at=at)


def _reopen(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    before = conversation.status
    if not conversation.is_closed:
        raise Left("already")
    closing.reopen(conversation=conversation, by=bulk.by, at=at)
    return {"status": before}


def _reclose(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    if conversation.status != Status.OPEN:
        raise Left("changed_since")
    act = closing.mark_spam if before["status"] == Status.SPAM else closing.resolve
    act(conversation=conversation, by=bulk.by, at=at)


def _snooze(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    standing = Snooze.objects.filter(conversation=conversation, ended_at=None).first()
    until = datetime.fromisoformat(bulk.value["until"])
    try:
        snoozing.snooze(conversation=conversation, until=until, by=bulk.by, at=at)
    except snoozing.NotInFuture as error:
        raise Left("not_future") from error
    except snoozing.NotOpen as error:
        raise Left("is_closed") from error
    return {"until": standing.until.isoformat()} if standing else {}


def _unsnooze(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    if conversation.status != Status.SNOOZED:
        raise Left("changed_since")
    earlier = datetime.fromisoformat(before["until"]) if before else None
    if earlier and earlier > at:
        snoozing.snooze(conversation=conversation, until=earlier, by=bulk.by, at=at)
    else:
        snoozing.take_back(conversation=conversation, by=bulk.by, at=at)


def _priority(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    before = conversation.priority
    if before == bulk.value["priority"]:
        raise Left("already")
    prioritising.prioritise(conversation=conversation, priority=bulk.value["priority"], by=bulk.by, at=at)
    return {"priority": before}


def _reprioritise(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    if conversation.priority != bulk.value["priority"]:
        raise Left("changed_since")
    prioritising.prioritise(conversation=conversation, priority=before["priority"], by=bulk.by, at=at)


def _merge(conversation: Conversation, bulk: BulkAct, at: datetime) -> dict[str, Any]:
    """Into the first, which is the one that was written in last."""
    first = bulk.items.order_by("pk").values_list("conversation_id", flat=True)[0]
    if conversation.pk == first:
        raise Left("target")
    target = Conversation.objects.select_related("inbox", "contact").get(pk=first)
    try:
        done = rearranging.merge(conversation=conversation, target=target, by=bulk.by, at=at)
    except (rearranging.NothingToMove, rearranging.NotTheSameInbox) as error:
        raise Left("changed_since") from error
    return {"rearrangement": done.pk}


def _unmerge(conversation: Conversation, bulk: BulkAct, before: dict[str, Any], at: datetime) -> None:
    done = Rearrangement.objects.get(pk=before["rearrangement"])
    try:
        rearranging.undo(rearrangement=done, by=bulk.by, at=at)
    except (rearranging.AlreadyUndone, rearranging.LaterStands) as error:
        raise Left("changed_since") from error


Doing = Callable[[Conversation, BulkAct, datetime], dict[str, Any]]
Undoing = Callable[[Conversation, BulkAct, dict[str, Any], datetime], None]
DOING: dict[str, Doing] = {
    "assign": _assign,
    "team": _team,
    "tag": _tag,
    "untag": _untag,
    "resolve": _resolve,
    "reopen": _reopen,
    "snooze": _snooze,
    "spam": _spam,
    "priority": _priority,
    "merge": _merge,
}
UNDOING: dict[str, Undoing] = {
    "assign": _reassign,
    "team": _reteam,
    "tag": _tag_off,
    "untag": _tag_on,
    "resolve": _unclose,
    "reopen": _reclose,
    "snooze": _unsnooze,
    "spam": _unclose,
    "priority": _reprioritise,
    "merge": _unmerge,
}
