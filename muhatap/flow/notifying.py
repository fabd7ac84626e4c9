"""Whom an entry concerns: they are told, unless they did it themselves, may not see it, or have read it already."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import QuerySet

from muhatap.accounts.models import Membership, User
from muhatap.channels.models import Desk
from muhatap.conversations.models import Conversation, Message, Seen
from muhatap.conversations.visibility import who_sees
from muhatap.interactions.models import Outgoing
from muhatap.notices import telling
from muhatap.notices.models import Kind, Notice

TROUBLE = (Outgoing.State.UNCERTAIN, Outgoing.State.FAILED, Outgoing.State.BOUNCED)
DEADLINES = {"deadline_near": Kind.WARNING, "deadline_missed": Kind.BREACH}
OWED = {
    "promise_near": Kind.PROMISE,
    "promise_missed": Kind.PROMISE,
    "case_near": Kind.WARNING,
    "case_missed": Kind.BREACH,
}
FOR_A_TEAM = ("unassigned", "handed_to_team")
Concerned = tuple[str, QuerySet[User]]


def follow(*, message: Message, at: datetime) -> None:
    """Tell everybody whom this entry concerns, each of the one thing that concerns them most. May run twice."""
    told: set[int] = set()
    for kind, users in _concerned(message):
        heard = list(_may_hear(message).filter(pk__in=users.values("pk")).exclude(pk__in=told))
        if heard:
            telling.tell(users=heard, kind=kind, message=message, at=at)
            told |= {user.pk for user in heard}


def _may_hear(message: Message) -> QuerySet[User]:
    found = who_sees(message.conversation).exclude(pk__in=_have_read(message))
    return found.exclude(pk=message.by_id) if message.by_id else found


def of_sending(outgoing: Outgoing, *, states: Sequence[int] = TROUBLE) -> None:
    """An answer did not go, came back, or nobody knows: whoever wrote it is told, each time anew."""
    current = Outgoing.objects.filter(pk=outgoing.pk, state__in=states).first()
    message = (
        Message.objects.select_related("conversation", "by").filter(interaction_id=outgoing.interaction_id).first()
    )
    if current is None or message is None:
        return
    Notice.objects.filter(kind=Kind.FAILED, message=message, seen_at__isnull=False, at__lt=current.state_at).delete()
    writer = message.by_id or message.conversation.assignee_id
    heard = who_sees(message.conversation).filter(pk=writer or 0)
    telling.tell(users=heard, kind=Kind.FAILED, message=message, at=current.state_at)


def _concerned(message: Message) -> Iterator[Concerned]:
    """Kinds of notices and whom they would go to, the most important first."""
    conversation = message.conversation
    if message.kind == Message.Kind.EVENT:
        yield from _by_event(message, conversation)
    elif message.is_automatic or message.is_unwanted:
        return  # vacation messages, reports, what rules wrote; what came straight into spam
    else:
        if message.kind == Message.Kind.NOTE:
            yield Kind.MENTION, User.objects.filter(mentions__message=message)
        if conversation.assignee_id:
            yield Kind.MINE, User.objects.filter(pk=conversation.assignee_id)
        if conversation.followers.exists():
            yield Kind.FOLLOWED, User.objects.filter(followed__conversation=conversation)
        if message.kind == Message.Kind.INBOUND and _is_free(conversation) and _is_first(message):
            yield Kind.UNASSIGNED, _at_hand(conversation)


def _by_event(message: Message, conversation: Conversation) -> Iterator[Concerned]:
    mine = User.objects.filter(pk=conversation.assignee_id or 0)
    if message.event == "assigned":
        # An older entry: it names somebody who has passed the conversation on meanwhile.
        if conversation.assignee_id == message.event_details.get("to_id"):
            yield Kind.ASSIGNED, mine
    elif message.event == "woken":
        yield Kind.MINE, mine
        yield Kind.FOLLOWED, User.objects.filter(followed__conversation=conversation)
    elif message.event == "send_held":
        yield Kind.FAILED, User.objects.filter(pk=message.event_details.get("to_id") or 0)
    elif message.event in OWED:
        owner = User.objects.filter(pk=message.event_details.get("to_id") or 0, is_active=True)
        yield OWED[message.event], owner if owner.exists() else _at_hand(conversation)
    elif message.event in DEADLINES:
        yield DEADLINES[message.event], mine if conversation.assignee_id else _at_hand(conversation)
    elif message.event in FOR_A_TEAM and _is_free(conversation):
        yield Kind.UNASSIGNED, _at_hand(conversation)


def _is_free(conversation: Conversation) -> bool:
    return conversation.assignee_id is None and conversation.status == Conversation.Status.OPEN


def _is_first(message: Message) -> bool:
    """Only what opens a conversation rings for everybody; what follows changes their lists anyway."""
    earlier = message.conversation.messages.filter(kind=Message.Kind.INBOUND, pk__lt=message.pk)
    return not earlier.exists()


def _at_hand(conversation: Conversation) -> QuerySet[User]:
    """Those who could take it: who sits at the inbox, and the team."""
    seated = Desk.objects.filter(inbox_id=conversation.inbox_id).values("user_id")
    members = Membership.objects.filter(team_id=conversation.team_id or 0).values("user_id")
    return User.objects.filter(pk__in=seated) | User.objects.filter(pk__in=members)


def _have_read(message: Message) -> QuerySet[Seen, int]:
    """Whoever has the thread open may have read it before this ran."""
    read = Seen.objects.filter(conversation_id=message.conversation_id, message_id__gte=message.pk)
    return read.values_list("user_id", flat=True)
