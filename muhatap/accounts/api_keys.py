"""Keys with which programs act as somebody of the staff. A key is shown once; only its hash is kept."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit, staffing
from muhatap.accounts.models import ApiKey, User
from muhatap.shared.secrets import hashed

SCOPES = {
    "conversations:read": _("Read conversations, messages and their files"),
    "conversations:write": _("Reply, note, assign, tag, snooze, resolve"),
    "contacts:read": _("Read contacts"),
    "contacts:write": _("Add, change, tag and merge contacts"),
    "promises:read": _("Read promises to customers"),
    "promises:write": _("Make promises, put them off and say how they ended"),
    "cases:read": _("Read cases and their causes"),
    "cases:write": _("Open, change and end cases, write down what they took and what customers were given"),
    "costs:read": _("Read what quality costs"),
    "surveys:read": _("Read surveys and what customers answered"),
    "surveys:write": _("Say what became of a low score"),
    "directory:read": _("Read inboxes, teams, staff and tags"),
    "directory:write": _("Add tags"),
}
BEGINNING = "mhtp_"
N_SHOWN = 12  # characters of a key that people see: enough to tell keys apart, useless for guessing the rest
NOTED_EVERY = timedelta(minutes=1)


class NothingAllowed(ValueError):
    """A key without a scope could do nothing, and one with an unknown scope is a mistake."""


class NotInFuture(ValueError):
    """A key ends after it begins."""


@dataclass(frozen=True, kw_only=True)
class Created:
    """The token is shown once and kept nowhere."""

    key: ApiKey
    token: str


@transaction.atomic
def create(
    *, name: str, user: User, scopes: Collection[str], expires_at: datetime | None, by: User, at: datetime
) -> Created:
    """A key that acts as `user`. Raises NothingAllowed, NotInFuture; OwnersOnly: only owners make keys that act as one."""
    staffing.guard(user, by)
    if not scopes or not set(scopes) <= set(SCOPES):
        raise NothingAllowed(scopes)
    if expires_at is not None and expires_at <= at:
        raise NotInFuture(expires_at)
    token = f"{BEGINNING}{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        user=user,
        scopes=[scope for scope in SCOPES if scope in scopes],
        token_hash=hashed(token),
        prefix=token[:N_SHOWN],
        by=by,
        created_at=at,
        expires_at=expires_at,
    )
    _tell(key, "api_key.create", by=by, at=at, user_name=str(user), user=user.pk, scopes=key.scopes)
    return Created(key=key, token=token)


@transaction.atomic
def revoke(*, key: ApiKey, by: User, at: datetime) -> None:
    """From now on it opens nothing. Revoking twice changes nothing."""
    staffing.guard(key.user, by)
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        _tell(key, "api_key.revoke", by=by, at=at)


def by_token(token: str, *, at: datetime) -> ApiKey | None:
    """The standing key of this token: not revoked, not expired, of somebody who may still log in."""
    key = ApiKey.objects.select_related("user").filter(token_hash=hashed(token), user__is_active=True).first()
    return key if key and is_standing(key, at=at) else None


def is_standing(key: ApiKey, *, at: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > at)


def note_use(key: ApiKey, *, at: datetime) -> None:
    """Remember that it was used, at most once a minute: a busy key must not be a busy row."""
    if key.last_used_at is None or at - key.last_used_at >= NOTED_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lte=at - NOTED_EVERY)
        ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)


def _tell(key: ApiKey, act: str, *, by: User, at: datetime, **details: object) -> None:
    audit.record(by=by, at=at, act=act, kind="api key", id=key.pk, name=key.name, **details)
