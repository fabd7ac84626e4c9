"""Who is here now, who looks at which conversation and who is writing in it; told to the others only when it changes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from muhatap.accounts.models import User
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import sees, visible_to
from muhatap.notices.models import Presence
from muhatap.shared import live

BEAT = timedelta(seconds=20)  # how often an open page says that it is
LOOKS = timedelta(seconds=45)  # two beats may be lost
STAYS = timedelta(minutes=3)  # a hidden tab may speak only once a minute
STAFF = "staff"  # the live topic of everybody who works here

PUT = """
insert into notices_presence (user_id, tab, conversation_id, is_typing, is_shown, at)
values (%(user)s, %(tab)s, %(conversation)s, %(is_typing)s, %(is_shown)s, %(at)s)
on conflict (user_id, tab) do update
   set conversation_id = excluded.conversation_id, is_typing = excluded.is_typing,
       is_shown = excluded.is_shown, at = excluded.at
"""


@dataclass(frozen=True)
class Here:
    """Somebody in a conversation, however many tabs they have it open in."""

    conversation_id: int
    user_id: int
    name: str
    is_typing: bool


@transaction.atomic
def beat(
    *,
    user: User,
    tab: str,
    conversation: Conversation | None,
    at: datetime,
    is_typing: bool = False,
    is_shown: bool = True,
    was: str = "",
) -> None:
    """A tab is open, and shows this conversation. One that the user does not see counts as none.

    `was` is what the tab was called before it turned to this page: nobody hears that it went and came.
    """
    if was:
        _rename(user, was, tab)
    if conversation is not None and not sees(user, conversation):
        conversation = None
    was_here = is_here(user, at=at)
    before = _tab_in(user, tab)
    rooms = {room.pk: room for room in (before, conversation) if room}
    states = {pk: _state(user, pk, at) for pk in rooms}
    with connection.cursor() as cursor:
        cursor.execute(
            PUT,
            {
                "user": user.pk,
                "tab": tab,
                "conversation": conversation.pk if conversation else None,
                "is_typing": is_typing and conversation is not None,
                "is_shown": is_shown,
                "at": at,
            },
        )
    for pk, room in rooms.items():
        _tell_change(user, room, states[pk], at=at)
    if not was_here:
        live.announce([STAFF], "staff", user=user.pk)


@transaction.atomic
def leave(*, user: User, tab: str, at: datetime) -> None:
    """A tab was closed."""
    room = _tab_in(user, tab)
    state = _state(user, room.pk, at) if room else None
    Presence.objects.filter(user=user, tab=tab).delete()
    if room:
        _tell_change(user, room, state, at=at)
    if not is_here(user, at=at):
        live.announce([STAFF], "staff", user=user.pk)


@transaction.atomic
def tidy(*, at: datetime) -> None:
    """Forget tabs that fell silent without a word, and let the others know who is gone."""
    silent = Presence.objects.filter(at__lt=at - STAYS)
    users = set(silent.values_list("user_id", flat=True))
    if users:
        silent.delete()
        live.announce([STAFF], "staff")


def others(user: User, *, at: datetime) -> list[Here]:
    """Colleagues in the conversations that this user sees."""
    present = _looking(at).exclude(user=user)
    rows = present.values_list("conversation_id", "user_id", "user__name", "is_typing").order_by("user__name", "id")
    found: dict[tuple[int, int], Here] = {}
    for conversation_id, user_id, name, is_typing in rows:
        known = found.get((conversation_id, user_id))
        found[conversation_id, user_id] = Here(
            conversation_id, user_id, name, is_typing or bool(known and known.is_typing)
        )
    seen = _seen(user, {conversation_id for conversation_id, _user_id in found})
    return [here for here in found.values() if here.conversation_id in seen]


def staff(*, at: datetime) -> list[tuple[User, int]]:
    """Who is here, and in how many conversations."""
    rows = Presence.objects.filter(at__gte=at - STAYS, user__is_active=True).values_list(
        "user_id", "conversation_id", "at", "is_shown"
    )
    rooms: dict[int, set[int]] = {}
    for user_id, conversation_id, last_at, is_shown in rows:
        in_it = rooms.setdefault(user_id, set())
        if conversation_id and is_shown and last_at >= at - LOOKS:
            in_it.add(conversation_id)
    users = User.objects.filter(pk__in=rooms)
    return [(user, len(rooms[user.pk])) for user in sorted(users, key=lambda user: user.sort_key)]


def is_here(user: User, *, at: datetime) -> bool:
    return Presence.objects.filter(user=user, at__gte=at - STAYS).exists()


def is_looking(user: User, *, at: datetime, conversation_id: int | None = None) -> bool:
    """Whether a page of ours is before their eyes: any, or that of one conversation."""
    shown = Presence.objects.filter(user=user, is_shown=True, at__gte=at - LOOKS)
    return (shown.filter(conversation_id=conversation_id) if conversation_id else shown).exists()


def _looking(at: datetime) -> QuerySet[Presence]:
    return Presence.objects.filter(conversation__isnull=False, is_shown=True, at__gte=at - LOOKS, user__is_active=True)


def _seen(user: User, numbers: Collection[int]) -> set[int]:
    return set(visible_to(user).filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()


def _rename(user: User, was: str, tab: str) -> None:
    if not Presence.objects.filter(user=user, tab=tab).exists():
        Presence.objects.filter(user=user, tab=was).update(tab=tab)


def _tab_in(user: User, tab: str) -> Conversation | None:
    row = Presence.objects.filter(user=user, tab=tab).select_related("conversation").first()
    return row.conversation if row else None


def _state(user: User, conversation_id: int, at: datetime) -> bool | None:
    """None when they do not look at it, else whether they are writing in it, in any of their tabs."""
    tabs = list(_looking(at).filter(user=user, conversation_id=conversation_id).values_list("is_typing", flat=True))
    return any(tabs) if tabs else None


def _tell_change(user: User, room: Conversation, before: bool | None, *, at: datetime) -> None:
    after = _state(user, room.pk, at)
    if after != before:
        threads.announce(
            room, "presence", user=user.pk, name=user.name, is_here=after is not None, is_typing=bool(after)
        )
