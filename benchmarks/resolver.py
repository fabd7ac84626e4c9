"""The claim of the resolver: who writes is recognised or written down in milliseconds at a million contacts, as the batch would say it.

make bench NAME=resolver [SIZE=small]     keeps what it filled: python -m benchmarks.resolver --data /var/tmp/muhatap-resolver
a set of one's own: --set DIR (records.csv, truth.csv as benchmarks.identity takes them; else a world of our own is made)

Beside each latency stands the floor: bare statements that write the same rows, in the same run on the same server.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import identity_world
from benchmarks.report import Figure, at_least, at_most, progress, tell

CONTACTS = {"full": 1_000_000, "middle": 100_000, "small": 2_000}
REPLAYED = {"full": 100_000, "middle": 10_000, "small": 2_000}
BREATHS = {"full": 3_000, "middle": 1_000, "small": 60}
CROWD = {"full": 400, "middle": 200, "small": 20}
MERGES = {"full": 1_000, "middle": 200, "small": 20}
GOAL_P50, GOAL_P99, GOAL_RATE, GOAL_EQUAL = 3.0, 20.0, 300.0, 0.99


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(CONTACTS), default="full")
    parser.add_argument("--data", type=Path, help="keep the filled databases in this folder and use them again")
    parser.add_argument("--set", type=Path, help="a folder with records.csv and truth.csv instead of our own world")
    arguments = parser.parse_args()
    size = arguments.size
    with ExitStack() as stack:
        folder = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-bench-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        people = arguments.set or _made(folder / "people", CONTACTS[size])
        base = _part(folder / "base", people, CONTACTS[size], BREATHS[size], "latency")
        crowd = _part(folder / "base", people, CONTACTS[size], CROWD[size], "crowd")
        replay = _part(folder / "replay", people, REPLAYED[size], REPLAYED[size], "replay")
        merges = _part(folder / "replay", people, REPLAYED[size], MERGES[size], "merges")
    told = base | crowd | replay | merges
    return int(
        not tell(
            "resolver", figures(told), postgres=told["postgres"], size=size, plan_of_a_hot_key=told["latency"]["plan"]
        )
    )


def figures(told: dict[str, Any]) -> dict[str, Figure]:
    latency, crowd, replay, merges = (told[part] for part in ("latency", "crowd", "replay", "merges"))
    floor = latency["floor"]
    found: dict[str, Figure] = {}
    for kind in ("known", "unknown", "hot"):
        ms = latency[kind]
        ratio = round(ms["p50"] / max(floor["p50"], 0.01), 2)
        found[f"{kind}_p50_ms"] = at_most(ms["p50"], GOAL_P50, floor=floor["p50"], times_floor=ratio, p95=ms["p95"])
        found[f"{kind}_p99_ms"] = at_most(ms["p99"], GOAL_P99, floor=floor["p99"])
    alone, together = latency["one_by_one"], latency["at_once"]
    found["per_second_one_process"] = at_least(
        together["per_second"], GOAL_RATE, cpu_ms=together["cpu_ms"], one_by_one=alone["per_second"]
    )
    found["failures_of_eight"] = at_most(crowd["failures"], 0, per_second=crowd["per_second"], breaths=crowd["breaths"])
    found["made_twice_by_eight"] = at_most(crowd["twice"], 0)
    found["wrong_merges_of_eight"] = at_most(crowd["wrong_merges"], 0)
    found["pairs_equal_to_batch"] = at_least(
        replay["pairs_equal"], GOAL_EQUAL, only_online=replay["only_online"], only_batch=replay["only_batch"], n=replay["pairs_batch"]
    )  # fmt: skip
    found["groups_equal_to_batch"] = at_least(replay["groups_equal"], GOAL_EQUAL, n=replay["pairs_in_groups_batch"])
    found["unmerges_exact"] = at_least(
        merges["exact"], merges["merges"], merge_ms=merges["merge_ms"], unmerge_ms=merges["unmerge_ms"]
    )
    return found


def _part(data: Path, people: Path, contacts: int, n: int, part: str) -> dict[str, Any]:
    """Raises CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks.resolving", f"--part={part}", f"--data={data}", f"--set={people}"]
    done = subprocess.run([*command, f"--contacts={contacts}", f"--n={n}"], stdout=subprocess.PIPE, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    progress(f"{part}: {told[part]}")
    return told


def _made(folder: Path, n: int) -> Path:
    if not (folder / "truth.csv").exists():
        identity_world.write(n, 1, folder)
    return folder


if __name__ == "__main__":
    raise SystemExit(main())
