"""Who sees which conversations: the one place, asked by lists, counts, search, previews, exports and notifications."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from muhatap.accounts.models import Membership, User, Visibility
from muhatap.channels.models import Desk, Inbox
from muhatap.conversations.models import Conversation, Message


@dataclass(frozen=True)
class Scope:
    """What a user sees: everything, or the union of their inboxes, their teams and their own."""

    user_id: int
    sees_all: bool
    inbox_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()

    def over(self, prefix: str = "") -> Q:
        """The condition on rows that carry inbox, team and assignee (conversations, or count cells)."""
        if self.sees_all:
            return Q()
        return (
            Q(**{f"{prefix}assignee_id": self.user_id})
            | Q(**{f"{prefix}team_id__in": self.team_ids})
            | Q(**{f"{prefix}inbox_id__in": self.inbox_ids})
        )


def scope(user: User) -> Scope:
    """The scope of a user; a user who may no longer log in sees nothing."""
    if not user.is_active:
        return Scope(user_id=0, sees_all=False)
    if user.visibility == Visibility.ALL:
        return Scope(user_id=user.pk, sees_all=True)
    return Scope(user_id=user.pk, sees_all=False, inbox_ids=_inboxes(user), team_ids=_teams(user))


def visible_to(user: User) -> QuerySet[Conversation]:
    """The conversations a user sees: those of their scope, and those they were mentioned in."""
    within = scope(user)
    standing = Conversation.objects.filter(merged_into=None)
    if within.sees_all:
        return standing
    mentioned = Message.objects.filter(mentions__user=user).values("conversation_id")
    return standing.filter(within.over() | Q(pk__in=mentioned))


def sees(user: User, conversation: Conversation) -> bool:
    return visible_to(user).filter(pk=conversation.pk).exists()


def readable_interactions(user: User, interaction_ids: Collection[int]) -> set[int]:
    """Those of the given interactions whose conversation the user sees, or that belong to none."""
    if user.is_active and user.visibility == Visibility.ALL:
        return set(interaction_ids)
    placed = Message.objects.filter(interaction_id__in=interaction_ids).values_list("interaction_id", "conversation_id")
    of_interaction = {interaction: conversation for interaction, conversation in placed if interaction}
    visible = set(visible_to(user).filter(pk__in=set(of_interaction.values())).values_list("pk", flat=True))
    return {one for one in interaction_ids if one not in of_interaction or of_interaction[one] in visible}


def visible_inboxes(user: User) -> QuerySet[Inbox]:
    """The inboxes whose name may stand in this user's side bar."""
    within = scope(user)
    return Inbox.objects.all() if within.sees_all else Inbox.objects.filter(pk__in=within.inbox_ids)


def topics(user: User) -> set[str]:
    """The live topics that may change anything this user sees."""
    within = scope(user)
    inbox_ids = visible_inboxes(user).values_list("pk", flat=True)
    return {f"user:{user.pk}", *(f"inbox:{pk}" for pk in inbox_ids), *(f"team:{pk}" for pk in within.team_ids)}


def _inboxes(user: User) -> tuple[int, ...]:
    if user.visibility != Visibility.INBOX:
        return ()
    return tuple(Desk.objects.filter(user=user).values_list("inbox_id", flat=True))


def _teams(user: User) -> tuple[int, ...]:
    if user.visibility == Visibility.OWN:
        return ()
    return tuple(Membership.objects.filter(user=user).values_list("team_id", flat=True))
