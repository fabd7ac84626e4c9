"""The speed claim of the inbox: lists, conversations, counts, search and acts at a million contacts and five million messages.

make bench NAME=inbox [SIZE=small]        keeps what it filled: python -m benchmarks.inbox --data /var/tmp/muhatap-bench

Each click goes through the product's whole HTTP stack; beside it stands the bare SQL that fetches the same rows, run in the same
minute on the same server. The same is measured on a firm of a tenth of the size: cost must not grow with what is not shown.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.clicking.goals import goal
from benchmarks.report import Figure, at_most, percentile, tell

GROWTH = 1.5
SIZES_OF = {"full": ("tenth", "full"), "small": ("small",)}
N_CLICKS = {"full": 200, "tenth": 200, "small": 4}
Timings = Mapping[str, Mapping[str, list[float]]]  # name of the click → clicks, floors → milliseconds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES_OF), default="full")
    parser.add_argument("--data", type=Path, help="keep the filled databases in this folder and use them again")
    parser.add_argument("--only", default="", help="only clicks whose name holds this")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-bench-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        measured = {size: measure(folder / size, size, arguments.only) for size in SIZES_OF[arguments.size]}
    timings = {size: found["timings"] for size, found in measured.items()}
    postgres = next(iter(measured.values()))["postgres"]
    return int(not tell("inbox", figures(timings), postgres=postgres, sizes=list(timings)))


def measure(data: Path, size: str, only: str) -> Any:
    """All clicks on a firm of a size. Raises CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks.clicking", f"--size={size}", f"--data={data}", f"--only={only}"]
    done = subprocess.run([*command, f"--clicks={N_CLICKS[size]}"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def figures(timings: Mapping[str, Timings]) -> dict[str, Figure]:
    """Each click's p95 against its goal, and against itself at a tenth of the size."""
    told: dict[str, Figure] = {}
    for name, timing in timings[list(timings)[-1]].items():
        clicks, floors = timing["clicks"], timing["floors"]
        if not clicks:
            continue
        p95, floor = percentile(clicks, 95), percentile(floors, 95)
        beside = {"p50": percentile(clicks, 50), "p99": percentile(clicks, 99), "floor_p50": percentile(floors, 50)}
        told[f"{name}_p95_ms"] = at_most(p95, goal(name, floor), floor=floor, n=len(clicks), **beside)
        if (smaller := timings.get("tenth", {}).get(name)) and len(timings) > 1 and len(clicks) > 1:
            of_tenth = percentile(smaller["clicks"], 95)
            told[f"{name}_growth"] = at_most(round(p95 / of_tenth, 2), GROWTH, tenth_p95=of_tenth)
    return told


if __name__ == "__main__":
    raise SystemExit(main())
