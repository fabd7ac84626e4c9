"""A case opened from a conversation: by a person at one key, or by a rule. Linked to it, given to whoever has it, told in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import Team, User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Message
from muhatap.interactions.models import Interaction
from muhatap.service import cases
from muhatap.service.models import Case, Cause


@dataclass(frozen=True, kw_only=True)
class Told:
    """What whoever opens a case says of it; without a title the conversation's subject is taken."""

    title: str = ""
    kind: str = Case.Kind.COMPLAINT
    cause: Cause | None = None
    owner: User | None = None
    team: Team | None = None
    due_at: datetime | None = None
    former: Case | None = None
    order_id: int | None = None
    product_id: int | None = None


@transaction.atomic
def open_from(
    *,
    conversation: Conversation,
    told: Told,
    by: User | None,
    at: datetime,
    because: Mapping[str, Any] | None = None,
    origin: str = Case.Origin.HAND,
) -> Case:
    """Open a case of what was written last here. Raises what cases.open_case raises."""
    conversation = threads.held(conversation)
    interaction = _last(conversation)
    known = (
        set(Case.objects.filter(links__interaction=interaction).values_list("pk", flat=True)) if interaction else set()
    )
    case = cases.open_case(
        contact=conversation.contact,
        interaction=interaction,
        title=told.title.strip() or subject(conversation),
        cause=told.cause,
        by=by,
        at=at,
        kind=told.kind,
        origin=origin,
        conversation_id=conversation.pk,
        owner=told.owner or conversation.assignee,
        team=told.team or conversation.team,
        due_at=told.due_at,
        former=told.former,
        order_id=told.order_id,
        product_id=told.product_id,
    )
    if case.pk not in known:
        threads.tell(conversation=conversation, event="case_opened", by=by, at=at, **said(case), **(because or {}))
    return case


def subject(conversation: Conversation) -> str:
    return conversation.subject or conversation.preview or str(conversation.contact)


def said(case: Case) -> dict[str, Any]:
    """What an entry of a thread keeps of a case."""
    due = case.due_at.isoformat() if case.due_at else ""
    return {"case": case.pk, "what": case.title, "due_at": due, "to_id": case.owner_id}


def standing_of(conversation: Conversation) -> Case | None:
    """The newest case that stands open on this conversation."""
    rows = Case.objects.filter(links__conversation_id=conversation.pk, state__in=cases.STANDING)
    return rows.order_by("-opened_at", "-pk").first()


def _last(conversation: Conversation) -> Interaction | None:
    letters = conversation.messages.filter(kind=Message.Kind.INBOUND, interaction__isnull=False)
    letter = letters.select_related("interaction").order_by("-at", "-id").first()
    return letter.interaction if letter else None
