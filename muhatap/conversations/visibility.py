"""Who sees which conversations: the one place, asked by lists, counts, search, previews, exports and notifications."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from muhatap.accounts.models import Membership, User, Visibility
from muhatap.channels.models import Desk, Inbox
from muhatap.conversations.models import Conversation, Mention, Message


@dataclass(frozen=True)
class Scope:
    """What a user sees: everything, or the union of their inboxes, their teams and their own. Sets stay questions
    inside the database, so that asking costs no round trip of its own."""

    user_id: int
    sees_all: bool
    inbox_ids: "QuerySet[Desk, int]"
    team_ids: "QuerySet[Membership, int]"

    def over(self) -> Q:
        """The condition on rows that carry inbox, team and assignee (conversations, or count cells)."""
        if self.sees_all:
            return Q()
        return Q(assignee_id=self.user_id) | Q(team_id__in=self.team_ids) | Q(inbox_id__in=self.inbox_ids)


def scope(user: User) -> Scope:
    """The scope of a user; a user who may no longer log in sees nothing."""
    sees_inboxes = user.is_active and user.visibility == Visibility.INBOX
    sees_teams = user.is_active and user.visibility != Visibility.OWN
    desks = Desk.objects.filter(user=user) if sees_inboxes else Desk.objects.none()
    memberships = Membership.objects.filter(user=user) if sees_teams else Membership.objects.none()
    return Scope(
        user_id=user.pk if user.is_active else 0,
        sees_all=user.is_active and user.visibility == Visibility.ALL,
        inbox_ids=desks.values_list("inbox_id", flat=True),
        team_ids=memberships.values_list("team_id", flat=True),
    )


def visible_to(user: User) -> QuerySet[Conversation]:
    """The conversations a user sees: those of their scope, and those they were mentioned in."""
    within = scope(user)
    standing = Conversation.objects.filter(merged_into=None)
    if within.sees_all:
        return standing
    mentioned = Message.objects.filter(mentions__user=user).values("conversation_id")
    return standing.filter(within.over() | Q(pk__in=mentioned))


def branches(user: User) -> list[Q]:
    """What a user sees as conditions of which each follows an index of its own, largest last; they may overlap.

    A list takes the newest of each and merges: one OR over all of them would make the database look at every row.
    The sets are given as numbers, so that the planner knows how large they are.
    """
    within = scope(user)
    if within.sees_all:
        return [Q()]
    mentioned = Message.objects.filter(mentions__user=user).values("conversation_id")
    found = [Q(assignee_id=within.user_id), Q(pk__in=mentioned)]
    if team_ids := list(within.team_ids):
        found.append(Q(team_id__in=team_ids))
    if inbox_ids := list(within.inbox_ids):
        found.append(Q(inbox_id__in=inbox_ids))
    return found


def sees(user: User, conversation: Conversation) -> bool:
    return visible_to(user).filter(pk=conversation.pk).exists()


def find(user: User, number: int) -> Conversation | None:
    """The conversation of this number if the user sees it; of one that was merged, what it was merged into.

    The row first and the right after it: one question about both would look at every conversation of the user's.
    """
    rows = Conversation.objects.select_related("inbox", "contact__company", "assignee", "team")
    found = rows.filter(pk=number).first()
    while found is not None and found.merged_into_id:
        found = rows.get(pk=found.merged_into_id)
    return found if found is not None and sees(user, found) else None


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
    placed = Message.objects.filter(interaction_id__in=interaction_ids).values_list("interaction_id", "conversation_id")
    of_interaction = {interaction: conversation for interaction, conversation in placed if interaction}
    visible = set(visible_to(user).filter(pk__in=set(of_interaction.values())).values_list("pk", flat=True))
    return {one for one in interaction_ids if of_interaction.get(one) in visible}


def visible_inboxes(user: User) -> QuerySet[Inbox]:
    """The inboxes whose name may stand in this user's side bar."""
    within = scope(user)
    return Inbox.objects.all() if within.sees_all else Inbox.objects.filter(pk__in=within.inbox_ids)


def topics(user: User) -> set[str]:
    """The live topics that may change anything this user sees."""
    within = scope(user)
    inbox_ids = visible_inboxes(user).values_list("pk", flat=True)
    return {f"user:{user.pk}", *(f"inbox:{pk}" for pk in inbox_ids), *(f"team:{pk}" for pk in within.team_ids)}
