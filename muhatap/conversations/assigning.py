"""Who takes a conversation: a person, a team, nobody."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation
from muhatap.conversations.threads import Because


class NotActive(Exception):
    """Somebody who may no longer log in takes no conversations."""


@transaction.atomic
def assign(
    *, conversation: Conversation, to: User | None, by: User | None, at: datetime, because: Because = None
) -> None:
    """Give the conversation to somebody, or to nobody. Raises NotActive."""
    if to is not None and not to.is_active:
        raise NotActive(to)
    current = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if current.assignee_id == (to.pk if to else None):
        return
    before = current.assignee_id
    conversation.assignee = to
    conversation.save(update_fields=["assignee"])
    threads.tell(
        conversation=conversation,
        event="assigned" if to else "unassigned",
        by=by,
        at=at,
        **(because or {}),
        to=str(to or ""),
        to_id=to.pk if to else None,
    )
    audit.record(
        by=by,
        at=at,
        act="conversation.assign",
        kind="conversation",
        id=conversation.pk,
        to=to.pk if to else None,
        **(because or {}),
    )
    threads.announce(conversation, "conversation", also=[f"user:{before}"] if before else [])


@transaction.atomic
def hand_to_team(
    *, conversation: Conversation, team: Team | None, by: User | None, at: datetime, because: Because = None
) -> None:
    """Give the conversation to a team, or to none."""
    current = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if current.team_id == (team.pk if team else None):
        return
    before = current.team_id
    conversation.team = team
    conversation.save(update_fields=["team"])
    threads.tell(conversation=conversation, event="handed_to_team", by=by, at=at, **(because or {}), to=str(team or ""))
    audit.record(
        by=by,
        at=at,
        act="conversation.hand_to_team",
        kind="conversation",
        id=conversation.pk,
        to=team.pk if team else None,
        **(because or {}),
    )
    threads.announce(conversation, "conversation", also=[f"team:{before}"] if before else [])
