"""What one web process remembers between two requests with events: the sites, the writer, what is still to be noted."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from muhatap.api import live
from muhatap.shared import clock
from muhatap.visits import nameless, sites
from muhatap.visits.segment import Refused
from muhatap.visits.sites import Standing
from muhatap.visits.writing import Lost, Writer

log = logging.getLogger(__name__)
KNOWN_FOR = 5.0  # seconds for which sites are remembered
ASKING = 3.0  # seconds a database may think about it
UNKNOWN_FOR = 0.5  # seconds between two looks for a key nobody knows
PULSE = 1.0  # seconds between two notes of what was refused and who sent last
MOST_NOTED = 200  # refusals in one pulse


class Collector:
    """Belongs to one event loop."""

    def __init__(self) -> None:
        self.writer = Writer(_connect)
        self.salt = b""  # of this day, for those who gave no number
        self._sites: dict[str, Standing] = {}
        self._asked_at = -KNOWN_FOR
        self._is_sure = False
        self._asking = asyncio.Lock()
        self._refused: deque[tuple[int | None, Refused, datetime]] = deque(maxlen=MOST_NOTED)
        self._last: dict[int, datetime] = {}
        self._noting: asyncio.Task[None] | None = None
        self._is_ending = asyncio.Event()

    async def site(self, key: str) -> Standing | None:
        """The site of a write key. Raises Lost for one nobody knows while the database is away: it may be new."""
        key = sites.name_of(key)
        if self._is_stale(key):
            async with self._asking:
                if self._is_stale(key):
                    await self._ask()
        if key not in self._sites and not self._is_sure:
            raise Lost("nobody could be asked whose key this is")
        return self._sites.get(key)

    def known(self, key: str) -> Standing | None:
        """The site of a write key, where that needs no question; None for most keys, whose site has to be asked for."""
        key = sites.name_of(key)
        return None if self._is_stale(key) else self._sites.get(key)

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
        if self._noting is not None:
            await self._noting

    def _is_stale(self, key: str) -> bool:
        """A key nobody knows may be new; it is asked for at once, though not for each request of a flood."""
        return time.monotonic() - self._asked_at > (KNOWN_FOR if key in self._sites else UNKNOWN_FOR)

    async def _ask(self) -> None:
        try:
            self._sites, self.salt = await asyncio.wait_for(asyncio.to_thread(_standing), ASKING)
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
            await asyncio.to_thread(_note, refused, last)
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
        **live.connection_settings(), autocommit=True, connect_timeout=5, prepare_threshold=None
    )


def _standing() -> tuple[dict[str, Standing], bytes]:
    """In a thread that is anybody's: it keeps no connection."""
    try:
        return sites.standing(), nameless.salt(at=clock.now())
    finally:
        connection.close()


def _note(refused: list[tuple[int | None, Refused, datetime]], last: dict[int, datetime]) -> None:
    try:
        sites.note(refused=refused, last=last)
    finally:
        connection.close()
