"""Who takes the next conversation of a team: in turn, by load, by what they know; or nobody while nobody is free.

One giving at a time (a lock until the transaction ends), so that two conversations that arrive at the same moment neither
take the last free place twice nor the same turn. docs/decisions/0014 tells why one lock for all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.automation.models import Availability, Turn, Unplaced, WayOfGiving
from muhatap.conversations import assigning, counting
from muhatap.conversations.models import Conversation
from muhatap.shared import locks

Way = WayOfGiving.Way
AT_ONCE = 200  # of a team's unplaced ones that are looked through in one go
USUAL_LANGUAGES = ("", "tr")  # everybody here speaks it


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody of the team who works now: how many conversations wait on them, and how long ago their turn was."""

    user: User
    load: int
    turn: int
    limit: int | None
    is_available: bool
    knows: frozenset[str]  # numbers of tags, and languages

    @property
    def is_free(self) -> bool:
        return self.is_available and (self.limit is None or self.load < self.limit)


@transaction.atomic
def give(
    *, conversation: Conversation, at: datetime, because: Mapping[str, Any] | None = None, by_turn: bool = False
) -> User | None:
    """Give an open conversation that nobody has to somebody of its team. None when it finds nobody, or needs nobody.

    `by_turn` gives in turn in a team that gives by hand: a rule asked for it.
    """
    row = Conversation.objects.select_for_update(of=("self",)).select_related("team", "contact").get(pk=conversation.pk)
    way = _way(row.team, by_turn=by_turn)
    if way is None or not _needs_somebody(row):
        Unplaced.objects.filter(conversation=row).delete()
        return None
    locks.hold("giving")
    chosen = _choose(way, row)
    if chosen is None:
        Unplaced.objects.update_or_create(
            conversation=row, defaults={"team": way.team}, create_defaults={"team": way.team, "since_at": at}
        )
        return None
    assigning.assign(conversation=row, to=chosen, by=None, at=at, because={**(because or {}), "way": way.way})
    _took_turn(way, chosen)
    Unplaced.objects.filter(conversation=row).delete()
    return chosen


def give_unplaced(*, at: datetime, team_ids: Iterable[int] | None = None) -> int:
    """Give what found nobody before, longest waiting first; each in a transaction of its own. How many found somebody."""
    waiting = Unplaced.objects.all() if team_ids is None else Unplaced.objects.filter(team_id__in=list(team_ids))
    teams = Team.objects.filter(pk__in=waiting.values("team_id")).order_by("pk")
    return sum(_give_of(team, at=at) for team in teams)  # team by team: one where nobody is free holds up no other


def _give_of(team: Team, *, at: datetime) -> int:
    n = 0
    rows = Unplaced.objects.filter(team=team).select_related("conversation").order_by("since_at", "id")
    for row in rows[:AT_ONCE]:
        n += give(conversation=row.conversation, at=at) is not None
    return n


def somebody_waits() -> bool:
    """Whether any conversation found nobody."""
    return Unplaced.objects.exists()


def candidates(team: Team, *, n_at_most: int | None = None) -> list[Candidate]:
    """Everybody of a team who may answer, with what decides whose turn it is."""
    people = [user for user in team.members.filter(is_active=True).order_by("id") if may(user, "conversations.reply")]
    loads = counting.open_of([user.pk for user in people])
    turns = dict(Turn.objects.filter(team=team).values_list("user_id", "n"))
    kept = {
        row.user_id: row for row in Availability.objects.filter(user__in=people).prefetch_related("skills").order_by()
    }
    return [_candidate(user, kept.get(user.pk), loads, turns, n_at_most) for user in people]


def _candidate(
    user: User, kept: Availability | None, loads: Mapping[int, int], turns: Mapping[int, int], n_at_most: int | None
) -> Candidate:
    own = kept.n_at_most if kept else None
    knows = {*(str(tag.pk) for tag in kept.skills.all()), *kept.languages} if kept else set()
    return Candidate(
        user=user,
        load=loads.get(user.pk, 0),
        turn=turns.get(user.pk, 0),
        limit=own if own is not None else n_at_most,
        is_available=kept is None or kept.state == Availability.State.AVAILABLE,
        knows=frozenset(knows),
    )


def _way(team: Team | None, *, by_turn: bool) -> WayOfGiving | None:
    if team is None:
        return None
    way = WayOfGiving.objects.filter(team=team).first()
    if way is not None and way.way != Way.HAND:
        return way
    if not by_turn:
        return None
    kept = way or WayOfGiving.objects.get_or_create(team=team)[0]
    kept.way = Way.ROTATION  # for this once; not saved
    return kept


def _needs_somebody(row: Conversation) -> bool:
    return row.assignee_id is None and row.merged_into_id is None and row.status == Conversation.Status.OPEN


def _choose(way: WayOfGiving, row: Conversation) -> User | None:
    everybody = candidates(way.team, n_at_most=way.n_at_most)
    fitting = _who_know(row, everybody) if way.way == Way.SKILL else everybody
    free = [one for one in fitting if one.is_free]
    if not free:
        return None
    if way.way == Way.ROTATION:
        return min(free, key=lambda one: (one.turn, one.user.pk)).user
    return min(free, key=lambda one: (one.load, one.turn, one.user.pk)).user


def _who_know(row: Conversation, everybody: Sequence[Candidate]) -> Sequence[Candidate]:
    """Those who know most of what the conversation asks for; everybody when nobody of the team knows any of it.

    Who knows it is waited for when busy: an English letter does not go to somebody who cannot read it.
    """
    asked = {str(pk) for pk in row.tags.values_list("pk", flat=True)}
    if row.contact.language not in USUAL_LANGUAGES:
        asked.add(row.contact.language)
    most = max((len(asked & one.knows) for one in everybody), default=0)
    return [one for one in everybody if len(asked & one.knows) == most]


def _took_turn(way: WayOfGiving, user: User) -> None:
    """Under the lock of giving, so that numbers never repeat."""
    n = WayOfGiving.objects.values_list("n_given", flat=True).get(pk=way.pk) + 1
    WayOfGiving.objects.filter(pk=way.pk).update(n_given=n)
    Turn.objects.update_or_create(team_id=way.team_id, user=user, defaults={"n": n})
