"""From what one visitor's events tell to visits and their pages. Pure: rows that stand come in, rows as they are now go out.

Events are placed in the order in which they happened. Totals that trackers tell are taken as the largest, so repeats and disorder
are harmless.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from muhatap.shared.text import without_nul
from muhatap.visits import counting, origins, proving
from muhatap.visits.counting import PAGES, number, path_of, properties_of, text
from muhatap.visits.models import Event, Step, Visit
from muhatap.visits.tallies import Counted

GAP = timedelta(minutes=30)  # of rest, after which a visit is another one
LONGEST = timedelta(hours=24)  # of one page view
ENGAGED, LOOKED = "Page Engaged", "Product Viewed"
CLOSELY = timedelta(seconds=30)  # on a product's page, and somebody looked closely
MOST_SHOWN = 200  # products in view on one page


@dataclass(eq=False, slots=True)
class Page:
    """A row of PageView, of which a run makes and changes thousands: as a model each would cost as much as all that it is told."""

    key: str
    at: datetime
    id: int | None = None
    visit_id: int = 0
    url: str = ""
    title: str = ""
    product: str = ""
    engaged_ms: int = 0
    scroll: int = 0
    path: str = ""
    device: int = 0
    shown: dict[str, int] = field(default_factory=dict)


@dataclass(eq=False)
class Session:
    """A visit with the events of this run that belong to it, and the pages of which these speak, by their keys."""

    visit: Visit
    events: list[Event] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)

    def spoken_of(self) -> set[str]:
        """The pages that these events tell of or tell something about."""
        return {key_of(event) for event in self.events if _is_of_page(event)}

    def unknown(self) -> set[str]:
        """Pages of which only minutes are told, and that are none of this visit as far as we know: they may be another's."""
        told = {key_of(event) for event in self.events if event.name == ENGAGED}
        return told - self.pages.keys() - {key_of(event) for event in self.events if event.kind in PAGES}


@dataclass(eq=False)
class Told:
    """What the events of one run tell of one visitor on one site.

    `turns` are moments at which somebody else logged in, `near` the visits that some of these events may belong to, `elsewhere`
    the keys of pages that are known to be of other visits; `ours` are the hosts of the firm.
    """

    site: int
    visitor: str
    events: list[Event] = field(default_factory=list)
    turns: Sequence[datetime] = ()
    near: Sequence[Visit] = ()
    elsewhere: set[str] = field(default_factory=set)
    ours: frozenset[str] = frozenset()
    sessions: list[Session] = field(default_factory=list)


def place(told: Told) -> None:
    """Give each event to its visit, and make those that are missing."""
    told.events.sort(key=attrgetter("at"))
    told.sessions, told.elsewhere = [], set()
    visits, nearest = sorted(told.near, key=attrgetter("began_at")), 0
    for event in told.events:
        nearest = _visit(event, visits, nearest, told)
        if not told.sessions or told.sessions[-1].visit is not visits[nearest]:
            told.sessions.append(Session(visits[nearest]))
        told.sessions[-1].events.append(event)


def read(told: Told, counted: Counted) -> None:
    """Let the visits and their pages know what the events say, and count what is counted beyond them."""
    for session in told.sessions:
        counting.count(session.visit, session.events, counted)
        _read_pages(session, told.elsewhere, told.ours)
        told.elsewhere |= {key for key, page in session.pages.items() if page.path}


def sum_up(session: Session) -> None:
    """What a visit comes to that has no other pages than these."""
    visit, told = session.visit, [page for page in session.pages.values() if page.path]
    visit.n_pages, visit.engaged_ms = len(told), sum(page.engaged_ms for page in session.pages.values())
    last = max(enumerate(told), key=lambda pair: (pair[1].at, pair[0]), default=None)
    visit.exit_path = last[1].path if last else ""


def key_of(event: Event) -> str:
    """Which page view it speaks of: the tracker's own number, else the event's."""
    found: str = event.__dict__.get("page_key") or text(properties_of(event).get("page_view")) or event.message_key.hex
    event.__dict__["page_key"] = found
    return found


def _visit(event: Event, visits: list[Visit], nearest: int, told: Told) -> int:
    """The place of the event's visit in the list; events come in order, so those before `nearest` are behind us."""
    found = _last_that_reaches(event, visits, nearest, told)
    if found is None or visits[found].ended_at + GAP < event.at:
        made = Visit(site_id=told.site, visitor=told.visitor, began_at=event.at, ended_at=event.at)
        found = bisect_left(visits, event.at, nearest, key=attrgetter("began_at"))
        visits.insert(found, made)
    nearest = found
    visit = visits[nearest]
    visit.began_at, visit.ended_at = min(visit.began_at, event.at), max(visit.ended_at, event.at)
    visit.n_events += 1
    visit.n_clicks += event.name == counting.CLICKED
    visit.said = proving.claim_of(event) or visit.said
    return nearest


def _last_that_reaches(event: Event, visits: list[Visit], nearest: int, told: Told) -> int | None:
    """Behind a visit of somebody else's login may stand one that is this event's."""
    found = None
    for place in range(nearest, len(visits)):
        if visits[place].began_at - GAP > event.at:
            break
        if _reaches(visits[place], event, told):
            found = place
    return found


def _reaches(visit: Visit, event: Event, told: Told) -> bool:
    """Whether the visit goes back far enough for the event, with nobody else's login between the two."""
    if visit.began_at - GAP > event.at:
        return False
    first, last = min(visit.began_at, event.at), max(visit.began_at, event.at)
    return not any(first < turn <= last for turn in told.turns)


def _is_of_page(event: Event) -> bool:
    if event.kind in PAGES:
        return True
    return event.name in (ENGAGED, LOOKED) and bool(properties_of(event).get("page_view"))


def _read_pages(session: Session, elsewhere: Collection[str], ours: Collection[str]) -> None:
    visit, pages = session.visit, session.pages
    not_ours = session.unknown() & set(elsewhere)  # its total counts there, whatever was told after the rest
    for event in filter(_is_of_page, session.events):
        key, properties = key_of(event), properties_of(event)
        if event.name == ENGAGED and key in not_ours:
            continue
        page = pages.get(key) or pages.setdefault(key, Page(key, event.at))
        page.device = page.device or counting.on_device(event)
        if event.kind in PAGES:
            page.at, page.url, page.title, page.path = event.at, event.url, event.name[:300], path_of(event)
            page.product = text(properties.get("product_id")) or page.product
            _land(visit, page, _page_of(counting.told(event)).get("referrer"), ours)
        elif event.name == ENGAGED:
            _read(page, properties, since=page.at if page.path else visit.began_at, until=event.at)
        else:
            page.product = page.product or text(properties.get("product_id"))
    for page in pages.values():
        if page.product:
            is_close = page.engaged_ms >= CLOSELY.total_seconds() * 1000
            visit.reached = max(visit.reached, Step.CLOSELY if is_close else Step.LOOKED)


def _land(visit: Visit, page: Page, referrer: object, ours: Collection[str]) -> None:
    """The earliest page says where the visit came from."""
    if visit.landing_url and page.at > visit.began_at:
        return
    visit.entry_path = page.path
    visit.landing_url, visit.referrer = page.url, without_nul(str(referrer or "")[:2000])
    visit.campaign = origins.campaign(page.url)
    visit.source = origins.source(url=page.url, referrer=visit.referrer, ours=ours)


def _read(page: Page, told: Mapping[str, Any], *, since: datetime, until: datetime) -> None:
    """The largest total; nobody reads longer than the page stood open, or where its beginning was not told the visit lasts."""
    most = min(max(until - since, timedelta()), LONGEST)
    page.engaged_ms = max(page.engaged_ms, _ms(told.get("seconds"), most))
    page.scroll = max(page.scroll, int(min(max(number(told.get("scroll")), 0), 100)))
    for product, seconds in _shown(told):
        page.shown[product] = max(page.shown.get(product, 0), _ms(seconds, most))


def _shown(told: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    shown = told.get("shown")
    for one in shown[:MOST_SHOWN] if isinstance(shown, list) else ():
        if isinstance(one, dict) and (product := text(one.get("product_id"))):
            yield product, one.get("seconds")


def _ms(seconds: object, most: timedelta) -> int:
    told = min(max(number(seconds), 0.0), LONGEST.total_seconds())
    return int(min(told, most.total_seconds() + 1) * 1000)


def _page_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    context = told.get("context")
    page = context.get("page") if isinstance(context, dict) else None
    return page if isinstance(page, dict) else {}
