"""Closed days on their way into the lake: COPY out of the published views, sorted into Parquet, counted, put into place."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.db import connection
from django.utils import timezone

from muhatap.insight import fresh, lake
from muhatap.insight.models import ExportedDay
from muhatap.visits import how_long
from muhatap.visits.models import Event, Folded, Visit

log = logging.getLogger(__name__)
ONE = timedelta(days=1)
AFTER_MIDNIGHT = timedelta(minutes=5)  # what arrived before it is committed by then
_LEAVES = "select min(inhrelid::regclass::text) from pg_inherits where inhparent = 'visits_event'::regclass"
_KINDS = {"int64": "bigint", "string": "varchar", "float64": "double", "decimal(18, 4)": "decimal(18, 4)"}
_COUNTED = {"facts_visits": "n_visits", "facts_page_views": "n_page_views"}
_FORMAT = f"(format parquet, compression zstd, row_group_size {lake.ROWS_IN_A_GROUP})"


class Unequal(Exception):
    """PostgreSQL gave another number of rows than lie in the file; the day is not taken as exported."""


def due(*, at: datetime) -> Iterator[date]:
    """The closed days that are not in the lake, oldest first, as long as their events are folded."""
    day = _first()
    last = ExportedDay.objects.order_by("-day").first()
    day = last.day + ONE if last else day
    while day and how_long.midnight(day + ONE) + AFTER_MIDNIGHT <= at and is_folded(how_long.midnight(day + ONE)):
        yield day
        day += ONE


def is_folded(until: datetime) -> bool:
    """Whether all that arrived before is in visits."""
    folded = Folded.objects.values_list("received_at", flat=True).first()
    return folded is not None and not Event.objects.filter(received_at__gt=folded, received_at__lt=until).exists()


def export(day: date, *, at: datetime) -> ExportedDay:
    """Write what arrived on a day, and anew the visits of all days it touched. May run again: it writes the same. Raises Unequal.

    Of a day whose events have left the database what lies there of them stays as it is.
    """
    with duckdb() as duck:
        counted = {"facts_events": 0, "facts_clicks": 0}
        touched = {day}
        for table in lake.BY_ARRIVAL if stands(day) else ():
            days = _arrived(duck, table, day)
            counted[table] = sum(days.values())
            touched |= set(days)
        for each in sorted(_around(touched, until=day)):
            n = {_COUNTED.get(table, table): _began(duck, table, each) for table in lake.BY_VISIT}
            told = {name: n[name] for name in _COUNTED.values()}
            if each == day:
                row, _is_new = ExportedDay.objects.update_or_create(
                    day=day, defaults={**told, "at": at, "n_events": counted["facts_events"]}
                )
            else:
                ExportedDay.objects.filter(day=each).update(**told, at=at)
    log.info("%s lies in the lake: %s", day, counted)
    return row


def pack() -> int:
    """Copy the closed months whose days changed since they were packed; gives how many files. Harmless at any time but beside an export."""
    last = ExportedDay.objects.order_by("-day").values_list("day", flat=True).first()
    n = 0
    if last is None:
        return n
    for table in lake.PACKED:
        here = lake.lying(table)
        for month in sorted({day.replace(day=1) for day in here.days()}):
            if lake.month_end(month) <= last and not here.is_whole(lake.pack(table, month)):
                _pack(table, month, last)
                n += 1
    return n


def _pack(table: str, month: date, until: date) -> None:
    paths = lake.parts(table, until=until, start=month, end=lake.month_end(month), is_packed=False)
    written, target = lake.aside() / f"{table}.parquet", lake.pack(table, month)
    if not paths:
        lake.remove(target)
        return
    where = f"where {lake.TOLD}" if table in lake.BY_ARRIVAL else ""
    with duckdb() as duck:
        read = lake.readable(duck, table, paths)
        duck.execute(
            f"copy (select * from {read} {where} order by {lake.SORTED_BY[table]}) to {lake.quoted(written)} {_FORMAT}"  # noqa: S608
        )
    lake.put(written, target)


def _around(days: Iterable[date], *, until: date) -> set[date]:
    """A late event changes the visits of its day, of the day before, which may reach into it, and of the next, which may begin earlier now."""
    return {near for day in days for near in (day - ONE, day, day + ONE) if near <= until}


def _arrived(duck: Any, table: str, day: date) -> dict[date, int]:
    """Each day on which something happened that arrived on this one, and how much."""
    _load(duck, table, "received_at", day)
    days: dict[date, int] = dict(duck.execute("select day, count(*) from told group by day order by day").fetchall())
    parts = set()
    for each, n in days.items():
        target = lake.part(table, each, received=day)
        _write(duck, table, f"where day = date '{each}'", n, target)
        parts.add(target)
    here = lake.lying(table)
    for left in (path for each in here.days() for path in here.files(each) if path.stem == f"received-{day}"):
        if left not in parts:
            lake.remove(left)  # of a run before, whose rows were erased since
    return days


def _began(duck: Any, table: str, day: date) -> int:
    """All rows of the visits that began on this day."""
    n = _load(duck, table, "began_at", day)
    target = lake.part(table, day)
    if n:
        _write(duck, table, "", n, target)
    else:
        lake.remove(target)
    return n


def _load(duck: Any, table: str, moment: str, day: date) -> int:
    """Rows of one day of a view as DuckDB's table `told`. Raises Unequal."""
    from muhatap.measures.tables import FACTS

    path = lake.aside() / f"{table}.csv"
    where = f"{moment} >= %(day)s::date and {moment} < %(day)s::date + 1"
    try:
        with path.open("wb") as file:
            n = fresh.copied(table, where, {"day": day}, into=file)
        columns = {name: _KINDS.get(str(kind).lstrip("!"), str(kind)) for name, kind in FACTS[table].items()}
        duck.execute(
            "create or replace table told as select * from read_csv(?, columns = ?, header = false, delim = ',', quote = '\"',"
            " escape = '\"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, parallel = false, max_line_size = 4000000)",
            [str(path), columns],
        )
    finally:
        path.unlink(missing_ok=True)
    _compare(table, day, n, duck.execute("select count(*) from told").fetchone()[0])
    return n


def _write(duck: Any, table: str, where: str, n: int, target: PurePath) -> None:
    written = lake.aside() / f"{table}.parquet"
    duck.execute(
        f"copy (select * from told {where} order by {lake.SORTED_BY[table]}) to {lake.quoted(written)} {_FORMAT}"  # noqa: S608 (ours)
    )
    _compare(table, target, n, duck.execute("select count(*) from read_parquet(?)", [str(written)]).fetchone()[0])
    lake.put(written, target)


def _compare(table: str, what: object, ours: int, theirs: int) -> None:
    if ours != theirs:
        raise Unequal(f"{table} of {what}: {ours} rows were given, {theirs} lie in the file")


def _first() -> date | None:
    """The day before the first partition: it is named after a day of UTC, and the firm's may begin earlier. Visits stay when theirs has gone."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES)
        (name,) = cursor.fetchone()
    days = [datetime.strptime(name[-8:], "%Y%m%d").date() - ONE] if name else []  # noqa: DTZ007 (a day)
    if how_long.current().gone_before and (visit := Visit.objects.order_by("began_at").first()):
        days.append(timezone.localdate(visit.began_at))
    return min(days, default=None)


def stands(day: date) -> bool:
    """Whether the events that arrived on it are all in the database still."""
    gone_before = how_long.current().gone_before
    return gone_before is None or gone_before <= how_long.midnight(day)


@contextmanager
def duckdb() -> Iterator[Any]:
    """An engine of its own for writing and counting files, apart from the one that answers reports."""
    import duckdb as engine

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": "512MB",
        "temp_directory": str(lake.aside()),
        "threads": "1",
    }
    duck = engine.connect(config=config)
    try:
        yield duck
    finally:
        duck.close()
