"""One part of the resolver's bench in a process of its own, with a database of its own; prints what it measured as JSON."""

import argparse
import json
from pathlib import Path

from benchmarks.report import progress
from benchmarks.resolving import crowd, latency, merges, replay, world
from benchmarks.surroundings import Installation

PARTS = {"latency": latency.measure, "crowd": crowd.measure, "replay": replay.measure, "merges": merges.measure}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", choices=list(PARTS), nargs="+", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--contacts", type=int, required=True)
    parser.add_argument("--n", type=int, required=True)
    arguments = parser.parse_args()
    with Installation(arguments.data) as home:
        filled = arguments.data / "filled"
        if not filled.exists():
            world.fill(world.superuser(arguments.data), arguments.set, arguments.contacts)
            filled.touch()
        told: dict[str, object] = {"postgres": home.postgres_version()}
        for part in arguments.part:
            progress(f"{part}, {arguments.n}")
            told[part] = PARTS[part](arguments.data, arguments.set, arguments.n)
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
