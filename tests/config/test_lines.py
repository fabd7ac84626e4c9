"""The short way of events from a connection to the collector: it answers what the usual way answers, and leaves it the rest."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from muhatap.api import collect, collector
from muhatap.api.collect import Said
from muhatap.config.lines import Line
from muhatap.visits import sites
from muhatap.visits.models import Event, Site
from tests import cast, loops
from tests.api.collecting import ask as ask_directly
from tests.api.collecting import served
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = "https://www.ihlamurev.example"


@pytest.fixture
def shop() -> Iterator[Site]:
    collect.BUCKETS.forget()
    with without_leaves():
        yield sites.create(name="Ihlamur Ev", origins=[SHOP], by=cast.selin(), at=cast.NOW)


@pytest.fixture
def usual(shop: Site) -> list[str]:
    """The paths of which the usual way was asked."""
    return []


@pytest.fixture
def url(usual: list[str]) -> Iterator[str]:
    async def door(scope: dict[str, Any], receive: Any, send: Any) -> None:
        usual.append(scope["path"])
        await collect.answer(scope, receive, send)

    with served(door) as where:
        yield where


def request(shop: Site, n: int, *more: str, path: str = "/v1/track", body: bytes | None = None) -> bytes:
    told = (
        body if body is not None else json.dumps({"event": f"E{n}", "anonymousId": "t", "messageId": str(n)}).encode()
    )
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {shop.write_key}", *more]
    return "\r\n".join([*lines, f"Content-Length: {len(told)}", "", ""]).encode() + told


@contextmanager
def line(url: str) -> Iterator[socket.socket]:
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connected:
        yield connected


def answers(connected: socket.socket, n: int) -> list[tuple[int, dict[str, str], bytes]]:
    found = []
    with connected.makefile("rb") as told:
        for _ in range(n):
            status = int(told.readline().split()[1])
            pairs = (row.decode().strip().split(": ", 1) for row in iter(told.readline, b"\r\n"))
            headers = dict(pairs)
            found.append((status, headers, told.read(int(headers["content-length"]))))
    return found


def ask(url: str, *asked: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """One after the other on one connection."""
    with line(url) as connected:
        found = []
        for one in asked:
            connected.sendall(one)
            found += answers(connected, 1)
        return found


def names() -> list[str]:
    return sorted(Event.objects.values_list("name", flat=True))


def test_once_the_site_is_known_the_usual_way_is_not_asked(shop: Site, url: str, usual: list[str]) -> None:
    said = ask(url, *(request(shop, n) for n in range(3)))

    assert [(status, body) for status, _headers, body in said] == [(200, collect.OK)] * 3
    assert {headers["content-type"] for _status, headers, _body in said} == {"application/json"}
    assert names() == ["E0", "E1", "E2"]
    assert usual == ["/v1/track"]


def test_what_comes_in_pieces_or_in_one_breath_is_answered_in_order(shop: Site, url: str) -> None:
    ask(url, request(shop, 0))
    with line(url) as connected:
        whole = request(shop, 1, "Origin: https://a.example") + request(shop, 2) + request(shop, 3)
        for first in range(0, len(whole), 170):
            connected.sendall(whole[first : first + 170])
        in_pieces = answers(connected, 3)
        connected.sendall(request(shop, 4) + request(shop, 5, "Origin: https://b.example"))
        at_once = answers(connected, 2)

    assert [headers.get("access-control-allow-origin") for _status, headers, _body in in_pieces + at_once] == [
        "https://a.example", None, None, None, "https://b.example"
    ]  # fmt: skip
    assert names() == ["E0", "E2", "E3", "E4"]


def test_refusals_are_told_as_the_usual_way_tells_them(
    shop: Site, url: str, monkeypatch: pytest.MonkeyPatch, usual: list[str]
) -> None:
    async def away() -> Any:
        raise psycopg.OperationalError("the disk is full")

    monkeypatch.setattr(collector, "_connect", away)
    said = ask(
        url, request(shop, 0, body=b"{}"), request(shop, 1, body=b"{"), request(shop, 2), request(shop, 3, path="/v1/b")
    )

    assert [status for status, _headers, _body in said] == [200, 400, 503, 400]
    assert "retry-after" in said[2][1]
    assert len(usual) == 1


def test_who_wants_the_line_closed_finds_it_closed(shop: Site, url: str) -> None:
    ask(url, request(shop, 0))
    with line(url) as connected:
        connected.sendall(request(shop, 1, "Connection: close"))
        said = answers(connected, 1)
        assert connected.recv(1) == b""

    assert said[0][1]["connection"] == "close"


def test_who_leaves_before_the_answer_disturbs_nobody(shop: Site, url: str) -> None:
    ask(url, request(shop, 0))
    with line(url) as connected:
        connected.sendall(request(shop, 1))

    assert ask(url, request(shop, 2))[0][0] == 200
    assert names()[-1] == "E2"


def test_the_proxies_are_believed_about_who_calls(shop: Site, url: str, usual: list[str]) -> None:
    def of(n: int, address: str) -> bytes:
        body = json.dumps({"event": "E", "messageId": str(n)}).encode()
        return request(shop, n, f"Origin: {SHOP}", f"X-Forwarded-For: {address}", body=body)

    ask(url, request(shop, 0), of(1, "203.0.113.1"), of(2, "203.0.113.1"), of(3, "203.0.113.2"))

    found = Event.objects.filter(name="E").values_list("anonymous_id", flat=True)
    assert len(found) == 3 and len(set(found)) == 2
    assert len(usual) == 1


def test_other_questions_go_the_usual_way(shop: Site, url: str, usual: list[str]) -> None:
    preflight = b"OPTIONS /v1/track HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nConnection: close\r\n\r\n"
    with line(url) as connected:
        connected.sendall(preflight)
        assert connected.recv(12) == b"HTTP/1.1 204"

    assert usual == ["/v1/track"]


def test_a_line_that_breaks_while_it_is_read_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(line: Line, data: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(HttpToolsProtocol, "data_received", breaks)
    broken = Line.__new__(Line)

    with pytest.raises(ZeroDivisionError):
        broken.data_received(b"")

    assert not broken.is_reading


def test_an_answer_that_fails_on_its_way_is_not_followed_by_another(shop: Site) -> None:
    said: list[int] = []

    def tell(one: Said) -> None:
        said.append(one.status)
        raise OSError("the line broke")

    async def twice() -> None:
        body, key = json.dumps({"event": "E", "anonymousId": "t", "messageId": "1"}).encode(), shop.write_key
        await collector.collector().site(key)
        assert (await ask_directly("/v1/track", body, {"authorization": f"Bearer {key}"})).status == 200
        elsewhere = (b"origin", b"https://elsewhere.example")
        for more in ([], [elsewhere]):  # one that stands there already, and one that is not let in
            headers = [(b"authorization", f"Bearer {key}".encode()), *more]
            scope = {"path": "/v1/track", "query_string": b"", "client": ("203.0.113.9", 1), "headers": headers}
            with suppress(OSError):
                collect.at_once(scope, body, tell)
        await collector.stop()

    loops.run(twice())
    assert said == [200, 200]
