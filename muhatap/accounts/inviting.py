"""One-time links with which people set their own password: nobody ever types a password for somebody else."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from muhatap.accounts import audit, staffing, teams
from muhatap.accounts.models import Invitation, Role, Team, User
from muhatap.shared.secrets import hashed

LIFETIME = timedelta(days=7)


class AlreadyHere(Exception):
    """Somebody with this address works here, or did."""


class LinkDead(Exception):
    """Used, expired, replaced by a newer one, or never given."""


class Left(Exception):
    """Somebody deactivated gets no link; they are reactivated first."""


@dataclass(frozen=True, kw_only=True)
class Invited:
    """The token is shown once and kept nowhere."""

    user: User
    invitation: Invitation
    token: str


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: str,
    visibility: str,
    teams_of: Iterable[Team],
    by: User | None,
    at: datetime,
) -> Invited:
    """A new member of staff, who may log in once they set a password. Raises AlreadyHere, OwnersOnly."""
    if role == Role.OWNER and not staffing.may_touch_owners(by):
        raise staffing.OwnersOnly
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, None, name=name, role=role, visibility=visibility, is_active=False)
    except IntegrityError as error:
        raise AlreadyHere from error
    teams.place(user=user, teams=teams_of, by=by, at=at)
    audit.record(by=by, at=at, act="staff.invite", kind="user", id=user.pk, name=str(user), email=email, role=role)
    return _link(user, by, at)


@transaction.atomic
def renew(*, user: User, by: User | None, at: datetime) -> Invited:
    """A new link, which ends the one before; for somebody who forgot the password too. Raises OwnersOnly, Left."""
    current = User.objects.select_for_update().get(pk=user.pk)
    staffing.guard(current, by)
    if not current.is_active and current.has_usable_password():
        raise Left
    current.invitations.filter(used_at=None, revoked_at=None).update(revoked_at=at)
    audit.record(by=by, at=at, act="staff.renew_link", kind="user", id=user.pk, name=str(user))
    return _link(current, by, at)


@transaction.atomic
def accept(*, token: str, password: str, at: datetime) -> User:
    """Sets the password and lets them in; other sessions end. The password was validated before. Raises LinkDead."""
    found = living(token, at=at)
    if found is None:
        raise LinkDead
    # The person first, then the link: in the order of every other act, and of two acceptances one finds it used.
    user = User.objects.select_for_update().get(pk=found.user_id)
    invitation = living(token, at=at)
    if invitation is None:
        raise LinkDead
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    Invitation.objects.filter(pk=invitation.pk).update(used_at=at)
    audit.record(by=user, at=at, act="staff.accept", kind="user", id=user.pk, name=str(user))
    return user


def living(token: str, *, at: datetime) -> Invitation | None:
    """The invitation this token opens, if it still does."""
    found = Invitation.objects.select_related("user").filter(token_hash=hashed(token), used_at=None, revoked_at=None)
    return found.filter(expires_at__gt=at).first()


def _link(user: User, by: User | None, at: datetime) -> Invited:
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        user=user, token_hash=hashed(token), by=by, created_at=at, expires_at=at + LIFETIME
    )
    return Invited(user=user, invitation=invitation, token=token)
