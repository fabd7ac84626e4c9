"""Older orders are read page by page from a shop's own API: a real server answers on this machine."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from muhatap.flow import asking, filling
from muhatap.sales import backfilling, shops
from muhatap.sales.models import BackFill, Order, Shop, ShopDelivery
from tests import cast
from tests.sales.payloads import shopify_order, trendyol_package, woo_order

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
Reply = tuple[int, object, dict[str, str]]


class Seen(list[tuple[str, dict[str, str], dict[str, str]]]):
    """What was asked: path, query, headers."""


@contextmanager
def served(reply: Callable[[str, dict[str, str]], Reply]) -> Iterator[tuple[str, Seen]]:
    seen = Seen()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            seen.append((parts.path, query, dict(self.headers)))
            status, said, headers = reply(parts.path, query)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _neighbours_allowed(settings: Any) -> None:
    settings.WEBHOOKS_MAY_BE_PRIVATE = True


def begun(kind: str, address: str) -> BackFill:
    values = {
        "name": "Ihlamur Ev",
        "address": address,
        "api_name": "ck_1",
        "api_secret": "cs_1",
        "secret": "x",
        "account": "99",
    }
    shop = shops.connect(kind=kind, values=values, by=cast.selin(), at=NOW)
    return backfilling.begin(shop=shop, since=SINCE, by=cast.selin(), at=NOW)


def read(fill: BackFill, times: int = 1, at: datetime = NOW) -> BackFill:
    for _n in range(times):
        filling.go_on(back_fill_id=fill.pk, at=at)
    fill.refresh_from_db()
    return fill


def test_woocommerce_is_read_to_its_last_page_and_one_bad_order_stops_no_other() -> None:
    pages = {"1": [woo_order(1), woo_order(2, total="?")], "2": [woo_order(3)]}
    with served(lambda _path, query: (200, pages[query["page"]], {"X-WP-Total": "3", "X-WP-TotalPages": "2"})) as (
        url,
        seen,
    ):
        fill = read(begun("woocommerce", url), times=3)

    assert (fill.state, fill.n_read, fill.n_new, fill.n_set_aside, fill.n_expected) == ("done", 3, 2, 1, 3)
    assert set(Order.objects.values_list("external_id", flat=True)) == {"1", "3"}
    assert "total" in ShopDelivery.objects.get(external_id="back-fill:2").detail
    path, query, headers = seen[0]
    assert path == "/wp-json/wc/v3/orders" and query["modified_after"] == "2026-10-23T09:00:00"
    assert headers["Authorization"] == "Basic Y2tfMTpjc18x" and len(seen) == 2


def test_shopify_goes_on_where_its_link_points_and_never_to_another_host() -> None:
    def reply(path: str, query: dict[str, str]) -> Reply:
        if "page_info" in query:
            return (
                200,
                {"orders": [shopify_order(2)]},
                {"Link": f'<http://elsewhere.example{path}?page_info=z>; rel="next"'},
            )
        return 200, {"orders": [shopify_order(1)]}, {"Link": f'<{url}{path}?page_info=a>; rel="next"'}

    with served(reply) as (url, seen):
        fill = read(begun("shopify", url), times=3)

    assert (fill.state, fill.n_read) == ("failed", 1)
    assert "another host" in fill.detail
    assert seen[1][1] == {"page_info": "a"} and len(seen) == 2
    assert seen[0][2]["X-Shopify-Access-Token"] == "cs_1"


def test_trendyol_is_asked_window_by_window() -> None:
    def reply(_path: str, query: dict[str, str]) -> Reply:
        number = int(query["startDate"]) // 1000
        return 200, {"totalPages": 1, "content": [trendyol_package(number)]}, {}

    with served(reply) as (url, seen):
        fill = read(begun("trendyol", url), times=4)

    assert (fill.state, fill.n_new, len(seen)) == ("done", 3, 3)
    assert seen[0][2]["User-Agent"] == "99 - SelfIntegration"
    assert [query["endDate"] for _p, query, _h in seen[:2]] == [query["startDate"] for _p, query, _h in seen[1:]]


def test_who_is_asked_to_wait_waits() -> None:
    with served(lambda _p, _q: (429, {}, {"Retry-After": "120"})) as (url, seen):
        fill = read(begun("woocommerce", url), times=2)
        assert (fill.state, fill.rests_until, len(seen)) == ("running", NOW + timedelta(seconds=120), 1)
        read(fill, at=NOW + timedelta(seconds=121))
        assert len(seen) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_who_is_not_let_in_says_so_and_stops(status: int) -> None:
    with served(lambda _p, _q: (status, {}, {"Location": "http://127.0.0.1:1/"})) as (url, seen):
        fill = read(begun("woocommerce", url))

    assert (fill.state, len(seen)) == ("failed", 1)
    assert str(status) in fill.detail


def test_a_shop_that_is_down_is_tried_again_for_a_while() -> None:
    with served(lambda _p, _q: (502, b"bad gateway", {})) as (url, _seen):
        fill, at = begun("woocommerce", url), NOW
        for pause in (*backfilling.PAUSES, 0):
            read(fill, at=at)
            at += timedelta(seconds=pause + 1)

    assert (fill.state, fill.detail) == ("failed", "502")


def test_neighbours_are_not_asked_unless_the_installation_says_so(settings: Any) -> None:
    with served(lambda _p, _q: (200, [], {})) as (url, seen):
        fill = begun("woocommerce", url)
        settings.WEBHOOKS_MAY_BE_PRIVATE = False
        fill = read(fill)

    assert (fill.state, fill.n_failed_in_a_row, seen) == ("running", 1, [])
    assert "public net" in fill.detail


def test_it_can_be_stopped_and_begun_again() -> None:
    with served(lambda _p, query: (200, [woo_order(int(query["page"]))], {"X-WP-TotalPages": "9"})) as (url, seen):
        fill = read(begun("woocommerce", url))
        with pytest.raises(backfilling.CannotFill):
            backfilling.begin(shop=fill.shop, since=SINCE, by=cast.selin(), at=NOW)
        assert backfilling.cancel(fill=fill, by=cast.selin(), at=NOW)
        read(fill)
        again = backfilling.begin(shop=fill.shop, since=SINCE, by=cast.selin(), at=NOW)

    assert (fill.state, fill.n_new, len(seen)) == ("cancelled", 1, 1)
    assert again.place == {}


def test_nobody_is_asked_without_a_key() -> None:
    shop = shops.connect(kind="feed", values={"name": "M"}, by=cast.selin(), at=NOW)
    with pytest.raises(backfilling.CannotFill):
        backfilling.begin(shop=shop, since=SINCE, by=cast.selin(), at=NOW)
    assert Shop.objects.get().namespace != ""


def test_a_file_at_an_address_is_read_once_for_each_content() -> None:
    told = b"order_id,date,total\n7,2026-11-02,12.50\n"
    with served(lambda _p, _q: (200, told, {})) as (url, _seen):
        shop = shops.connect(kind="feed", values={"name": "M", "address": f"{url}/o.csv"}, by=cast.selin(), at=NOW)
        for _n in range(2):
            asking.fetch_files(at=NOW)

    assert ShopDelivery.objects.get().shop == shop
    asking.fetch_files(at=NOW)
    assert ShopDelivery.objects.get(external_id="address").detail


def test_what_a_marketplace_does_not_tell_is_asked_for_each_quarter_of_an_hour() -> None:
    with served(lambda _p, _q: (200, {"totalPages": 1, "content": []}, {})) as (url, _seen):
        first = read(begun("trendyol", url), times=4)
        for minutes in (10, 16, 17):
            asking.keep_up(at=NOW + timedelta(minutes=minutes))

    again = BackFill.objects.exclude(pk=first.pk).get()
    assert (again.by, again.since) == (None, NOW - timedelta(hours=1))


def test_where_a_shop_was_read_to_last_is_not_forgotten() -> None:
    with served(lambda _p, _q: (200, {"totalPages": 1, "content": []}, {})) as (url, _seen):
        read(begun("trendyol", url), times=4)
    BackFill.objects.update(by=None)
    later = NOW + timedelta(days=9)

    assert backfilling.forget(at=later) == 0
    asking.keep_up(at=later)
    assert BackFill.objects.latest("id").since == NOW - timedelta(hours=1)


def test_trendyol_goes_on_from_the_last_change_it_told() -> None:
    changed = int((SINCE + timedelta(days=1)).timestamp() * 1000)

    def reply(_path: str, query: dict[str, str]) -> Reply:
        return 200, {"totalPages": 2, "content": [trendyol_package(lastModifiedDate=changed)]}, {}

    with served(reply) as (url, seen):
        read(begun("trendyol", url), times=3)

    asked = [(int(query["startDate"]), query["page"]) for _p, query, _h in seen]
    assert asked[1:] == [(changed, "0"), (changed, "1")]


def test_an_older_file_put_back_is_read_again() -> None:
    told = [b"order_id,date,total\n7,2026-11-02,12.50\n", b"order_id,date,total\n7,2026-11-02,13.50\n"]
    with served(lambda _p, _q: (200, told[0], {})) as (url, _seen):
        shops.connect(kind="feed", values={"name": "M", "address": f"{url}/o.csv"}, by=cast.selin(), at=NOW)
        for hours in range(3):
            asking.fetch_files(at=NOW + timedelta(hours=hours))
            told.reverse()

    assert ShopDelivery.objects.count() == 3


def test_who_is_woken_early_is_woken_again() -> None:
    with served(lambda _p, _q: (429, {}, {"Retry-After": "120"})) as (url, _seen):
        fill = read(begun("woocommerce", url))
        before = queued()
        read(fill)

    assert queued() == before + 1


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'back_fill'")
        return int(cursor.fetchone()[0])
