"""Agents and visitors as coroutines. What they see and wait for is written into one Diary."""

import asyncio
import json
import random
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from benchmarks.crowding.http import Broken, ask, events

THINK = 2.0  # seconds between two clicks of an agent, on average
TOGETHER, REST = 0.15, 3.0  # as the pages do: news of a moment is answered by one reading, and lists rest after it
TOKEN = "b" * 32  # of CSRF: the cookie and the form only have to agree
WORDS = ("kargo", "iade", "fatura", "nevresim", "havlu", "kehribar", "0532")
LINK = re.compile(rb'data-row="\d+"\s+hx-get="(/inbox/\d+/)\?')


@dataclass
class Diary:
    """What happened to everybody: milliseconds by kind of request, faults, when each message was taken and when it was heard of."""

    took: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    taken_at: dict[str, float] = field(default_factory=dict)  # key of a message → when its sender was told so
    heard_at: dict[int, float] = field(default_factory=dict)  # number of a message → when a stream told of it

    def note(self, kind: str, seconds: float) -> None:
        self.took.setdefault(kind, []).append(seconds * 1000)


class Agent:
    """Somebody at work: clicks, thinks, and a page that reads itself again when it hears of something new."""

    def __init__(self, port: int, cookies: str, diary: Diary, dice: random.Random) -> None:
        self.port, self.diary, self.dice = port, diary, dice
        self.headers = {"Cookie": f"{cookies}; csrftoken={TOKEN}", "Accept-Encoding": "gzip;q=0, identity"}
        self.known: list[str] = []
        self.view = dice.choice(["mine", "all", "unassigned", "waiting"])

    async def work(self, until: float) -> None:
        while time.monotonic() < until:
            await asyncio.sleep(self.dice.expovariate(1 / THINK))
            await self._click()

    async def listen(self) -> None:
        """The stream of the page. Whoever hears of something reads list and counts again, then rests."""
        read_at = 0.0
        try:
            async for data in events(self.port, "/live", self.headers):
                news = json.loads(data)
                if "message" in news:
                    self.diary.heard_at.setdefault(news["message"], time.monotonic())
                if news["kind"] in ("message", "conversation") and time.monotonic() - read_at > REST:
                    read_at = time.monotonic() + TOGETHER
                    asyncio.get_running_loop().create_task(self._read_again())
        except Broken as error:
            self.diary.faults[str(error)] += 1

    async def _read_again(self) -> None:
        await asyncio.sleep(TOGETHER)
        await self._get("rows again", f"/inbox/in/{self.view}/rows/", is_part=True)
        await self._get("counts again", f"/inbox/views/?here={self.view}", is_part=True)

    async def _click(self) -> None:
        what = self.dice.choices(["view", "open", "note", "search"], [40, 45, 10, 5])[0]
        if what == "search":
            await self._get("search", f"/search/?q={quote(self.dice.choice(WORDS))}")
        elif what == "view" or not self.known:
            self.view = self.dice.choice(["mine", "all", "unassigned", "waiting", "resolved"])
            found = await self._get("list", f"/inbox/in/{self.view}/")
            self.known = [match.decode() for match in LINK.findall(found)] or self.known
        elif what == "open":
            await self._get("open", self.dice.choice(self.known), is_part=True)
        else:
            await self._note(self.dice.choice(self.known))

    async def _note(self, place: str) -> None:
        data = {"csrfmiddlewaretoken": TOKEN, "kind": "note", "html": f"<p>Not {self.dice.random()}</p>"}
        headers = {
            **self.headers,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": "http://localhost",
        }
        await self._ask("note", "POST", f"{place}message/", headers, urlencode(data).encode())

    async def _get(self, kind: str, path: str, *, is_part: bool = False) -> bytes:
        return await self._ask(kind, "GET", path, self.headers | ({"HX-Request": "true"} if is_part else {}))

    async def _ask(self, kind: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
        begun = time.monotonic()
        try:
            answer = await ask(self.port, method, path, headers, body)
        except Broken as error:
            self.diary.faults[str(error)] += 1
            return b""
        if answer.status != 200:
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
