"""From events to visits: one row a visit, one a page, each event folded once, in the order of arrival.

What arrived is read from where the last run stopped; the place moves in the same transaction. Late events (a queue that was
offline) join the visit whose time they touch. Totals that trackers tell are taken as the largest, so repeats and disorder are
harmless.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Count, Sum

from muhatap.shared.text import without_nul
from muhatap.visits import origins, segment
from muhatap.visits.models import Event, Folded, Kind, PageView, Visit

log = logging.getLogger(__name__)
GAP = timedelta(minutes=30)  # of rest, after which a visit is another one
LAG = timedelta(seconds=20)  # what arrived so long ago is committed: a group waits and writes for less
MOST = 4000  # events in one run: with the largest of payloads a hundred megabytes
RUNS = 25  # at one time; what is left waits for the next
LONGEST = timedelta(hours=24)  # of one page view
ENGAGED = "Page Engaged"


@dataclass
class Told:
    """What the events of one run tell of one visitor on one site."""

    site: int
    visitor: str
    events: list[Event] = field(default_factory=list)


def fold(*, at: datetime, lag: timedelta = LAG) -> int:
    """Fold what arrived until `lag` ago, and give how many events that were; call again while it gives many.

    0 also when somebody else is folding.
    """
    with transaction.atomic():
        place = _place(at)
        events = _arrived(place.received_at, at - lag) if place else []
        for told in _by_visitor(events):
            _fold_or_pass(told)
        if place and events:
            place.received_at = events[-1].received_at
            place.save(update_fields=["received_at"])
    return len(events)


def fold_all(*, at: datetime) -> None:
    """Fold until nothing is left of what arrived, or for this time it is enough."""
    for _run in range(RUNS):
        if fold(at=at) < MOST // 2:
            break


def _fold_or_pass(told: Told) -> None:
    """One visitor whose events we cannot make sense of, though the door let them in, stops nobody else."""
    try:
        with transaction.atomic():
            _fold(told)
    except (DatabaseError, ValueError, OverflowError) as error:
        log.warning("events of a visitor of site %s were left out of visits: %r", told.site, error)


def _place(at: datetime) -> Folded | None:
    if not Folded.objects.exists():
        first = Event.objects.order_by("received_at").values_list("received_at", flat=True).first()
        since = (first or at) - timedelta(microseconds=1)
        Folded.objects.bulk_create([Folded(pk=1, received_at=since)], ignore_conflicts=True)
    return Folded.objects.select_for_update(skip_locked=True).first()


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
    visits, placed = _near(told), []
    nearest = 0
    for event in told.events:
        nearest = _visit(event, visits, nearest, told)
        placed.append((visits[nearest], event))
    for visit, some in groupby(placed, key=itemgetter(0)):
        _read_pages(visit, [event for _visit, event in some])


def _near(told: Told) -> list[Visit]:
    """The visits that some of these events may belong to."""
    mine = Visit.objects.filter(site=told.site, visitor=told.visitor)
    return list(
        mine.filter(ended_at__gte=told.events[0].at - GAP, began_at__lte=told.events[-1].at + GAP).order_by("began_at")
    )


def _visit(event: Event, visits: list[Visit], nearest: int, told: Told) -> int:
    """The place of the event's visit in the list; events come in order, so those before `nearest` are behind us."""
    while nearest + 1 < len(visits) and visits[nearest + 1].began_at - GAP <= event.at:
        nearest += 1
    if not visits or not visits[nearest].began_at - GAP <= event.at <= visits[nearest].ended_at + GAP:
        made = Visit.objects.create(site_id=told.site, visitor=told.visitor, began_at=event.at, ended_at=event.at)
        nearest = nearest + 1 if visits and visits[nearest].began_at < event.at else nearest
        visits.insert(nearest, made)
    visit = visits[nearest]
    visit.began_at, visit.ended_at = min(visit.began_at, event.at), max(visit.ended_at, event.at)
    visit.n_events += 1
    return nearest


def _read_pages(visit: Visit, events: Sequence[Event]) -> None:
    pages = {page.key: page for page in visit.pages.filter(key__in={_key(event) for event in events})}
    for event in events:
        told = segment.told(event.payload)
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
    visit.save()


def _land(visit: Visit, page: PageView, referrer: object) -> None:
    """The earliest page says where the visit came from."""
    if visit.landing_url and page.at > visit.began_at:
        return
    visit.landing_url, visit.referrer = page.url, without_nul(str(referrer or "")[:2000])
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
    told = _text(_properties(segment.told(event.payload)).get("page_view"))
    return told or event.message_key.hex


def _properties(told: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told.get("properties")
    return found if isinstance(found, dict) else {}


def _page_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    context = told.get("context")
    page = context.get("page") if isinstance(context, dict) else None
    return page if isinstance(page, dict) else {}


def _text(told: object) -> str:
    return without_nul(str(told)[:100]) if isinstance(told, str | int) else ""


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) and abs(told) < 1e9 else 0.0
