"""The hub between the database's announcements and the open streams."""

import asyncio
from typing import Any

from muhatap.api.live import QUEUE, REFRESH, Hub
from tests import loops

NEWS = {"topics": ["inbox:1"], "kind": "message", "conversation": 7}


def heard(hub: Hub, topics: list[str], after: list[dict[str, Any]], n: int) -> list[Any]:
    """What a reader of `topics` hears of the first `n` things, when `after` is announced once they listen."""

    async def listen() -> list[Any]:
        hub.start = lambda: None  # type: ignore[method-assign] (no database here)
        events = hub.events(topics)
        first = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        for announcement in after:
            hub.deliver(announcement)
        found = [await first]
        while len(found) < n:
            found.append(await anext(events))
        await events.aclose()  # type: ignore[attr-defined]
        return found

    return loops.run(listen())


def test_a_reader_hears_of_their_topics_only() -> None:
    other = {"topics": ["inbox:2"], "kind": "message", "conversation": 8}

    assert heard(Hub(), ["inbox:1"], [other, NEWS], 1) == [NEWS]


def test_news_of_the_last_seconds_reaches_a_page_drawn_before_its_stream_stood() -> None:
    hub = Hub()
    hub.deliver(NEWS)

    assert heard(hub, ["inbox:1"], [], 1) == [NEWS]


def test_a_reader_who_falls_behind_is_told_to_read_anew() -> None:
    many = [NEWS | {"conversation": n} for n in range(QUEUE + 2)]

    assert REFRESH in heard(Hub(), ["inbox:1"], many, 2)


def test_nobody_is_remembered_after_they_left() -> None:
    hub = Hub()
    heard(hub, ["inbox:1"], [NEWS], 1)

    assert dict(hub.readers) == {}
