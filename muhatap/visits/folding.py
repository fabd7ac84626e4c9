"""From events to visits: one row a visit, one a page, each event folded once, in the order of arrival.

What arrived is read from where the last run stopped; the place moves in the same transaction. Late events (a queue that was
offline) join the visit whose time they touch. Totals that trackers tell are taken as the largest, so repeats and disorder are
harmless.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from muhatap.visits import origins
from muhatap.visits.models import Event, Folded, Kind, PageView, Visit

GAP = timedelta(minutes=30)  # of rest, after which a visit is another one
LAG = timedelta(seconds=20)  # what arrived so long ago is committed: a group waits and writes for less
MOST = 20_000  # events in one run
LONGEST = timedelta(hours=24)  # of one page view
ENGAGED = "Page Engaged"


@dataclass
class Told:
    """What the events of one run tell of one visitor on one site."""

    site: int
    visitor: str
    events: list[Event] = field(default_factory=list)


def fold(*, at: datetime, lag: timedelta = LAG) -> int:
    """Fold what arrived until `lag` ago, and give how many events that were; call again while it gives many."""
    with transaction.atomic():
        place = _place(at)
        events = _arrived(place.received_at, at - lag)
        for told in _by_visitor(events):
            _fold(told)
        if events:
            place.received_at = events[-1].received_at
            place.save(update_fields=["received_at"])
    return len(events)


def fold_all(*, at: datetime) -> None:
    """Fold until nothing is left of what arrived."""
    while fold(at=at) >= MOST // 2:
        pass


def _place(at: datetime) -> Folded:
    place = Folded.objects.select_for_update().first()
    if place is None:
        first = Event.objects.order_by("received_at").values_list("received_at", flat=True).first()
        place = Folded.objects.create(received_at=(first or at) - timedelta(microseconds=1))
    return place


def _arrived(after: datetime, until: datetime) -> list[Event]:
    """At most MOST events; those that arrived at one moment stay together, since the place is a moment."""
    rows = list(Event.objects.filter(received_at__gt=after, received_at__lte=until).order_by("received_at")[:MOST])
    if len(rows) == MOST:
        last = rows[-1].received_at
        rows = [row for row in rows if row.received_at < last] or list(Event.objects.filter(received_at=last))
    return rows


def _by_visitor(events: Iterable[Event]) -> list[Told]:
    found: dict[tuple[int, str], Told] = {}
    for event in events:
        visitor = event.anonymous_id or (f"user:{event.user_id}" if event.user_id else "")
        if visitor and not event.is_bot:
            found.setdefault((event.site_id, visitor), Told(event.site_id, visitor)).events.append(event)
    return list(found.values())


def _fold(told: Told) -> None:
    told.events.sort(key=attrgetter("at"))
    visits = _near(told)
    placed = [(_visit(event, visits, told), event) for event in told.events]
    for visit in visits:
        visit.save()
    for visit, some in groupby(sorted(placed, key=lambda one: one[0].pk), key=lambda one: one[0]):
        _read_pages(visit, [event for _visit, event in some])


def _near(told: Told) -> list[Visit]:
    """The visits that some of these events may belong to."""
    mine = Visit.objects.filter(site=told.site, visitor=told.visitor)
    return list(
        mine.filter(ended_at__gte=told.events[0].at - GAP, began_at__lte=told.events[-1].at + GAP).order_by("began_at")
    )


def _visit(event: Event, visits: list[Visit], told: Told) -> Visit:
    visit = next((one for one in visits if one.began_at - GAP <= event.at <= one.ended_at + GAP), None)
    if visit is None:
        visit = Visit.objects.create(site_id=told.site, visitor=told.visitor, began_at=event.at, ended_at=event.at)
        visits.append(visit)
    visit.began_at, visit.ended_at = min(visit.began_at, event.at), max(visit.ended_at, event.at)
    visit.n_events += 1
    return visit


def _read_pages(visit: Visit, events: Sequence[Event]) -> None:
    pages = {page.key: page for page in visit.pages.filter(key__in={_key(event) for event in events})}
    for event in events:
        told = json.loads(event.payload)
        if event.kind in (Kind.PAGE, Kind.SCREEN):
            page = pages.setdefault(_key(event), PageView(visit=visit, key=_key(event), at=event.at))
            page.at, page.url, page.title = event.at, event.url, event.name[:300]
            page.product = _text(_properties(told).get("product_id"))
            _land(visit, page, _page_of(told).get("referrer"))
        elif event.name == ENGAGED:
            page = pages.setdefault(_key(event), PageView(visit=visit, key=_key(event), at=event.at))
            _read(page, _properties(told), until=event.at)
    PageView.objects.bulk_create(
        pages.values(),
        update_conflicts=True,
        unique_fields=["visit", "key"],
        update_fields=["url", "title", "product", "at", "engaged_ms", "scroll"],
    )
    sums = visit.pages.aggregate(n=Count("id"), ms=Sum("engaged_ms"))
    visit.n_pages, visit.engaged_ms = sums["n"], sums["ms"] or 0
    visit.save(update_fields=["n_pages", "engaged_ms", "landing_url", "referrer", "source", "campaign"])


def _land(visit: Visit, page: PageView, referrer: object) -> None:
    """The earliest page says where the visit came from."""
    if visit.landing_url and page.at > visit.began_at:
        return
    visit.landing_url, visit.referrer = page.url, str(referrer or "")[:2000].replace("\0", "")
    visit.campaign = origins.campaign(page.url)
    visit.source = origins.source(url=page.url, referrer=visit.referrer)


def _read(page: PageView, told: Mapping[str, Any], *, until: datetime) -> None:
    """The largest total; nobody reads longer than the page stood open, as far as its beginning was told."""
    most = max(until - page.at, timedelta()) if page.url else LONGEST
    seconds = min(max(_number(told.get("seconds")), 0.0), LONGEST.total_seconds())
    page.engaged_ms = max(page.engaged_ms, int(min(seconds, most.total_seconds() + 1) * 1000))
    page.scroll = max(page.scroll, int(min(max(_number(told.get("scroll")), 0), 100)))


def _key(event: Event) -> str:
    """Which page view it speaks of: the tracker's own number, else the event's."""
    told = _properties(json.loads(event.payload)).get("page_view")
    return str(told)[:100] if told else event.message_key.hex


def _properties(told: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told.get("properties")
    return found if isinstance(found, dict) else {}


def _page_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    context = told.get("context")
    page = context.get("page") if isinstance(context, dict) else None
    return page if isinstance(page, dict) else {}


def _text(told: object) -> str:
    return str(told)[:100].replace("\0", "") if isinstance(told, str | int) else ""


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) and abs(told) < 1e9 else 0.0
