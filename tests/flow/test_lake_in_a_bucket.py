"""The same lake in an S3-compatible store: a real server of the protocol, in this process, spoken to over HTTP."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from pyarrow import fs

from muhatap.accounts.models import AuditEntry
from muhatap.insight import bucket, engine, exporting, facts, lake, letting_go, web
from muhatap.insight.models import ExportedDay
from muhatap.measures.asked import Period, Step
from muhatap.visits import folding, how_long, sites
from muhatap.visits import letting_go as leaving
from muhatap.visits.models import Event, Site
from tests import cast
from tests.flow.test_lake import A_DAY, FIRST, URL, _days, night, views
from tests.visits.test_folding import NOON, arrive

pytestmark = pytest.mark.django_db
assert _days  # a fixture of every test here too
KEY, SECRET = "ihlamur", "ihlamur-kokusu-42"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def store(server: str, settings: Any) -> Any:
    """An empty bucket, and a lake that is meant to lie in it."""
    host = server.removeprefix("http://")
    given = fs.S3FileSystem(
        endpoint_override=host, scheme="http", region="us-east-1", access_key=KEY, secret_key=SECRET,
        allow_bucket_creation=True,
    )  # fmt: skip
    given.create_dir("ihlamur")
    given.delete_dir_contents("ihlamur", missing_dir_ok=True)
    settings.LAKE, settings.LAKE_ENDPOINT, settings.LAKE_REGION = "s3://ihlamur/lake", server, ""
    settings.LAKE_KEY, settings.LAKE_SECRET = KEY, SECRET
    return given


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


def objects(store: Any, table: str) -> list[str]:
    found = store.get_file_info(fs.FileSelector(f"ihlamur/lake/{table}", recursive=True, allow_not_found=True))
    return sorted(each.path.removeprefix("ihlamur/lake/") for each in found if each.is_file)


def test_closed_days_lie_in_the_bucket_and_reports_say_what_they_said_before(store: Any, shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    arrive(shop, 5, "Product Added", kind="track", product_id="keten", url=URL, quantity="2", value=2849.9)
    arrive(shop, 6, page_view="p2", url=f"{URL}ığüşöç İ", visitor="tarayici-2")
    folding.fold_all(at=NOON + timedelta(hours=1))
    period = Period(start=FIRST, end=FIRST)
    steps = [Step("page", "/"), Step("event", "Product Added")]
    before = web.pages(period=period), web.funnel(period=period, steps=steps), web.totals(period=period)
    night(0)

    assert facts.until() == FIRST
    assert objects(store, "visits") == ["visits/day=2026-11-21/visits.parquet"]
    assert objects(store, "events") == ["events/day=2026-11-21/received-2026-11-21.parquet"]
    assert not list(lake.aside().iterdir())
    assert (web.pages(period=period), web.funnel(period=period, steps=steps), web.totals(period=period)) == before

    arrive(shop, 1, page_view="p3", url=URL, after=A_DAY)  # late, of the first day
    arrive(shop, A_DAY, page_view="p4", url=URL)
    folding.fold_all(at=NOON + timedelta(days=1, hours=1))
    assert views() == 3  # the open day beside the closed one; what came late joins in the night
    night(1)
    assert views() == 4
    assert len(objects(store, "events")) == 3


def test_what_is_erased_or_comes_late_leaves_no_stale_copy_of_the_month(store: Any, shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    night(0)
    last, month = date(2026, 11, 30), date(2026, 11, 1)
    ExportedDay.objects.create(day=last, at=NOON, n_visits=0, n_page_views=0, n_events=0)
    assert exporting.pack() == 3

    assert lake.parts("facts_visits", until=last) == [lake.pack("facts_visits", month)]
    assert views() == 1
    assert exporting.pack() == 0

    Event.objects.all().delete()
    exporting.export(FIRST, at=NOON + timedelta(days=1))
    assert objects(store, "events") == []
    assert objects(store, "visits") == ["visits/day=2026-11-21/visits.parquet"]
    assert exporting.pack() == 2


def test_months_of_events_leave_the_bucket_with_their_copy_and_visits_stay(store: Any, shop: Site) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    arrive(shop, 5, "Element Clicked", kind="track", element="sepet", url=URL)
    night(0)
    ExportedDay.objects.create(day=date(2026, 11, 30), at=NOON, n_visits=0, n_page_views=0, n_events=0)
    exporting.pack()
    (leaf,) = [leaf for leaf in leaving.standing() if leaf.day == FIRST]
    ExportedDay.objects.create(day=FIRST + timedelta(days=1), at=NOON, n_visits=0, n_page_views=0, n_events=0)
    assert letting_go.lies_there(leaf, at=NOON)
    assert letting_go.held()[:2] == (1, FIRST) and letting_go.held()[2] > 0
    how_long.change(months=1, lake_months=1, by=cast.selin(), at=NOON)

    size = letting_go.held()[2]
    assert letting_go.let_go(at=NOON + timedelta(days=60)) == 1
    assert AuditEntry.objects.get(act="events.let_go_lake").details["size"] == size
    assert letting_go.let_go(at=NOON + timedelta(days=60)) == 0

    assert (objects(store, "events"), objects(store, "clicks"), letting_go.held()) == ([], [], (0, None, 0))
    assert len(objects(store, "visits")) == 2
    assert letting_go.lies_there(leaf, at=NOON)  # what has left the lake is not asked of it


def test_a_store_that_does_not_answer_gives_no_figures_rather_than_some(
    store: Any, shop: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(shop, 0, page_view="p1", url=URL)
    night(0)
    paths = lake.parts("facts_page_views", until=FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(lake, "parts", lambda *asked, **more: paths)
        store.delete_file(str(paths[0]))
        with pytest.raises(engine.Moved):
            views()

    settings.LAKE_SECRET, settings.LAKE_ENDPOINT = "x", "http://127.0.0.1:9"
    monkeypatch.setattr(bucket, "CONNECTING", 0.2)
    with pytest.raises(engine.Moved):
        views()
    with pytest.raises(OSError):
        exporting.export(FIRST, at=NOON + timedelta(days=1))


def test_the_workers_of_a_cluster_are_told_the_same_address(store: Any, server: str) -> None:
    told = bucket.hadoop()

    assert told["spark.hadoop.fs.s3a.endpoint"] == server
    assert told["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert told["spark.hadoop.fs.s3a.connection.ssl.enabled"] == "false"
