"""Events become visits: once, whatever comes late, twice or out of order, and never more minutes than passed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError

from muhatap.visits import folding, keeping, received, sessions, sites, standing
from muhatap.visits.models import DayTally, Dim, Event, PageView, Site, Visit
from muhatap.visits.sessions import Session, Told
from muhatap.visits.tallies import Counted
from tests import cast
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KINDS = {"page": 3, "track": 2}
URL = "https://www.ihlamurev.example/nevresim"


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=NOON)
        yield


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


def arrive(
    site: Site, at: float, name: str = "Keten nevresim", *, kind: str = "page", visitor: str = "tarayici-1",
    after: float = 0.0, is_bot: bool = False, url: str = URL, referrer: str = "", **properties: Any,
) -> None:  # fmt: skip
    """An event `at` so many minutes past noon, that arrived `after` so many minutes more."""
    moment = NOON + timedelta(minutes=at)
    body = {"properties": properties, "context": {"page": {"referrer": referrer}}}
    Event.objects.create(
        received_at=moment + timedelta(minutes=after), site=site, message_key=uuid4(), at=moment, kind=KINDS[kind],
        anonymous_id=visitor, user_id="", name=name, url=url, is_bot=is_bot, payload=json.dumps(body),
    )  # fmt: skip


def engage(site: Site, at: float, page: str, seconds: float, **more: Any) -> None:
    arrive(site, at, "Page Engaged", kind="track", page_view=page, seconds=seconds, **more)


def fold(minutes: float = 600) -> int:
    return folding.fold(at=NOON + timedelta(minutes=minutes))


def test_what_follows_without_a_rest_is_one_visit(shop: Site) -> None:
    for at in (0, 29, 50, 81):
        arrive(shop, at, page_view=f"p{at}")

    fold()

    first, second = Visit.objects.order_by("began_at")
    assert (first.n_pages, first.ended_at) == (3, NOON + timedelta(minutes=50))
    assert second.n_pages == 1


def test_folding_twice_or_in_pieces_counts_once(shop: Site) -> None:
    for at in (0, 1, 2):
        arrive(shop, at, page_view=f"p{at}")

    assert [fold(minutes) for minutes in (1.5, 1.5, 10, 10)] == [2, 0, 1, 0]

    visit = Visit.objects.get()
    assert (visit.n_events, visit.n_pages) == (3, 3)


def test_what_was_just_received_waits_for_its_neighbours(shop: Site) -> None:
    arrive(shop, 0)

    assert folding.fold(at=NOON + timedelta(seconds=5)) == 0
    assert fold() == 1


def test_minutes_are_the_largest_total_never_a_sum(shop: Site) -> None:
    arrive(shop, 0, page_view="p")
    for at, seconds in ((0.5, 20), (1, 45), (0.75, 30), (1, 45)):
        engage(shop, at, "p", seconds, scroll=60)

    fold()

    page = PageView.objects.get()
    assert (page.engaged_ms, page.scroll) == (45_000, 60)
    assert Visit.objects.get().engaged_ms == 45_000


@pytest.mark.parametrize("lie", [-5, 1e300, "many", None, True, float(10**8)])
def test_nobody_reads_longer_than_the_page_stood_open(shop: Site, lie: Any) -> None:
    arrive(shop, 0, page_view="p")
    engage(shop, 1, "p", lie, scroll=lie)

    fold()

    page = PageView.objects.get()
    assert 0 <= page.engaged_ms <= 61_000
    assert 0 <= page.scroll <= 100


def test_what_is_told_of_a_page_after_a_rest_counts_where_the_page_began(shop: Site) -> None:
    arrive(shop, 0, page_view="p")
    engage(shop, 10, "p", 600)
    engage(shop, 60, "p", 620)
    arrive(shop, 60, page_view="q")

    fold()

    told = Visit.objects.order_by("began_at").values_list("n_pages", "engaged_ms")
    assert list(told) == [(1, 600_000), (1, 0)]


def test_of_a_page_of_yesterdays_name_only_the_time_since_then_counts(shop: Site) -> None:
    arrive(shop, 0, page_view="p", visitor="day:dün")
    engage(shop, 10, "p", 600, visitor="day:dün")
    engage(shop, 11, "p", 650, visitor="day:bugün")
    engage(shop, 12, "p", 700, visitor="day:bugün")

    fold()

    old, new = Visit.objects.order_by("began_at")
    assert (old.n_pages, old.engaged_ms, new.n_pages) == (1, 600_000, 0)
    assert new.engaged_ms <= 61_000


def test_what_arrives_late_joins_the_visit_it_belongs_to(shop: Site) -> None:
    arrive(shop, 0, page_view="p")
    arrive(shop, 200, page_view="q")
    fold(300)
    engage(shop, 3, "p", 90, after=400)

    fold(500)

    assert list(Visit.objects.order_by("began_at").values_list("engaged_ms", flat=True)) == [90_000, 0]


def test_a_page_that_is_told_after_its_minutes_is_one_page(shop: Site) -> None:
    arrive(shop, 0, "Ana sayfa", page_view="o")
    engage(shop, 1, "p", 30)
    fold(5)
    assert Visit.objects.get().n_pages == 1
    arrive(shop, 0.5, "Keten nevresim", page_view="p", after=8)

    fold()

    assert Visit.objects.get().n_pages == 2
    page = PageView.objects.get(key="p")
    assert (page.title, page.engaged_ms) == ("Keten nevresim", 30_000)


def test_machines_are_no_visitors_and_two_people_are_two_visits(shop: Site) -> None:
    arrive(shop, 0, is_bot=True)
    arrive(shop, 0, visitor="tarayici-1")
    arrive(shop, 0, visitor="tarayici-2")

    fold()

    assert sorted(Visit.objects.values_list("visitor", flat=True)) == ["tarayici-1", "tarayici-2"]


def test_the_first_page_says_where_the_visit_came_from(shop: Site) -> None:
    arrive(shop, 1, url=URL, referrer=URL)
    arrive(shop, 0, url=f"{URL}?utm_source=bulten&utm_medium=email", referrer="https://mail.google.com/")

    fold()

    visit = Visit.objects.get()
    assert (visit.source, visit.campaign) == ("mail", {"source": "bulten", "medium": "email"})
    assert visit.landing_url.startswith(f"{URL}?utm_source")


def test_more_than_one_run_takes_is_folded_run_by_run(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "MOST", 4)
    monkeypatch.setattr(received, "PIECE", 3)
    for at in (0, 0, 0, 0, 0, 0, 1, 2, 2, 3):
        arrive(shop, at, page_view=str(uuid4()))

    folding.fold_all(at=NOON + timedelta(minutes=60))

    assert Visit.objects.get().n_events == 10


def test_an_event_nobody_can_make_sense_of_stops_no_other(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(shop, 0, visitor="tarayici-1")
    arrive(shop, 0, visitor="tarayici-2")
    read = sessions._read_pages

    def stumbling(session: Session, *more: Any) -> None:
        if session.visit.visitor == "tarayici-1":
            raise OverflowError
        read(session, *more)

    monkeypatch.setattr(sessions, "_read_pages", stumbling)

    assert fold() == 2
    assert Visit.objects.get().visitor == "tarayici-2"
    assert fold() == 0


def test_somebody_whose_rows_the_database_refuses_is_left_out_and_nobody_counts_twice(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for visitor in "abcde":
        arrive(shop, 0, visitor=visitor)
        arrive(shop, 1, "Product Added", kind="track", visitor=visitor, product_id="keten")
    read = sessions.read

    def swollen(told: Told, counted: Counted) -> None:
        read(told, counted)
        if told.visitor == "b":
            told.sessions[0].visit.source = "longer than its column"

    monkeypatch.setattr(sessions, "read", swollen)

    assert fold() == 10

    assert sorted(Visit.objects.values_list("visitor", flat=True)) == ["a", "c", "d", "e"]
    assert PageView.objects.count() == 4
    assert DayTally.objects.get(dim=Dim.PRODUCT).n_carted == 4


def test_a_passing_trouble_of_the_database_costs_nobody_their_visit(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(shop, 0, page_view="p1")

    def deadlocked(*_rest: Any) -> None:
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patch:
        patch.setattr(standing, "write", deadlocked)
        with pytest.raises(OperationalError):
            fold()

    fold()
    assert Visit.objects.get().n_pages == 1


def test_a_late_event_between_two_visits_makes_one_of_its_own_or_joins_the_nearest(shop: Site) -> None:
    for at in (0, 100, 200):
        arrive(shop, at)
    fold(250)
    arrive(shop, 50, after=300)
    arrive(shop, 110, after=301)

    fold(500)

    assert [(v.began_at - NOON).seconds // 60 for v in Visit.objects.order_by("began_at")] == [0, 50, 100, 200]
    assert Visit.objects.order_by("began_at")[2].n_events == 2


ODD = [
    '{"properties": {"page_view": "a\\u0000b"}}',
    '{"n": %s}' % ("9" * 5000),
    '{"properties": 3}',
    '{"context": [], "properties": {"page_view": {"a": 1}}}',
    "{}",
]


@pytest.mark.parametrize("payload", ODD)
def test_odd_shapes_stop_nothing(shop: Site, payload: str) -> None:
    arrive(shop, 0)
    Event.objects.update(payload=payload, url=f"{URL}?utm_source=%00")

    fold()

    assert Visit.objects.get().n_pages == 1


def test_events_of_a_site_that_is_gone_stop_nobody(shop: Site) -> None:
    arrive(shop, 0)
    arrive(shop, 1, visitor="tarayici-2")
    Event.objects.filter(anonymous_id="tarayici-2").update(site=shop.pk + 1)

    assert fold() == 2

    assert Visit.objects.get().visitor == "tarayici-1"


def test_who_comes_over_from_another_host_of_the_firm_was_sent_by_no_other_site(shop: Site) -> None:
    sites.create(name="Blog", origins=["https://www.ihlamur-blog.example"], by=cast.selin(), at=NOON)
    sites.create(name="Depo", origins=["https://*.depo.example"], by=cast.selin(), at=NOON)
    led = ("blog.ihlamurev.example", "ihlamur-blog.example", "izmir.depo.example", "baska.example")
    for n, host in enumerate(led):
        arrive(shop, n, page_view=f"p{n}", visitor=host, referrer=f"https://{host}/bakim")

    fold()

    assert dict(Visit.objects.values_list("visitor", "source")) == dict(
        zip(led, ["direct", "direct", "direct", "site"], strict=True)
    )
