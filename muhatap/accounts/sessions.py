"""Where somebody is logged in. The rows are allauth's; ending one deletes Django's session with it."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User


def of(user: User) -> list[UserSession]:
    """The living sessions, newest first."""
    living: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(living, key=lambda session: session.created_at, reverse=True)


def end(*, user: User, keep: str | None = None) -> int:
    """Ends all of somebody's sessions, except the one with this key; says how many."""
    ended = list(UserSession.objects.filter(user=user).exclude(session_key=keep or ""))
    for session in ended:
        session.end()
    return len(ended)


@transaction.atomic
def end_others(*, user: User, keep: str | None, at: datetime) -> int:
    """Somebody logs themselves out on every device but the one with this key; says of how many sessions."""
    n_ended = end(user=user, keep=keep)
    audit.record(by=user, at=at, act="session.end", kind="user", id=user.pk, name=str(user), n=n_ended)
    return n_ended


def forget_expired(*, at: datetime) -> None:
    """Sessions that ran out, and the rows that told where they were."""
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
