"""Agents and visitors as coroutines. What they see and wait for is written into one Diary."""

import asyncio
import json
import random
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.crowding.http import Broken, ask, events
from benchmarks.crowding.page import BEAT, CHANGED, NEWS_REST, NEWS_TOGETHER, Page

THINK = 2.0  # seconds between two clicks of an agent, on average
TOKEN = "b" * 32  # of CSRF: the cookie and the form only have to agree
WORDS = ("kargo", "iade", "fatura", "nevresim", "havlu", "kehribar", "0532")
VIEWS = ("mine", "all", "unassigned", "waiting", "resolved")
LIVE = re.compile(rb'data-live-url="([^"]+)"')
LOADED = re.compile(rb'hx-get="([^"]+)" hx-trigger="load"')  # parts that ask for themselves when they are drawn
LINK = re.compile(rb'data-row="\d+"\s+hx-get="(/inbox/\d+/)\?')


@dataclass
class Diary:
    """What happened to everybody: milliseconds by kind of request, faults, when each message was taken and when it was heard of."""

    took: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    taken_at: dict[str, float] = field(default_factory=dict)  # key of a message → when its sender was told so
    seen: dict[str, list[tuple[int, float]]] = field(
        default_factory=dict
    )  # heard, thread, rows → message, when, each agent

    def see(self, where: str, message: int) -> None:
        self.seen.setdefault(where, []).append((message, time.monotonic()))

    def note(self, kind: str, seconds: float) -> None:
        self.took.setdefault(kind, []).append(seconds * 1000)


class Agent:
    """Somebody at work: clicks, thinks, and a page that reads itself again when it hears of something new."""

    def __init__(self, port: int, reader: int, cookies: str, diary: Diary, dice: random.Random) -> None:
        self.port, self.diary, self.dice = port, diary, dice
        self.headers = {"Cookie": f"{cookies}; csrftoken={TOKEN}", "Accept-Encoding": "gzip"}
        self.known: list[str] = []
        self.page = Page(reader, self._part, diary.see, dice)
        self.stream: asyncio.Task[None] | None = None
        self.beats: asyncio.Task[None] | None = None
        self.news: asyncio.Task[None] | None = None
        self.news_after = 0.0

    async def work(self, until: float) -> None:
        await asyncio.sleep(self.dice.random() * THINK)
        while time.monotonic() < until:
            await self._click()
            await asyncio.sleep(self.dice.expovariate(1 / THINK))

    def leave(self) -> None:
        self.page.close()
        for task in (self.stream, self.beats, self.news):
            if task:
                task.cancel()

    async def _click(self) -> None:
        what = self.dice.choices(["view", "open", "note", "search"], [40, 45, 10, 5])[0]
        if what == "view" or not self.known:
            await self._turn_to("list", f"/inbox/in/{self.dice.choice(VIEWS)}/")
        elif what == "search":
            await self._turn_to("search", f"/search/?q={quote(self.dice.choice(WORDS))}")
        elif what == "open":
            html = await self._get("open", self.dice.choice(self.known), is_part=True)
            if html:
                self.page.open(html)
                self._beat_again(CHANGED)
                await asyncio.gather(*(self._part("beside", unescape(url.decode())) for url in LOADED.findall(html)))
        else:
            await self._note(self.dice.choice(self.known))

    async def _turn_to(self, kind: str, path: str) -> None:
        """Another whole page: the stream of the old one ends, the new one opens what its scripts open."""
        begun = time.monotonic()
        html = await self._get(kind, path)
        if not html:
            return
        self.leave()
        was, self.page.conversation = self.page.tab, 0
        self.page.draw(html, time.monotonic() - begun)
        self.known = [match.decode() for match in LINK.findall(html)] or self.known
        live = LIVE.search(html)
        self.stream = asyncio.create_task(self._listen(live[1].decode() if live else "/live"))
        self._beat_again(0.0, was, "yes")  # its answer brings the team

    async def _listen(self, url: str) -> None:
        try:
            async for data in events(self.port, url, self.headers):
                self._hear(json.loads(data))
        except Broken as error:
            self.diary.faults[str(error)] += 1

    def _hear(self, news: dict[str, Any]) -> None:
        if "message" in news:
            self.diary.see("heard", news["message"])
        if news["kind"] in ("notice", "refresh") and (self.news is None or self.news.done()):
            self.news = asyncio.create_task(self._look_for_news())
        self.page.hear(news)

    async def _look_for_news(self) -> None:
        await asyncio.sleep(max(NEWS_TOGETHER, self.news_after - time.monotonic()))
        self.news_after = time.monotonic() + NEWS_REST
        await self._part("news", "/notices/news/?after=0")

    def _beat_again(self, soon: float, was: str = "", team: str = "") -> None:
        if self.beats:
            self.beats.cancel()
        self.beats = asyncio.create_task(self._beat(soon, was, team))

    async def _beat(self, soon: float, was: str, team: str) -> None:
        await asyncio.sleep(soon)
        while True:
            shown = {
                "tab": self.page.tab,
                "conversation": str(self.page.conversation or ""),
                "shown": "yes",
                "was": was,
                "team": team,
            }
            await self._post("beat", "/notices/here/", {name: value for name, value in shown.items() if value})
            was = team = ""
            await asyncio.sleep(BEAT)

    async def _note(self, place: str) -> None:
        await self._post("note", f"{place}message/", {"kind": "note", "html": f"<p>Not {self.dice.random()}</p>"})

    async def _part(self, kind: str, path: str) -> bytes:
        return await self._get(kind, path, is_part=True)

    async def _post(self, kind: str, path: str, data: dict[str, str]) -> bytes:
        headers = {
            **self.headers,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "http://localhost",
        }
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **data}).encode()
        return await self._ask(kind, "POST", path, headers, body)

    async def _get(self, kind: str, path: str, *, is_part: bool = False) -> bytes:
        return await self._ask(kind, "GET", path, self.headers | ({"HX-Request": "true"} if is_part else {}))

    async def _ask(self, kind: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
        begun = time.monotonic()
        try:
            answer = await ask(self.port, method, path, headers, body)
        except Broken as error:
            self.diary.faults[str(error)] += 1
            return b""
        if answer.status not in (200, 204):
            self.diary.faults[f"{kind}: {answer.status}"] += 1
        self.diary.note(kind, time.monotonic() - begun)
        return answer.body


class Visitor:
    """A browser on the shop with the chat open; each has an address of its own."""

    def __init__(self, number: int, port: int, key: str, diary: Diary) -> None:
        self.number, self.port, self.key, self.diary = number, port, key, diary
        self.headers = {
            "Content-Type": "application/json",
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        }
        self.stream = ""

    async def enter(self) -> None:
        """Open the session and say one's name. Raises Broken."""
        opened = await self._post("/chat/v1/sessions", {"inbox": self.key, "lang": "tr"})
        self.headers["Authorization"] = f"Bearer {opened['token']}"
        self.stream = str(opened["live"])
        await self._post("/chat/v1/details", {"name": f"Ziyaretçi {self.number}"})

    async def listen(self) -> None:
        try:
            async for _data in events(self.port, self.stream, self.headers):
                pass
        except Broken as error:
            self.diary.faults[str(error)] += 1

    async def say(self, text: str) -> None:
        key, begun = str(uuid.uuid4()), time.monotonic()
        try:
            await self._post("/chat/v1/messages", {"id": key, "text": text})
        except Broken as error:
            self.diary.faults[str(error)] += 1
            return
        self.diary.taken_at[key] = time.monotonic()
        self.diary.note("message taken", time.monotonic() - begun)

    async def _post(self, path: str, data: dict[str, str]) -> dict[str, object]:
        answer = await ask(self.port, "POST", path, self.headers, json.dumps(data).encode())
        if answer.status != 200:
            raise Broken(f"{path}: {answer.status}")
        found: dict[str, object] = json.loads(answer.body)
        return found
