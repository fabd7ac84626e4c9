"""Eight processes take in the same strangers at once, each in another order: nobody waits for ever, nobody is made twice, nobody is made one."""

import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.resolving import breaths, world

PROCESSES = 8


def measure(data: Path, folder: Path, n: int) -> dict[str, Any]:
    """Breaths a second of all together, failures, addresses that lead to two contacts, contacts that hold two people's addresses."""
    from django.db import connection

    tag = f"c{time.time_ns() % 10**8}"
    begun = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.resolving.crowd", str(data), str(folder), str(n), tag]
    running = [subprocess.Popen([*command, str(seed)]) for seed in range(PROCESSES)]
    failures = sum(process.wait() for process in running)
    seconds = time.perf_counter() - begun
    like = f"yeni{tag}.%"
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from contacts_identity where kind = 'email' and value like %s", [like])
        made = cursor.fetchone()[0]
        cursor.execute(
            "select count(*) from (select contact_id from contacts_identity where kind = 'email' and value like %s"
            " group by 1 having count(distinct value) > 1) twice",
            [like],
        )
        wrong = cursor.fetchone()[0]
    people = len({claims[0].value for claims in breaths.spoken(folder, "unknown", n, tag)})
    return {
        "per_second": round(n * PROCESSES / seconds, 1),
        "failures": failures,
        "twice": made - people,
        "wrong_merges": wrong,
        "breaths": n * PROCESSES,
    }


def one_of_them(data: Path, folder: Path, n: int, tag: str, seed: int) -> int:
    """Resolve all breaths in an order of one's own; gives how many failed."""
    import os

    from muhatap.shared.postgres import layout

    os.environ.update(
        MUHATAP_DATA=str(data),
        DATABASE_URL=layout.of(data).url(user="muhatap", database="muhatap"),
        DJANGO_SETTINGS_MODULE="muhatap.config.settings",
    )
    import django

    django.setup()
    from django.db import DatabaseError

    from muhatap.contacts import identity

    spoken = breaths.spoken(folder, "unknown", n, tag)
    random.Random(seed).shuffle(spoken)
    failures = 0
    for claims in spoken:
        try:
            identity.resolve(claims=claims, source="email", at=world.AT + timedelta(days=2))
        except DatabaseError as error:
            print(error, file=sys.stderr)
            failures += 1
    return min(failures, 100)


if __name__ == "__main__":
    place, people, number, name, chance = sys.argv[1:]
    raise SystemExit(one_of_them(Path(place), Path(people), int(number), name, int(chance)))
