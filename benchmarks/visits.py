"""The speed claim of reports over visits: fifty million events of two million visitors, a year of them, in the lake.

make bench NAME=visits [SIZE=small|tenth]     keeps what it made: python -m benchmarks.visits --data /var/tmp/muhatap-visits

Every report of the screens is asked through its door, over the last month, the last quarter and the whole year, for everybody and
for some; beside it stands the same question written by hand in DuckDB over the same files. The same is asked of a tenth of the
events: cost must not grow faster than they do.
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

from benchmarks.report import Figure, at_most, percentile, tell

GOAL_MS, GOAL_RATIO, GOAL_GROWTH = 1000, 2.0, 12.0
SIZES_OF = {"full": ("tenth", "full"), "tenth": ("tenth",), "small": ("small",)}
RUNS = {"full": 3, "tenth": 3, "small": 1}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES_OF), default="full")
    parser.add_argument("--data", type=Path, help="keep what was made in this folder and use it again")
    parser.add_argument("--only", default="", help="only reports whose name holds this")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-bench-", dir="/var/tmp"))
        if not arguments.data:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        measured = {size: measure(folder / size, size, arguments.only) for size in SIZES_OF[arguments.size]}
    last = measured[list(measured)[-1]]
    counts = {size: found["counts"] for size, found in measured.items()}
    return int(not tell("visits", figures(measured), postgres=last["postgres"], counts=counts))


def measure(data: Path, size: str, only: str) -> Any:
    """All reports over a lake of a size. Raises CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks.visiting", f"--size={size}", f"--data={data}", f"--only={only}"]
    done = subprocess.run([*command, f"--runs={RUNS[size]}"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def figures(measured: Mapping[str, Any]) -> dict[str, Figure]:
    """Each report's p95 against a second and against itself by hand; and what ten times the events cost."""
    told: dict[str, Figure] = {}
    reports = measured[list(measured)[-1]]["reports"]
    for name, found in reports.items():
        ours, by_hand = found["ours"], found["by_hand"]
        p95, floor = percentile(ours, 95), percentile(by_hand, 95)
        told[f"{name}_p95_ms"] = at_most(p95, GOAL_MS, p50=percentile(ours, 50), floor=floor, n=len(ours))
        of_processor = round(sum(found["ours_cpu"]) / sum(found["by_hand_cpu"]), 2)
        told[f"{name}_over_by_hand"] = at_most(
            round(sum(ours) / sum(by_hand), 2), GOAL_RATIO, of_processor=of_processor
        )
        if len(measured) > 1:
            of_tenth = measured["tenth"]["reports"][name]["ours"]
            told[f"{name}_growth"] = at_most(round(sum(ours) / sum(of_tenth), 2), GOAL_GROWTH)
    return told


if __name__ == "__main__":
    raise SystemExit(main())
