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
from contextlib import ExitStack
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
        product = stack.enter_context(Product(data))
        product.wait_until_it_serves()
        progress("it serves")
        diary, memory = asyncio.run(_day(plan, product, cookies))
        late = _delays(data, diary)
    return int(not tell("load", figures(plan, diary, memory, late), postgres=postgres, faults=dict(diary.faults)))


def figures(plan: Plan, diary: Diary, memory: list[float], late: list[float]) -> dict[str, Figure]:
    pages = [
        took for kind in ("list", "open", "note", "rows again", "counts again") for took in diary.took.get(kind, [])
    ]
    beside = {f"{kind.replace(' ', '_')}_p95": percentile(took, 95) for kind, took in diary.took.items()}
    n_said = len(diary.taken_at)
    return {
        "faults": at_most(diary.faults.total(), 0),
        "page_p95_ms": at_most(percentile(pages, 95), PAGE_MS, p50=percentile(pages, 50), n=len(pages), **beside),
        "messages": at_least(n_said, int(plan.per_second * plan.seconds * 0.98)),
        "heard_of": at_least(len(late), n_said),
        "visible_p95_ms": at_most(percentile(late, 95), VISIBLE_MS, p50=percentile(late, 50), p99=percentile(late, 99)),
        "memory_growth": at_most(round(memory[-1] / memory[0], 3), MEMORY_GROWTH, mb=round(memory[-1])),
    }


async def _day(plan: Plan, product: Product, cookies: list[str]) -> tuple[Diary, list[float]]:
    dice, diary = random.Random(7), Diary()
    visitors = [Visitor(number, product.port, "sohbet-3", diary) for number in range(plan.n_visitors)]
    for start in range(0, len(visitors), ENTERING):
        await asyncio.gather(*(visitor.enter() for visitor in visitors[start : start + ENTERING]))
    agents = [Agent(product.port, cookie, diary, random.Random(place)) for place, cookie in enumerate(cookies)]
    streams = [asyncio.create_task(one.listen()) for one in [*visitors, *agents]]
    progress(f"{len(visitors)} visitors and {len(agents)} agents are here")
    until = time.monotonic() + plan.seconds
    memory = asyncio.create_task(_weigh(product, until))
    talk = asyncio.create_task(_talk(plan, visitors, dice, until))
    await asyncio.gather(*(agent.work(until) for agent in agents))
    await talk
    await asyncio.sleep(3)  # what was taken last is still on its way
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


def _logins(n_agents: int) -> list[str]:
    from benchmarks.clicking.browser import login
    from muhatap.accounts.models import User

    return [login(user) for user in User.objects.order_by("pk")[:n_agents]]


def _delays(data: Path, diary: Diary) -> list[float]:
    """Milliseconds from "we have it" to the agents' stream telling of it, for each message that was told of."""
    with Installation(data):
        from muhatap.conversations.models import Message

        rows = Message.objects.filter(pk__in=list(diary.heard_at), kind="inbound").values_list("pk", "external_id")
        taken = diary.taken_at
        return [
            max(0.0, diary.heard_at[pk] - taken[key]) * 1000
            for pk, external_id in rows
            if (key := external_id.rpartition(":")[2] or external_id) in taken
        ]


def _open_many_files() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
