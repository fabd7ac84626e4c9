"""One size: fill the lake where it is empty, ask everything, tell how long it took."""

import argparse
import json
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.report import progress
from benchmarks.surroundings import Installation
from benchmarks.visiting.world import FIRST, SIZES, Size


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    size = SIZES[arguments.size]
    with Installation(arguments.data) as installation:
        counts = filled(size)
        reports = measured(size, arguments.only, arguments.runs)
        told = {"counts": counts, "reports": reports, "postgres": installation.postgres_version()}
    print(json.dumps(told))


def filled(size: Size) -> dict[str, int]:
    """The lake holds all days, and the rows say so."""
    from benchmarks.visiting import world
    from muhatap.insight import exporting, lake
    from muhatap.insight.models import ExportedDay
    from muhatap.shared import clock

    note = lake.root() / "counts.json"
    if not note.exists():
        counts = world.write(size)
        note.write_text(json.dumps(counts))
    at = clock.now()
    days = [FIRST + timedelta(days=n) for n in range(size.n_days)]
    ExportedDay.objects.bulk_create(
        [ExportedDay(day=day, at=at, n_visits=0, n_page_views=0, n_events=0) for day in days], ignore_conflicts=True
    )
    progress(f"{exporting.pack()} files of months packed")
    found: dict[str, int] = json.loads(note.read_text())
    return found


def measured(size: Size, only: str, runs: int) -> dict[str, Any]:
    """Milliseconds of every question, in turn with the same by hand; the first of each is not counted."""
    from benchmarks.visiting import asked, byhand
    from muhatap.insight import engine

    duck = engine._duckdb().cursor()  # the same process, memory and threads
    found: dict[str, Any] = defaultdict(lambda: defaultdict(list))
    for question in asked.everything(size.last, size.n_days, only):
        statement = byhand.statement(question)
        told = found[question.name]
        for run in range(runs + 1):
            ours = timed(question.ask)
            hand = timed(lambda: duck.execute(statement).fetchall())  # noqa: B023 (asked at once)
            for name, value in zip(("ours", "ours_cpu", "by_hand", "by_hand_cpu"), (*ours, *hand), strict=True):
                if run:
                    told[name].append(value)
        days = (question.period.end - question.period.start).days + 1
        some = "" if question.conditions.is_empty else ", some"
        progress(f"{question.name}, {days} days{some}: {ours} ms and of processor, by hand {hand}")
    return found


def timed(act: Any) -> tuple[float, float]:
    """Milliseconds by the clock, and of our process on all cores."""
    begun, used = time.perf_counter(), time.process_time()
    act()
    return round((time.perf_counter() - begun) * 1000, 1), round((time.process_time() - used) * 1000, 1)


if __name__ == "__main__":
    main()
