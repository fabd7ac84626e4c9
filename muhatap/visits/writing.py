"""Group commit: many requests share one COPY and one commit, and each is answered when its rows are on the disk.

While one group commits the next gathers; there is no deliberate wait, and a second group goes beside it only where much is
waiting: a commit costs both processes as much as several rows do, so many small groups are dearer than fewer large ones. A group
goes straight into the leaf of its day. When it meets a row that stands there already, or one that may stand in yesterday's leaf,
it goes by way of a temporary table and leaves out what is there.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import errors, sql

from muhatap.visits import copying
from muhatap.visits.segment import Row

log = logging.getLogger(__name__)
FLUSHERS = 2  # while one waits for the disk, the other may hand its rows over
MANY = 250  # rows that do not wait for a commit under way, but begin one beside it
SLOW = 0.005  # seconds after which nothing waits any longer for a commit under way
TICK = 0.001  # seconds; the loop's clock counts no finer, and may be early by as much
MOST_ROWS = 5000  # in one group
MOST_WAITING = 64 * 1024 * 1024  # bytes of payload; beyond it senders are asked to come again
RECENT = 100_000  # keys of rows that are surely kept, so that a repeat costs nothing; up to twice as many
AFTER_MIDNIGHT = timedelta(hours=1)
TRIES = 3
PATIENCE = 10.0  # seconds for one group
LONGEST_WAIT = (
    5.0  # seconds in the queue: what is folded into visits counts on rows being there soon after they were received
)
MOST_LEAVES = 10  # that are looked into for one group
_COLUMNS = sql.SQL(", ").join(map(sql.Identifier, Row._fields))
_BY_DAY, _AT = itemgetter(Row._fields.index("received_at")), itemgetter(Row._fields.index("at"))

Connect = Callable[[], Awaitable[psycopg.AsyncConnection[Any]]]
Key = tuple[int, bytes]
Tell = Callable[[list[Row] | Exception], None]


class Busy(Exception):
    """More waits to be written than memory is meant for; nothing of this call was kept."""


class Lost(Exception):
    """The database did not take it; it is not known to be kept, and the sender has to come again."""


class _Waiting:
    __slots__ = ("keys", "rows", "since", "size", "tell")

    def __init__(self, rows: Sequence[Row], keys: Sequence[Key], tell: Tell) -> None:
        self.rows, self.keys, self.tell = rows, keys, tell
        self.size = sum(len(row.payload) for row in rows)
        self.since = time.monotonic()


class _Recent:
    """The keys that came last; the older half is forgotten at once, so that none has to be looked for."""

    def __init__(self) -> None:
        self._new: set[Key] = set()
        self._old: set[Key] = set()

    def holds_none_of(self, keys: Iterable[Key]) -> bool:
        return self._new.isdisjoint(keys) and self._old.isdisjoint(keys)

    def __contains__(self, key: Key) -> bool:
        return key in self._new or key in self._old

    def add(self, keys: Iterable[Key]) -> None:
        self._new.update(keys)
        if len(self._new) > RECENT:
            self._old, self._new = self._new, set()


class Writer:
    """One for each process and event loop."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._waiting: deque[_Waiting] = deque()
        self._size = self._n_rows = 0  # of those that wait
        self._n_writing, self._begun_at = 0, 0.0  # groups under way, and when the last of them began
        self._woken = asyncio.Event()
        self._later: asyncio.TimerHandle | None = None  # when what waits is looked at again
        self._recent = _Recent()
        self._flushers: list[asyncio.Task[None]] = []

    async def write(self, rows: Sequence[Row]) -> list[Row]:
        """Return when all rows are durable; gives those no database can keep. Raises Busy and Lost."""
        done: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()
        self.put(rows, partial(_settle, done))
        return await done

    def put(self, rows: Sequence[Row], tell: Tell) -> None:
        """Take rows in. `tell` hears when all are durable which of them no database can keep, or Lost. Raises Busy."""
        keys = [(row.site_id, row.message_key) for row in rows]
        if not self._recent.holds_none_of(keys):
            rows = [row for row, key in zip(rows, keys, strict=True) if key not in self._recent]
            keys = [key for key in keys if key not in self._recent]
        one = _Waiting(rows, keys, tell)
        if not rows:
            _tell(one, [])
            return
        if self._size + one.size > MOST_WAITING:
            raise Busy
        self._start()
        self._size += one.size
        self._n_rows += len(rows)
        self._waiting.append(one)
        self._wake()

    async def stop(self) -> None:
        """End the flushers; whoever still waits is told that it is lost."""
        for task in self._flushers:
            task.cancel()
        await asyncio.gather(*self._flushers, return_exceptions=True)
        self._flushers = []
        if self._later:
            self._later.cancel()
            self._later = None
        for one in self._waiting:
            _tell(one, Lost())

    def _start(self) -> None:
        if not self._flushers:
            self._flushers = [asyncio.create_task(self._flush()) for _ in range(FLUSHERS)]

    async def _flush(self) -> None:
        connection: psycopg.AsyncConnection[Any] | None = None
        while True:
            while not self._is_due():
                self._woken.clear()
                self._wake()
                await self._woken.wait()
            self._n_writing, self._begun_at = self._n_writing + 1, time.monotonic()
            try:
                group = self._gather()
                self._wake()
                connection = await self._commit(group, connection)
            finally:
                self._n_writing -= 1

    def _is_due(self) -> bool:
        """Whether a flusher that is free should write what waits."""
        if not self._waiting:
            return False
        return not self._n_writing or self._n_rows >= MANY or time.monotonic() - self._begun_at >= SLOW

    def _wake(self) -> None:
        """Call the flushers to what is due, and look again when what is not will be: no group's end may be waited for."""
        if self._is_due():
            self._woken.set()
        elif self._waiting and self._later is None:
            rest = self._begun_at + SLOW - time.monotonic()
            self._later = asyncio.get_running_loop().call_later(max(rest, TICK), self._look_again)

    def _look_again(self) -> None:
        self._later = None
        self._wake()

    def _gather(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        n = 0
        while self._waiting and (not group or n + len(self._waiting[0].rows) <= MOST_ROWS):
            one = self._waiting.popleft()
            self._size -= one.size
            self._n_rows -= len(one.rows)
            if time.monotonic() - one.since > LONGEST_WAIT:
                _tell(one, Lost("it waited too long"))
                continue
            group.append(one)
            n += len(one.rows)
        return group

    async def _commit(
        self, group: list[_Waiting], connection: psycopg.AsyncConnection[Any] | None
    ) -> psycopg.AsyncConnection[Any] | None:
        """Write a group and answer it; gives the connection for the next one, None after trouble with it."""
        try:
            async with asyncio.timeout(PATIENCE):
                if connection is None or connection.closed:
                    connection = await self._connect()
                unique = {key: row for one in group for key, row in zip(one.keys, one.rows, strict=True)}
                unstorable = await self._keep(connection, list(unique.values()))
        except BaseException as trouble:  # whatever it was: nobody may wait for ever, and the next group is tried anew
            for one in group:
                _tell(one, Lost(str(trouble)))
            if connection is not None:
                await connection.close()
            if not isinstance(trouble, Exception):
                raise
            log.warning("events could not be written, their senders come again: %r", trouble)
            return None
        self._answer(group, unstorable)
        return connection

    def _answer(self, group: list[_Waiting], unstorable: list[Row]) -> None:
        bad = {(row.site_id, row.message_key) for row in unstorable}
        for one in group:
            self._recent.add(one.keys)
            _tell(one, [row for row, key in zip(one.rows, one.keys, strict=True) if key in bad] if bad else [])

    async def _keep(self, connection: psycopg.AsyncConnection[Any], rows: list[Row]) -> list[Row]:
        """Write these rows in one transaction; halve the group around a row that the database refuses, and give those."""
        try:
            await _write(connection, rows)
        except psycopg.DataError as error:
            if len(rows) == 1:
                log.warning("an event cannot be stored: %s", error)
                return rows
            middle = len(rows) // 2
            return await self._keep(connection, rows[:middle]) + await self._keep(connection, rows[middle:])
        return []


def leaf(day: datetime) -> str:
    """The partition of a day, as the database's visits_leaf names it."""
    return f"visits_event_{day.astimezone(UTC):%Y%m%d}"


def _leaf_of(row: Row) -> str:
    return leaf(row.received_at)


async def _write(connection: psycopg.AsyncConnection[Any], rows: list[Row]) -> None:
    is_careful = _may_stand_in_yesterday(rows)
    by_leaf = _by_leaf(rows)
    for n_left in reversed(range(TRIES)):
        try:
            if len(by_leaf) == 1 and not is_careful:
                await copying.copy(connection, *by_leaf[0])  # a transaction by itself, and two round trips less
                return
            async with connection.transaction():
                for name, some in by_leaf:
                    await (_carefully if is_careful else copying.copy)(connection, name, some)
            return
        except (errors.UniqueViolation, errors.DeadlockDetected):
            if is_careful and not n_left:
                raise
            is_careful = True
        except errors.UndefinedTable:
            for day in {row.received_at.astimezone(UTC).date() for row in rows}:
                await connection.execute("select visits_open_day(%s)", [day])
    raise errors.UndefinedTable("the partition of the day could not be made")


def _by_leaf(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Nearly always one: of a group only one around midnight has two."""
    first, last = leaf(min(map(_BY_DAY, rows))), leaf(max(map(_BY_DAY, rows)))
    if first == last:
        return [(first, rows)]
    return [(name, list(some)) for name, some in groupby(sorted(rows, key=_BY_DAY), key=_leaf_of)]


def _may_stand_in_yesterday(rows: list[Row]) -> bool:
    """Whether some may repeat what was sent before midnight: only then yesterday's leaf is asked, because that costs each row a look."""
    first, last = min(map(_BY_DAY, rows)), max(map(_BY_DAY, rows))
    midnight: datetime = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return bool(min(first, *map(_AT, rows)) < midnight or last - midnight < AFTER_MIDNIGHT)


async def _carefully(connection: psycopg.AsyncConnection[Any], name: str, rows: list[Row]) -> None:
    """Only what stands neither in this day's leaf nor in those of the days in which it may have been sent before."""
    before = await _standing(connection, _days_of(rows) - {name})
    await connection.execute(
        sql.SQL("create temporary table arriving (like {}) on commit drop").format(sql.Identifier(name))
    )
    await copying.copy(connection, "arriving", sorted(rows, key=lambda row: (row.site_id, row.message_key)))
    known = sql.SQL("delete from arriving a using {} b where b.site_id = a.site_id and b.message_key = a.message_key")
    for day in before:
        await connection.execute(known.format(sql.Identifier(day)))
    await connection.execute(
        sql.SQL("insert into {} ({}) select {} from arriving on conflict do nothing").format(
            sql.Identifier(name), _COLUMNS, _COLUMNS
        )
    )
    await connection.execute("drop table arriving")


def _days_of(rows: list[Row]) -> set[str]:
    """The day before it was received, the one in which it happened, and the next: its first telling may have come after midnight."""
    moments = {row.received_at - timedelta(days=1) for row in rows[:1]}
    for row in rows:
        moments |= {row.at, row.at + timedelta(days=1)}
    return set(sorted({leaf(moment) for moment in moments}, reverse=True)[:MOST_LEAVES])


async def _standing(connection: psycopg.AsyncConnection[Any], leaves: set[str]) -> list[str]:
    found = await connection.execute(
        "select name from unnest(%s::text[]) as name where to_regclass(name) is not null", [sorted(leaves)]
    )
    return [name for (name,) in await found.fetchall()]


def _tell(one: _Waiting, said: list[Row] | Exception) -> None:
    """Whatever becomes of one answer, the others are given too."""
    try:
        one.tell(said)
    except Exception:
        log.exception("an answer could not be given")


def _settle(done: "asyncio.Future[list[Row]]", said: list[Row] | Exception) -> None:
    if done.done():
        return
    if isinstance(said, Exception):
        done.set_exception(said)
    else:
        done.set_result(said)
