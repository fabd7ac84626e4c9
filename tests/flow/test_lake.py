"""Closed days go into the lake whole, once, and again when something comes late; reports add the rest from PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from muhatap.flow import lake as filling
from muhatap.insight import exporting, facts, lake, web
from muhatap.insight.models import ExportedDay
from muhatap.measures.asked import Period, Step
from muhatap.visits import folding, keeping, sites
from muhatap.visits.models import Site
from tests import cast
from tests.visits.leaves import without_leaves
from tests.visits.test_folding import NOON, arrive

pytestmark = pytest.mark.django_db
FIRST = date(2026, 11, 21)  # the day of NOON
URL = "https://www.ihlamurev.example/"
A_DAY = 24 * 60


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        for n in range(-3, 6):
            keeping.look_ahead(at=NOON + timedelta(days=n))
        yield


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


def night(day: int) -> int:
    """The run after so many days, a little after the firm's midnight."""
    at = datetime(2026, 11, 21, 21, 40, tzinfo=UTC) + timedelta(days=day)
    folding.fold_all(at=at)
    return filling.fill(at=at)


def views() -> int:
    return sum(page.n_views for page in web.pages(period=Period(start=date(2026, 11, 1), end=date(2026, 12, 1))))


def parts(table: str) -> list[str]:
    return sorted(str(path.relative_to(lake.root())) for path in lake.root().glob(f"{table}/*/*.parquet"))


def test_a_closed_day_lies_in_the_lake_and_the_open_one_is_read_beside_it(shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    arrive(shop, 5, "Product Added", kind="track", product_id="keten", url=URL, quantity="2", value=2849.9)
    night(0)
    arrive(shop, A_DAY, page_view="p2", url=URL, visitor="tarayici-2")
    folding.fold_all(at=NOON + timedelta(days=1, hours=1))

    assert facts.until() == FIRST
    assert parts("visits") == ["visits/day=2026-11-21/visits.parquet"]
    assert parts("events") == ["events/day=2026-11-21/received-2026-11-21.parquet"]
    assert views() == 2
    row = ExportedDay.objects.get(day=FIRST)
    assert (row.n_visits, row.n_page_views, row.n_events) == (1, 1, 2)
    found = web.funnel(period=Period(start=FIRST, end=FIRST), steps=[Step("page", "/"), Step("event", "Product Added")])
    assert [each.n_visitors for each in found.steps] == [1, 1]


def test_running_again_and_after_missed_nights_changes_nothing(shop: Site) -> None:
    for n in range(3):
        arrive(shop, n * A_DAY, page_view=f"p{n}", url=URL)

    assert night(2) >= 3
    before = {path: (lake.root() / path).read_bytes() for path in [*parts("visits"), *parts("events")]}
    assert night(2) == 0
    exporting.export(FIRST, at=NOON + timedelta(days=3))

    assert {path: (lake.root() / path).read_bytes() for path in [*parts("visits"), *parts("events")]} == before
    assert views() == 3


def test_what_comes_late_is_put_beside_its_day_and_joins_its_visit(shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    night(0)
    arrive(shop, 1, page_view="p2", url=URL, after=A_DAY)
    night(1)

    assert parts("events") == [
        "events/day=2026-11-21/received-2026-11-21.parquet",
        "events/day=2026-11-21/received-2026-11-22.parquet",
    ]
    assert ExportedDay.objects.get(day=FIRST).n_page_views == 2
    assert views() == 2


def test_a_night_that_broke_off_is_invisible_and_made_up_for(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    write = exporting._write

    def stumbling(duck: object, table: str, *rest: object) -> None:
        if table == "facts_page_views":
            raise OSError("the disk is full")
        write(duck, table, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_write", stumbling)
        with pytest.raises(OSError, match="full"):
            night(0)

    assert views() == 1
    assert facts.until() != FIRST
    night(0)
    assert views() == 1


def test_a_day_that_is_not_folded_yet_waits(shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    folding.fold_all(at=NOON + timedelta(hours=1))
    arrive(shop, 5, page_view="p2", url=URL)

    filling.fill(at=NOON + timedelta(days=1))

    assert facts.until() != FIRST


def test_odd_texts_come_through_whole(shop: Site) -> None:
    for n, path in enumerate(['a"b', "ığüşöç İ", "a,b", "\\N", "a\nb\r\nc", "null"]):
        arrive(shop, n, page_view=f"p{n}", url=f"{URL}{path}")
    folding.fold_all(at=NOON + timedelta(hours=1))
    period = Period(start=FIRST, end=FIRST)
    before = web.pages(period=period)
    night(0)

    assert facts.until() == FIRST
    assert web.pages(period=period) == before
    assert len(before) == 6


def test_closed_months_are_read_from_one_file_until_something_late_changes_a_day(shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    night(0)
    exporting.export(FIRST, at=NOON + timedelta(days=1))
    last = date(2026, 11, 30)
    ExportedDay.objects.create(day=last, at=NOON, n_visits=0, n_page_views=0, n_events=0)
    exporting.pack()
    month = date(2026, 11, 1)

    assert lake.parts("facts_visits", until=last) == [lake.pack("facts_visits", month)]
    assert lake.parts("facts_visits", until=last, start=FIRST)[0].name == "visits.parquet"
    assert lake.parts("facts_visits", until=FIRST)[0].name == "visits.parquet"  # of a month that is being written again
    assert views() == 1

    exporting.export(FIRST, at=NOON + timedelta(days=1))
    assert lake.parts("facts_visits", until=last)[0].name == "visits.parquet"
    assert exporting.pack() == 3
    assert exporting.pack() == 0


def test_the_days_are_listed_once_however_many_months_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for month in range(1, 13):
        lake.part("facts_visits", date(2025, month, 1)).parent.mkdir(parents=True)
        written = lake.aside() / "written"
        written.touch()
        lake.put(written, lake.pack("facts_visits", date(2025, month, 1)))
    listed, list_days = [], lake.days

    def days(table: str) -> object:
        listed.append(table)
        return list_days(table)

    monkeypatch.setattr(lake, "days", days)

    assert len(lake.parts("facts_visits", until=date(2026, 1, 1))) == 12
    assert len(listed) == 1
