"""The crowd of the load bench keeps its pages as the browser's scripts do: the same numbers, and the same parts of a real page."""

import asyncio
import random
import re
from pathlib import Path

import pytest

from benchmarks.crowding import page
from benchmarks.crowding.page import Page
from tests import loops

SCRIPTS = Path(__file__).resolve().parents[2] / "muhatap/web/common/static/muhatap/js"
HTML = b"""
<div id="views" data-live="inbox:1 user:7" data-merge="/inbox/views/?here=all" data-rest="5"></div>
<div class="pane-scroll"
     id="rows"
     data-live="inbox:1 user:7" data-merge="/inbox/in/all/rows/?a=1&amp;b=2" data-rest="2" data-pieces="row">
  <li id="row-12"></li><li id="row-13"></li></div>
<div class="thread" id="thread" data-conversation="12" data-live="conversation:12" data-merge="/inbox/12/thread/"></div>
"""


@pytest.mark.parametrize(
    ("script", "name", "ours"),
    [
        ("resting", "TOGETHER", page.TOGETHER * 1000),
        ("resting", "APART", page.APART * 1000),
        ("resting", "PIECES", page.PIECES * 1000),
        ("resting", "AGAIN_WITHIN", page.AGAIN_WITHIN * 1000),
        ("resting", "TIMES", page.TIMES),
        ("resting", "SHORTEST", page.SHORTEST * 1000),
        ("resting", "LONGEST", page.LONGEST * 1000),
        ("resting", "DRAWN", page.DRAWN * 1000),
        ("presence", "BEAT", page.BEAT * 1000),
        ("presence", "TOGETHER", page.CHANGED * 1000),
        ("notices", "TOGETHER", page.NEWS_TOGETHER * 1000),
        ("notices", "REST", page.NEWS_REST * 1000),
    ],
)
def test_it_rests_as_long_as_a_page_does(script: str, name: str, ours: float) -> None:
    found = re.search(rf"^const {name} = (\d+);", (SCRIPTS / f"{script}.js").read_text("utf-8"), re.MULTILINE)
    assert found and int(found[1]) == ours


def test_a_page_reads_what_concerns_it_once_and_a_row_while_the_list_rests() -> None:
    asked: list[str] = []
    shown: list[tuple[str, int]] = []

    async def ask(_kind: str, url: str) -> bytes:
        asked.append(url)
        return HTML

    async def story() -> None:
        looked_at = Page(7, ask, lambda where, message: shown.append((where, message)), random.Random(1))
        looked_at.draw(HTML, took=0.2)  # the list rests for three seconds
        news = {"topics": ["inbox:1", "conversation:12"], "kind": "message", "conversation": 12, "message": 99}
        looked_at.parts["thread"].rests_until = 0.0
        for one in (news, news, news | {"kind": "typing"}, news | {"topics": ["inbox:9"], "conversation": 40}):
            looked_at.hear(one)
        while len(asked) < 2:
            await asyncio.sleep(0.01)
        looked_at.close()

    loops.run(story())
    assert asked == ["/inbox/12/thread/", "/inbox/in/all/rows/?a=1&b=2&only=12"]
    assert set(shown) == {("thread", 99), ("rows", 99)}
