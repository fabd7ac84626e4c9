"""From events to visits: one row a visit, one a page, each event folded once, in the order of arrival.

What arrived is read from where the last run stopped; the place moves in the same transaction. Late events (a queue that was
offline) join the visit whose time they touch. A run reads what stands once, works on it in memory (`sessions`) and writes it
once, all of its visitors together; around somebody whose rows the database refuses it is halved.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from muhatap.shared import away
from muhatap.shared.garbage import left_lying
from muhatap.visits import interests, keeping, proving, received, sessions, sites, standing, stitching, tallies
from muhatap.visits.models import Event, Folded, Site
from muhatap.visits.sessions import Told
from muhatap.visits.tallies import Counted

log = logging.getLogger(__name__)
LAG = timedelta(seconds=20)  # what arrived so long ago is committed: a group waits and writes for less
MOST = 20_000  # events in one run: a visit that ten of them tell of is read and written once for all ten
RUNS = 5  # at one time; what is left waits for the next
ODD = (DatabaseError, ValueError, OverflowError)  # what events may bring about that nobody can make sense of


@left_lying()
def fold(*, at: datetime, lag: timedelta = LAG) -> int:
    """Fold what arrived until `lag` ago, and give how many events that were; call again while it gives many.

    0 also when somebody else is folding.
    """
    with transaction.atomic():
        place = _place(at)
        events = received.since(place.received_at, at - lag, most=MOST)[0] if place else []
        of_standing = _of_standing_sites(events)
        people = _by_visitor(of_standing)
        _prove(of_standing, at=at)
        turns = proving.turns((told.site, told.visitor) for told in people)
        ours = sites.hosts() if people else frozenset()
        for told in people:
            told.turns, told.ours = turns.get((told.site, told.visitor), ()), ours
        counted = Counted()
        _fold_or_halve(people, counted)
        _follow(people)
        if place:
            tallies.fold(counted, at=at)
        if place and events:
            place.received_at = events[-1].received_at
            place.save(update_fields=["received_at"])
    return len(events)


def fold_all(*, at: datetime) -> None:
    """Fold until nothing is left of what arrived, or for this time it is enough."""
    keeping.summarise(at=at)
    for _run in range(RUNS):
        if not fold(at=at):
            break


def _fold_or_halve(people: Sequence[Told], counted: Counted) -> None:
    """One visitor whose events we cannot make sense of, though the door let them in, stops nobody else."""
    if not people:
        return
    try:
        with transaction.atomic():
            mine = _fold(people)
    except ODD as error:
        if away.is_away(error):
            raise  # nothing is wrong with the events: all of this run comes again
        if len(people) == 1:
            _leave_out(people[0], error)
            return
        middle = len(people) // 2
        _fold_or_halve(people[:middle], counted)
        _fold_or_halve(people[middle:], counted)
    else:
        counted.merge(mine)


def _fold(people: Sequence[Told]) -> Counted:
    standing.read_visits(people)
    for told in people:
        sessions.place(told)
    standing.read_pages(people)
    counted = Counted()
    for told in people:
        sessions.read(told, counted)
    standing.write([session for told in people for session in told.sessions])
    return counted


def _leave_out(told: Told, error: Exception) -> None:
    told.sessions = []
    log.warning("events of a visitor of site %s were left out of visits: %r", told.site, error)


def _prove(events: Sequence[Event], *, at: datetime) -> None:
    """What cannot be made sense of proves nothing, and stops nobody's visits."""
    try:
        with transaction.atomic():
            proving.note(events, at=at)
    except ODD as error:
        if away.is_away(error):
            raise  # nothing is wrong with the events: all of this run comes again
        log.warning("what these events prove was left out: %r", error)


def _follow(people: Iterable[Told]) -> None:
    """What follows from the visits that changed: interest in products, and news of those whom we know."""
    done = [session for told in people for session in told.sessions]
    interests.fold(done)
    stitching.tell_known(session.visit for session in done)


def _place(at: datetime) -> Folded | None:
    if not Folded.objects.exists():
        first = Event.objects.order_by("received_at").values_list("received_at", flat=True).first()
        since = (first or at) - timedelta(microseconds=1)
        Folded.objects.bulk_create([Folded(pk=1, received_at=since)], ignore_conflicts=True)
    return Folded.objects.select_for_update(skip_locked=True).first()


def _of_standing_sites(events: Sequence[Event]) -> list[Event]:
    """Events know their site by number alone: one that is gone has no visits, and stops nobody else's."""
    found = set(Site.objects.filter(pk__in={event.site_id for event in events}).values_list("pk", flat=True))
    return [event for event in events if event.site_id in found]


def _by_visitor(events: Iterable[Event]) -> list[Told]:
    found: dict[tuple[int, str], Told] = {}
    for event in events:
        visitor = proving.visitor_of(event)
        if visitor and not event.is_bot:
            key = (event.site_id, visitor)
            told = found.get(key) or found.setdefault(key, Told(event.site_id, visitor))
            told.events.append(event)
    return list(found.values())
