"""Teams: groups of staff that inboxes and conversations can be given to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import Membership, Team, User


class NameTaken(Exception):
    """Another team has this name."""


@transaction.atomic
def create(*, name: str, members: Iterable[User] = (), by: User | None, at: datetime) -> Team:
    """A team and who is in it. Raises NameTaken; then nobody is in anything new."""
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name)
    except IntegrityError as error:
        raise NameTaken from error
    _record(team, by, at, "team.create")
    fill(team=team, members=members, by=by, at=at)
    return team


@transaction.atomic
def revise(*, team: Team, name: str, members: Iterable[User], by: User | None, at: datetime) -> None:
    """Everything the form of a team says. Raises NameTaken; then nothing is changed."""
    rename(team=team, name=name, by=by, at=at)
    fill(team=team, members=members, by=by, at=at)


@transaction.atomic
def rename(*, team: Team, name: str, by: User | None, at: datetime) -> None:
    """Raises NameTaken."""
    before = Team.objects.select_for_update().get(pk=team.pk).name
    if name == before:
        return
    team.name = name
    try:
        with transaction.atomic():
            team.save(update_fields=["name"])
    except IntegrityError as error:
        team.name = before
        raise NameTaken from error
    _record(team, by, at, "team.rename", before=before, after=name)


@transaction.atomic
def add(*, team: Team, user: User, by: User | None, at: datetime) -> None:
    if Membership.objects.get_or_create(team=team, user=user)[1]:
        _record(team, by, at, "team.add", user=user.pk, user_name=str(user))


@transaction.atomic
def remove(*, team: Team, user: User, by: User | None, at: datetime) -> None:
    if Membership.objects.filter(team=team, user=user).delete()[0]:
        _record(team, by, at, "team.remove", user=user.pk, user_name=str(user))


@transaction.atomic
def place(*, user: User, teams: Iterable[Team], by: User | None, at: datetime) -> None:
    """Exactly these teams."""
    wanted = set(teams)
    now = set(Team.objects.filter(memberships__user=user))
    for team in sorted(wanted - now, key=lambda one: one.pk):
        add(team=team, user=user, by=by, at=at)
    for team in sorted(now - wanted, key=lambda one: one.pk):
        remove(team=team, user=user, by=by, at=at)


@transaction.atomic
def fill(*, team: Team, members: Iterable[User], by: User | None, at: datetime) -> None:
    """Exactly these members."""
    wanted = set(members)
    now = set(User.objects.filter(memberships__team=team))
    for user in sorted(wanted - now, key=lambda one: one.pk):
        add(team=team, user=user, by=by, at=at)
    for user in sorted(now - wanted, key=lambda one: one.pk):
        remove(team=team, user=user, by=by, at=at)


@transaction.atomic
def delete(*, team: Team, by: User | None, at: datetime) -> None:
    """Its inboxes and conversations stay, without a team."""
    _record(team, by, at, "team.delete", members=sorted(team.members.values_list("pk", flat=True)))
    team.delete()


def _record(team: Team, by: User | None, at: datetime, act: str, **details: object) -> None:
    audit.record(by=by, at=at, act=act, kind="team", id=team.pk, name=team.name, **details)
