"""Advisory locks: they end with the transaction, with a block, or with the process that held them."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from django.db import DatabaseError, InterfaceError, connection


def hold(*parts: object) -> None:
    """One transaction at a time for this key; others wait. Released at commit or rollback, also when the process is killed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [number(*parts)])


def hold_all(keys: Iterable[Sequence[object]]) -> None:
    """Hold many, in the order in which they are given: who holds several of a kind everywhere has to take them in the same."""
    if numbers := [number(*parts) for parts in keys]:
        with connection.cursor() as cursor:
            cursor.execute("select count(pg_advisory_xact_lock(n)) from unnest(%s::bigint[]) as n", [numbers])


def share(*parts: object) -> None:
    """Hold this key together with others who share it; whoever holds it alone waits for all of them, and they for it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(%s)", [number(*parts)])


@contextlib.contextmanager
def keeping(*parts: object) -> Iterator[bool]:
    """Hold this key for a block of many transactions; False when another connection has it.

    PostgreSQL frees it the moment the holding process dies, so whoever gets it knows that nobody is at work there.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [number(*parts)])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with contextlib.suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
                cursor.execute(
                    "select pg_advisory_unlock(%s)", [number(*parts)]
                )  # a lost connection has freed it already


def number(*parts: object) -> int:
    """What the database calls this key."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
