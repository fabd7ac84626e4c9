"""Where somebody is logged in. The rows are allauth's; ending one deletes Django's session with it."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

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


def forget_expired(*, at: datetime) -> None:
    """Sessions that ran out, and the rows that told where they were."""
    Session.objects.filter(expire_date__lt=at).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
