"""Live streams: one LISTEN connection a process, a bounded queue a reader, plain ASGI coroutines, no thread held."""

import asyncio
import json
import logging
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import psycopg
from django.conf import settings

from muhatap.shared.live import CHANNEL

log = logging.getLogger(__name__)
QUEUE = 200
HEARTBEAT = 15.0
RECENT, DRAWN_BEFORE = 500, 6.0  # announcements kept, seconds between drawing a page and its stream
ASK_AGAIN = 60.0  # seconds after which it is asked again whether the reader still may
REFRESH: dict[str, Any] = {"topics": [], "kind": "refresh"}
Queue = asyncio.Queue[dict[str, Any]]


class Hub:
    """Hands announcements to those who listen to their topics. A reader that falls behind is told to read anew."""

    def __init__(self) -> None:
        self.readers: dict[str, set[Queue]] = defaultdict(set)
        self.recent: deque[tuple[float, dict[str, Any]]] = deque(maxlen=RECENT)
        self.listener: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.listener is None or self.listener.done():
            self.listener = asyncio.get_running_loop().create_task(self._listen())

    async def stop(self) -> None:
        if self.listener is not None:
            self.listener.cancel()
            await asyncio.gather(self.listener, return_exceptions=True)
            self.listener = None

    async def events(self, topics: Iterable[str]) -> AsyncIterator[dict[str, Any] | None]:
        """Announcements of these topics as they come; None when it was quiet for a heartbeat.

        Begins with those of the last seconds: a page that was drawn before its stream stood would miss them.
        """
        queue: Queue = asyncio.Queue(QUEUE)
        wanted = set(topics)
        for announcement in self._missed(wanted):
            _put(queue, announcement)
        self.start()
        for topic in wanted:
            self.readers[topic].add(queue)
        try:
            while True:
                yield await _next(queue)
        finally:
            for topic in wanted:
                self.readers[topic].discard(queue)
                if not self.readers[topic]:
                    del self.readers[topic]

    def deliver(self, announcement: dict[str, Any]) -> None:
        self.recent.append((time.monotonic(), announcement))
        for queue in {queue for topic in announcement["topics"] for queue in self.readers.get(topic, ())}:
            _put(queue, announcement)

    def _missed(self, topics: set[str]) -> list[dict[str, Any]]:
        since = time.monotonic() - DRAWN_BEFORE
        return [told for at, told in self.recent if at >= since and not topics.isdisjoint(told["topics"])]

    async def _listen(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**_connection(), autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._refresh_all()  # whatever was announced while nobody listened
                    async for notice in connection.notifies():
                        self.deliver(json.loads(notice.payload))
            except (psycopg.Error, OSError) as error:
                log.warning("the live listener lost the database and tries again: %s", error)
            await asyncio.sleep(1)

    def _refresh_all(self) -> None:
        for queue in {queue for readers in self.readers.values() for queue in readers}:
            _put(queue, REFRESH)


hub = Hub()


async def stream(
    send: Any,
    receive: Any,
    topics: Iterable[str],
    headers: Iterable[tuple[bytes, bytes]] = (),
    *,
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
    gone = asyncio.create_task(_gone(receive))
    events = hub.events(topics)
    asked_at = time.monotonic()
    try:
        while not gone.done():
            if is_still_allowed and time.monotonic() - asked_at > ASK_AGAIN:
                asked_at = time.monotonic()
                if not await is_still_allowed():
                    break
            following = asyncio.ensure_future(anext(events))
            await asyncio.wait({following, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                break
            await send({"type": "http.response.body", "body": _event(following.result()), "more_body": True})
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        await events.aclose()  # type: ignore[attr-defined]


def _event(announcement: dict[str, Any] | None) -> bytes:
    if announcement is None:
        return b": still here\n\n"
    return f"data: {json.dumps(announcement)}\n\n".encode()


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _next(queue: Queue) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(
            HEARTBEAT
        ):  # unlike wait_for, it cannot swallow an item that comes at the last moment
            return await queue.get()
    except TimeoutError:
        return None


def _put(queue: Queue, announcement: dict[str, Any]) -> None:
    try:
        queue.put_nowait(announcement)
    except asyncio.QueueFull:
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(REFRESH)


def _connection() -> dict[str, Any]:
    database = settings.DATABASES["default"]
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {name: database[key] for name, key in named.items() if database.get(key)}
    return {**database.get("OPTIONS", {}), **given} | {"application_name": "muhatap live"}
