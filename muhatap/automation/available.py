"""Who is here: people say so themselves; what they take and know is set for them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Team, User
from muhatap.automation.models import Availability, WayOfGiving
from muhatap.contacts.models import Tag
from muhatap.shared import jobs, live

GIVE = "give_unplaced"  # the job that gives what waits to whoever has room now
STAFF = "staff"  # the live topic on which everybody hears who is here
State = Availability.State


def state_of(user: User) -> Availability.State:
    """Whoever never said anything is available."""
    kept = Availability.objects.filter(user=user).values_list("state", flat=True).first()
    return State(kept) if kept else State.AVAILABLE


@transaction.atomic
def become(*, user: User, state: str, at: datetime) -> None:
    """Be available, on a break or away from now on; what waited for somebody may come at once. Raises ValueError."""
    chosen = State(state)
    row, is_new = Availability.objects.select_for_update().get_or_create(user=user, defaults={"since_at": at})
    if row.state == chosen and not is_new:
        return
    row.state, row.since_at = chosen, at
    row.save(update_fields=["state", "since_at"])
    live.announce([STAFF], "staff", user=user.pk)
    if chosen == State.AVAILABLE:
        jobs.queue(GIVE, queue="follow")


@transaction.atomic
def equip(
    *, user: User, n_at_most: int | None, languages: Iterable[str], skills: Iterable[Tag], by: User, at: datetime
) -> None:
    """How many open conversations somebody takes at most, and what they know."""
    row, _ = Availability.objects.select_for_update().get_or_create(user=user, defaults={"since_at": at})
    row.n_at_most, row.languages = n_at_most, sorted(set(languages))
    row.save(update_fields=["n_at_most", "languages"])
    row.skills.set(skills)
    audit.record(by=by, at=at, act="availability.equip", kind="user", id=user.pk, name=user.name, n_at_most=n_at_most)
    jobs.queue(GIVE, queue="follow")


@transaction.atomic
def arrange(*, team: Team, way: str, n_at_most: int | None, by: User | None, at: datetime) -> None:
    """How a team's conversations find somebody. Raises ValueError for a way nobody knows."""
    chosen = WayOfGiving.Way(way)
    WayOfGiving.objects.update_or_create(team=team, defaults={"way": chosen, "n_at_most": n_at_most})
    audit.record(
        by=by, at=at, act="team.arrange", kind="team", id=team.pk, name=team.name, way=way, n_at_most=n_at_most
    )
    jobs.queue(GIVE, queue="follow")
