"""From events to visits: one row a visit, one a page, each event folded once, in the order of arrival.

What arrived is read from where the last run stopped; the place moves in the same transaction. Late events (a queue that was
offline) join the visit whose time they touch. Totals that trackers tell are taken as the largest, so repeats and disorder are
harmless.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import DatabaseError, transaction
from django.db.models import Count, Q, Sum

from muhatap.shared import away
from muhatap.shared.text import without_nul
from muhatap.visits import counting, interests, origins, proving, stitching, tallies
from muhatap.visits.counting import number, path_of, properties_of, text
from muhatap.visits.models import Event, Folded, Kind, PageView, Site, Step, Visit
from muhatap.visits.tallies import Counted

log = logging.getLogger(__name__)
GAP = timedelta(minutes=30)  # of rest, after which a visit is another one
LAG = timedelta(seconds=20)  # what arrived so long ago is committed: a group waits and writes for less
MOST = 4000  # events in one run: with the largest of payloads a hundred megabytes
RUNS = 25  # at one time; what is left waits for the next
LONGEST = timedelta(hours=24)  # of one page view
ENGAGED, LOOKED = "Page Engaged", "Product Viewed"
CLOSELY = timedelta(seconds=30)  # on a product's page, and somebody looked closely
MOST_SHOWN = 200  # products in view on one page
FOLDED = [
    one.name for one in Visit._meta.concrete_fields if one.name not in ("id", "interaction")
]  # flow's is the last


@dataclass
class Told:
    """What the events of one run tell of one visitor on one site; `turns` are moments at which somebody else logged in."""

    site: int
    visitor: str
    events: list[Event] = field(default_factory=list)
    turns: Sequence[datetime] = ()
    done: list[tuple[Visit, list[Event]]] = field(default_factory=list)


def fold(*, at: datetime, lag: timedelta = LAG) -> int:
    """Fold what arrived until `lag` ago, and give how many events that were; call again while it gives many.

    0 also when somebody else is folding.
    """
    with transaction.atomic():
        place = _place(at)
        events = _arrived(place.received_at, at - lag) if place else []
        standing = _of_standing_sites(events)
        counted, people = Counted(), _by_visitor(standing)
        _prove(standing, at=at)
        turns = proving.turns((told.site, told.visitor) for told in people)
        for told in people:
            told.turns = turns.get((told.site, told.visitor), ())
            _fold_or_pass(told, counted)
        _follow(people)
        if place:
            tallies.fold(counted, at=at)
        if place and events:
            place.received_at = events[-1].received_at
            place.save(update_fields=["received_at"])
    return len(events)


def fold_all(*, at: datetime) -> None:
    """Fold until nothing is left of what arrived, or for this time it is enough."""
    for _run in range(RUNS):
        if fold(at=at) < MOST // 2:
            break


def _fold_or_pass(told: Told, counted: Counted) -> None:
    """One visitor whose events we cannot make sense of, though the door let them in, stops nobody else."""
    mine = Counted()
    try:
        with transaction.atomic():
            _fold(told, mine)
        counted.merge(mine)
    except (DatabaseError, ValueError, OverflowError) as error:
        if away.is_away(error):
            raise  # nothing is wrong with the events: all of this run comes again
        log.warning("events of a visitor of site %s were left out of visits: %r", told.site, error)


def _prove(events: Sequence[Event], *, at: datetime) -> None:
    """What cannot be made sense of proves nothing, and stops nobody's visits."""
    try:
        with transaction.atomic():
            proving.note(events, at=at)
    except (DatabaseError, ValueError, OverflowError) as error:
        if away.is_away(error):
            raise  # nothing is wrong with the events: all of this run comes again
        log.warning("what these events prove was left out: %r", error)


def _follow(people: Iterable[Told]) -> None:
    """What follows from the visits that changed: interest in products, and news of those whom we know."""
    done = [one for told in people for one in told.done]
    interests.fold(done)
    stitching.tell_known(visit for visit, _events in done)


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


def _of_standing_sites(events: Sequence[Event]) -> list[Event]:
    """Events know their site by number alone: one that is gone has no visits, and stops nobody else's."""
    sites = set(Site.objects.filter(pk__in={event.site_id for event in events}).values_list("pk", flat=True))
    return [event for event in events if event.site_id in sites]


def _by_visitor(events: Iterable[Event]) -> list[Told]:
    found: dict[tuple[int, str], Told] = {}
    for event in events:
        visitor = proving.visitor_of(event)
        if visitor and not event.is_bot:
            found.setdefault((event.site_id, visitor), Told(event.site_id, visitor)).events.append(event)
    return list(found.values())


def _fold(told: Told, counted: Counted) -> None:
    told.events.sort(key=attrgetter("at"))
    visits, placed = _near(told), []
    nearest, done = 0, []
    for event in told.events:
        nearest = _visit(event, visits, nearest, told)
        placed.append((visits[nearest], event))
    for visit, some in groupby(placed, key=itemgetter(0)):
        mine = [event for _visit, event in some]
        counting.count(visit, mine, counted)
        _read_pages(visit, mine)
        done.append((visit, mine))
    told.done = done


def _near(told: Told) -> list[Visit]:
    """The visits that some of these events may belong to."""
    mine = Visit.objects.filter(site=told.site, visitor=told.visitor)
    return list(
        mine.filter(ended_at__gte=told.events[0].at - GAP, began_at__lte=told.events[-1].at + GAP).order_by("began_at")
    )


def _visit(event: Event, visits: list[Visit], nearest: int, told: Told) -> int:
    """The place of the event's visit in the list; events come in order, so those before `nearest` are behind us."""
    while nearest + 1 < len(visits) and _reaches(visits[nearest + 1], event, told):
        nearest += 1
    if not visits or not _reaches(visits[nearest], event, told) or visits[nearest].ended_at + GAP < event.at:
        made = Visit.objects.create(site_id=told.site, visitor=told.visitor, began_at=event.at, ended_at=event.at)
        nearest = nearest + 1 if visits and visits[nearest].began_at < event.at else nearest
        visits.insert(nearest, made)
    visit = visits[nearest]
    visit.began_at, visit.ended_at = min(visit.began_at, event.at), max(visit.ended_at, event.at)
    visit.n_events += 1
    visit.n_clicks += event.name == counting.CLICKED
    visit.said = proving.claim_of(event) or visit.said
    return nearest


def _reaches(visit: Visit, event: Event, told: Told) -> bool:
    """Whether the visit goes back far enough for the event, with nobody else's login between the two."""
    first, last = sorted((visit.began_at, event.at))
    return visit.began_at - GAP <= event.at and not any(first < turn <= last for turn in told.turns)


def _read_pages(visit: Visit, events: Sequence[Event]) -> None:
    pages = {page.key: page for page in visit.pages.filter(key__in={_key(event) for event in events})}
    elsewhere = _of_other_visits(visit, {_key(event) for event in events if event.name == ENGAGED} - pages.keys())
    for event in events:
        is_page, properties = event.kind in (Kind.PAGE, Kind.SCREEN), properties_of(event)
        if not is_page and not (event.name in (ENGAGED, LOOKED) and properties.get("page_view")):
            continue
        if event.name == ENGAGED and _key(event) in elsewhere:
            continue  # its total counts there, whatever was told after the rest
        page = pages.setdefault(_key(event), PageView(visit=visit, key=_key(event), at=event.at))
        page.device = page.device or counting.device_of(counting.told(event))
        if is_page:
            page.at, page.url, page.title, page.path = event.at, event.url, event.name[:300], path_of(event)
            page.product = text(properties.get("product_id")) or page.product
            _land(visit, page, _page_of(counting.told(event)).get("referrer"))
        elif event.name == ENGAGED:
            _read(page, properties, since=page.at if page.path else visit.began_at, until=event.at)
        else:
            page.product = page.product or text(properties.get("product_id"))
    PageView.objects.bulk_create(
        pages.values(),
        update_conflicts=True,
        unique_fields=["visit", "key"],
        update_fields=["url", "title", "product", "at", "engaged_ms", "scroll", "path", "device", "shown"],
    )
    _sum(visit, pages.values())


def _of_other_visits(visit: Visit, keys: Collection[str]) -> set[str]:
    """Those of these page views that began in another visit of the visitor."""
    if not keys:
        return set()
    theirs = PageView.objects.filter(visit__site=visit.site_id, visit__visitor=visit.visitor, key__in=keys)
    return set(theirs.exclude(visit=visit).exclude(path="").values_list("key", flat=True))


def _sum(visit: Visit, changed: Iterable[PageView]) -> None:
    """What the visit comes to after these pages changed."""
    untold = Q(path="")  # of which only minutes or a product were told
    sums = visit.pages.aggregate(
        n=Count("id", filter=~untold),
        ms=Sum("engaged_ms"),
        paths=ArrayAgg("path", filter=~untold, order_by=["-at", "-id"]),
    )
    visit.n_pages, visit.engaged_ms = sums["n"], sums["ms"] or 0
    visit.exit_path = sums["paths"][0] if sums["paths"] else ""
    for page in changed:
        if page.product:
            is_close = page.engaged_ms >= CLOSELY.total_seconds() * 1000
            visit.reached = max(visit.reached, Step.CLOSELY if is_close else Step.LOOKED)
    visit.save(update_fields=FOLDED)


def _land(visit: Visit, page: PageView, referrer: object) -> None:
    """The earliest page says where the visit came from."""
    if visit.landing_url and page.at > visit.began_at:
        return
    visit.entry_path = page.path
    visit.landing_url, visit.referrer = page.url, without_nul(str(referrer or "")[:2000])
    visit.campaign = origins.campaign(page.url)
    visit.source = origins.source(url=page.url, referrer=visit.referrer)


def _read(page: PageView, told: Mapping[str, Any], *, since: datetime, until: datetime) -> None:
    """The largest total; nobody reads longer than the page stood open, or where its beginning was not told the visit lasts."""
    most = min(max(until - since, timedelta()), LONGEST)
    page.engaged_ms = max(page.engaged_ms, _ms(told.get("seconds"), most))
    page.scroll = max(page.scroll, int(min(max(number(told.get("scroll")), 0), 100)))
    shown = told.get("shown")
    for one in shown[:MOST_SHOWN] if isinstance(shown, list) else []:
        if isinstance(one, dict) and (product := text(one.get("product_id"))):
            page.shown[product] = max(page.shown.get(product, 0), _ms(one.get("seconds"), most))


def _ms(seconds: object, most: timedelta) -> int:
    told = min(max(number(seconds), 0.0), LONGEST.total_seconds())
    return int(min(told, most.total_seconds() + 1) * 1000)


def _key(event: Event) -> str:
    """Which page view it speaks of: the tracker's own number, else the event's."""
    return text(properties_of(event).get("page_view")) or event.message_key.hex


def _page_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    context = told.get("context")
    page = context.get("page") if isinstance(context, dict) else None
    return page if isinstance(page, dict) else {}
