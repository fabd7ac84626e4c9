"""Who is on the sites now, and what they do: read from what just arrived, before it is folded, and never more than MOST of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from muhatap.contacts.models import Contact
from muhatap.visits import attended, origins, proving
from muhatap.visits.counting import PAGES
from muhatap.visits.models import Event, Visit, VisitorLink
from muhatap.visits.sessions import ENGAGED, GAP

HERE_FOR = timedelta(
    minutes=5
)  # after the last word of somebody: the tracker says a word each fifteen seconds of reading
MOST = 2000  # events looked at: of a very busy site the last seconds
MOST_PEOPLE, MOST_EVENTS = 40, 30
WINDOWS = (timedelta(seconds=20), timedelta(minutes=1), HERE_FOR)
FIELDS = (
    "site",
    "message_key",
    "received_at",
    "at",
    "kind",
    "anonymous_id",
    "user_id",
    "name",
    "url",
    "is_bot",
    "by_server",
)

Key = tuple[int, str]  # site and visitor


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is there. `since` is the beginning of their visit; what is not folded yet is told by what just arrived."""

    site_id: int
    visitor: str
    contact: Contact | None
    since: datetime
    last_at: datetime
    title: str
    url: str
    source: str
    n_pages: int
    engaged_ms: int
    reached: int


@dataclass(frozen=True, kw_only=True)
class Present:
    """`n` people, of whom the first are shown; `is_more` when there was too much to look at all of it."""

    people: list[Person]
    events: list[tuple[Event, Contact | None]]
    n: int
    is_more: bool


def now(*, at: datetime, site_id: int | None = None) -> Present:
    """Those whose last word came within HERE_FOR, the latest first, and the newest events but for words on how long a page is read."""
    arrived = _arrived(at, site_id)
    by_person: dict[Key, list[Event]] = {}
    for event in arrived:
        if visitor := proving.visitor_of(event):
            by_person.setdefault((event.site_id, visitor), []).append(event)
    by_person = _there(by_person, at)
    shown = list(by_person)[:MOST_PEOPLE]
    told = [event for event in arrived if event.name != ENGAGED][:MOST_EVENTS]
    _read_words(told, at)
    keys = {*shown, *((event.site_id, proving.visitor_of(event)) for event in told)}
    visits, contacts = _visits(shown, at), _contacts(keys, at)
    return Present(
        people=[_person(key, by_person[key], visits.get(key), contacts.get(key)) for key in shown],
        events=[(event, contacts.get((event.site_id, proving.visitor_of(event)))) for event in told],
        n=len(by_person),
        is_more=len(arrived) >= MOST,
    )


def _arrived(at: datetime, site_id: int | None) -> list[Event]:
    """The newest first. Of a busy site seconds are enough, so a short window is tried before a long one."""
    found: list[Event] = []
    for window in WINDOWS:
        fresh = Event.objects.filter(received_at__gt=at - window, received_at__lte=at, is_bot=False)
        some = fresh.filter(site=site_id) if site_id else fresh
        found = list(some.only(*FIELDS).order_by("-received_at", "-at")[:MOST])
        if len(found) == MOST:
            break
    return found


def _there(by_person: dict[Key, list[Event]], at: datetime) -> dict[Key, list[Event]]:
    """Without those of whom only the shop's server tells: no report counts that as a visit either."""
    told = {key for key, events in by_person.items() if key[1].startswith(proving.KNOWN) and not _pages(events)}
    were_there = _visits(list(told), at)
    return {key: events for key, events in by_person.items() if key not in told or key in were_there}


def _pages(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind in PAGES]


def _read_words(told: Sequence[Event], at: datetime) -> None:
    """Of the few that are shown also what they say; of all that arrived it would be megabytes."""
    asked = Event.objects.filter(site__in={event.site_id for event in told}, received_at__gt=at - HERE_FOR)
    asked = asked.filter(message_key__in=[event.message_key for event in told])
    words = {(site, key): said for site, key, said in asked.values_list("site_id", "message_key", "payload")}
    for event in told:
        event.payload = words.get((event.site_id, event.message_key), "")


def _visits(keys: Sequence[Key], at: datetime) -> dict[Key, Visit]:
    """The newest visit of each, if it still goes on."""
    wanted = {visitor for _site, visitor in keys}
    rows = attended.visits().filter(
        visitor__in=wanted, site__in={site for site, _v in keys}, ended_at__gte=at - GAP - HERE_FOR
    )
    return {(visit.site_id, visit.visitor): visit for visit in rows.order_by("ended_at")}


def _contacts(keys: set[Key], at: datetime) -> dict[Key, Contact]:
    standing = VisitorLink.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at), visitor__in={visitor for _site, visitor in keys}, taken_back_at=None
    )
    rows = standing.select_related("contact__merged_into").order_by("from_at")
    return {(link.site_id, link.visitor): link.contact.standing() for link in rows}


def _person(key: Key, events: Sequence[Event], visit: Visit | None, contact: Contact | None) -> Person:
    """`events` are the newest first; the page is that of the latest."""
    pages = _pages(events)
    page = pages[0] if pages else events[0]
    told = visit.pages.order_by("-at").first() if visit and not pages else None
    return Person(
        site_id=key[0],
        visitor=key[1],
        contact=contact,
        since=min(visit.began_at, events[-1].at) if visit else events[-1].at,
        last_at=events[0].received_at,
        title=told.title if told else page.name if pages else "",
        url=(told.url if told else "") or page.url,
        source=visit.source if visit else origins.source(url=events[-1].url, referrer=""),
        n_pages=max(visit.n_pages if visit else 0, len(pages)),
        engaged_ms=visit.engaged_ms if visit else 0,
        reached=visit.reached if visit else 0,
    )
