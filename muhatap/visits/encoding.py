"""Rows of events in PostgreSQL's binary COPY format, all of them as one piece of bytes. Pure.

A driver writes them value by value, which costs more than reading them did.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from struct import Struct

from muhatap.visits.segment import Row

_BEGINS, _ENDS = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_SINCE, _MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
# How many values; then the length of each before it: received_at, site, message key, at, kind, and the length of the first text.
_head = Struct("!hiqiqi16siqihi").pack
_length = Struct("!i").pack
_bot_and_payload = Struct("!i?i").pack
_by_server = Struct("!i?").pack
_N = len(Row._fields)


def encoded(rows: Iterable[Row]) -> bytes:
    """What COPY … FROM STDIN (FORMAT binary) takes for these rows, columns in the order of Row."""
    parts = [_BEGINS]
    for row in rows:
        received, site, key, at, kind, anonymous, user, name, url, is_bot, payload, by_server = row
        told, called, said, where = anonymous.encode(), user.encode(), name.encode(), url.encode()
        parts += (
            _head(_N, 8, _moment(received), 8, site, 16, key, 8, _moment(at), 2, kind, len(told)), told, _length(len(called)), called,
            _length(len(said)), said, _length(len(where)), where, _bot_and_payload(1, is_bot, len(payload)), payload, _by_server(1, by_server),
        )  # fmt: skip
    parts.append(_ENDS)
    return b"".join(parts)


def _moment(at: datetime) -> int:
    """As the server keeps it: microseconds since 2000."""
    return (at - _SINCE) // _MICROSECOND
