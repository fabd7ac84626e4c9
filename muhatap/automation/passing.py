"""Time that passes over conversations: who has waited so long, what has been settled or silent so long.

Each rule remembers how far it looked; a look reads only what crossed the line since, by key over a partial index.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from muhatap.automation.models import AutomationRule
from muhatap.conversations.models import Closure, Conversation, Message

PAGE = 200
Crossing = tuple[datetime, int, int]  # when it began, the key of its row, the conversation

Status = Conversation.Status


def crossed(rule: AutomationRule, *, at: datetime) -> list[Crossing]:
    """The next page of what crossed this rule's line since its last look; empty when it has seen all."""
    if rule.passed_at is None or not rule.hours:
        return []
    rows, began = SOURCES[rule.event]
    line = at - timedelta(hours=rule.hours)
    after = Q(**{f"{began}__gt": rule.passed_at}) | Q(**{began: rule.passed_at, "pk__gt": rule.passed_id})
    page = rows().filter(after, **{f"{began}__lte": line}).order_by(began, "pk")
    number = "conversation_id" if rows is _standing else "pk"
    return list(page.values_list(began, "pk", number)[:PAGE])


def looked(rule: AutomationRule, page: list[Crossing], *, at: datetime) -> bool:
    """Remember how far we came; whether there is more to look at."""
    is_all = len(page) < PAGE
    rule.passed_at, rule.passed_id = (at - timedelta(hours=rule.hours or 0), 0) if is_all else page[-1][:2]
    newer = Q(passed_at=None) | Q(passed_at__lte=rule.passed_at)
    AutomationRule.objects.filter(newer, pk=rule.pk).update(passed_at=rule.passed_at, passed_id=rule.passed_id)
    return not is_all


def entry(rule: AutomationRule, conversation: Conversation, began: datetime) -> Message | None:
    """The entry with which the waiting began, while it still lasts: what the rule fires for, once."""
    lasts, kinds = STILL[rule.event]
    if not lasts(conversation, began):
        return None
    return conversation.messages.filter(kinds, at__lte=began).order_by("-at", "-id").first()


def missed(rule: AutomationRule, message: Message) -> bool:
    """Whether a letter that came in late began a waiting longer ago than this rule looks back."""
    conversation = message.conversation
    return (
        rule.passed_at is not None
        and message.kind == Message.Kind.INBOUND
        and conversation.waiting_since == message.at
        and message.at <= rule.passed_at
    )


def _unanswered() -> "QuerySet[Any]":
    return Conversation.objects.filter(waiting_since__isnull=False, status=Status.OPEN, merged_into=None)


def _silent() -> "QuerySet[Any]":
    return Conversation.objects.filter(status=Status.WAITING, merged_into=None)


def _standing() -> "QuerySet[Any]":
    return Closure.objects.filter(ended_at=None, outcome="resolved", conversation__merged_into=None)


def _closed_at(conversation: Conversation, began: datetime) -> bool:
    return conversation.closures.filter(ended_at=None, outcome="resolved", at=began).exists()


SOURCES: Mapping[str, tuple[Callable[[], "QuerySet[Any]"], str]] = {
    "unanswered": (_unanswered, "waiting_since"),
    "silent": (_silent, "last_message_at"),
    "settled": (_standing, "at"),
}
STILL: Mapping[str, tuple[Callable[[Conversation, datetime], bool], Q]] = {
    "unanswered": (lambda row, began: row.status == Status.OPEN and row.waiting_since == began, Q(kind="inbound")),
    "silent": (lambda row, began: row.status == Status.WAITING and row.last_message_at == began, Q(kind="outbound")),
    "settled": (_closed_at, Q(kind="event", event="resolved")),
}
