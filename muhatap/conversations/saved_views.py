"""Named filters over conversations: one's own, a team's, or everybody's. What they show is limited by what their reader sees."""

from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import Membership, Team, User
from muhatap.accounts.permissions import may
from muhatap.conversations import lists, wanting
from muhatap.conversations.models import SavedView
from muhatap.conversations.wanting import Wanted
from muhatap.shared import locks, patience
from muhatap.shared.text import without_nul

MOST = 50
LONGEST = 80
BOUND = 100  # 99 are counted at most; one more says "99+"
PATIENCE_MS = 150  # a count that takes longer is left out of the side bar
SHARE = "conversations.shared_views"
Reach = SavedView.Reach


class BadView(ValueError):
    """`code` says what is wrong: name, too_many, team, not_allowed, no_condition."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def visible_to(user: User) -> "QuerySet[SavedView]":
    """One's own, one's teams' and everybody's: shared ones first, in their order."""
    teams = Membership.objects.filter(user=user).values("team_id")
    mine = Q(by=user, reach=Reach.MINE)
    return (
        SavedView.objects.filter(mine | Q(reach=Reach.ALL) | Q(reach=Reach.TEAM, team__in=teams) | Q(by=user))
        .select_related("by", "team")
        .order_by("position", "id")
    )


def may_change(user: User, view: SavedView) -> bool:
    """Its maker; a shared one also those who lead."""
    return view.by_id == user.pk or (view.reach != Reach.MINE and may(user, SHARE))


@transaction.atomic
def save(
    *,
    name: str,
    wanted: Wanted,
    by: User,
    at: datetime,
    reach: str = Reach.MINE,
    team: Team | None = None,
    view: SavedView | None = None,
) -> SavedView:
    """Keep a filter under a name, as a new view or in place of what `view` was. Raises BadView."""
    plain = _name(name)
    _check(plain, wanted, reach=reach, team=team, by=by, view=view)
    shown = view or SavedView(by=by, position=_last_place())
    shown.name, shown.query, shown.at = plain, wanted.as_json(), at
    shown.reach, shown.team = reach, team if reach == Reach.TEAM else None
    shown.save()
    act = "view.saved" if shown.reach == Reach.MINE else "view.shared"
    audit.record(by=by, at=at, act=act, kind="conversation view", id=shown.pk, name=shown.name)
    return shown


def duplicate(*, view: SavedView, name: str, by: User, at: datetime) -> SavedView:
    """A copy of one's own, to change without changing what others have. Raises BadView."""
    return save(name=name, wanted=Wanted.of_json(view.query), by=by, at=at)


@transaction.atomic
def remove(*, view: SavedView, by: User, at: datetime) -> None:
    """Raises BadView when it is somebody else's."""
    if not may_change(by, view):
        raise BadView("not_allowed")
    audit.record(by=by, at=at, act="view.removed", kind="conversation view", id=view.pk, name=view.name)
    view.delete()


@transaction.atomic
def move(*, view: SavedView, up: bool, by: User, at: datetime) -> None:
    """One place up or down among the views its mover sees. Raises BadView when it is somebody else's."""
    if not may_change(by, view):
        raise BadView("not_allowed")
    locks.hold("conversation views")
    order = list(visible_to(by))
    here = next((place for place, other in enumerate(order) if other.pk == view.pk), None)
    there = None if here is None else here - 1 if up else here + 1
    if here is None or there is None or not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for place, other in enumerate(order):
        other.position = place
    SavedView.objects.bulk_update(order, ["position"])
    audit.record(by=by, at=at, act="view.moved", kind="conversation view", id=view.pk, name=view.name)


def n_up_to_bound(view: SavedView, *, user: User, at: datetime) -> int | None:
    """How many stand in it for this user, at most BOUND; None when counting would take too long."""
    shown = wanting.view(Wanted.of_json(view.query), user=user, at=at)
    try:
        with patience.at_most(PATIENCE_MS):
            return len(lists.numbers(user, shown, limit=BOUND))
    except DatabaseError:
        return None


def _check(name: str, wanted: Wanted, *, reach: str, team: Team | None, by: User, view: SavedView | None) -> None:
    if view is not None and not may_change(by, view):
        raise BadView("not_allowed")
    if not wanted.conditions:
        raise BadView("no_condition")
    if reach not in Reach.values or (reach == Reach.TEAM and team is None):
        raise BadView("team")
    if reach != Reach.MINE and not may(by, SHARE):
        raise BadView("not_allowed")
    if view is None and SavedView.objects.filter(by=by).count() >= MOST:
        raise BadView("too_many")


def _name(name: str) -> str:
    plain = " ".join(without_nul(name).split())
    if not plain or len(plain) > LONGEST:
        raise BadView("name")
    return plain


def _last_place() -> int:
    last = SavedView.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1
