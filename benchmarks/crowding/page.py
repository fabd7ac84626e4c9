"""An open page of the inbox as the browser's scripts keep it: what reads itself again when, and for how long it rests.

The rules and the numbers are those of resting.js, presence.js and notices.js; parts, topics and addresses are read from the page.
"""

import asyncio
import random
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

TOGETHER, APART, PIECES, AGAIN_WITHIN = 0.12, 0.06, 0.4, 2.5
TIMES, SHORTEST, LONGEST, DRAWN = 25, 0.5, 8.0, 3.0
BEAT, CHANGED, NEWS_TOGETHER, NEWS_REST = 20.0, 0.25, 0.3, 4.0
SIGNS = {"typing", "presence", "notice", "read"}
TAG = re.compile(r"<\w+[^>]*\bdata-live=\"[^>]*>")
ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
ROW = re.compile(r"id=\"row-(\d+)\"")
OPEN = re.compile(r"data-conversation=\"(\d+)\"")
NAMES = {
    "rows": "rows",
    "views": "counts",
    "thread": "thread",
    "deadline": "deadline",
    "card-scroll": "card",
    "team-now": "team",
}
Ask = Callable[[str, str], Awaitable[bytes]]  # kind, address → the answer; b"" when it failed


@dataclass
class Part:
    """Something that reads itself again. `shows` are the messages whose news it has heard and not read yet."""

    name: str
    url: str
    topics: frozenset[str]
    shortest: float
    has_pieces: bool
    rests_until: float = 0.0
    is_due: bool = False
    timer: asyncio.Task[None] | None = None
    pieces: set[int] = field(default_factory=set)
    pieces_timer: asyncio.Task[None] | None = None
    shows: set[int] = field(default_factory=set)

    def concerns(self, news: dict[str, Any], reader: int) -> bool:
        if news["kind"] in SIGNS or (news["kind"] == "draft" and news.get("by") != reader):
            return False
        if news["kind"] == "delivery":
            return f"conversation:{news['conversation']}" in self.topics
        return not self.topics.isdisjoint(news["topics"])


class Page:
    """What one agent looks at. `ask` reads a part, `shown` is told which message stood on the screen, and where."""

    def __init__(self, reader: int, ask: Ask, shown: Callable[[str, int], None], dice: random.Random) -> None:
        self.reader, self.ask, self.shown, self.dice = reader, ask, shown, dice
        self.parts: dict[str, Part] = {}
        self.rows: set[int] = set()
        self.conversation = 0
        self.tab = secrets.token_hex(8)

    def draw(self, html: bytes, took: float) -> None:
        """A whole page came: everything in it is new, and rests."""
        self.close()
        self.tab, text = secrets.token_hex(8), html.decode("utf-8", "replace")
        self._learn(text)
        self.rows = set(map(int, ROW.findall(text)))
        for part in self.parts.values():
            part.rests_until = time.monotonic() + min(self._rest(took, SHORTEST), DRAWN)

    def open(self, html: bytes) -> None:
        """The panes of a conversation came into the page."""
        self._forget(["thread", "deadline", "card-scroll"])
        self._learn(html.decode("utf-8", "replace"))

    def hear(self, news: dict[str, Any]) -> None:
        is_all = news["kind"] == "refresh"
        for part in list(self.parts.values()):
            if is_all or part.concerns(news, self.reader):
                self._want(part, self.dice.random() * AGAIN_WITHIN if is_all else 0.0)
                self._note(part, news)

    def close(self) -> None:
        self._forget(list(self.parts))

    def _learn(self, text: str) -> None:
        if found := OPEN.search(text):
            self.conversation = int(found[1])
        for tag in TAG.findall(text):
            named = {name: unescape(value) for name, value in ATTRIBUTE.findall(tag)}
            key, url = named.get("id", ""), named.get("data-merge") or named.get("hx-get", "")
            if key in NAMES and url:
                topics, rest = frozenset(named["data-live"].split()), float(named.get("data-rest", SHORTEST))
                self.parts[key] = Part(NAMES[key], url, topics, rest, "data-pieces" in named)

    def _forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            if part := self.parts.pop(key, None):
                for timer in (part.timer, part.pieces_timer):
                    if timer:
                        timer.cancel()

    def _rest(self, took: float, shortest: float) -> float:
        return min(max(took * TIMES, shortest), LONGEST) * (1 + self.dice.random() / 4)

    def _want(self, part: Part, later: float = 0.0) -> None:
        part.is_due = True
        if part.timer is None:
            part.timer = asyncio.create_task(self._read(part, later))

    async def _read(self, part: Part, later: float) -> None:
        """Wait until it may, read, rest; and once more when something happened meanwhile."""
        while part.is_due:
            soon = TOGETHER + self.dice.random() * APART + later
            await asyncio.sleep(max(part.rests_until - time.monotonic(), soon))
            part.is_due, told, begun, later = False, part.shows, time.monotonic(), 0.0
            part.shows = set()
            part.pieces.clear()
            html = await self.ask(f"{part.name} again", part.url)
            part.rests_until = time.monotonic() + self._rest(time.monotonic() - begun, part.shortest)
            if part.name == "rows":
                self.rows = set(map(int, ROW.findall(html.decode("utf-8", "replace"))))
            for message in told:
                self.shown(part.name, message)
        part.timer = None

    def _note(self, part: Part, news: dict[str, Any]) -> None:
        """What the bench waits for: the open thread, and rows that stand on the screen."""
        number, message = news.get("conversation", 0), news.get("message", 0)
        is_shown = part.name == "thread" or (part.name == "rows" and number in self.rows)
        if message and news["kind"] == "message" and is_shown:
            part.shows.add(message)
        if part.has_pieces and number in self.rows and part.rests_until - time.monotonic() > PIECES * 2:
            part.pieces.add(number)
            part.pieces_timer = part.pieces_timer or asyncio.create_task(self._read_pieces(part))

    async def _read_pieces(self, part: Part) -> None:
        await asyncio.sleep(PIECES + self.dice.random() * APART)
        part.pieces_timer = None
        numbers, told = list(part.pieces), part.shows
        part.pieces, part.shows = set(), set()
        if numbers:
            await self.ask("changed rows", part.url + "".join(f"&only={number}" for number in numbers))
        for message in told:
            self.shown("rows", message)
