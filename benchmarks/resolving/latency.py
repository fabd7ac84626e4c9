"""How long one breath takes with all that it writes, beside the bare statements that write the same rows."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.report import percentile
from benchmarks.resolving import breaths, world
from benchmarks.resolving.breaths import Breath
from muhatap.config.jobs import CONCURRENCY

WARM = 50
FLOOR = """
with made as (
  insert into contacts_contact (name, email, phone, city, language, fields, sort_key, search_text, created_at, last_seen_at)
  values ('x', 'x', '', '', '', '{}', 'x', 'x', now(), now()) returning id
), told as (
  insert into contacts_identity
    (contact_id, kind, value, comparable, written, source, first_seen_at, last_seen_at, verified_at, verified_by, bounce_detail)
  select id, 'email', 'taban' || id, 'taban' || id, '', 'floor', now(), now(), now(), 'floor', '' from made
), record as (
  insert into contacts_sourcerecord
    (contact_id, home_id, source, external_id, version, told, "values", normal, is_trusted, at, recorded_at, is_current)
  select id, id, 'floor', 'email:' || id, 1, '{}', '{}', '{}', false, now(), now(), true from made returning id
), keys as (
  insert into contacts_matchkey (key, record_id) select hashint8extended(id, k), id from record, generate_series(1, 7) k
)
insert into contacts_ledgerentry (kind, one, record_id, evidence, reason, by_name, at)
select 'link', made.id, record.id, '{}', '', '', now() from made, record
"""


def measure(data: Path, folder: Path, n: int) -> dict[str, Any]:
    """Milliseconds of each kind of breath, of the floor, and breaths a second of a mixed stream in this one process, one by one and as many at
    once as a worker does jobs."""
    from muhatap.contacts import identity

    tag = f"{time.time_ns() % 10**8}"
    at = world.AT + timedelta(days=1)

    def resolve(claims: Breath) -> None:
        identity.resolve(claims=claims, source="email", at=at)

    spoken = {kind: breaths.spoken(folder, kind, n + WARM, tag) for kind in breaths.KINDS}
    told: dict[str, Any] = {}
    for kind, some in spoken.items():
        for claims in some[:WARM]:
            resolve(claims)
        told[kind] = _summary([_timed(resolve, claims) for claims in some[WARM:]])
    told["floor"] = _floor(data, n)
    for name, n_at_once in (("one_by_one", 1), ("at_once", CONCURRENCY)):
        strangers = breaths.spoken(folder, "unknown", n // 3, f"{name[:1]}{tag}")
        told[name] = _rate(resolve, strangers + spoken["known"][: n - n // 3], n_at_once)
    told["plan"] = _plan(spoken["hot"][0])
    return told


def _rate(resolve: Callable[[Breath], None], mixed: list[Breath], n_at_once: int) -> dict[str, float]:
    """Breaths a second of a third strangers in one process, so many at once, and what Python takes for each."""
    mixed = random.Random(1).sample(mixed, len(mixed))
    with ThreadPoolExecutor(n_at_once) as pool:
        list(pool.map(resolve, mixed[:WARM]))  # connections and what they prepare
        begun, used = time.perf_counter(), time.process_time()
        list(pool.map(resolve, mixed[WARM:]))
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    n = len(mixed) - WARM
    return {"per_second": round(n / seconds, 1), "cpu_ms": round(cpu / n * 1000, 2)}


def _floor(data: Path, n: int) -> dict[str, float]:
    with psycopg.connect(world.superuser(data)) as bare:

        def write(_turn: int) -> None:
            bare.execute(FLOOR, prepare=True)
            bare.commit()

        return _summary([_timed(write, turn) for turn in range(n)])


def _plan(claims: Breath) -> dict[str, Any]:
    """How the lookup of a hot key goes, as the database tells it: rows read of the index of keys, and whether a table was scanned."""
    from django.db import connection

    from muhatap.contacts import candidates, hearing
    from muhatap.contacts.breath import opened
    from muhatap.contacts.claims import name_of, readable
    from muhatap.matching import blocking

    told = readable(claims)
    normal = hearing.judged(hearing.said_by(told, name_of(claims)), told, opened(told, "email"))
    sql, parameters = candidates.seeking([(0, key) for key in blocking.keys(normal)])
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {sql}", parameters)
        [[[plan]]] = [cursor.fetchone()]
    nodes = list(_nodes(plan["Plan"]))
    return {
        "ms": round(plan["Execution Time"], 2),
        "scans": sorted({f"{node['Node Type']} {node['Relation Name']}" for node in nodes if "Relation Name" in node}),
        "rows_of_keys": sum(
            int(node["Actual Rows"] * node["Actual Loops"])
            for node in nodes
            if node.get("Relation Name") == "contacts_matchkey"
        ),
        "blocks": plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"],
    }


def _nodes(node: dict[str, Any]) -> Any:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)


def _timed(act: Callable[[Any], None], given: Any) -> float:
    begun = time.perf_counter()
    act(given)
    return (time.perf_counter() - begun) * 1000


def _summary(milliseconds: list[float]) -> dict[str, float]:
    return {f"p{percent}": percentile(milliseconds, percent) for percent in (50, 95, 99)}
