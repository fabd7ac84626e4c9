"""Fill one firm if its folder is empty, serve it, click: prints the milliseconds of every click as JSON.

In a process of its own, because Django knows one database for all its life; benchmarks.inbox starts it for each size.
"""

import argparse
import json
import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.filling.sizes import SIZES
from benchmarks.report import percentile, progress
from benchmarks.surroundings import Installation

UNMEASURED = 0.1  # of the clicks of each kind, and at least one
THROWS = 20  # of the dice for each click, where few agents can click on it
SEED = 7
FIRST = "search_first"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clicks", type=int, required=True)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with Installation(arguments.data) as installation:
        from benchmarks.clicking.kinds import kinds
        from benchmarks.filling.fill import fill

        fill(arguments.data, SIZES[arguments.size], datetime.now(UTC))
        installation.serve()
        wanted = [click for click in kinds() if arguments.only in click.name]
        timings = {FIRST: first_search(installation.port)} if arguments.only in FIRST else {}
        timings |= {click.name: timing(installation.port, click, arguments.clicks) for click in wanted}
        print(json.dumps({"postgres": installation.postgres_version(), "timings": timings}))


def first_search(port: int) -> dict[str, list[float]]:
    """The first thing anybody asks after a restart: PostgreSQL has nothing in its memory, the pages were never drawn."""
    from benchmarks.clicking.browser import Browser
    from muhatap.accounts.models import User

    agent = Browser(port, User.objects.filter(visibility="inbox").earliest("pk"))
    took = agent.click(f"/search/?{urlencode({'q': 'iadesini'})}")
    progress(f"{FIRST:22} {took:7.1f}")
    return {"clicks": [took], "floors": [0.0]}


def timing(port: int, click: Any, n_clicks: int) -> dict[str, list[float]]:
    """The dice throw the same agents and targets on each run. The first clicks of each kind only warm up."""
    from benchmarks.clicking.browser import Browser
    from muhatap.accounts.models import User

    dice = random.Random(f"{SEED} {click.name}")
    agents = [Browser(port, user) for user in User.objects.order_by("pk")]
    clicks: list[float] = []
    floors: list[float] = []
    n_unmeasured = max(1, round(n_clicks * UNMEASURED))
    for _throw in range(THROWS * n_clicks):
        agent = dice.choice(agents)
        step = click.step(agent, dice)
        if step is None:  # not for this agent; another one throws again
            continue
        clicks.append(agent.click(step.path, step.data, is_part=step.is_part))
        floors.append(bare(step))
        if len(clicks) == n_clicks + n_unmeasured:
            break
    clicks, floors = clicks[n_unmeasured:], floors[n_unmeasured:]
    progress(
        f"{click.name:22} p50 {percentile(clicks, 50):7.1f}  p95 {percentile(clicks, 95):7.1f} "
        f" SQL p50 {percentile(floors, 50):6.1f}  p95 {percentile(floors, 95):6.1f}  of {len(clicks)}"
    )
    return {"clicks": clicks, "floors": floors}


def bare(step: Any) -> float:
    """Milliseconds for the bare SQL of a step."""
    from django.db import connection

    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for statement in step.floor:
            cursor.execute(statement, step.values)
            cursor.fetchall()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
