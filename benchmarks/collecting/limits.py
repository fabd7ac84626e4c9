"""What stands beside the collector: raw COPY without an index, and the usual design of one INSERT an event through the ORM."""

import time
from datetime import UTC, datetime

from benchmarks.collecting import events

GROUP = 1000  # rows a commit, as the target defines it


def copied_per_second(seconds: float) -> float:
    """Rows a second of one connection that copies the same rows into a table like a leaf, with no index, a commit each GROUP."""
    import psycopg

    from muhatap.api.live import connection_settings
    from muhatap.visits import segment

    bodies = [events.single(number) for number in range(GROUP)]
    now = datetime.now(UTC)
    rows = [
        next(segment.rows(segment.opened(body, call="track"), call="track", site_id=1, received_at=now))
        for body in bodies
    ]
    names = ", ".join(segment.Row._fields)
    with psycopg.connect(**connection_settings(), autocommit=True) as connection:
        connection.execute("create table bench_copy (like visits_event)")
        n, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            with (
                connection.cursor() as cursor,
                cursor.copy(f"copy bench_copy ({names}) from stdin (format binary)") as copy,
            ):
                copy.set_types(
                    ("timestamptz", "int8", "bytea", "timestamptz", "int2", *["text"] * 4, "bool", "bytea", "bool")
                )
                for row in rows:
                    copy.write_row(row)
            n += GROUP
        spent = time.perf_counter() - begun
        connection.execute("drop table bench_copy")
    return n / spent


def inserted_per_second(seconds: float) -> float:
    """Events a second when each is read with the standard library and saved by the ORM in a commit of its own; no HTTP."""
    import json
    import uuid

    from muhatap.visits.models import Event

    bodies = [events.single(number) for number in range(200)]
    n, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        told = json.loads(bodies[n % len(bodies)])
        now = datetime.now(UTC)
        Event.objects.create(
            received_at=now,
            site_id=1,
            message_key=uuid.uuid4(),
            at=now,
            kind=2,
            anonymous_id=told["anonymousId"],
            user_id="",
            name=told["event"],
            url=told["context"]["page"]["url"],
            is_bot=False,
            payload=bodies[n % len(bodies)].decode(),
        )
        n += 1
    return n / (time.perf_counter() - begun)
