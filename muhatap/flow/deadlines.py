"""Time promises: the policy that fits a conversation meets the thread in which it is kept, after every entry and every change."""

import json
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from muhatap.conversations import deadlines
from muhatap.conversations.models import Conversation, ConversationTag, Message
from muhatap.service import policies
from muhatap.service.models import SlaPolicy
from muhatap.shared import jobs

RECALCULATE = "recalculate_deadlines"
LIVING = (Conversation.Status.OPEN, Conversation.Status.WAITING, Conversation.Status.SNOOZED)
A_BATCH = 200


def follow(*, message: Message, at: datetime) -> None:
    """Begin, meet, rest or drop what an entry begins, meets, lets rest or makes groundless."""
    standing = policies.standing()
    _keep(message.conversation, standing, at=at, entry=message)
    for other in Conversation.objects.filter(pk=_other(message) or 0):
        _keep(other, standing, at=at)


def watch(*, at: datetime) -> None:
    """Each minute: warn before the fact, and tell of what was missed."""
    while deadlines.watch(at=at) >= deadlines.A_BATCH:
        pass


def terms_changed() -> None:
    """Policies, hours or holidays are others now: a job brings all living conversations in line, a batch at a time."""
    jobs.queue(RECALCULATE, queue="care", status=LIVING[0], before="")


def recalculate(*, status: str, before: str, at: datetime) -> None:
    """Bring one batch in line and queue the next. What moves meanwhile is brought in line by what moved it."""
    rows = Conversation.objects.filter(status=status, merged_into=None)
    if before:
        moment, number = json.loads(before)
        rows = rows.filter(Q(last_message_at__lt=moment) | Q(last_message_at=moment, pk__lt=number))
    batch = list(rows.order_by("-last_message_at", "-pk")[:A_BATCH])
    standing = policies.standing()
    for conversation in batch:
        _keep(conversation, standing, at=at)
    if len(batch) == A_BATCH:
        end = json.dumps([batch[-1].last_message_at.isoformat(), batch[-1].pk])
        jobs.queue(RECALCULATE, queue="care", status=status, before=end)
    elif status != LIVING[-1]:
        jobs.queue(RECALCULATE, queue="care", status=LIVING[LIVING.index(Conversation.Status(status)) + 1], before="")


def _keep(
    conversation: Conversation, standing: Collection[SlaPolicy], *, at: datetime, entry: Message | None = None
) -> None:
    tag_ids = set(ConversationTag.objects.filter(conversation=conversation).values_list("tag_id", flat=True))
    terms = policies.terms(
        standing,
        inbox_id=conversation.inbox_id,
        team_id=conversation.team_id,
        tag_ids=tag_ids,
        priority=conversation.priority,
        at=at,
    )
    deadlines.keep(conversation=conversation, terms=terms, at=at, entry=entry)


def _other(message: Message) -> int | None:
    """Putting messages back is told in the thread they return to, and changes the one they leave too."""
    return message.event_details.get("other") if message.event == "put_back" else None
