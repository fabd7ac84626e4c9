"""Who is here now, who looks at which conversation and who is writing in it; told to the others only when it changes."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.conversations import threads, visibility
from muhatap.conversations.models import Conversation
from muhatap.notices.models import Presence
from muhatap.shared import live, prepared

BEAT = timedelta(seconds=20)  # how often an open page says that it is
LOOKS = timedelta(seconds=45)  # two beats may be lost
STAYS = timedelta(minutes=3)  # a hidden tab may speak only once a minute
TAB = ("user", "tab", "conversation", "is_typing", "is_shown", "at")
STAFF = "staff"  # the live topic of everybody who works here

PUT = """
with turned as (delete from notices_presence where user_id = %(user)s and tab = %(was)s)
insert into notices_presence (user_id, tab, conversation_id, is_typing, is_shown, at)
values (%(user)s, %(tab)s, %(conversation)s, %(is_typing)s, %(is_shown)s, %(at)s)
on conflict (user_id, tab) do update
   set conversation_id = excluded.conversation_id, is_typing = excluded.is_typing,
       is_shown = excluded.is_shown, at = excluded.at
"""
OTHERS = """
select p.conversation_id, p.user_id, u.name, bool_or(p.is_typing) from notices_presence p
join accounts_user u on u.id = p.user_id and u.is_active
join conversations_conversation on conversations_conversation.id = p.conversation_id and merged_into_id is null
where p.user_id <> %s and p.is_shown and p.at >= %s and ({seen}) group by 1, 2, 3 order by 3, 2, 1
"""


@dataclass(frozen=True)
class Here:
    """Somebody in a conversation, however many tabs they have it open in."""

    conversation_id: int
    user_id: int
    name: str
    is_typing: bool


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
    """A tab is open, and shows this conversation, which was just read. One that the user does not see counts as none.

    `was` is what the tab was called before it turned to this page: nobody hears that it went and came.
    """
    if conversation is not None and not visibility.holds(user, conversation):
        conversation = None
    tabs = _tabs(user)
    before, was_here = _looks(tabs, at), any(one.at >= at - STAYS for one in tabs.values())
    old = tabs.pop(was, None) if tab not in tabs else tabs[tab]
    new = Presence(
        user=user,
        tab=tab,
        conversation=conversation,
        is_typing=is_typing and conversation is not None,
        is_shown=is_shown,
        at=at,
    )
    after = _looks(tabs | {tab: new}, at)
    rooms = {room.pk: room for room in (old.conversation if old else None, conversation) if room}
    changed = [room for pk, room in rooms.items() if before.get(pk) != after.get(pk)]
    with transaction.atomic() if changed or not was_here else nullcontext():
        _put(new, was=old.tab if old else "")
        _tell(user, changed, after)
        if not was_here:
            live.announce([STAFF], "staff", user=user.pk)


@transaction.atomic
def leave(*, user: User, tab: str, at: datetime) -> None:
    """A tab was closed."""
    tabs = _tabs(user)
    before, old = _looks(tabs, at), tabs.pop(tab, None)
    after = _looks(tabs, at)
    Presence.objects.filter(user=user, tab=tab).delete()
    if old and old.conversation and before.get(old.conversation.pk) != after.get(old.conversation.pk):
        _tell(user, [old.conversation], after)
    if not any(one.at >= at - STAYS for one in tabs.values()):
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
    branches = visibility.branches(user)
    seen = " or ".join(branch.sql for branch in branches)
    values = [one for branch in branches for one in branch.values]
    return [Here(*row) for row in prepared.rows(OTHERS.format(seen=seen), [user.pk, at - LOOKS, *values])]


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
    users = User.objects.filter(pk__in=rooms).only("name")
    return [(user, len(rooms[user.pk])) for user in sorted(users, key=lambda user: user.sort_key)]


def is_looking(user: User, *, at: datetime, conversation_id: int | None = None) -> bool:
    """Whether a page of ours is before their eyes: any, or that of one conversation."""
    shown = Presence.objects.filter(user=user, is_shown=True, at__gte=at - LOOKS)
    return (shown.filter(conversation_id=conversation_id) if conversation_id else shown).exists()


def _tabs(user: User) -> dict[str, Presence]:
    """The tabs of one person, with what it takes to tell of the conversations they show."""
    rows = Presence.objects.filter(user=user).select_related("conversation")
    told = ("inbox", "team", "assignee")
    return {row.tab: row for row in rows.only(*TAB, *(f"conversation__{name}" for name in told))}


def _looks(tabs: Mapping[str, Presence], at: datetime) -> dict[int, bool]:
    """The conversations somebody looks at, in any of their tabs, and whether they are writing in it."""
    found: dict[int, bool] = {}
    for one in tabs.values():
        if one.conversation_id and one.is_shown and one.at >= at - LOOKS:
            found[one.conversation_id] = found.get(one.conversation_id, False) or one.is_typing
    return found


def _put(row: Presence, *, was: str) -> None:
    given = {
        "user": row.user_id,
        "tab": row.tab,
        "was": was if was != row.tab else "",
        "conversation": row.conversation_id,
        "is_typing": row.is_typing,
        "is_shown": row.is_shown,
        "at": row.at,
    }
    prepared.rows(PUT, given)


def _tell(user: User, rooms: Iterable[Conversation], looks: Mapping[int, bool]) -> None:
    for room in rooms:
        is_here, is_typing = room.pk in looks, looks.get(room.pk, False)
        threads.announce(room, "presence", user=user.pk, name=user.name, is_here=is_here, is_typing=is_typing)
