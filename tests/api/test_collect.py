"""The door for events: what it lets in, what it says, and that it never says yes before the event is kept."""

import base64
import gzip
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError

from muhatap.api import collect, collector, wrapped
from muhatap.api.live import connection_settings
from muhatap.shared.limits import Limit
from muhatap.visits import nameless, sites
from muhatap.visits.models import DaySalt, Event, Refusal, Site
from muhatap.visits.segment import KINDS
from tests import cast, loops
from tests.api.collecting import Said, ask
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db(transaction=True)
SHOP = "https://www.ihlamurev.example"
LOOKS = {"event": "Product Viewed", "anonymousId": "tarayici-1", "messageId": "m-1"}


@pytest.fixture(autouse=True)
def _emptied() -> Iterator[None]:
    collect.BUCKETS.forget()
    with without_leaves():
        yield


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[SHOP, "https://*.ihlamurev.example"], by=cast.selin(), at=cast.NOW)


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def asked(told: Callable[[], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        try:
            return await told()
        finally:
            await collector.stop()

    return loops.run(run())


def post(event: Any, headers: dict[str, str] | None = None, path: str = "/v1/track", **more: Any) -> Said:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    said = asked(lambda: ask(path, body, headers, **more))
    assert isinstance(said, Said)
    return said


def names() -> list[str]:
    return sorted(Event.objects.values_list("name", flat=True))


def test_every_way_a_client_knows_leads_in(shop: Site) -> None:
    key = shop.write_key
    bare = {"authorization": "Basic " + base64.b64encode(key.encode()).decode()}  # some leave the colon out
    ways: list[tuple[str, dict[str, str], dict[str, Any]]] = [
        ("/v1/track", basic(key), {}),
        ("/v1/track", bare, {}),
        ("/v1/track", {"authorization": f"Bearer {key}"}, {}),
        ("/v1/track", {"content-type": "text/plain"}, {"writeKey": key}),
        (f"/v1/track?writeKey={key}", {}, {}),
        ("/v1/t", basic(key), {}),
        ("/v1/batch", basic(key), {"batch": []}),
        ("/v1/b", basic(key), {"batch": []}),
        (f"/beacon/v1/batch?writeKey={key}", {}, {"batch": []}),
    ]

    async def told() -> list[Said]:
        return [
            await ask(path, json.dumps(_wrapped(more, n)).encode(), headers)
            for n, (path, headers, more) in enumerate(ways)
        ]

    assert {(one.status, one.body) for one in asked(told)} == {(200, b'{"success":true}')}
    assert len(names()) == len(ways)


def test_every_kind_has_its_address(shop: Site) -> None:
    event = LOOKS | {"userId": "20871", "groupId": "g", "previousId": "p"}

    async def told() -> list[Said]:
        kinds = [*KINDS, *(kind[0] for kind in KINDS)]
        return [
            await ask(f"/v1/{kind}", json.dumps(event | {"messageId": kind}).encode(), basic(shop.write_key))
            for kind in kinds
        ]

    assert {one.status for one in asked(told)} == {200}
    assert sorted(Event.objects.values_list("kind", flat=True)) == sorted([*KINDS.values()] * 2)


def test_a_packed_body_is_unpacked(shop: Site) -> None:
    packed = gzip.compress(json.dumps(LOOKS).encode())

    assert post(packed, basic(shop.write_key) | {"content-encoding": "gzip"}).status == 200
    assert names() == ["Product Viewed"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"{", {}),
        (b"\xff\xfe\x00", {}),
        (b'{"a":' * 100_000, {}),
        (b"not packed", {"content-encoding": "gzip"}),
        (gzip.compress(b'{"event":"half', mtime=0)[:-9], {"content-encoding": "gzip"}),
        (gzip.compress(b" " * 40_000_000, mtime=0), {"content-encoding": "gzip"}),
        (b" " * (wrapped.LARGEST_BODY + 1), {}),
        (json.dumps(LOOKS | {"x": "y" * 40_000}).encode(), {}),
    ],
)
def test_what_nobody_can_read_or_is_too_large_is_said_so(shop: Site, body: bytes, headers: dict[str, str]) -> None:
    said = post(body, basic(shop.write_key) | headers)

    assert said.status == 400
    assert not json.loads(said.body)["success"]
    assert not names()


def test_a_bad_event_in_a_batch_is_told_on_the_sites_page_only(shop: Site) -> None:
    batch = {"batch": [{"type": "track"}, LOOKS | {"type": "track"}, {"type": "hug", "userId": "1"}]}

    assert post(batch, basic(shop.write_key), "/v1/batch").status == 200

    assert names() == ["Product Viewed"]
    assert sorted(Refusal.objects.values_list("reason", flat=True)) == ["nameless", "nobody"]
    shop.refresh_from_db()
    assert shop.last_event_at


def test_an_unknown_key_is_answered_as_clients_expect_and_keeps_nothing(shop: Site) -> None:
    assert post(LOOKS, basic("nobody")).status == 200
    assert not names()
    assert Refusal.objects.get().reason == "key"


def test_a_site_that_is_off_keeps_nothing(shop: Site) -> None:
    sites.change(site=shop, name=shop.name, origins=[], per_second=5, is_on=False, by=cast.selin(), at=cast.NOW)

    assert post(LOOKS, basic(shop.write_key)).status == 200
    assert not names()


def test_browsers_send_from_listed_pages_alone(shop: Site) -> None:
    listed = [SHOP, "https://m.ihlamurev.example", "https://a.b.ihlamurev.example"]
    others = ["https://ihlamurev.example", "http://www.ihlamurev.example", "https://evil.example", "null",
              "https://www.ihlamurev.example.evil.example"]  # fmt: skip

    async def told() -> list[Said]:
        return [
            await ask(
                "/v1/track",
                json.dumps({"event": origin, "userId": "1"}).encode(),
                basic(shop.write_key) | {"origin": origin},
            )
            for origin in [*listed, *others]
        ]

    said = asked(told)

    assert {one.status for one in said} == {200}
    assert [one.headers["access-control-allow-origin"] for one in said] == [*listed, *others]
    assert names() == sorted(listed)
    assert set(Refusal.objects.values_list("detail", flat=True)) == set(others)


def test_who_allowed_nothing_is_known_for_a_day_and_only_as_a_hash(shop: Site) -> None:
    nobody = json.dumps({"event": "Product Viewed"}).encode()
    chrome, safari = {"user-agent": "Chrome"}, {"user-agent": "Safari"}

    async def told() -> list[Said]:
        headers = basic(shop.write_key) | {"origin": SHOP}
        return [
            await ask("/v1/track", nobody.replace(b"}", b', "messageId": "%d"}' % n), headers | agent, client=client)
            for n, (agent, client) in enumerate(
                [(chrome, "1.2.3.4"), (chrome, "1.2.3.4"), (safari, "1.2.3.4"), (chrome, "4.3.2.1")]
            )
        ]

    assert {one.status for one in asked(told)} == {200}
    known = list(Event.objects.values_list("anonymous_id", flat=True))
    assert len(set(known)) == 3
    assert all(one.startswith("day:") and "1.2.3.4" not in one for one in known)
    DaySalt.objects.update(day=cast.NOW.date())
    nameless.forget(at=cast.NOW + timedelta(days=1))
    assert not DaySalt.objects.exists()


def test_a_pre_flight_is_answered_for_all_headers_clients_send() -> None:
    said = post(b"", {"origin": SHOP}, method="OPTIONS")

    assert said.status == 204
    allowed = said.headers["access-control-allow-headers"]
    assert all(name in allowed for name in ("authorization", "content-type", "anonymousid", "x-retry-count"))
    assert "access-control-allow-credentials" not in said.headers


def test_too_many_are_told_when_to_come_again(shop: Site) -> None:
    Site.objects.update(per_second=2)

    async def told() -> list[Said]:
        return [await ask("/v1/track", json.dumps(LOOKS).encode(), basic(shop.write_key)) for _ in range(4)]

    said = asked(told)

    assert [one.status for one in said] == [200, 200, 429, 429]
    assert int(said[-1].headers["retry-after"]) >= 1


def test_one_browser_that_floods_stops_nobody_else(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "FROM_ONE_BROWSER", Limit(burst=3, per_minute=0.1))

    async def told() -> list[Said]:
        from_one = [await _look(shop, "198.51.100.1") for _ in range(4)]
        return [from_one[-1], await _look(shop, "198.51.100.2")]

    assert [one.status for one in asked(told)] == [429, 200]


def test_without_a_database_nothing_is_said_to_be_kept(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away() -> Any:
        raise psycopg.OperationalError("the disk is full")

    monkeypatch.setattr(collector, "_connect", away)

    said = post(LOOKS, basic(shop.write_key))

    assert said.status == 503
    assert int(said.headers["retry-after"]) >= 1


def test_a_key_is_not_called_unknown_while_nobody_can_be_asked(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError("the database is away")

    monkeypatch.setattr(collector, "_standing", away)

    assert post(LOOKS, basic(shop.write_key)).status == 503
    assert not Refusal.objects.exists()


def test_sites_are_asked_for_anew_before_anybody_has_to_wait_for_it(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[bool] = []
    standing = collector._standing

    def noted() -> Any:
        asked_for.append(True)
        return standing()

    monkeypatch.setattr(collector, "_standing", noted)
    monkeypatch.setattr(collector, "ANEW", -1.0)

    async def told() -> None:
        mine = collector.collector()
        assert mine.known(shop.write_key) is None
        await mine.site(shop.write_key)
        assert mine.known(shop.write_key) is not None

    asked(told)

    assert len(asked_for) == 2


def test_a_note_that_meets_a_lock_gives_up_and_the_next_question_is_answered(
    shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "LOCKED_MS", 20)
    held = "set idle_in_transaction_session_timeout = 2000"  # a note that waits makes an end of whom it waits for

    async def told() -> Said:
        mine = collector.collector()
        with psycopg.connect(**connection_settings(), autocommit=True) as other, other.transaction():
            other.execute(held)
            other.execute("select from visits_site for no key update")
            mine.note(shop.pk, (), cast.NOW, has_sent=True)
            mine._is_ending.set()
            assert mine._noting
            await mine._noting
            return await ask("/v1/track", json.dumps(LOOKS).encode(), basic(shop.write_key))

    assert asked(told).status == 200


def test_the_end_waits_for_nobody_who_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "ENDING", 0.01)
    goes_on, ended = threading.Event(), list[bool]()
    monkeypatch.setattr(sites, "note", lambda **_what: ended.append(goes_on.wait(3.0)))

    async def told() -> None:
        collector.collector().note(1, (), cast.NOW, has_sent=True)
        await collector.stop()
        assert not ended
        goes_on.set()

    loops.run(told())


def test_a_client_that_leaves_in_the_middle_leaves_nothing(shop: Site) -> None:
    said = asked(lambda: ask("/v1/track", headers=basic(shop.write_key), parts=[b'{"event":', b'"A"']))

    assert said.status == 0
    assert not names()


def test_browser_libraries_find_their_settings(shop: Site) -> None:
    segment = post(b"", {"host": "destek.ihlamurev.example"}, f"/v1/projects/{shop.write_key}/settings", method="GET")
    rudder = post(b"", {}, f"/sourceConfig/?p=npm&writeKey={shop.write_key}", method="GET")

    assert json.loads(segment.body)["integrations"]["Segment.io"]["apiHost"] == "destek.ihlamurev.example/v1"
    assert json.loads(rudder.body)["source"]["enabled"] is True
    assert post(b"", {}, "/v1/projects/nobody/settings", method="GET").status == 404


def _wrapped(more: dict[str, Any], n: int) -> dict[str, Any]:
    event = LOOKS | {"messageId": str(n), "type": "track"}
    return {"batch": [event]} if "batch" in more else event | more


async def _look(shop: Site, client: str) -> Said:
    return await ask("/v1/track", json.dumps(LOOKS).encode(), basic(shop.write_key) | {"origin": SHOP}, client=client)


def test_what_the_shops_server_sends_stands_as_its_word_and_from_a_page_nothing_is_kept(shop: Site) -> None:
    key = sites.renew_server_key(site=shop, by=cast.selin(), at=cast.NOW)

    post(LOOKS | {"userId": "20871"}, basic(key))
    post(LOOKS | {"messageId": "m-2"}, basic(shop.write_key))
    post(LOOKS | {"messageId": "m-3"}, basic(key) | {"origin": SHOP})

    assert dict(Event.objects.values_list("user_id", "by_server")) == {"20871": True, "": False}
    assert list(Refusal.objects.values_list("reason", flat=True)) == ["exposed"]


def test_a_server_key_that_opens_nothing_is_not_shown_to_whoever_looks(shop: Site) -> None:
    post(LOOKS, basic("server_" + "x" * 40))

    assert Refusal.objects.get().detail == "server_xxx"


def test_a_site_that_knows_nobody_keeps_no_word_of_who_it_was_whoever_sends_it(shop: Site) -> None:
    shop.is_nameless = True
    shop.save()
    secret = sites.renew_server_key(site=shop, by=cast.selin(), at=cast.NOW)
    who = {"anonymousId": "tarayici-1", "userId": "20871", "traits": {"email": cast.AYSE.value}}
    context = {"traits": {"phone": "0532"}, "identity": "e30.e30.x", "ip": "203.0.113.7", "page": {"url": f"{SHOP}/a"}}
    one = who | {"event": "Bir", "context": context}
    batch = {
        "context": context,
        "batch": [
            {"type": "track", "event": "Two", "anonymousId": "tarayici-1"},
            {"type": "track", "event": "Three", "anonymousId": "tarayici-2"},
            {"type": "identify", **who},
            {"type": "track", "event": "Of nobody"},
            {"type": "track", "event": "Four", "anonymousId": "x", "n": 1, "bad": "\ud800"},
        ],
    }

    assert post(one, basic(shop.write_key) | {"origin": SHOP}).status == 200
    assert post(batch, basic(secret), "/v1/batch").status == 200
    settings = asked(lambda: ask(f"/v1/projects/{shop.write_key}/settings", method="GET"))

    kept = {event.name: event for event in Event.objects.all()}
    assert sorted(kept) == ["Bir", "Four", "Three", "Two"]
    assert all(event.anonymous_id.startswith("day:") and not event.user_id for event in kept.values())
    assert len({kept[name].anonymous_id for name in ("Bir", "Two", "Three")}) == 3
    said = " ".join(event.payload for event in kept.values())
    for name in ("tarayici", "20871", "ayse", "0532", "203.0.113.7", "e30"):
        assert name not in said
    assert json.loads(kept["Bir"].payload)["context"]["page"]["url"] == f"{SHOP}/a"
    assert {one.reason for one in Refusal.objects.all()} == {"consent", "nobody"}
    assert json.loads(settings.body)["muhatap"] == {"consent": "never"}
