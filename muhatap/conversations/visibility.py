"""Who sees which conversations: the one place, asked by lists, counts, search, previews, exports and notifications."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from muhatap.accounts.models import Membership, User, Visibility
from muhatap.accounts.remembering import once
from muhatap.channels.models import Desk, Inbox
from muhatap.conversations.models import Conversation, Mention, Message
from muhatap.shared import prepared

NOBODY = -1  # 0 stands in the count cells for what is assigned to nobody
SCOPE = """
select 'inbox', i.id, i.name, i.kind, d.id is not null
from channels_inbox i left join channels_desk d on d.inbox_id = i.id and d.user_id = %(user)s
where %(all)s or (%(inboxes)s and d.id is not null)
union all
select 'team', t.id, t.name, '', m.id is not null
from accounts_team t left join accounts_membership m on m.team_id = t.id and m.user_id = %(user)s
where %(all)s or (%(teams)s and m.id is not null)
union all
select 'called', 0, '', '', true where not %(all)s and exists (select from conversations_mention where user_id = %(user)s)
order by 3, 2
"""
CALLED = """select m.conversation_id from conversations_mention a
join conversations_message m on m.id = a.message_id where a.user_id = %s"""

READABLE = """select interaction_id from conversations_message m where interaction_id = any(%s) and exists (
select from conversations_conversation where conversations_conversation.id = m.conversation_id and merged_into_id is null and ({seen}))"""


@dataclass(frozen=True)
class Place:
    """An inbox or a team that stands in somebody's scope; `is_own` when they sit there or belong to it."""

    id: int
    name: str
    kind: str
    is_own: bool


@dataclass(frozen=True)
class Part:
    """A condition in SQL with its values."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Scope:
    """What a user sees: everything, or the union of their inboxes, their teams and their own, and where they were called."""

    user_id: int
    sees_all: bool
    inboxes: tuple[Place, ...] = ()
    teams: tuple[Place, ...] = ()
    was_called: bool = False

    @property
    def inbox_ids(self) -> list[int]:
        return [place.id for place in self.inboxes]

    @property
    def team_ids(self) -> list[int]:
        """The teams they belong to."""
        return [place.id for place in self.teams if place.is_own]

    def over(self) -> Q:
        """The condition on rows that carry inbox, team and assignee (conversations, or count cells)."""
        if self.sees_all:
            return Q()
        found = Q(assignee_id=self.user_id)
        if self.teams:
            found |= Q(team_id__in=self.team_ids)
        return found | Q(inbox_id__in=self.inbox_ids) if self.inboxes else found

    def holds(self, row: Conversation) -> bool:
        """The same, asked of a conversation that was just read."""
        return (
            self.sees_all
            or row.assignee_id == self.user_id
            or row.team_id in self.team_ids
            or row.inbox_id in self.inbox_ids
        )

    def parts(self) -> list[Part]:
        """The same as conditions of which each follows an index of its own, largest last; they may overlap.

        The sets are given as numbers, so that the planner knows how large they are.
        """
        if self.sees_all:
            return [Part("true")]
        found = [Part("assignee_id = %s", (self.user_id,))]
        if self.teams:
            found.append(Part("team_id = any(%s)", (self.team_ids,)))
        return [*found, Part("inbox_id = any(%s)", (self.inbox_ids,))] if self.inboxes else found

    def within(self) -> Part:
        """All of them in one condition."""
        found = self.parts()
        return Part(f"({' or '.join(part.sql for part in found)})", tuple(one for part in found for one in part.values))


def scope(user: User) -> Scope:
    """The scope of a user, by one question; a user who may no longer log in sees nothing."""
    return once(user, "scope", _scope)


def _scope(user: User) -> Scope:
    if not user.is_active:
        return Scope(user_id=NOBODY, sees_all=False)
    sees_all, sees_inboxes = user.visibility == Visibility.ALL, user.visibility == Visibility.INBOX
    sees_teams = user.visibility != Visibility.OWN
    given = {"user": user.pk, "all": sees_all, "inboxes": sees_inboxes, "teams": sees_teams}
    found: dict[str, list[Place]] = {"inbox": [], "team": [], "called": []}
    for kind, *place in prepared.rows(SCOPE, given):
        found[kind].append(Place(*place))
    return Scope(
        user_id=user.pk,
        sees_all=sees_all,
        inboxes=tuple(found["inbox"]),
        teams=tuple(found["team"]),
        was_called=bool(found["called"]),
    )


def visible_to(user: User) -> QuerySet[Conversation]:
    """The conversations a user sees: those of their scope, and those they were mentioned in."""
    within = scope(user)
    standing = Conversation.objects.filter(merged_into=None)
    if within.sees_all:
        return standing
    if not within.was_called:
        return standing.filter(within.over())
    mentioned = Message.objects.filter(mentions__user=user).values("conversation_id")
    return standing.filter(within.over() | Q(pk__in=mentioned))


def branches(user: User) -> list[Part]:
    """What a user sees as conditions on conversations, each with an index of its own; they may overlap.

    A list takes the first of each and merges: one OR over all of them would make the database look at every row.
    """
    within = scope(user)
    called = [Part(f"conversations_conversation.id in ({CALLED})", (user.pk,))] if within.was_called else []
    return [*called, *within.parts()]


def sees(user: User, conversation: Conversation) -> bool:
    return visible_to(user).filter(pk=conversation.pk).exists()


def find(user: User, number: int) -> Conversation | None:
    """The conversation of this number if the user sees it; of one that was merged, what it was merged into.

    The row first and the right after it: one question about both would look at every conversation of the user's.
    """
    rows = Conversation.objects.select_related("inbox", "contact", "assignee")
    found = rows.filter(pk=number).first()
    while found is not None and found.merged_into_id:
        found = rows.get(pk=found.merged_into_id)
    return found if found is not None and holds(user, found) else None


def holds(user: User, row: Conversation) -> bool:
    """Whether the user sees a conversation that was just read: nearly always said without another question."""
    within = scope(user)
    if row.merged_into_id:
        return False
    return within.holds(row) or (within.was_called and sees(user, row))


def who_sees(conversation: Conversation) -> QuerySet[User]:
    """Everybody who sees this conversation: the same rule asked from the other side, for telling many at once."""
    mentioned = Mention.objects.filter(message__conversation=conversation).values("user_id")
    seated = Desk.objects.filter(inbox_id=conversation.inbox_id).values("user_id")
    members = Membership.objects.filter(team_id=conversation.team_id or 0).values("user_id")
    active = User.objects.filter(is_active=True)
    if conversation.merged_into_id:
        return active.none()
    return active.filter(
        Q(visibility=Visibility.ALL)
        | Q(pk=conversation.assignee_id)
        | Q(pk__in=mentioned)
        | (Q(pk__in=members) & ~Q(visibility=Visibility.OWN))
        | (Q(pk__in=seated) & Q(visibility=Visibility.INBOX))
    )


def readable_interactions(user: User, interaction_ids: Collection[int]) -> set[int]:
    """Those of the given interactions whose conversation the user sees; what stands in none is for those who see all."""
    if user.is_active and user.visibility == Visibility.ALL:
        return set(interaction_ids)
    seen = " or ".join(branch.sql for branch in branches(user))
    values = [one for branch in branches(user) for one in branch.values]
    with connection.cursor() as cursor:
        cursor.execute(READABLE.format(seen=seen), [list(interaction_ids), *values])
        return {number for (number,) in cursor.fetchall()}


def visible_inboxes(user: User) -> QuerySet[Inbox]:
    """The inboxes whose name may stand in this user's side bar."""
    within = scope(user)
    return Inbox.objects.all() if within.sees_all else Inbox.objects.filter(pk__in=within.inbox_ids)


def topics(user: User) -> set[str]:
    """The live topics that may change anything this user sees."""
    within = scope(user)
    return {f"user:{user.pk}", *(f"inbox:{pk}" for pk in within.inbox_ids), *(f"team:{pk}" for pk in within.team_ids)}
