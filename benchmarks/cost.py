"""What one click and one message cost in processor time, which tells on a busy machine what a stopwatch cannot.

make bench NAME=cost [SIZE=small]      the product's own code in this process, the database beside it; no crowd, no server

Milliseconds of processor for one of each kind: in our process, in all of PostgreSQL's, and how many questions it asked. Then what
the crowd of `benchmarks.load` would need of them in a second, in cores.
"""

import argparse
import asyncio
import gzip
import io
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import psutil
import psycopg

from benchmarks.filling.sizes import SIZES
from benchmarks.report import Figure, at_most, progress, tell
from benchmarks.surroundings import Installation

CORES = 1.4  # of two: what is full all the time lets everybody wait
CLICKS_A_SECOND, MESSAGES_A_SECOND = 100 / 2.3, 20.0  # two seconds to think, three tenths to wait
# What the crowd of the load bench clicks, what a browser asks by itself after it, and what is read again because of news: the last
# worked out from how long parts rest and how many of a hundred hear of one inbox, not counted.
A_CLICK = {"list": 0.40, "open": 0.45, "note": 0.10, "search": 0.05, "beat": 0.90, "stream": 0.45}
A_SECOND = {"rows": 7.5, "changed rows": 8.0, "counts": 3.0, "news": 5.0}
VIEWS = ("mine", "all", "unassigned", "waiting", "resolved")
TOKEN = "b" * 32
LOADED, GZIPPED = re.compile(rb'hx-get="([^"]+)" hx-trigger="load"'), b"\x1f\x8b"
SEED, N_VISITORS = 7, 60
PLANS = {"full": 120, "small": 30}  # of each kind


@dataclass
class Cost:
    """Of one: milliseconds in our process and in PostgreSQL's, and questions."""

    ours: float
    postgres: float
    questions: float

    @property
    def both(self) -> float:
        return self.ours + self.postgres

    def told(self) -> dict[str, float]:
        return {
            "ours_ms": round(self.ours, 2), "postgres_ms": round(self.postgres, 2), "questions": round(self.questions, 1)
        }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(PLANS), default="full")
    parser.add_argument("--data", type=Path, help="keep the filled database here and use it again")
    parser.add_argument("--only", default="", help="kinds whose name holds these letters")
    parser.add_argument("--profile", default="", help="where in the code one kind spends its time")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        data = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-cost-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, data, ignore_errors=True)
        installation = stack.enter_context(Installation(data))
        from benchmarks.filling.fill import fill

        fill(data, replace(SIZES["small"], n_agents=100), datetime.now(UTC))
        desk = Desk(data)
        desk.open()
        if arguments.profile:
            return desk.profile(arguments.profile, PLANS[arguments.size])
        costs = {name: desk.cost(name, PLANS[arguments.size]) for name in desk.kinds if arguments.only in name}
        told = figures(costs) if not arguments.only else {}
        rows = {name: cost.told() for name, cost in costs.items()}
        return int(not tell("cost", told, postgres=installation.postgres_version(), of_one=rows))


def figures(costs: Mapping[str, Cost]) -> dict[str, Figure]:
    """A click with all that follows in its browser, a message with its jobs, and the cores that the crowd asks for."""
    click = sum(share * costs[name].both for name, share in A_CLICK.items())
    message = costs["message"].both + costs["its jobs"].both
    again = sum(rate * costs[name].both for name, rate in A_SECOND.items())
    cores = (CLICKS_A_SECOND * click + MESSAGES_A_SECOND * message + again) / 1000
    return {
        "cores": at_most(round(cores, 2), CORES, clicks=round(CLICKS_A_SECOND * click / 1000, 2),
                         messages=round(MESSAGES_A_SECOND * message / 1000, 2), read_again=round(again / 1000, 2)),
        "click_ms": at_most(round(click, 1), 1000 * CORES / 2 / CLICKS_A_SECOND),
        "message_ms": at_most(round(message, 1), 1000 * CORES / 4 / MESSAGES_A_SECOND),
    }  # fmt: skip


class Desk:
    """A hundred agents at work and some visitors, each request of theirs through Django's own entry."""

    def __init__(self, data: Path) -> None:
        from benchmarks.clicking.browser import login
        from muhatap.accounts.models import User
        from muhatap.config.wsgi import application

        self.data, self.dice, self.application = data, random.Random(SEED), application
        self.agents = {user.pk: login(user) for user in User.objects.order_by("pk")}
        self.known: dict[int, list[int]] = {}
        self.visitors: list[str] = []
        self.kinds: dict[str, Callable[[], Any]] = {
            "list": self.turn_to_a_list, "open": self.open_one, "note": self.note, "search": self.search,
            "beat": self.beat, "stream": self.stream,
            "rows": lambda: self.get(f"/inbox/in/{self.view()}/rows/?selected=1", is_part=True),
            "changed rows": self.changed_rows, "counts": lambda: self.get("/inbox/views/?here=all", is_part=True),
            "news": lambda: self.get("/notices/news/?after=0", is_part=True),
            "thread": lambda: self.get(f"/inbox/{self.one()}/thread/", is_part=True),
            "card": lambda: self.get(f"/inbox/{self.one()}/card/", is_part=True),
            "message": self.message, "its jobs": self.jobs,
        }  # fmt: skip

    def open(self) -> None:
        """Everybody is here, visitors have written, everything was drawn once."""
        from muhatap.config import warming

        warming.read_in()
        for number in range(N_VISITORS):
            self.visitors.append(self.enter(number))
        for _times in range(2):
            for token in self.visitors:
                self.say(token)
        self.work()
        for agent in self.agents:
            self.agent = agent
            self.beat()
        for name, kind in self.kinds.items():
            if name != "its jobs":
                for _time in range(3):
                    self.another()
                    kind()
        self.work()
        progress("everybody is here")

    def cost(self, name: str, n: int) -> Cost:
        """The mean of so many."""
        if name == "its jobs":
            for _time in range(n):
                self.message()
        spent = _Spent(self.data)
        for _time in range(1 if name == "its jobs" else n):
            self.another()
            with spent.counting():
                self.kinds[name]()
        self.work()
        found = Cost(spent.ours * 1000 / n, spent.postgres * 1000 / n, spent.questions / n)
        progress(f"{name:14} {found.ours:6.1f} + {found.postgres:5.1f} ms, {found.questions:5.1f} questions")
        return found

    def profile(self, name: str, n: int) -> int:
        import cProfile
        import pstats

        if name == "its jobs":
            for _time in range(n):
                self.message()
        looked = cProfile.Profile()
        for _time in range(1 if name == "its jobs" else n):
            self.another()
            looked.runcall(self.kinds[name])
        for order in ("cumulative", "tottime"):
            pstats.Stats(looked, stream=sys.stderr).sort_stats(order).print_stats(70)
        return 0

    def another(self) -> None:
        """Somebody else clicks."""
        self.agent = self.dice.choice(list(self.agents))

    def view(self) -> str:
        return self.dice.choice(VIEWS)

    def one(self) -> int:
        """A conversation that stands in a list of this agent's."""
        return self.dice.choice(self.listed())

    def listed(self) -> list[int]:
        if self.agent not in self.known:
            from muhatap.accounts.models import User
            from muhatap.conversations import lists

            user = User.objects.get(pk=self.agent)
            shown = [row.pk for view in ("mine", "all", "resolved") for row in lists.page(user, view).rows]
            self.known[self.agent] = shown
        return self.known[self.agent]

    def turn_to_a_list(self) -> None:
        self.get(f"/inbox/in/{self.view()}/")

    def open_one(self) -> None:
        """With what its page asks for by itself."""
        html = self.get(f"/inbox/{self.one()}/", is_part=True)
        for address in LOADED.findall(gzip.decompress(html) if html[:2] == GZIPPED else html):
            self.get(address.decode().replace("&amp;", "&"), is_part=True)

    def note(self) -> None:
        data = {"kind": "note", "html": f"<p>Not {self.dice.random()}</p>"}
        self.post(f"/inbox/{self.one()}/message/", data)

    def search(self) -> None:
        word = self.dice.choice(("kargo", "iade", "fatura", "nevresim", "havlu", "kehribar", "0532"))
        self.get(f"/search/?{urlencode({'q': word})}")

    def beat(self) -> None:
        """Half of them are the first of a page, whose answer brings the team."""
        more = {"team": "yes"} if self.dice.random() < 0.5 else {}
        shown = {"tab": f"{self.agent:016x}", "conversation": str(self.one()), "shown": "yes"}
        self.post("/notices/here/", shown | more)

    def stream(self) -> None:
        from muhatap.api import live_agents

        live_agents._topics(self.agents[self.agent].partition("=")[2])

    def changed_rows(self) -> None:
        only = "".join(f"&only={self.one()}" for _time in range(3))
        self.get(f"/inbox/in/{self.view()}/rows/?selected=1{only}", is_part=True)

    def message(self) -> None:
        self.say(self.dice.choice(self.visitors))

    def jobs(self) -> None:
        self.work()

    def work(self) -> None:
        """What messages brought, done by a worker as its process does it, until none is left; what time brings is left out."""
        from muhatap.config import jobs

        alone = {"wait": False, "install_signal_handlers": False, "listen_notify": False}
        asyncio.run(jobs.work(["intake", "follow"], **alone))

    def enter(self, number: int) -> str:
        opened = self.chat("sessions", {"inbox": "sohbet-3", "lang": "tr"})
        self.chat("details", {"name": f"Ziyaretçi {number}"}, opened["token"])
        return str(opened["token"])

    def say(self, token: str) -> None:
        key = str(UUID(int=self.dice.getrandbits(128), version=4))
        self.chat("messages", {"id": key, "text": f"Mesaj {key[:5]}: siparişim nerede?"}, token)

    def chat(self, what: str, data: Mapping[str, Any], token: str = "") -> dict[str, Any]:
        dice = self.dice
        more = {
            "CONTENT_TYPE": "application/json",
            "HTTP_X_FORWARDED_FOR": f"10.{dice.randrange(250)}.{dice.randrange(250)}.{dice.randrange(250)}",
            **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
        }
        answer = self.ask("POST", f"/chat/v1/{what}", more, json.dumps(data).encode())
        found: dict[str, Any] = json.loads(answer)
        return found

    def get(self, path: str, *, is_part: bool = False) -> bytes:
        more = {"HTTP_COOKIE": f"{self.agents[self.agent]}; csrftoken={TOKEN}", "HTTP_ACCEPT_ENCODING": "gzip"}
        return self.ask("GET", path, more | ({"HTTP_HX_REQUEST": "true"} if is_part else {}))

    def post(self, path: str, data: Mapping[str, str]) -> bytes:
        more = {
            "HTTP_COOKIE": f"{self.agents[self.agent]}; csrftoken={TOKEN}",
            "HTTP_ACCEPT_ENCODING": "gzip",
            "HTTP_HX_REQUEST": "true",
            "HTTP_ORIGIN": "http://localhost",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
        }
        return self.ask("POST", path, more, urlencode({"csrfmiddlewaretoken": TOKEN, **data}).encode())

    def ask(self, method: str, address: str, more: Mapping[str, str], body: bytes = b"") -> bytes:
        path, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.multithread": True,
            "wsgi.multiprocess": True, "wsgi.run_once": False, **more,
        }  # fmt: skip
        told: list[str] = []

        def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], None]:
            told.append(status)
            return lambda _piece: None

        answer = self.application(environ, start)
        content = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        if told[0][:3] not in ("200", "204"):
            raise RuntimeError(f"{address} answers {told[0]}: {content[:300]!r}")
        return content


class _Spent:
    """Seconds of processor and questions, summed over what is done while counting."""

    def __init__(self, data: Path) -> None:
        from muhatap.shared.postgres import cluster, layout

        self.ours = self.postgres = 0.0
        self.questions = 0
        self._server = psutil.Process(cluster.postmaster(layout.of(data).cluster) or 0)

    @contextmanager
    def counting(self) -> Iterator[None]:
        with self._listening(psycopg.Cursor), self._listening(psycopg.AsyncCursor):
            before, begun = self._of_postgres(), time.process_time()
            yield
            self.ours += time.process_time() - begun
            self.postgres += self._of_postgres() - before

    @contextmanager
    def _listening(self, cursor: Any) -> Iterator[None]:
        """Every question of every thread passes here, whoever asks it."""
        execute = cursor.execute

        def counted(asking: Any, *given: Any, **more: Any) -> Any:
            self.questions += 1
            return execute(asking, *given, **more)

        cursor.execute = counted
        try:
            yield
        finally:
            cursor.execute = execute

    def _of_postgres(self) -> float:
        """Of the server with all its processes: those that run to the microsecond, those that ended to ten milliseconds."""
        ended = self._server.cpu_times()
        running = [self._server, *self._server.children()]
        return float(sum(_on_processor(one.pid) for one in running) + ended.children_user + ended.children_system)


def _on_processor(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main())
