"""The hub between the database's announcements and the open streams."""

import json
import time
from typing import Any

from muhatap.api.live import DRAWN_BEFORE, QUEUE, REFRESH, Hub
from tests import loops

NEWS = {"topics": ["inbox:1"], "kind": "message", "conversation": 7}


def heard(hub: Hub, topics: list[str], after: list[dict[str, Any]], since: float | None = None) -> list[Any]:
    """What a reader of `topics` is told in one go, when `after` is announced once they listen."""

    async def listen() -> bytes:
        hub.start = lambda: None  # type: ignore[method-assign] (no database here)
        with hub.reading(topics, since) as reader:
            for announcement in after:
                hub.deliver(announcement)
            return await reader.hear()

    told = loops.run(listen())
    return [json.loads(line[5:]) for line in told.decode().splitlines() if line.startswith("data:")]


def test_a_reader_hears_of_their_topics_only() -> None:
    other = {"topics": ["inbox:2"], "kind": "message", "conversation": 8}

    assert heard(Hub(), ["inbox:1"], [other, NEWS]) == [NEWS]


def test_news_of_one_moment_is_told_in_one_go() -> None:
    later = NEWS | {"conversation": 8}

    assert heard(Hub(), ["inbox:1"], [NEWS, later]) == [NEWS, later]


def test_news_of_the_last_seconds_reaches_a_page_drawn_before_its_stream_stood() -> None:
    hub = Hub()
    hub.deliver(NEWS)

    assert heard(hub, ["inbox:1"], []) == [NEWS]


def test_a_page_is_not_told_again_what_it_was_drawn_with() -> None:
    hub, later = Hub(), NEWS | {"conversation": 8}
    hub.deliver(NEWS)

    assert heard(hub, ["inbox:1"], [later], since=time.time() + DRAWN_BEFORE) == [later]


def test_a_reader_who_falls_behind_is_told_to_read_anew() -> None:
    many = [NEWS | {"conversation": n} for n in range(QUEUE + 2)]

    assert json.loads(REFRESH[5:]) in heard(Hub(), ["inbox:1"], many)


def test_nobody_is_remembered_after_they_left() -> None:
    hub = Hub()
    heard(hub, ["inbox:1"], [NEWS])

    assert dict(hub.readers) == {}
