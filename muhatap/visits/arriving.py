"""What arrived from a site just now, for whoever sets it up."""

from datetime import datetime, timedelta

from muhatap.visits.models import Event, Refusal, Site

MOST = 50
# The index over the time of arrival makes the last part of a day cheap to read: of a busy site seconds are enough.
WINDOWS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=15))


def newest(*, site: Site, at: datetime) -> list[Event]:
    """The newest events of the last minutes, at most MOST."""
    found: list[Event] = []
    for window in WINDOWS:
        fresh = Event.objects.filter(site=site, received_at__gt=at - window, received_at__lte=at)
        found = list(fresh.order_by("-received_at")[:MOST])
        if len(found) == MOST:
            break
    return found


def refused(*, site: Site | None) -> list[Refusal]:
    """The newest refusals, at most MOST; of None those whose key nobody knows."""
    return list(Refusal.objects.filter(site=site).order_by("-id")[:MOST])
