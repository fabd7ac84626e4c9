"""How fast what was collected becomes visits, timelines, carts and figures, and what it costs.

python -m benchmarks.collecting.folded [--visits 5000] [--data FOLDER]        by itself, prints one JSON line
"""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.collecting import shoppers
from muhatap.visits.segment import Row

A_RUN_MORE = 100_000  # runs; none takes so many


def measured(site_id: int, n_visits: int, seed: int = 1) -> dict[str, Any]:
    """Let so many visits arrive and fold them; nothing else may wait to be folded."""
    from django.db import connection

    from muhatap.flow import shopping
    from muhatap.shared import clock
    from muhatap.visits import folding, keeping
    from muhatap.visits.models import Visit

    now = clock.now()
    for days in (0, 1):
        keeping.look_ahead(at=now - timedelta(days=days))
    rows = shoppers.rows(n_visits, site_id=site_id, until=now, seed=seed)
    with connection.cursor() as cursor:
        cursor.execute("truncate visits_event, visits_folded, sales_shopplace")
        _arrive(rows)
        cursor.execute("analyze visits_event")
    before = Visit.objects.count()
    later = now + timedelta(minutes=1)
    fold, fold_cpu, fold_db = _timed(lambda: _all(folding.fold_all, folding.fold, at=later))
    known, known_cpu, known_db = _timed(lambda: _follow(at=later))
    carts, carts_cpu, carts_db = _timed(lambda: _all(shopping.carry_all, shopping.carry, at=later))
    n = Visit.objects.count() - before
    return {
        "events": len(rows),
        "visits": n,
        "events_per_s": round(len(rows) / fold),
        "fold_cpu_ms_a_visit": round(1000 * (fold_cpu + fold_db) / n, 3),
        "of_it_database": round(1000 * fold_db / n, 3),
        "carts_cpu_ms_a_visit": round(1000 * (carts_cpu + carts_db) / n, 3),
        "whole_events_per_s": round(len(rows) / (fold + known + carts)),
        "known_cpu_ms": round(1000 * (known_cpu + known_db), 1),
    }


def _arrive(rows: Sequence[Row]) -> None:
    """As the collector writes them."""
    from muhatap.api.collector import _connect
    from muhatap.visits.writing import Writer

    async def told() -> None:
        writer = Writer(_connect)
        try:
            for first in range(0, len(rows), 500):
                await writer.write(rows[first : first + 500])
        finally:
            await writer.stop()

    asyncio.run(told())


def _all(job: Callable[..., None], piece: Callable[..., int], *, at: datetime) -> None:
    """What the job does, which leaves what is too much for one time to the next."""
    job(at=at)
    for _ in range(A_RUN_MORE):
        if not piece(at=at):
            return


def _follow(*, at: datetime) -> None:
    """Timelines, until no news of a visit is left."""
    from muhatap.flow import visitors
    from muhatap.visits.models import VisitNews, VisitorProof

    for _ in range(A_RUN_MORE):
        visitors.follow(at=at)
        if not (VisitNews.objects.exists() or VisitorProof.objects.filter(judged_at=None).exists()):
            return


def _timed(act: Callable[[], None]) -> tuple[float, float, float]:
    """Seconds by the clock, of our processor, and of the database's for our connection."""
    begun, used, database = time.perf_counter(), time.process_time(), _of_database()
    act()
    return time.perf_counter() - begun, time.process_time() - used, _of_database() - database


def _of_database() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (number,) = cursor.fetchone()
    told = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    from benchmarks.surroundings import Installation

    parser = argparse.ArgumentParser()
    parser.add_argument("--visits", type=int, default=5000)
    parser.add_argument("--data", type=Path, help="begin in this folder and keep it")
    arguments = parser.parse_args()
    data = arguments.data or Path(tempfile.mkdtemp(prefix="muhatap-folded-", dir="/var/tmp"))
    try:
        with Installation(data) as installation:
            from benchmarks.collect import _site
            from muhatap.visits.models import Site

            site = Site.objects.get(write_key=_site())
            print(json.dumps(measured(site.pk, arguments.visits) | {"postgres": installation.postgres_version()}))
    finally:
        if not arguments.data:
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
