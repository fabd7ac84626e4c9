"""A busy day on one small machine: agents clicking, visitors with open chats, messages coming in, for minutes.

make bench NAME=load [SIZE=small]        the product as `muhatap serve` runs it, the crowd beside it on the same cores
"""

import argparse
import asyncio
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.crashing.product import Product
from benchmarks.crowding.people import Agent, Diary, Visitor
from benchmarks.filling.sizes import SIZES, Size
from benchmarks.report import Figure, at_least, at_most, percentile, progress, tell
from benchmarks.surroundings import Installation

PAGE_MS, VISIBLE_MS, MEMORY_GROWTH = 300.0, 1000.0, 1.15
# Two processes for pages, one a core; half a gigabyte for the database.
SETTINGS = {"MUHATAP_WEB_WORKERS": "2", "MUHATAP_POSTGRES_MEMORY_MB": "512"}
PAGES = ("list", "open", "note", "rows again", "changed rows", "counts again", "thread again", "card again")
SHOWN = {"visible_p95_ms": "heard", "in_open_thread_p95_ms": "thread", "in_shown_row_p95_ms": "rows"}
KINDS = {
    "postgres:": "postgres",
    "config.serving": "web",
    "jobs inward": "jobs",
    "jobs outward": "sending",
    "muhatap ": "others",
}
ENTERING = 100  # visitors who come at the same moment
SETTLING = 20.0  # seconds until memory is first weighed


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many of whom, for how long, on how much data."""

    size: Size
    n_agents: int
    n_visitors: int
    per_second: float
    seconds: float


PLANS = {
    "full": Plan(
        size=replace(SIZES["tenth"], n_agents=100), n_agents=100, n_visitors=2_000, per_second=20, seconds=300
    ),
    "small": Plan(size=SIZES["small"], n_agents=4, n_visitors=20, per_second=2, seconds=25),
}


@dataclass(frozen=True)
class Delays:
    """Milliseconds from "we have it" to an agent's stream telling of it, and to its standing on a screen; each agent counts."""

    ms: Mapping[str, list[float]]
    n_heard_of: int


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(PLANS), default="full")
    parser.add_argument("--data", type=Path, help="keep the filled database here and use it again")
    arguments = parser.parse_args()
    plan = PLANS[arguments.size]
    _open_many_files()
    with ExitStack() as stack:
        data = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-load-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, data, ignore_errors=True)
        with Installation(data) as installation:
            from benchmarks.filling.fill import fill

            fill(data, plan.size, datetime.now(UTC))
            cookies, postgres = _logins(plan.n_agents), installation.postgres_version()
        product = stack.enter_context(Product(data, SETTINGS))
        product.wait_until_it_serves()
        progress("it serves")
        worked = _cpu_seconds(product)
        diary, memory = asyncio.run(_day(plan, product, cookies))
        worked = {what: round(spent - worked.get(what, 0.0), 1) for what, spent in _cpu_seconds(product).items()}
        late = _delays(data, diary)
    told = figures(plan, diary, memory, late)
    return int(not tell("load", told, postgres=postgres, faults=dict(diary.faults), cpu_seconds=worked))


def figures(plan: Plan, diary: Diary, memory: list[float], late: Delays) -> dict[str, Figure]:
    pages = [took for kind in PAGES for took in diary.took.get(kind, [])]
    beside = {f"{kind.replace(' ', '_')}_p95": percentile(took, 95) for kind, took in diary.took.items()}
    counts = {f"n_{kind.replace(' ', '_')}": len(took) for kind, took in diary.took.items()}
    n_said = len(diary.taken_at)
    return {
        "faults": at_most(diary.faults.total(), 0),
        "page_p95_ms": at_most(
            percentile(pages, 95), PAGE_MS, p50=percentile(pages, 50), n=len(pages), **beside, **counts
        ),
        "messages": at_least(n_said, int(plan.per_second * plan.seconds * 0.98)),
        "heard_of": at_least(late.n_heard_of, n_said),
        **{name: _until_shown(late.ms[where]) for name, where in SHOWN.items() if where == "heard" or late.ms[where]},
        "memory_growth": at_most(round(memory[-1] / memory[0], 3), MEMORY_GROWTH, mb=round(memory[-1])),
    }


def _until_shown(late: Sequence[float]) -> Figure:
    p50, p99 = percentile(late, 50), percentile(late, 99)
    return at_most(percentile(late, 95), VISIBLE_MS, p50=p50, p99=p99, n=len(late))


async def _day(plan: Plan, product: Product, cookies: dict[int, str]) -> tuple[Diary, list[float]]:
    dice, diary = random.Random(7), Diary()
    visitors = [Visitor(number, product.port, "sohbet-3", diary) for number in range(plan.n_visitors)]
    for start in range(0, len(visitors), ENTERING):
        await asyncio.gather(*(visitor.enter() for visitor in visitors[start : start + ENTERING]))
    agents = [Agent(product.port, user, cookie, diary, random.Random(user)) for user, cookie in cookies.items()]
    streams = [asyncio.create_task(one.listen()) for one in visitors]
    progress(f"{len(visitors)} visitors and {len(agents)} agents are here")
    until = time.monotonic() + plan.seconds
    memory = asyncio.create_task(_weigh(product, until))
    talk = asyncio.create_task(_talk(plan, visitors, dice, until))
    await asyncio.gather(*(agent.work(until) for agent in agents))
    await talk
    await asyncio.sleep(3)  # what was taken last is still on its way
    for agent in agents:
        agent.leave()
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return diary, await memory


async def _talk(plan: Plan, visitors: list[Visitor], dice: random.Random, until: float) -> None:
    """So many messages a second, evenly, whether or not the product keeps up."""
    begun, said = time.monotonic(), []
    for number in range(int(plan.per_second * plan.seconds)):
        await asyncio.sleep(max(0.0, begun + number / plan.per_second - time.monotonic()))
        if time.monotonic() > until + 5:
            break
        said.append(asyncio.create_task(dice.choice(visitors).say(f"Mesaj {number}: siparişim nerede?")))
        if number and number % int(plan.per_second * 30) == 0:
            progress(f"{number} messages said")
    await asyncio.gather(*said)


async def _weigh(product: Product, until: float) -> list[float]:
    """Megabytes of the product's own processes, each ten seconds; what PostgreSQL shares is not counted."""
    await asyncio.sleep(min(SETTLING, (until - time.monotonic()) / 3))
    weights = []
    while time.monotonic() < until:
        weights.append(sum(_unique_mb(process) for process in product.processes()))
        await asyncio.sleep(min(10.0, max(1.0, (until - time.monotonic()) / 3)))
    return weights


def _unique_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().uss) / 1e6
    except psutil.Error:
        return 0.0


def _logins(n_agents: int) -> dict[int, str]:
    """The number of each agent, with the cookie of their login."""
    from benchmarks.clicking.browser import login
    from muhatap.accounts.models import User

    return {user.pk: login(user) for user in User.objects.order_by("pk")[:n_agents]}


def _delays(data: Path, diary: Diary) -> Delays:
    """Looks the messages up that the agents heard of."""
    with Installation(data):
        from muhatap.conversations.models import Message

        told = {message for message, _at in diary.seen.get("heard", [])}
        rows = Message.objects.filter(pk__in=told, kind="inbound").values_list("pk", "external_id")
        keys = {pk: external_id.rpartition(":")[2] for pk, external_id in rows}
    taken = {pk: diary.taken_at[key] for pk, key in keys.items() if key in diary.taken_at}
    late = {
        where: [max(0.0, at - taken[pk]) * 1000 for pk, at in diary.seen.get(where, []) if pk in taken]
        for where in SHOWN.values()
    }
    return Delays(late, len(taken))


def _cpu_seconds(product: Product) -> dict[str, float]:
    """What the product's processes have worked so far, by what they are."""
    spent: Counter[str] = Counter()
    for process in product.tree():
        with suppress(psutil.Error):
            command, times = " ".join(process.cmdline()), process.cpu_times()
            what = next((name for word, name in KINDS.items() if word in command), "postgres")
            spent[what] += times.user + times.system
    return dict(spent)


def _open_many_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
