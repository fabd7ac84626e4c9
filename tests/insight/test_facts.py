"""What rooms publish is what measures announce: the columns, their kinds, and the values a hand would write."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from muhatap.insight import fresh
from muhatap.measures.tables import FACTS
from muhatap.visits import counting, folding, keeping, sites
from muhatap.visits.models import Event, Site
from tests import cast
from tests.visits.leaves import without_leaves
from tests.visits.test_folding import NOON, arrive

pytestmark = pytest.mark.django_db
KINDS = {
    "bigint": "int64", "integer": "int64", "smallint": "int64", "text": "string", "character varying": "string", "boolean": "boolean",
    "date": "date", "timestamp with time zone": "timestamp", "double precision": "float64", "numeric": "decimal",
}  # fmt: skip
ADDED = {"facts_orders": {"day"}, "facts_order_lines": {"day"}}  # by whoever loads them
COLUMNS = "select column_name, data_type from information_schema.columns where table_name = %s"


@pytest.fixture(autouse=True)
def _days() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=NOON - timedelta(days=1))
        yield


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


@pytest.mark.parametrize("table", FACTS)
def test_a_view_has_what_is_announced(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        published = {name: KINDS[kind] for name, kind in cursor.fetchall()}
    announced = {
        name: str(kind).split("(")[0] for name, kind in FACTS[table].items() if name not in ADDED.get(table, ())
    }

    assert {name: published.get(name) for name in announced} == announced


def test_a_visit_tells_its_pages_in_order(shop: Site) -> None:
    arrive(shop, -60 * 24, visitor="t0", url="https://ihlamurev.example/")
    arrive(shop, 0, url="https://ihlamurev.example/?utm_source=bulten&utm_campaign=Kış", page_view="a")
    arrive(shop, 1, url="https://ihlamurev.example/urun/keten/", page_view="b", product_id="keten")
    arrive(shop, 1, url="https://ihlamurev.example/", page_view="c")
    folding.fold(at=NOON + timedelta(hours=1))

    told = fresh.arrow("facts_page_views", "began_at >= %(at)s", {"at": NOON}).to_pylist()
    shown = ("place", "is_first", "previous_path", "path", "next_path", "product", "campaign", "landing_path")
    assert [tuple(row[name] for name in shown) for row in sorted(told, key=lambda row: row["place"])] == [
        (1, True, "", "/", "/urun/keten", "", "Kış", "/"),
        (2, True, "/", "/urun/keten", "/", "keten", "Kış", "/"),
        (3, False, "/urun/keten", "/", "", "", "Kış", "/"),
    ]
    (visit,) = fresh.arrow("facts_visits", "began_at >= %(at)s", {"at": NOON}).to_pylist()
    assert (visit["trail"], visit["day"], visit["began_at"]) == (
        "/\n/urun/keten\n/",
        date(2026, 11, 21),
        NOON.replace(tzinfo=None),
    )


def test_days_are_the_firms(shop: Site) -> None:
    arrive(shop, 9 * 60 + 1, url="https://ihlamurev.example/")  # a minute past midnight in Istanbul
    folding.fold(at=NOON + timedelta(hours=10))

    assert fresh.arrow("facts_visits").to_pylist()[0]["day"] == date(2026, 11, 22)
    assert fresh.arrow("facts_events").to_pylist()[0]["day"] == date(2026, 11, 22)


URLS = [
    "https://a.example/x/y/?q=1#f", "https://a.example", "https://a.example?x=/z", "/yalnız/yol/", "ihlamur:a/b", "https://a.example//", "x",
    "https://a.example/" + "ş" * 400,
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_sql_reads_the_path_python_reads(url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select visits_path(%s)", [url])
        (found,) = cursor.fetchone()

    assert found == counting.path_of(Event(url=url, kind=3, name=""))


ODD = [
    '{"properties": {"product_id": "a\\u0000b"}}',
    '{"properties": 3}',
    "[]",
    "no json",
    '{"properties": {"total": "1e999", "quantity": -3}}',
]


@pytest.mark.parametrize("payload", ODD)
def test_what_cannot_be_read_tells_nothing_and_stops_nothing(shop: Site, payload: str) -> None:
    Event.objects.create(
        received_at=NOON, site=shop, message_key=uuid4(), at=NOON, kind=2, anonymous_id="", user_id="20871", name="Product Added",
        url="", is_bot=False, payload=payload,
    )  # fmt: skip

    (row,) = fresh.arrow("facts_events").to_pylist()
    assert (row["product"], row["value"], row["quantity"], row["path"]) == ("", 0, 1, "")


def test_an_order_tells_its_sum(shop: Site) -> None:
    arrive(shop, 0, "Order Completed", kind="track", total="2849.90", currency="TRY", order_id=10482, products=[])

    (row,) = fresh.arrow("facts_events").to_pylist()
    assert (str(row["value"]), row["currency"], row["order_id"]) == ("2849.9000", "TRY", "10482")
    assert json.loads(Event.objects.get().payload)["properties"]["total"] == "2849.90"
