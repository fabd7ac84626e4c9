"""Events in the order in which they arrived, read on from a place: for all who follow them and remember how far they came."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from muhatap.visits.models import Event

PIECE = 1000  # events read at a time: the largest there are come to LARGEST, which is looked at only between two
LARGEST = 32 * 1024 * 1024  # bytes of payload in one reading: an event may have thirty times the usual
FIRST_LOOK, WIDER = timedelta(seconds=1), 4  # however much waits, little more is read than is taken
_NAMES = (
    "received_at", "at", "site_id", "message_key", "kind", "anonymous_id", "user_id", "name", "url", "is_bot", "payload", "by_server",
)  # fmt: skip
_EVENTS = f"""
select (extract(epoch from received_at) * 1000000)::bigint, (extract(epoch from at) * 1000000)::bigint, {", ".join(_NAMES[2:])}
from visits_event where"""  # noqa: S608 (names are ours)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def since(
    after: datetime, until: datetime, *, most: int, only: str = "true", told: Sequence[Any] = ()
) -> tuple[list[Event], datetime]:
    """What arrived after one moment and until another, and how far this goes where that is much: about `most` events.

    `only` is a condition in SQL with the values `told`. Those that arrived at one moment stay together, since a place is a moment.
    """
    found: list[Event] = []
    size, step = 0, FIRST_LOOK
    while after < until and len(found) < most and size < LARGEST:
        end, n = min(after + step, until), min(PIECE, most - len(found))
        within = f"received_at > %s and received_at <= %s and {only} order by received_at limit %s"
        some = _read(within, [after, end, *told, n])
        if len(some) == n:
            last = some[-1].received_at
            some = [one for one in some if one.received_at < last] or _read(
                f"received_at = %s and {only}", [last, *told]
            )
            end, step = some[-1].received_at, FIRST_LOOK
        else:
            step *= WIDER
        found += some
        size += sum(len(one.payload) for one in some)
        after = end
    return found, after


def _read(condition: str, values: Sequence[Any]) -> list[Event]:
    """Rows as the ORM would give them, at a third of its price: these are read by the thousand, and never saved."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(f"{_EVENTS} {condition}", list(values))
        for received, at, *rest in cursor.fetchall():
            event = Event.__new__(Event)
            moments: tuple[Any, ...] = (EPOCH + received * MICROSECOND, EPOCH + at * MICROSECOND)
            event.__dict__.update(zip(_NAMES, (*moments, *rest), strict=True))
            found.append(event)
    return found
