"""Themes are looked for every night; who watches the figures is told once a week of what jumps, by a message they may see."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.conversations.models import Message
from muhatap.conversations.visibility import readable_interactions
from muhatap.flow.understanding import texts
from muhatap.notices import telling
from muhatap.notices.models import Kind
from muhatap.understanding import themes
from muhatap.understanding.models import ThemeLook, ThemeMember, ThemeWeek

NEWEST = 50  # messages of a theme among which everybody's example is looked for


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
    messages = _newest(held)
    watching = [user for user in User.objects.filter(is_active=True).order_by("pk") if may(user, "insight.read")]
    n_told = 0
    for user in watching:
        seen = readable_interactions(user, [message.interaction_id or 0 for message in messages])
        message = next((one for one in messages if one.interaction_id in seen), None)
        if message:
            n_told += len(telling.tell(users=[user], kind=Kind.THEME, message=message, at=at))
    if n_told:  # else whoever may see the next message of it is told then
        held.told_at = at
        held.save(update_fields=["told_at"])
    return bool(n_told)


def _newest(week: ThemeWeek) -> list[Message]:
    members = ThemeMember.objects.filter(theme_id=week.theme_id, week_on=week.begins_on).order_by("-reading__at")
    numbers = list(members.values_list("reading__interaction_id", flat=True)[:NEWEST])
    found = Message.objects.filter(interaction_id__in=numbers).select_related("conversation")
    return list(found.order_by("-at", "-pk"))
