"""What clients of the Segment protocol send, read into rows. Pure: bytes and a moment in, rows and refusals out.

Written after the public description of the HTTP API and what its clients send in fact: identifiers as numbers, times with
and without a zone, batches whose context and sentAt hold for each of their events.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from muhatap.shared.text import without_nul

KINDS = {"identify": 1, "track": 2, "page": 3, "screen": 4, "group": 5, "alias": 6}
_NEEDED = {"track": "event", "group": "group_id", "alias": "previous_id"}  # what the protocol asks of these kinds
LETTERS = {kind[0]: kind for kind in KINDS} | {"b": "batch"}
LARGEST_EVENT = 32 * 1024
LARGEST_UNFOLDED = 16 * 1024 * 1024  # of a batch whose events all carry what it says once
MOST_IN_A_BATCH = 2500
_LONGEST_ID, _LONGEST_NAME, _LONGEST_URL = 200, 200, 2000
_SAMPLE = 2000
NAMELESS = "day:"  # so we call those who allowed nothing, for a day
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
KEPT_BACK = timedelta(days=8)  # what a browser may tell of late: days that are counted and in the lake stay as they are
# The first half of a pair that no second follows, or a second that follows no first; not where the backslash is itself escaped.
_HALF = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u(?:[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u)[dD][c-fC-F][0-9a-fA-F]{2})"
)
_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|headless|lighthouse|phantomjs|preview|monitor|facebookexternalhit", re.I
)


class Row(NamedTuple):
    """One event in the order of the table's columns; the key and the payload as the bytes that go to the disk."""

    received_at: datetime
    site_id: int
    message_key: bytes
    at: datetime
    kind: int
    anonymous_id: str
    user_id: str
    name: str
    url: str
    is_bot: bool
    payload: bytes
    by_server: bool = False


class Refused(NamedTuple):
    reason: str  # of Refusal.Reason
    detail: str
    sample: str


class Unreadable(ValueError):
    """The body is no JSON, or none that can hold an event: the whole request is answered 400."""


class _Page(msgspec.Struct, gc=False):
    url: str | None = None


class _Context(msgspec.Struct, gc=False):
    page: _Page | None = None
    user_agent: str | None = msgspec.field(default=None, name="userAgent")


class _Event(msgspec.Struct, rename="camel", gc=False):
    type: str | None = None
    message_id: str | int | None = None
    anonymous_id: str | int | None = None
    user_id: str | int | None = None
    previous_id: str | int | None = None
    group_id: str | int | None = None
    event: str | None = None
    name: str | int | None = None
    timestamp: str | int | float | None = None
    original_timestamp: str | int | float | None = None
    sent_at: str | int | float | None = None
    context: _Context | None = None


class _Single(_Event, rename="camel", gc=False):
    write_key: str | None = None


class _Body(msgspec.Struct, rename="camel"):
    write_key: str | None = None
    batch: list[msgspec.Raw] | None = None
    context: msgspec.Raw = msgspec.Raw()
    integrations: msgspec.Raw = msgspec.Raw()
    sent_at: str | int | float | None = None


_read_body = msgspec.json.Decoder(_Body).decode
_read_event = msgspec.json.Decoder(_Event).decode
_read_single = msgspec.json.Decoder(_Single).decode
_read_any = msgspec.json.Decoder().decode


class Request(NamedTuple):
    """A body that was read as far as telling whose it is and which events it holds."""

    write_key: str
    events: Sequence[bytes | msgspec.Raw]
    sent_at: str | int | float | None
    shared: dict[str, Any]  # context and integrations of a batch, which its events inherit
    told: _Event | None = None  # a single event that was readable at once


def opened(body: bytes, *, call: str) -> Request:
    """Read a body sent to the address of `call` (a kind, or "batch"). Raises Unreadable."""
    try:
        if not body.isascii():
            body.decode()  # also what we do not read has to be UTF-8
        if call != "batch" and (event := _readable(body)):
            return Request((event.write_key or "").strip(), [body], None, {}, event)
        try:
            told = _read_body(body)
        except msgspec.DecodeError:
            body = _without_halves(body.decode()).encode()
            told = _read_body(body)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    key = (told.write_key or "").strip()
    if call != "batch":
        return Request(key, [body], None, {})
    if told.batch is None:
        raise Unreadable("a batch has a list named batch")
    if len(told.batch) > MOST_IN_A_BATCH:
        raise Unreadable(f"a batch holds at most {MOST_IN_A_BATCH} events")
    return Request(key, told.batch, told.sent_at, _inherited(told))


def rows(
    request: Request,
    *,
    call: str,
    site_id: int,
    received_at: datetime,
    user_agent: str = "",
    nameless: str = "",
    by_server: bool = False,
) -> Iterator[Row | Refused]:
    """Each event of the request as a row, or why it is refused; one bad event spoils no other.

    Who is in none of its fields is called `nameless`, where that is given. `by_server`: the shop's server vouches for it.
    """
    for raw in map(bytes, request.events):
        if len(raw) > LARGEST_EVENT:
            yield Refused("large", f"{len(raw)} bytes, at most {LARGEST_EVENT}", sample(raw))
            continue
        try:
            told = request.told or _read_event(raw)
            yield _row(told, raw, request, call, site_id, received_at, user_agent, nameless, by_server)
        except (ValueError, RecursionError) as error:  # of msgspec too
            yield Refused("shape", str(error)[:300], sample(raw))


def moment(told: str | int | float | None) -> datetime | None:
    """A time as clients write it: ISO 8601 (without a zone it is UTC), or seconds or milliseconds of the epoch; None when it is none."""
    try:
        if isinstance(told, str):
            read = datetime.fromisoformat(told.strip())
            return read if read.tzinfo else read.replace(tzinfo=UTC)
        if told is not None:
            return datetime.fromtimestamp(told / 1000 if told > 1e11 else told, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def happened_at(*, received: datetime, sent: datetime | None, told: datetime | None) -> datetime:
    """When it happened by our clock: the client's clock is corrected by how far its `sentAt` is from our receiving.

    The protocol's formula: timestamp = receivedAt - (sentAt - originalTimestamp). Never after it was received, nor before there were shops.
    """
    try:
        corrected = received if told is None else received - (sent - told) if sent else told
        return min(corrected, received) if corrected > EARLIEST else received
    except OverflowError:
        return received


def message_key(message_id: str | int, event: bytes = b"") -> bytes:
    """128 bits of a hash of the message id, or of the whole event where a client gives none."""
    return blake2b(str(message_id).encode(errors="replace") or event, digest_size=16).digest()


def _without_halves(text: str) -> str:
    """Browsers write half of a cut emoji as an escape that no strict reader takes; it becomes the sign for a lost letter."""
    return _HALF.sub(r"\1\\ufffd", text) if r"\ud" in text or r"\uD" in text else text


def _inherited(told: _Body) -> dict[str, Any]:
    """What a batch says for all of its events. Raises Unreadable when that would make one too large, or the batch enormous."""
    common = {"context": bytes(told.context), "integrations": bytes(told.integrations)}
    size = sum(map(len, common.values()))
    if size > LARGEST_EVENT // 2 or size * len(told.batch or ()) > LARGEST_UNFOLDED:
        raise Unreadable("what the events of the batch share is too large for so many")
    try:
        return {name: json.loads(raw) for name, raw in common.items() if raw}
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def told(payload: str | bytes) -> Mapping[str, Any]:
    """The whole event as it was kept; nothing of one that only a stricter reader would take (numbers of thousands of digits)."""
    try:
        read = _read_any(payload)
    except (msgspec.DecodeError, RecursionError):  # half of a pair, or an endless number: the standard library may
        try:
            read = json.loads(payload)
        except (ValueError, RecursionError):
            return {}
    return read if isinstance(read, dict) else {}


def _readable(body: bytes) -> _Single | None:
    try:
        return _read_single(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _row(
    told: _Event,
    raw: bytes,
    request: Request,
    call: str,
    site_id: int,
    received_at: datetime,
    user_agent: str,
    nameless: str,
    by_server: bool,
) -> Row | Refused:
    kind = (told.type or "") if call == "batch" else call
    anonymous, user = _plain(told.anonymous_id, _LONGEST_ID), _plain(told.user_id, _LONGEST_ID)
    words = raw
    if nameless and not told.user_id and not told.anonymous_id:
        anonymous = nameless
        words = raw + nameless.encode()  # two visitors may send the same words, and neither is a repeat of the other
    elif anonymous.startswith(NAMELESS):
        anonymous = f"said:{anonymous.removeprefix(NAMELESS)}"[:_LONGEST_ID]  # that name we alone give
    if kind not in KINDS:
        return Refused("nameless", f"type: {kind[:40]!r}", sample(raw))
    if not anonymous and not user:
        return Refused("nobody", "", sample(raw))
    if (needed := _NEEDED.get(kind)) and not getattr(told, needed):
        return Refused("nameless", needed, sample(raw))
    context = told.context
    agent = (context.user_agent if context else None) or user_agent
    original = moment(told.original_timestamp) or moment(told.timestamp)
    at = happened_at(received=received_at, sent=moment(told.sent_at or request.sent_at), told=original)
    return Row(
        received_at,
        site_id,
        message_key(told.message_id or "", words),
        at if by_server else max(at, received_at - KEPT_BACK),
        KINDS[kind],
        anonymous,
        user,
        _plain(told.event or told.name, _LONGEST_NAME),
        _plain(context.page.url if context and context.page else None, _LONGEST_URL),
        _is_bot(agent[:300]),
        _merged(raw, request.shared) if request.shared else raw,
        by_server,
    )


@lru_cache(maxsize=10_000)
def _is_bot(user_agent: str) -> bool:
    return bool(_BOT.search(user_agent))


def _plain(told: str | int | None, longest: int) -> str:
    """Text the database can keep: it refuses the NUL character and halves of a surrogate pair."""
    if not told:
        return "" if told is None else str(told)
    said = str(told)[:longest]
    return said if said.isascii() and "\0" not in said else without_nul(said)


def sample(raw: bytes) -> str:
    """As much of an event as a refusal shows."""
    return raw[:_SAMPLE].decode(errors="replace")


def _merged(raw: bytes, shared: dict[str, Any]) -> bytes:
    """The event as it was sent, with what its batch says for all of them where it says nothing itself."""
    told = json.loads(raw)
    for name, common in shared.items():
        own = told.get(name)
        told[name] = common | own if isinstance(own, dict) and isinstance(common, dict) else (own or common)
    return json.dumps(told, separators=(",", ":")).encode()
