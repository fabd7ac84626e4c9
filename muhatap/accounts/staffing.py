"""Who works here as what: roles, what they see, leaving and coming back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit, sessions, teams
from muhatap.accounts.models import Role, Team, User
from muhatap.accounts.permissions import may
from muhatap.shared import locks


class OwnersOnly(Exception):
    """Only an owner may make, change or deactivate an owner."""


class LastOwner(Exception):
    """Without this person nobody could give rights any more."""


class Oneself(Exception):
    """Nobody locks themselves out."""


@transaction.atomic
def revise(
    *, user: User, name: str, role: str, visibility: str, teams_of: Iterable[Team], by: User | None, at: datetime
) -> None:
    """Everything the staff form says about somebody. Raises OwnersOnly, LastOwner; then nothing is changed."""
    change_role(user=user, role=role, by=by, at=at)
    rename(user=user, name=name, by=by, at=at)
    change_visibility(user=user, visibility=visibility, by=by, at=at)
    teams.place(user=user, teams=teams_of, by=by, at=at)


@transaction.atomic
def change_role(*, user: User, role: str, by: User | None, at: datetime) -> None:
    """Raises OwnersOnly, LastOwner."""
    current = _held(user, by)
    if role == current.role:
        return
    if role == Role.OWNER and not may_touch_owners(by):
        raise OwnersOnly
    if role != Role.OWNER:
        _keep_an_owner(current)
    _save(user, role=role)
    _record(user, by, at, "staff.change_role", before=current.role, after=role)


@transaction.atomic
def change_visibility(*, user: User, visibility: str, by: User | None, at: datetime) -> None:
    """Raises OwnersOnly."""
    current = _held(user, by)
    if visibility != current.visibility:
        _save(user, visibility=visibility)
        _record(user, by, at, "staff.change_visibility", before=current.visibility, after=visibility)


@transaction.atomic
def rename(*, user: User, name: str, by: User | None, at: datetime) -> None:
    """Raises OwnersOnly."""
    current = _held(user, by)
    if name != current.name:
        _save(user, name=name)
        _record(user, by, at, "staff.rename", before=current.name, after=name)


@transaction.atomic
def deactivate(*, user: User, by: User | None, at: datetime) -> None:
    """Ends their sessions and open invitations too; what they wrote stays theirs. Raises OwnersOnly, LastOwner, Oneself."""
    current = _held(user, by)
    if by and by.pk == user.pk:
        raise Oneself
    user.invitations.filter(used_at=None, revoked_at=None).update(revoked_at=at)
    n_sessions = sessions.end(user=user)
    if current.is_active:
        _keep_an_owner(current)
        _save(user, is_active=False)
        _record(user, by, at, "staff.deactivate", n_sessions=n_sessions)


@transaction.atomic
def reactivate(*, user: User, by: User | None, at: datetime) -> None:
    """Back with the old password. Somebody who never had one is invited instead. Raises OwnersOnly."""
    current = _held(user, by)
    if not current.is_active and current.has_usable_password():
        _save(user, is_active=True)
        _record(user, by, at, "staff.reactivate")


def may_touch_owners(by: User | None) -> bool:
    return by is None or may(by, "owners.edit")


def guard(user: User, by: User | None) -> None:
    """Raises OwnersOnly when `by` may not touch this person."""
    if user.role == Role.OWNER and not may_touch_owners(by):
        raise OwnersOnly


def _held(user: User, by: User | None) -> User:
    """The row as it is now. Acts on owners wait for one another, so that two cannot remove each other.

    The database refuses the last one too (migration 0004); this is the same rule with words for it.
    """
    locks.hold("owners")
    current = User.objects.select_for_update().get(pk=user.pk)
    guard(current, by)
    return current


def _keep_an_owner(current: User) -> None:
    others = User.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=current.pk)
    if current.role == Role.OWNER and current.is_active and not others.exists():
        raise LastOwner


def _save(user: User, **fields: object) -> None:
    for name, value in fields.items():
        setattr(user, name, value)
    user.save(update_fields=list(fields))


def _record(user: User, by: User | None, at: datetime, act: str, **details: object) -> None:
    audit.record(by=by, at=at, act=act, kind="user", id=user.pk, name=str(user), **details)
