"""Events go by themselves when their time is over: whole days out of the database, whole months out of the lake, nothing else."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from muhatap.accounts import audit
from muhatap.accounts.models import AuditEntry
from muhatap.flow import lake as filling
from muhatap.flow import letting_go, shopping
from muhatap.insight import engine, exporting, facts, lake, web
from muhatap.insight import letting_go as of_lake
from muhatap.insight.models import ExportedDay
from muhatap.measures.asked import Conditions, Period, Step
from muhatap.shared import locks
from muhatap.visits import folding, how_long, keeping, sites
from muhatap.visits import letting_go as events
from muhatap.visits.models import DayTally, Event, Site, Visit
from tests import cast
from tests.visits.leaves import without_leaves
from tests.visits.test_folding import NOON, arrive

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = date(2026, 11, 21)  # the day of NOON
URL = "https://www.ihlamurev.example/"
A_DAY = 24 * 60
LATER = datetime(2026, 12, 25, 1, 29, tzinfo=UTC)  # with one month kept the days up to 24 November are over


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        for n in range(-1, 4):
            keeping.look_ahead(at=NOON + timedelta(days=n))
        yield


@pytest.fixture
def shop() -> Site:
    """Three days of a shop, each with a page and something for the cart; folded, carried, and in the lake."""
    site = sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)
    for n in range(3):
        arrive(site, n * A_DAY, page_view=f"p{n}", url=URL, visitor=f"tarayici-{n}")
        arrive(site, n * A_DAY + 1, "Product Added", kind="track", product_id="keten", url=URL, visitor=f"tarayici-{n}")
        arrive(site, n * A_DAY + 2, "Element Clicked", kind="track", element="sepet", url=URL, visitor=f"tarayici-{n}")
    made()
    return site


def made(at: datetime = NOON + timedelta(days=8)) -> None:
    folding.fold_all(at=at)
    shopping.carry_all(at=at)
    filling.fill(at=at)


def keep(months: int | None, lake_months: int | None) -> None:
    how_long.change(months=months, lake_months=lake_months, by=cast.selin(), at=NOON)


def leaves() -> list[str]:
    return [leaf.name[-4:] for leaf in events.standing()]


def lying(table: str) -> list[str]:
    return sorted(
        str(path.relative_to(lake.root()))[-38:] for path in Path(lake.root()).glob(f"{table}/day=*/*.parquet")
    )


def added(start: date, end: date) -> int:
    steps = [Step("page", "/"), Step("event", "Product Added")]
    return web.funnel(period=Period(start=start, end=end), steps=steps).steps[1].n_visitors


def test_days_leave_the_database_whole_and_everything_made_of_them_stays(shop: Site) -> None:
    keep(1, None)
    visits, tallies = Visit.objects.count(), list(DayTally.objects.order_by("pk").values())

    assert letting_go.let_events_go(at=LATER) == 4

    assert leaves() == ["1124", "1125", "1126"]  # in that of the 24th lie the first three hours of the firm's 25th
    assert not Event.objects.exists()
    assert Visit.objects.count() == visits == 3
    assert list(DayTally.objects.order_by("pk").values()) == tallies
    assert added(FIRST, FIRST + timedelta(days=3)) == 3  # of the lake
    gone = AuditEntry.objects.filter(act="events.let_go").order_by("pk")
    assert [(entry.object_name, entry.details["n"], entry.by_id) for entry in gone][-3:] == [
        ("2026-11-21", 3, None),
        ("2026-11-22", 3, None),
        ("2026-11-23", 3, None),
    ]


def test_the_default_keeps_half_a_year_and_for_ever_keeps_all(shop: Site) -> None:
    assert letting_go.let_events_go(at=NOON + timedelta(days=150)) == 0
    keep(None, None)
    assert letting_go.let_events_go(at=NOON + timedelta(days=3650)) == 0
    assert of_lake.let_go(at=NOON + timedelta(days=3650)) == 0
    keep(6, 24)
    assert letting_go.let_events_go(at=NOON + timedelta(days=200)) == 7


def test_a_second_night_finds_nothing_to_do(shop: Site) -> None:
    keep(1, None)
    letting_go.let_events_go(at=LATER)
    n = AuditEntry.objects.count()

    assert letting_go.let_events_go(at=LATER) == 0
    assert AuditEntry.objects.count() == n


@pytest.mark.parametrize("missing", ["fold", "carts", "export", "file"])
def test_a_day_stays_until_all_that_is_made_of_it_is_made(
    shop: Site, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(1, None)
    if missing == "fold":
        with connection.cursor() as cursor:
            cursor.execute("update visits_folded set received_at = %s", [NOON])
    elif missing == "carts":
        with connection.cursor() as cursor:
            cursor.execute("update sales_shopplace set received_at = %s", [NOON])
    elif missing == "export":
        ExportedDay.objects.filter(day=FIRST).delete()
    else:
        lake.remove(lake.part("facts_clicks", FIRST, received=FIRST))
        monkeypatch.setattr(exporting, "export", lambda day, **_told: None)  # written anew, and still not there

    letting_go.let_events_go(at=LATER)

    assert "1121" in leaves()
    assert Event.objects.filter(received_at__lt=NOON + timedelta(hours=6)).count() == 3


def test_what_reached_a_day_after_it_was_written_is_written_too_before_the_day_goes(shop: Site) -> None:
    keep(1, None)
    before = ExportedDay.objects.get(day=FIRST).n_events
    arrive(shop, 30, "Product Added", kind="track", product_id="havlu", url=URL)  # the collector's clock was behind
    lake.remove(lake.part("facts_clicks", FIRST, received=FIRST))  # and somebody tidied up

    assert letting_go.let_events_go(at=LATER) == 4

    assert ExportedDay.objects.get(day=FIRST).n_events == before + 1
    assert len(lying("clicks")) == 3


def test_a_day_without_events_goes_whether_it_was_written_or_not(shop: Site) -> None:
    keep(1, None)
    ExportedDay.objects.filter(day__gte=date(2026, 11, 24)).delete()

    assert letting_go.let_events_go(at=LATER + timedelta(days=30)) == 7


def test_what_has_left_the_lake_is_not_asked_of_it_when_it_is_to_keep_longer_from_now_on(shop: Site) -> None:
    keep(1, 1)
    letting_go.let_lake_go(at=datetime(2027, 1, 2, 1, 29, tzinfo=UTC))
    keep(1, None)

    assert letting_go.let_events_go(at=LATER + timedelta(days=30)) == 7
    assert lying("events") == []


def test_without_a_lake_to_be_kept_in_a_day_goes_when_both_times_are_over(shop: Site) -> None:
    keep(1, 1)
    ExportedDay.objects.all().delete()

    assert letting_go.let_events_go(at=LATER) == 0  # the lake keeps whole months, so November
    assert letting_go.let_events_go(at=LATER + timedelta(days=30)) == 7


def test_what_a_reader_holds_goes_another_night_and_stops_nobody_who_collects(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(1, None)
    monkeypatch.setattr(events, "PATIENCE_MS", 50)
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with transaction.atomic():
            list(Event.objects.all())
            reading.set()
            done.wait(20)
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(20)
    try:
        assert letting_go.let_events_go(at=LATER) == 0
        arrive(shop, 3 * A_DAY, page_view="p9", url=URL)  # written while a day is half taken out
        assert [leaf.is_going for leaf in events.standing()][:2] == [True, False]
        assert how_long.current().gone_before == events.standing()[0].ends_at
    finally:
        done.set()
        reader.join()

    assert letting_go.let_events_go(at=LATER) == 4
    assert Event.objects.count() == 1


def test_a_night_that_broke_off_between_taking_out_and_dropping_is_ended_by_the_next(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(1, None)

    def killed(**_told: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", killed)
        with pytest.raises(KeyboardInterrupt):
            letting_go.let_events_go(at=LATER)

    assert [leaf.is_attached for leaf in events.standing()][:2] == [False, True]
    keep(None, None)  # nobody reads that day any more, so it goes all the same
    assert letting_go.let_events_go(at=LATER) == 1
    assert leaves()[0] == "1121"


def test_a_day_that_could_not_even_begin_to_go_is_read_as_ever(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(1, None)
    monkeypatch.setattr(events, "PATIENCE_MS", 50)

    with beside("lock table visits_event in share update exclusive mode"):  # as vacuum does
        assert letting_go.let_events_go(at=LATER) == 0
        assert not any(leaf.is_going for leaf in events.standing())
        assert how_long.current().gone_before is None

    assert letting_go.let_events_go(at=LATER) == 4


@contextmanager
def beside(statement: str) -> Iterator[threading.Event]:
    """Somebody else's transaction does this, and ends with the block or when it is told to."""
    begun, done = threading.Event(), threading.Event()

    def run() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            begun.set()
            done.wait(20)
        connection.close()

    other = threading.Thread(target=run)
    other.start()
    assert begun.wait(20)
    try:
        yield done
    finally:
        done.set()
        other.join()


def test_a_day_that_an_administrator_took_out_stays_theirs(shop: Site) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table visits_event detach partition visits_event_20261121")
    try:
        keep(None, None)
        assert letting_go.let_events_go(at=LATER) == 0
        keep(1, None)
        assert letting_go.let_events_go(at=LATER) == 3  # without that of the 21st
        assert letting_go.let_events_go(at=LATER) == 0
        assert "1121" not in leaves()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from visits_event_20261121")
            assert cursor.fetchone() == (3,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table visits_event_20261121")


def test_a_day_that_goes_while_it_is_weighed_weighs_nothing(shop: Site) -> None:
    found: list[events.Leaf] = []

    def weigh() -> None:
        found.extend(events.standing())
        connection.close()

    reader = threading.Thread(target=weigh)
    with beside("drop table visits_event_20261121") as done:
        reader.start()
        for _n in range(400):
            with connection.cursor() as cursor:
                cursor.execute("select count(*) from pg_locks where not granted")
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.05)
        done.set()
    reader.join()

    assert [leaf.size for leaf in found if leaf.day == FIRST] == [0]
    assert sum(leaf.size for leaf in found) > 0


def test_all_this_happens_in_the_firms_night() -> None:
    (cron,) = [task.cron for task in app.periodic_registry.periodic_tasks.values() if task.task.name == "let_go"]
    minute, hour = map(int, cron.split()[:2])

    assert timezone.localtime(datetime(2026, 11, 22, hour, minute, tzinfo=UTC)).hour < 6


def test_only_one_is_at_the_lake(shop: Site) -> None:
    keep(1, None)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locks.keeping(letting_go.LAKE):
            held.set()
            done.wait(20)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(20)
    try:
        assert letting_go.let_events_go(at=LATER) == 0 and letting_go.let_lake_go(at=LATER) == 0
        assert filling.fill(at=LATER) == 0
    finally:
        done.set()
        other.join()


def test_months_leave_the_lake_and_reports_that_need_their_events_say_so(shop: Site) -> None:
    keep(1, 1)
    visits = lying("visits")
    at = datetime(2027, 1, 2, 1, 29, tzinfo=UTC)
    assert lying("events") and lying("clicks")

    assert letting_go.let_lake_go(at=at) == 3
    assert letting_go.let_lake_go(at=at) == 0

    assert (lying("events"), lying("clicks"), lying("visits")) == ([], [], visits)
    assert sum(one.n_views for one in web.pages(period=Period(start=FIRST, end=FIRST + timedelta(days=3)))) == 3
    for asked in (
        lambda: added(FIRST, FIRST),
        lambda: clicked(FIRST),
        lambda: web.wanted(period=Period(start=FIRST, end=FIRST)),
    ):
        with pytest.raises(engine.Gone, match="1"):
            asked()
    assert added(date(2026, 12, 1), date(2026, 12, 5)) == 0
    entry = AuditEntry.objects.get(act="events.let_go_lake")
    assert (entry.object_name, entry.details["n"]) == ("2026-11-21 – 2026-11-23", 3) and entry.details["size"] > 0


@pytest.mark.parametrize("after", lake.BY_ARRIVAL)
def test_a_night_at_the_lake_that_broke_off_is_told_once_and_ended_by_the_next(
    shop: Site, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(1, 1)
    at, remove = datetime(2027, 1, 2, 1, 29, tzinfo=UTC), lake.remove_before

    def killed(table: str, first: date) -> None:
        remove(table, first)
        if table == after:
            raise KeyboardInterrupt

    size = lake.weight(*lake.BY_ARRIVAL)
    with monkeypatch.context() as patch:
        patch.setattr(lake, "remove_before", killed)
        with pytest.raises(KeyboardInterrupt):
            letting_go.let_lake_go(at=at)
    keep(None, None)  # no report takes those days for whole any more, so they go all the same
    letting_go.let_lake_go(at=at)

    assert (lying("events"), lying("clicks")) == ([], [])
    entry = AuditEntry.objects.get(act="events.let_go_lake")
    assert (entry.details["n"], entry.details["size"]) == (3, size)


@pytest.mark.parametrize("when", ["listed", "laid"])
def test_a_report_whose_files_go_while_it_reads_asks_for_another_try(
    shop: Site, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = {"listed": (lake, "parts"), "laid": (engine, "_statement")}[when]
    known = getattr(module, name)

    def late(*asked: Any, **more: Any) -> Any:
        found = known(*asked, **more)
        if when == "laid" or asked[0] == "facts_events":
            lake.remove_before("facts_events", FIRST + timedelta(days=10))
        return found

    monkeypatch.setattr(module, name, late)

    with pytest.raises(engine.Moved):
        added(FIRST, FIRST + timedelta(days=3))


def clicked(day: date) -> int:
    found = web.clicks(period=Period(start=day, end=day), path="/", conditions=Conditions(source=("direct",)))
    return sum(one.n for one in found)


def test_a_packed_month_goes_with_its_days(shop: Site) -> None:
    keep(1, 1)
    ExportedDay.objects.create(day=date(2026, 11, 30), at=NOON, n_visits=0, n_page_views=0, n_events=0)
    exporting.pack()
    pack = Path(lake.pack("facts_events", date(2026, 11, 1)))
    assert pack.exists()

    letting_go.let_lake_go(at=datetime(2027, 1, 2, 1, 29, tzinfo=UTC))

    assert not pack.exists()
    assert Path(lake.pack("facts_visits", date(2026, 11, 1))).exists()


def test_days_that_are_written_anew_keep_the_events_that_only_the_lake_has(shop: Site) -> None:
    keep(1, None)
    letting_go.let_events_go(at=LATER)
    before = lying("events"), lying("clicks")
    ExportedDay.objects.all().delete()  # as a migration does after which the lake is written anew

    assert added(FIRST, FIRST + timedelta(days=3)) == 3
    filling.fill(at=NOON + timedelta(days=8))

    assert facts.until() is not None and ExportedDay.objects.filter(day=FIRST).exists()
    assert (lying("events"), lying("clicks")) == before
    assert added(FIRST, FIRST + timedelta(days=3)) == 3
    assert sum(one.n_views for one in web.pages(period=Period(start=FIRST, end=FIRST + timedelta(days=3)))) == 3


def test_what_is_held_is_told_in_days_and_bytes(shop: Site) -> None:
    n, first, size = of_lake.held()

    assert (n, first) == (3, FIRST) and size > 0
    assert all(leaf.size > 0 for leaf in events.standing())


def test_the_lake_never_keeps_less_than_the_database() -> None:
    for months, lake_months in ((6, 3), (None, 24)):
        with pytest.raises(how_long.LakeKeepsLess):
            keep(months, lake_months)
    keep(3, 3)
    keep(3, 3)
    assert AuditEntry.objects.filter(act="keeping.events").count() == 1


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        ("2027-03-31", 1, "2027-02-28"),
        ("2028-03-30", 1, "2028-02-29"),
        ("2027-01-15", 13, "2025-12-15"),
        ("2026-12-31", 24, "2024-12-31"),
    ],
)
def test_months_are_those_of_the_calendar(today: str, months: int, first: str) -> None:
    keep(months, None)

    assert str(how_long.first_kept(at=datetime.fromisoformat(f"{today}T10:00:00+03:00"))) == first
