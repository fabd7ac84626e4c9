"""Quiet hours: while they last, one is told in the page only."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from muhatap.accounts.models import User
from muhatap.notices.models import Kind, QuietHours

SATURDAY = 5


def rests(user: User, *, at: datetime, kind: str = "") -> bool:
    """Whether this user wants quiet now; a passed deadline may be let through."""
    quiet = QuietHours.objects.filter(user=user).first()
    if quiet is None or (kind == Kind.BREACH and quiet.lets_breaches_pass):
        return False
    return is_quiet(quiet, at)


def is_quiet(quiet: QuietHours, at: datetime) -> bool:
    """Whether this moment lies in the quiet hours, as the clock on the user's wall shows it."""
    there = at.astimezone(ZoneInfo(quiet.time_zone or settings.TIME_ZONE))
    if quiet.weekends and there.weekday() >= SATURDAY:
        return True
    if quiet.begins is None or quiet.ends is None:
        return False
    now = there.time().replace(tzinfo=None)
    if quiet.begins <= quiet.ends:
        return quiet.begins <= now < quiet.ends
    return now >= quiet.begins or now < quiet.ends  # over midnight
