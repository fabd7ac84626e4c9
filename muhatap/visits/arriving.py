"""What arrived from a site just now, for whoever sets it up."""

from datetime import datetime, timedelta

from muhatap.visits.models import Event, Refusal, Site

MOST = 50
WINDOW = timedelta(minutes=15)  # the index over the time of arrival makes this part of the day cheap to read


def newest(*, site: Site, at: datetime) -> list[Event]:
    """The newest events of the last minutes, at most MOST."""
    fresh = Event.objects.filter(site=site, received_at__gt=at - WINDOW, received_at__lte=at)
    return list(fresh.order_by("-received_at")[:MOST])


def refused(*, site: Site) -> list[Refusal]:
    """The newest refusals, at most MOST."""
    return list(Refusal.objects.filter(site=site).order_by("-id")[:MOST])
