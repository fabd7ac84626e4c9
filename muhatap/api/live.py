"""Live streams: one LISTEN connection a process, a bounded list a reader, plain ASGI coroutines, no thread held.

An announcement is read once and written once for all who hear it. A stream that has just been told something waits a breath, so
that what happens meanwhile goes out together: on a busy day a stream costs by the breath, not by the announcement.
"""

import asyncio
import json
import logging
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings

from muhatap.shared.live import CHANNEL

log = logging.getLogger(__name__)
QUEUE = 200
HEARTBEAT = 15.0
BREATH = 0.1  # seconds between two tellings of one stream
RECENT, DRAWN_BEFORE = 2000, 6.0  # announcements kept, seconds between drawing a page and its stream
READING = 1.0  # seconds a page may have read before it was drawn
ASK_AGAIN = 60.0  # seconds after which it is asked again whether the reader still may


def written(announcement: dict[str, Any]) -> bytes:
    """An announcement as an event of a stream."""
    return b"data: %s\n\n" % json.dumps(announcement, separators=(",", ":")).encode()


REFRESH = written({"topics": [], "kind": "refresh"})
STILL_HERE = b": still here\n\n"


class Reader:
    """One open stream: what it has not been told yet."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.is_gone = False
        self._woken = asyncio.Event()

    def put(self, event: bytes) -> None:
        """One that falls behind is told to read anew instead."""
        if len(self.waiting) >= QUEUE:
            self.waiting = [REFRESH]
        else:
            self.waiting.append(event)
        self._woken.set()

    def leave(self) -> None:
        self.is_gone = True
        self._woken.set()

    async def hear(self) -> bytes:
        """All that waits, as soon as something does; a sign of life after a quiet heartbeat."""
        try:
            async with asyncio.timeout(HEARTBEAT):
                await self._woken.wait()
        except TimeoutError:
            return STILL_HERE
        self._woken.clear()
        told, self.waiting = b"".join(self.waiting), []
        return told


class Hub:
    """Hands announcements to those who listen to their topics."""

    def __init__(self) -> None:
        self.readers: dict[str, set[Reader]] = defaultdict(set)
        self.recent: deque[tuple[float, list[str], bytes]] = deque(maxlen=RECENT)
        self.listener: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.listener is None or self.listener.done():
            self.listener = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        if self.listener is not None:
            self.listener.cancel()
            await asyncio.gather(self.listener, return_exceptions=True)
            self.listener = None

    @contextmanager
    def reading(self, topics: Iterable[str], since: float | None = None) -> Iterator[Reader]:
        """Somebody hears of these topics inside the block.

        Begins with what was told `since` their page was drawn (seconds of the epoch), or in the last seconds: a page that was
        drawn before its stream stood would miss it.
        """
        reader, wanted = Reader(), set(topics)
        for event in self._missed(wanted, since):
            reader.put(event)
        self.start()
        for topic in wanted:
            self.readers[topic].add(reader)
        try:
            yield reader
        finally:
            for topic in wanted:
                self.readers[topic].discard(reader)
                if not self.readers[topic]:
                    del self.readers[topic]

    def deliver(self, announcement: dict[str, Any]) -> None:
        topics, event = announcement["topics"], written(announcement)
        self.recent.append((time.time(), topics, event))
        for reader in {reader for topic in topics for reader in self.readers.get(topic, ())}:
            reader.put(event)

    def _missed(self, topics: set[str], since: float | None) -> list[bytes]:
        earliest = max((since or 0.0) - READING, time.time() - DRAWN_BEFORE)
        if len(self.recent) == RECENT and self.recent[0][0] > earliest:
            return [REFRESH]  # what is older is forgotten
        return [event for at, told, event in self.recent if at >= earliest and not topics.isdisjoint(told)]

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **connection_settings(), autocommit=True
                ) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._refresh_all()  # whatever was announced while nobody listened
                    async for notice in connection.notifies():
                        self.deliver(json.loads(notice.payload))
            except (psycopg.Error, OSError) as error:
                log.warning("the live listener lost the database and tries again: %s", error)
            await asyncio.sleep(1)

    def _refresh_all(self) -> None:
        for reader in {reader for readers in self.readers.values() for reader in readers}:
            reader.put(REFRESH)


hub = Hub()


async def stream(
    send: Any,
    receive: Any,
    topics: Iterable[str],
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
    since: float | None = None,
    is_still_allowed: Callable[[], Awaitable[bool]] | None = None,
) -> None:
    """Answer one request with server-sent events, each an announcement as JSON, until the reader goes away or may no longer listen."""
    base = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": [*base, *headers]})
    await send({"type": "http.response.body", "body": b"retry: 1500\n\n", "more_body": True})
    with hub.reading(topics, since) as reader:
        gone = asyncio.create_task(_gone(receive, reader))
        try:
            await _tell(send, reader, is_still_allowed)
        finally:
            gone.cancel()


async def _tell(send: Any, reader: Reader, is_still_allowed: Callable[[], Awaitable[bool]] | None) -> None:
    asked_at = time.monotonic()
    while True:
        told = await reader.hear()
        if is_still_allowed and time.monotonic() - asked_at > ASK_AGAIN:
            asked_at = time.monotonic()
            if not await is_still_allowed():
                break
        if reader.is_gone:
            return
        await send({"type": "http.response.body", "body": told, "more_body": True})
        if told is not STILL_HERE:
            await asyncio.sleep(BREATH)
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Any, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.leave()


def connection_settings() -> dict[str, Any]:
    """How Django reaches the database, for a connection outside of it."""
    database = settings.DATABASES["default"]
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: database[key] for name, key in named.items() if database.get(key)}
    return {**database.get("OPTIONS", {}), **given} | {"application_name": "muhatap live"}
