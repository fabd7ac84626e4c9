"""Themes are looked for every night; who watches the figures is told once a week of what jumps, whatever it is made of."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.flow.understanding import texts
from muhatap.notices import telling, things
from muhatap.notices.models import Kind
from muhatap.understanding import themes
from muhatap.understanding.models import ThemeLook, ThemeWeek


def look(*, at: datetime) -> ThemeLook:
    """The nightly look, and telling of what jumps."""
    found = themes.look(at=at, words=texts)
    tell(at=at)
    return found


def tell(*, at: datetime) -> int:
    """Tell of themes that jump and were not told of yet, on Monday first of those of the week that ended. How many were."""
    weeks = ThemeWeek.objects.filter(is_jump=True, told_at=None, begins_on__in=themes.weeks_told(at))
    return sum(_told(week, at=at) for week in weeks.order_by("begins_on", "pk"))


@transaction.atomic
def _told(week: ThemeWeek, *, at: datetime) -> bool:
    held = ThemeWeek.objects.select_for_update().get(pk=week.pk)
    if held.told_at:
        return False
    watching = [user for user in User.objects.filter(is_active=True).order_by("pk") if may(user, "insight.read")]
    if watching:  # else whoever comes to watch is told
        telling.tell_of(users=watching, kind=Kind.THEME, thing=things.jump(held), at=at)
        held.told_at = at
        held.save(update_fields=["told_at"])
    return bool(watching)
