"""What somebody did in one visit, one thing after the other: its events as they were sent, as long as they are quickly found."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Func, TextField

from muhatap.shared import patience
from muhatap.visits import how_long
from muhatap.visits.models import Event, Kind, Visit
from muhatap.visits.sessions import ENGAGED

LATER = timedelta(minutes=15)  # so long after the visit its last words may arrive
MOST = 300
PATIENCE_MS = 1500  # of a very busy site the minutes of one visit are many events of others


class Visitor(Func):
    """Who did an event, as visits name them (proving.visitor_of)."""

    function = "visits_visitor_of"
    output_field = TextField()


def are_gone(visit: Visit) -> bool:
    """Whether some or all of its events are no longer kept."""
    gone_before = how_long.current().gone_before
    return gone_before is not None and visit.began_at < gone_before


def of(visit: Visit) -> list[Event] | None:
    """Its events but for pages and words on how long they were read, the first ones first; None when they took too long.

    At most MOST, and one more where there are more.
    """
    who = Visitor(F("anonymous_id"), F("user_id"), F("by_server"))
    rows = (
        Event.objects.alias(who=who)
        .filter(site=visit.site_id, who=visit.visitor, is_bot=False)
        .filter(received_at__gte=visit.began_at, received_at__lte=visit.ended_at + LATER)
        .filter(at__gte=visit.began_at, at__lte=visit.ended_at)
        .exclude(kind__in=(Kind.PAGE, Kind.SCREEN))
        .exclude(name=ENGAGED)
    )
    try:
        with patience.at_most(PATIENCE_MS):
            found: list[Any] = list(rows.order_by("at", "received_at")[: MOST + 1])
            return found
    except patience.TookTooLong:
        return None
