"""What one web process remembers between two requests with events: the sites, the writer, what is still to be noted."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError, InterfaceError, connection, transaction

from muhatap.api import live
from muhatap.shared import clock
from muhatap.visits import nameless, sites
from muhatap.visits.segment import Refused
from muhatap.visits.sites import Standing
from muhatap.visits.writing import Lost, Writer

log = logging.getLogger(__name__)
KNOWN_FOR = 5.0  # seconds for which sites are remembered
ANEW = 3.0  # seconds after which they are asked for anew, while nobody has to wait for it
ASKING = 3.0  # seconds a database may think about it
LOCKED_MS, PATIENCE_MS = 1000, 2000  # a statement waits for others, and runs: asking and noting share a thread
UNKNOWN_FOR = 0.5  # seconds between two looks for a key nobody knows
ENDING = 3.0  # seconds for what is under way when the process ends
PULSE = 1.0  # seconds between two notes of what was refused and who sent last
MOST_NOTED = 200  # refusals in one pulse
T = TypeVar("T")


class Collector:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self.writer = Writer(_connect)
        self.salt = b""  # of this day, for those who gave no number
        self._sites: dict[str, Standing] = {}
        self._asked_at = -KNOWN_FOR
        self._is_sure = False
        self._asking = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._refused: deque[tuple[int | None, Refused, datetime]] = deque(maxlen=MOST_NOTED)
        self._last: dict[int, datetime] = {}
        self._noting: asyncio.Task[None] | None = None
        self._is_ending = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "collector")  # keeps its connection: making one costs more than asking

    async def site(self, key: str) -> Standing | None:
        """The site of a write key. Raises Lost for one nobody knows while the database is away: it may be new."""
        key = sites.name_of(key)
        if self._is_stale(key):
            async with self._asking:
                if self._is_stale(key):
                    await self._ask()
        self._look_ahead()
        if key not in self._sites and not self._is_sure:
            raise Lost("nobody could be asked whose key this is")
        return self._sites.get(key)

    def known(self, key: str) -> Standing | None:
        """The site of a write key, where that needs no question; None for most keys, whose site has to be asked for."""
        key = sites.name_of(key)
        if self._is_stale(key):
            return None
        self._look_ahead()
        return self._sites.get(key)

    def note(self, site: int | None, refused: Iterable[Refused], at: datetime, *, has_sent: bool = False) -> None:
        """To be written down within a second: nobody waits for it, and a crash may forget it."""
        self._refused.extend((site, one, at) for one in refused)
        if has_sent and site is not None:
            self._last[site] = at
        if (self._refused or self._last) and (self._noting is None or self._noting.done()):
            self._noting = asyncio.create_task(self._note_soon())

    async def stop(self) -> None:
        await self.writer.stop()
        self._is_ending.set()
        if under_way := [one for one in (self._noting, self._renewing) if one is not None]:
            await asyncio.wait(under_way, timeout=ENDING)
        await asyncio.to_thread(wait, [self._thread.submit(_leave)], timeout=ENDING)
        self._thread.shutdown(wait=False)

    async def _aside(self, act: Callable[[], T]) -> T:
        """What asks the database in the words of the ORM, in the one thread for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _connected, act)

    def _look_ahead(self) -> None:
        """Before what is known of the sites is too old, so that nobody has to wait for it."""
        if self._age() > ANEW and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._ask())

    def _age(self) -> float:
        return time.monotonic() - self._asked_at

    def _is_stale(self, key: str) -> bool:
        """A key nobody knows may be new; it is asked for at once, though not for each request of a flood."""
        return self._age() > (KNOWN_FOR if key in self._sites else UNKNOWN_FOR)

    async def _ask(self) -> None:
        try:
            self._sites, self.salt = await asyncio.wait_for(self._aside(_standing), ASKING)
            self._is_sure = True
        except (DatabaseError, InterfaceError, TimeoutError) as error:
            self._is_sure = False
            log.warning("the sites could not be read anew: %s", error)
        self._asked_at = time.monotonic()

    async def _note_soon(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_ending.wait(), PULSE)
        refused, last = list(self._refused), self._last
        self._refused.clear()
        self._last = {}
        try:
            await self._aside(partial(sites.note, refused=refused, last=last))
        except (DatabaseError, InterfaceError) as error:
            log.warning("what was refused could not be written down: %s", error)


_collectors: dict[asyncio.AbstractEventLoop, Collector] = {}


def collector() -> Collector:
    """The one of this process's event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _collectors:
        _collectors[loop] = Collector()
    return _collectors[loop]


async def stop() -> None:
    """What waits is answered, what was refused is noted."""
    if mine := _collectors.pop(asyncio.get_running_loop(), None):
        await mine.stop()


async def _connect() -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(
        **live.connection_settings() | {"autocommit": True, "connect_timeout": 5, "prepare_threshold": None}
    )


def _connected(act: Callable[[], T]) -> T:
    """Raises DatabaseError rather than wait long: what is behind it in the thread waits as well."""
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"set local lock_timeout = {LOCKED_MS}; set local statement_timeout = {PATIENCE_MS}")
        return act()


def _leave() -> None:
    connection.close()


def _standing() -> tuple[dict[str, Standing], bytes]:
    return sites.standing(), nameless.salt(at=clock.now())
