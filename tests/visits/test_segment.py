"""What clients send, read into rows: as the protocol says it, and as clients do it in fact."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from muhatap.visits import segment
from muhatap.visits.segment import Refused, Row, Unreadable

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LOOKS = {"type": "track", "event": "Product Viewed", "anonymousId": "tarayici-1", "messageId": "m-1"}


def read(body: Any, call: str = "batch", **more: Any) -> list[Row | Refused]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(segment.rows(segment.opened(raw, call=call), call=call, site_id=7, received_at=NOON, **more))


def one(body: Any, call: str = "track", **more: Any) -> Row:
    [row] = read(body, call, **more)
    assert isinstance(row, Row), row
    return row


def refused(body: Any, call: str = "track") -> Refused:
    [told] = read(body, call)
    assert isinstance(told, Refused), told
    return told


def test_an_event_becomes_a_row_with_what_is_asked_for_most() -> None:
    page = {"page": {"url": "https://ihlamurev.example/nevresim"}, "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"}

    row = one(LOOKS | {"context": page, "userId": 20871})

    assert (row.site_id, row.kind, row.anonymous_id, row.user_id) == (7, 2, "tarayici-1", "20871")
    assert (row.name, row.url) == ("Product Viewed", "https://ihlamurev.example/nevresim")
    assert not row.is_bot


def test_a_browser_tells_of_eight_days_at_most_and_a_server_of_any() -> None:
    long_ago = LOOKS | {"timestamp": "2025-11-21T12:00:00Z"}

    assert one(long_ago).at == NOON - timedelta(days=8)
    assert one(long_ago, by_server=True).at == NOON - timedelta(days=365)


def test_the_payload_stays_as_it_was_sent() -> None:
    raw = b'{"event": "Sepet",  "userId": "1", "properties": {"fiyat": 2849.90, "x": "\\u0000"}}'

    assert one(raw).payload == raw


@pytest.mark.parametrize(
    ("sent", "told", "at"),
    [
        (None, None, NOON),
        (None, "2026-11-21T11:00:00Z", NOON - timedelta(hours=1)),
        (None, "2026-11-21T14:00:00+03:00", NOON - timedelta(hours=1)),
        (None, "2026-11-21T11:00:00", NOON - timedelta(hours=1)),  # without a zone: UTC
        (None, 1_795_258_800_000, NOON - timedelta(hours=1)),  # milliseconds
        (None, "2026-11-21T13:00:00Z", NOON),  # never after it came
        (None, "yesterday", NOON),
        (None, "9999-12-31T23:59:59Z", NOON),
        (None, "0001-01-01T00:00:00+14:00", NOON),
        (None, "1970-01-01T00:00:00Z", NOON),
        ("2026-11-22T12:00:00Z", "2026-11-22T11:59:50Z", NOON - timedelta(seconds=10)),  # a clock a day ahead
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", NOON),
    ],
)
def test_times_are_told_by_our_clock(sent: str | None, told: str | float | None, at: datetime) -> None:
    assert one(LOOKS | {"sentAt": sent, "timestamp": told}).at == at


def test_an_event_without_an_id_is_known_by_its_words() -> None:
    nameless = {"event": "A", "userId": "1"}

    assert one(nameless).message_key == one(nameless).message_key
    assert one(nameless).message_key != one(nameless | {"userId": "2"}).message_key
    assert one(LOOKS).message_key == one(LOOKS | {"event": "B"}).message_key


def test_the_same_words_of_two_nameless_visitors_are_two_events() -> None:
    words = {"event": "A"}

    assert one(words, nameless="day:1").message_key == one(words, nameless="day:1").message_key
    assert one(words, nameless="day:1").message_key != one(words, nameless="day:2").message_key
    assert one(LOOKS, nameless="day:1").message_key == one(LOOKS, nameless="day:2").message_key


def test_a_batch_shares_its_context_and_its_clock() -> None:
    shared = {"library": {"name": "kitaplik"}, "page": {"url": "https://a.example/"}}
    own = {"page": {"url": "https://b.example/"}}
    sent = {"sentAt": "2026-11-21T12:00:10Z", "timestamp": "2026-11-21T12:00:00Z"}

    [row] = read(
        {
            "batch": [LOOKS | {"context": own, "timestamp": sent["timestamp"]}],
            "context": shared,
            "sentAt": sent["sentAt"],
        }
    )

    assert isinstance(row, Row)
    assert json.loads(row.payload)["context"] == {"library": {"name": "kitaplik"}} | own
    assert row.at == NOON - timedelta(seconds=10)


def test_one_bad_event_spoils_no_other() -> None:
    told = read({"batch": [LOOKS, {"type": "track"}, {"context": 3}, 5, LOOKS | {"type": "page"}]})

    assert [isinstance(row, Row) for row in told] == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("call", "event", "reason"),
    [
        ("track", {"event": "A"}, "nobody"),
        ("track", {"event": "A", "userId": "", "anonymousId": ""}, "nobody"),
        ("track", {"userId": "1"}, "nameless"),
        ("group", {"userId": "1"}, "nameless"),
        ("alias", {"userId": "1"}, "nameless"),
        ("track", {"event": {}, "userId": "1"}, "shape"),
        ("track", {"event": "A", "userId": "1", "x": "y" * 33_000}, "large"),
    ],
)
def test_what_is_refused_says_why(call: str, event: dict[str, Any], reason: str) -> None:
    assert refused(event, call).reason == reason


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"batch":{}}', b"{}", b"[" * 10_000, b'{"a":' * 50_000, b'"\\ud800"'],
)
def test_a_body_nobody_can_read_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        segment.opened(body, call="batch")


def test_too_many_in_one_batch_are_unreadable() -> None:
    with pytest.raises(Unreadable):
        segment.opened(json.dumps({"batch": [LOOKS] * 2501}).encode(), call="batch")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("çanta \\ud83d", "çanta �"), ("\\udc00", "�"), ("\\ud83d\\ude00", "😀"), ("\\\\ud83d", "\\ud83d")],
)
def test_half_an_emoji_loses_nothing_but_itself(sent: str, kept: str) -> None:
    row = one(f'{{"userId": "1", "event": "{sent}"}}'.encode())

    assert row.name == kept


def test_a_batch_may_not_unfold_into_something_enormous() -> None:
    with pytest.raises(Unreadable):
        segment.opened(json.dumps({"batch": [LOOKS] * 2000, "context": {"x": "y" * 12_000}}).encode(), call="batch")
    with pytest.raises(Unreadable):
        segment.opened(json.dumps({"batch": [LOOKS], "context": {"x": "y" * 20_000}}).encode(), call="batch")
    with pytest.raises(Unreadable):
        segment.opened(b'{"batch": [], "context": {"n": %s}}' % (b"9" * 5000), call="batch")


def test_a_number_of_thousands_of_digits_costs_only_its_event() -> None:
    bad = json.dumps({"batch": ["BAD", LOOKS | {"type": "track"}], "context": {"a": 1}}).encode()
    told = read(bad.replace(b'"BAD"', b'{"type":"track","event":"A","userId":"1","n":%s}' % (b"9" * 5000)))

    assert [isinstance(one, Row) for one in told] == [False, True]


def test_a_body_of_backslashes_is_refused() -> None:
    with pytest.raises(Unreadable):
        segment.opened(b'{"batch": ["' + rb"\\" * 500_000 + rb"\ud83d", call="batch")


def test_no_column_holds_what_the_database_refuses() -> None:
    row = one(LOOKS | {"userId": "a\0b", "event": "c\0" + "d" * 500})

    assert row.user_id == "ab"
    assert len(row.name) < 250


@pytest.mark.parametrize(
    ("agent", "is_bot"),
    [("Googlebot/2.1 (+http://www.google.com/bot.html)", True), ("Mozilla/5.0 HeadlessChrome/120", True), ("", False),
     ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", False)],
)  # fmt: skip
def test_machines_are_marked(agent: str, is_bot: bool) -> None:
    assert one(LOOKS, user_agent=agent).is_bot == is_bot


def test_no_browser_is_called_as_we_call_those_who_allowed_nothing() -> None:
    assert one(LOOKS | {"anonymousId": "\0day:0123"}).anonymous_id == "said:0123"
    assert one({"event": "A"}, nameless="day:0123").anonymous_id == "day:0123"
