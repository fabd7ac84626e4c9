"""Events durably acknowledged: as many as the disk allows, each exactly once, through kill -9 too.

make bench NAME=collect [SIZE=small]        beside it a constant answer, raw COPY without an index, and an INSERT an event
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.collecting import folded, kills, limits, spent
from benchmarks.crashing.product import Product
from benchmarks.report import Figure, at_least, at_most, progress, tell
from benchmarks.surroundings import Installation

NO_LIMIT = 1_000_000  # requests a second: the bench is not to be told to come again


@dataclass(frozen=True, kw_only=True)
class Plan:
    seconds: float
    rounds: int
    n_kills: int
    n_visits: int  # to be folded


PLANS = {
    "full": Plan(seconds=8, rounds=3, n_kills=52, n_visits=5000),
    "small": Plan(seconds=1.5, rounds=1, n_kills=4, n_visits=200),
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(PLANS), default="full")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=Path, help="begin in this folder and keep it")
    arguments = parser.parse_args()
    plan = PLANS[arguments.size]
    with ExitStack() as stack:
        data = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-collect-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, data, ignore_errors=True)
        with Installation(data) as installation:
            postgres, key = installation.postgres_version(), _site()
            installation.serve()
            figures = _speed(plan, installation, key)
            figures |= _folded(plan, key, collected=figures["singles_per_s"].value)
            _forget_events()
        product = stack.enter_context(Product(data))
        product.wait_until_it_serves()
        taken, again = kills.storm(product, key, n_kills=plan.n_kills, seed=arguments.seed)
        figures |= _once(data, product, taken, again, plan)
    return int(not tell("collect", figures, postgres=postgres))


def _speed(plan: Plan, installation: Installation, key: str) -> dict[str, Figure]:
    """Everything in turns, so that a busy moment of the machine falls on all of them; medians."""
    port = installation.port
    with _constant() as constant:
        told: dict[str, list[float]] = {}

        def sent(what: str, connections: int, n: int) -> float:
            """Events a second; how many microseconds of processor one costs, here and in the database; how many share a commit."""
            before, commits = spent.seconds(installation), spent.commits()
            told_so = _taken(port, key, connections, plan.seconds, n)
            for where, more, less in zip(("web", "database"), spent.seconds(installation), before, strict=True):
                cost = 1e6 * (more - less) / (told_so["n"] * n)
                told.setdefault(f"{what}, us of {where}", []).append(cost)
                progress(f"{what}, us of {where}: {cost:.1f}")
            together = told_so["n"] * n / max(spent.commits() - commits, 1)
            told.setdefault(f"{what}, events a commit", []).append(together)
            progress(f"{what}, events a commit: {together:.1f}")
            return n * told_so["per_second"]

        def note(what: str, measure: Callable[[], float]) -> None:
            told.setdefault(what, []).append(measure())
            progress(f"{what}: {told[what][-1]:.0f}")

        for _round in range(plan.rounds):
            note("constant", lambda: _per_second(constant, key, 64, plan.seconds, 1))
            note("singles", lambda: sent("singles", 64, 1))
            note("many connections", lambda: _per_second(port, key, 256, plan.seconds, 1))
            note("batches", lambda: sent("batches", 16, 100))
            note("copy", lambda: limits.copied_per_second(plan.seconds / 2))
            note("orm", lambda: limits.inserted_per_second(plan.seconds / 2))
            note("paced p99", lambda: _generated(port, key, 64, plan.seconds, 1, 1000)["p99_ms"])
    middle = {what: statistics.median(values) for what, values in told.items()}
    singles, batches = middle["singles"], middle["batches"]
    costs = {
        what: {f"{where}_us": round(middle[f"{what}, us of {where}"], 1) for where in ("web", "database")}
        | {"events_a_commit": round(middle[f"{what}, events a commit"], 1)}
        for what in ("singles", "batches")
    }
    return {
        "singles_per_s": at_least(
            round(singles), 10_000, with_256_connections=round(middle["many connections"]), **costs["singles"]
        ),
        "singles_of_constant": at_least(
            round(singles / middle["constant"], 3), 0.4, constant=round(middle["constant"])
        ),
        "singles_to_orm": at_least(round(singles / middle["orm"], 1), 7, rival=round(middle["orm"])),
        "batches_of_copy": at_least(
            round(batches / middle["copy"], 3),
            0.7,
            floor=round(middle["copy"]),
            events_per_s=round(batches),
            **costs["batches"],
        ),
        "batches_to_orm": at_least(round(batches / middle["orm"], 1), 15, rival=round(middle["orm"])),
        "p99_ms_at_1000_per_s": at_most(middle["paced p99"], 20),
    }


def _folded(plan: Plan, key: str, *, collected: float) -> dict[str, Figure]:
    """What is collected has to become visits and figures as fast as it arrives."""
    from muhatap.visits.models import Site

    site = Site.objects.get(write_key=key)
    told = folded.measured(site.pk, plan.n_visits)
    progress(f"folded: {told}")
    per_second = told.pop("whole_events_per_s")
    return {"folded_events_per_s": at_least(per_second, round(collected), **told)}


def _once(data: Path, product: Product, taken: set[Any], again: int, plan: Plan) -> dict[str, Figure]:
    product.wait_until_it_serves()
    os.environ.update(product.environment())
    from django.db import connections

    connections.close_all()
    stands = kills.kept(data)
    connections.close_all()
    return {
        "kills": at_least(
            product.killed.total(), plan.n_kills, **{f"of_{name}": n for name, n in product.killed.items()}
        ),
        "acknowledged": at_least(len(taken), 100, batches_sent_again=again),
        "lost": at_most(sum(one not in stands for one in taken), 0),
        "doubled": at_most(sum(n > 1 for n in stands.values()), 0),
    }


def _per_second(port: int, key: str, connections: int, seconds: float, n_events: int) -> float:
    return _taken(port, key, connections, seconds, n_events)["per_second"]


def _taken(port: int, key: str, connections: int, seconds: float, n_events: int) -> dict[str, float]:
    told = _generated(port, key, connections, seconds, n_events, 0)
    if told["refused"] or told["broken"] or not told["n"]:
        raise RuntimeError(f"not all was taken: {told}")
    return told


def _generated(port: int, key: str, connections: int, seconds: float, n_events: int, pace: float) -> dict[str, float]:
    path = "/v1/track" if n_events == 1 else "/v1/batch"
    command = [
        sys.executable,
        "-m",
        "benchmarks.collecting.generator",
        str(port),
        path,
        key,
        str(connections),
        str(seconds),
    ]
    done = subprocess.run([*command, str(n_events), str(pace)], capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


@contextmanager
def _constant() -> Iterator[int]:
    """The server with a constant answer, inside the block; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.collecting.constant", str(number)], pass_fds=[number]
        )
        try:
            yield int(listening.getsockname()[1])  # who connects before it is there waits at the socket
        finally:
            process.terminate()
            process.wait()


def _site() -> str:
    from muhatap.accounts.models import User
    from muhatap.shared import clock
    from muhatap.visits import sites

    owner = User.objects.first() or User.objects.create_user(
        "deniz@ihlamurev.example", None, name="Deniz Koç", role="owner"
    )
    site = sites.create(name="Ihlamur Ev", origins=[], by=owner, at=clock.now())
    sites.change(site=site, name=site.name, origins=[], per_second=NO_LIMIT, is_on=True, by=owner, at=clock.now())
    return site.write_key


def _forget_events() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("truncate visits_event")


if __name__ == "__main__":
    sys.exit(main())
