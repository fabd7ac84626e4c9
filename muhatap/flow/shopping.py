"""What visitors' browsers tell of products, carts and orders, carried from the events of web sites into sales.

It follows the events with a place of its own, which moves in the same transaction: each is carried once, however often this is
run or killed, and what arrives late still comes to the same cart. A browser proves nobody: whose a cart is follows from who the
visitor was proved to be, and an order stays a claim until the shop's own server tells of it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat

from muhatap.contacts.models import Contact
from muhatap.flow import shops as orders
from muhatap.sales import carting, catalogue, events, ordering, shops
from muhatap.sales.carting import Entry, Heard
from muhatap.sales.events import Meaning
from muhatap.sales.models import Cart, Order, Shop, ShopPlace
from muhatap.sales.ordering import Browser
from muhatap.sales.told import Unreadable
from muhatap.shared import away
from muhatap.shared.garbage import left_lying
from muhatap.visits import proving, received, segment, stitching
from muhatap.visits.models import Event, Kind, Site, VisitorLink

log = logging.getLogger(__name__)
LAG = timedelta(seconds=20)  # what arrived so long ago is committed, as in visits.folding
MOST = 2000  # events in one transaction, which holds a lock for each visitor with a cart and each order
MOST_KNOWN = 500  # carts and orders given to somebody at one time
RUNS = 100
OPEN_FOR = timedelta(days=7)  # what a visitor told who may yet turn out to be somebody
NEWS_FOR = timedelta(days=1)  # after which all that a new tie or one taken back changes has been seen
_SHOPS = """
kind = %s and not is_bot and regexp_replace(lower(trim(name)), '[[:space:]_-]+', ' ', 'g') = any(%s)
"""


@dataclass(kw_only=True)
class _Told:
    site: int
    visitor: str
    events: list[Event] = field(default_factory=list)


@left_lying()
def carry(*, at: datetime, lag: timedelta = LAG) -> int:
    """Carry what arrived until `lag` ago; how many events that were. 0 also when somebody else is at it."""
    with transaction.atomic():
        place = _place(at)
        if place is None:
            return 0
        told = (Kind.TRACK, sorted(events.NAMES))
        found, until = received.since(place.received_at, at - lag, most=MOST, only=_SHOPS, told=told)
        _carry_all(_by_visitor(found), at=at)
        place.received_at = max(until, place.received_at)
        place.save(update_fields=["received_at"])
    return len(found)


def carry_all(*, at: datetime) -> None:
    """Carry until nothing is left of what arrived, or for this time it is enough; then see whose carts became whose."""
    for _run in range(RUNS):
        if not carry(at=at):  # few are not all: large ones come in smaller runs
            break
    know(at=at)


def know(*, at: datetime) -> int:
    """Give what visitors' browsers told lately to whom they were proved to be, and take back what was no longer proved; how much."""
    n = 0
    for number, owner in _misplaced(Cart.objects.all(), "changed_at", at):
        n += carting.belong(cart_id=number, contact=owner)
    claims = Order.objects.filter(is_told_by_server=False)
    for number, owner in _misplaced(claims, "placed_at", at):
        with transaction.atomic():
            order = ordering.belong(order_id=number, contact=owner)
            if order:
                orders.write_down(order, at=at)
                n += 1
    return n


def is_carried(*, until: datetime) -> bool:
    """Whether nothing that arrived before waits to be carried."""
    place = ShopPlace.objects.values_list("received_at", flat=True).first()
    return place is not None and place >= until


def _misplaced(
    rows: "QuerySet[Cart] | QuerySet[Order]", moment: str, at: datetime
) -> Iterator[tuple[int, Contact | None]]:
    """Carts or orders whose contact is not who their visitor was proved to be at that moment of theirs, with who that is."""
    links = VisitorLink.objects.annotate(
        source=Concat(Value("site:"), Cast("site_id", TextField()), output_field=TextField())
    )
    links = links.filter(source=OuterRef("source"), visitor=OuterRef("visitor"), taken_back_at=None)
    holding = links.filter(Q(until_at=None) | Q(until_at__gt=OuterRef(moment)), from_at__lte=OuterRef(moment))
    news = VisitorLink.objects.filter(Q(made_at__gt=at - NEWS_FOR) | Q(taken_back_at__gt=at - NEWS_FOR))
    changed = set(news.order_by("-id").values_list("visitor", flat=True)[:MOST_KNOWN])
    lately = Q(**{f"{moment}__gt": at - OPEN_FOR}) | Q(visitor__in=changed)
    owned = rows.filter(lately, source__startswith="site:").annotate(owner=Subquery(holding.values("contact")[:1]))
    found, lost = Q(contact=None, owner__isnull=False), Q(contact__isnull=False, owner=None)
    another = Q(contact__isnull=False, owner__isnull=False) & ~Q(contact=F("owner"))
    wrong = owned.filter(found | lost | another)
    rows_found = list(wrong.order_by(f"-{moment}").values_list("pk", "contact", "owner")[:MOST_KNOWN])
    owners = Contact.objects.select_related("merged_into").in_bulk({owner for _pk, _c, owner in rows_found if owner})
    for pk, contact, owner in rows_found:
        standing = owners[owner].standing() if owner else None
        if contact != (standing.pk if standing else None):
            yield pk, standing


def _place(at: datetime) -> ShopPlace | None:
    if not ShopPlace.objects.exists():
        first = Event.objects.order_by("received_at").values_list("received_at", flat=True).first()
        since = (first or at) - timedelta(microseconds=1)
        ShopPlace.objects.bulk_create([ShopPlace(pk=1, received_at=since)], ignore_conflicts=True)
    return ShopPlace.objects.select_for_update(skip_locked=True).first()


def _by_visitor(found: Sequence[Event]) -> list[_Told]:
    told: dict[tuple[int, str], _Told] = {}
    for event in found:
        visitor = proving.visitor_of(event)
        if visitor:
            key = (event.site_id, visitor)
            told.setdefault(key, _Told(site=event.site_id, visitor=visitor)).events.append(event)
    return list(told.values())


def _carry_all(people: Sequence[_Told], *, at: datetime) -> None:
    """Site by site, everybody of a site at once."""
    found = Site.objects.filter(pk__in={told.site for told in people})
    for site in found:
        shop = shops.of_site(source=f"site:{site.pk}", name=site.name, at=at)
        _carry_or_halve(shop, [told for told in people if told.site == site.pk], at=at)


def _carry_or_halve(shop: Shop, people: Sequence[_Told], *, at: datetime) -> None:
    """One visitor whose events we cannot make sense of stops nobody else."""
    try:
        with transaction.atomic():
            _carry(shop, people, at=at)
    except (DatabaseError, ValueError, OverflowError, ArithmeticError) as error:
        if away.is_away(error):
            raise  # the place stays where it is, and all of these come again
        if len(people) == 1:
            log.warning("shop events of a visitor of site %s were left out: %r", people[0].site, error)
            return
        middle = len(people) // 2
        _carry_or_halve(shop, people[:middle], at=at)
        _carry_or_halve(shop, people[middle:], at=at)


def _meant(told: _Told) -> list[tuple[Event, Meaning]]:
    return [(event, meaning) for event in told.events if (meaning := _meaning(event))]


def _carry(shop: Shop, people: Sequence[_Told], *, at: datetime) -> None:
    """Orders are held before products, as servers do, and carts after them; only orders are taken in one by one."""
    meant = [(told, _meant(told)) for told in people]
    said = [meaning for _told, some in meant for _event, meaning in some]
    ordering.hold(shop=shop, told=[meaning.order for meaning in said if meaning.order])
    _learn(shop, said, at=at)
    carting.hear_all(shop=shop, told=_of_carts(meant), at=at)
    for told, some in meant:
        for _event, meaning in sorted(some, key=lambda pair: pair[0].at):
            if meaning.order:
                _claim(shop, _browser(told), meaning, at=at)


def _of_carts(meant: Sequence[tuple[_Told, list[tuple[Event, Meaning]]]]) -> list[Heard]:
    """What browsers of one site tell of carts, and whose they are, as far as that is proved."""
    told = {
        one.visitor: (
            one, [Entry(key=_key(event), at=event.at, told=said.cart) for event, said in some if said.cart is not None]
        )
        for one, some in meant
    }  # fmt: skip
    moments = {visitor: max(event.at for event in one.events) for visitor, (one, entries) in told.items() if entries}
    links = stitching.holding_each(meant[0][0].site, moments) if moments else {}
    return [
        Heard(
            browser=_browser(told[visitor][0]),
            entries=told[visitor][1],
            contact=links[visitor].contact.standing() if visitor in links else None,
        )
        for visitor in moments
    ]


def _browser(told: _Told) -> Browser:
    return Browser(source=f"site:{told.site}", visitor=told.visitor)


def _claim(shop: Shop, browser: Browser, meaning: Meaning, *, at: datetime) -> None:
    """An order as a browser tells it. Its contact is who the visitor was proved to be, and nobody else."""
    if meaning.order is None:
        return
    try:
        order = ordering.take(shop=shop, told=meaning.order, at=at, browser=browser).order
    except Unreadable:
        return
    if (order.source, order.visitor) != (browser.source, browser.visitor):
        return
    if meaning.order.state == "placed":
        carting.order(shop=shop, browser=browser, order=order, at=meaning.order.placed_at)
    contact = _who(browser.source, browser.visitor, order.placed_at)
    if contact and (mine := ordering.belong(order_id=order.pk, contact=contact)):
        orders.write_down(mine, at=at)


def _learn(shop: Shop, meant: Sequence[Meaning], *, at: datetime) -> None:
    by_currency: dict[str, list[Meaning]] = defaultdict(list)
    for meaning in meant:
        by_currency[meaning.currency].append(meaning)
    for currency, some in by_currency.items():
        things = [thing for meaning in some for thing in meaning.things]
        catalogue.learn(shop=shop, things=things, currency=currency, by_server=False, at=at)


def _meaning(event: Event) -> Meaning | None:
    said = segment.told(event.payload).get("properties")
    return events.meaning(name=event.name, properties=said, at=event.at, key=_key(event))


def _key(event: Event) -> str:
    return event.message_key.hex


def _who(source: str, visitor: str, at: datetime) -> Contact | None:
    number = source.removeprefix("site:")
    link = stitching.holding(int(number), visitor, at) if number.isdigit() else None
    return link.contact.standing() if link else None
