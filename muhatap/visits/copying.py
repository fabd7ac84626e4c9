"""COPY of events over an open connection, two round trips and nothing else.

The driver's own COPY composes its statement anew, asks what connection and cursor are doing and waits once more: for a group of
twenty rows that costs more than the rows. Its generators are used directly instead.
"""

from functools import lru_cache
from typing import Any

from psycopg import AsyncConnection, errors, generators, pq, sql
from psycopg.abc import PQGen

from muhatap.visits.encoding import encoded
from muhatap.visits.segment import Row

PIECE = 512 * 1024  # what libpq is given at a time: of more it may never find room for the whole
_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, Row._fields))


async def copy(connection: AsyncConnection[Any], table: str, rows: list[Row]) -> None:
    """Add these rows. Raises what the database answers as psycopg does."""
    async with connection.lock:
        await connection.wait(_copying(connection.pgconn, _statement(table), encoded(rows)))


def _copying(line: pq.abc.PGconn, statement: bytes, told: bytes) -> PQGen[None]:
    line.send_query(statement)
    (begun,) = yield from generators.execute(line)
    if begun.status != pq.ExecStatus.COPY_IN:
        raise errors.error_from_result(begun)
    for first in range(0, len(told), PIECE):
        yield from generators.copy_to(line, told[first : first + PIECE], flush=first + PIECE < len(told))
    yield from generators.copy_end(line, None)


@lru_cache(maxsize=16)
def _statement(table: str) -> bytes:
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table), _COLUMNS).as_bytes()
