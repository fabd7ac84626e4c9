"""The shop's promises: its hours, the holidays of these years and one policy; and what follows from each moment of the story."""

from datetime import datetime
from typing import Any

from muhatap.accounts.models import User
from muhatap.conversations.models import Message
from muhatap.flow import deadlines
from muhatap.service import holidays, hours, policies
from muhatap.service.models import BusinessHours, SlaPolicy

ALL_WEEK = (((9 * 60, 24 * 60),),) * 7  # a shop on the net answers until midnight, on Sundays too
POLICY: dict[str, Any] = {
    **{condition: [] for condition in policies.CONDITIONS},
    "first_response_minutes": 3 * 60,
    "next_response_minutes": 90,
    "resolution_minutes": None,
    "warn_minutes": 20,
    "pauses_waiting": True,
    "pauses_snoozed": True,
}


def make(*, by: User, at: datetime) -> None:
    """Hours, holidays and a policy; those that are there already stay as they are."""
    if BusinessHours.objects.exists() or SlaPolicy.objects.exists():
        return
    open_hours = hours.save(
        hours=BusinessHours(),
        name="Mağaza",
        time_zone="Europe/Istanbul",
        week=ALL_WEEK,
        keeps_holidays=False,
        by=by,
        at=at,
    )
    hours.save(
        hours=BusinessHours(),
        name="Mesai",
        time_zone="Europe/Istanbul",
        week=hours.OFFICE,
        keeps_holidays=True,
        by=by,
        at=at,
    )
    for year in (at.year, at.year + 1):
        holidays.bring_in(year=year, by=by, at=at)
    policies.save(policy=SlaPolicy(), name="Herkes", fields=POLICY | {"hours": open_hours}, by=by, at=at)


def follow(*, after: int, at: datetime) -> int:
    """What the entries since then mean for promises, as the job does it; returns the newest entry followed."""
    entries = list(Message.objects.filter(pk__gt=after).select_related("conversation").order_by("pk"))
    for message in entries:
        deadlines.follow(message=message, at=at)
    deadlines.watch(at=at)
    return entries[-1].pk if entries else after
