"""Events in the lake: whether a day surely lies there, and months that go. Visits, pages and interest stay: the database keeps them, too."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

from muhatap.accounts import audit
from muhatap.insight import exporting, lake
from muhatap.insight.models import ExportedDay
from muhatap.visits import how_long
from muhatap.visits.letting_go import Leaf

_OURS = "select count(*) from {} where received_at >= %s and received_at < %s and at >= %s"
ALWAYS = date(1970, 1, 1)


def lies_there(leaf: Leaf, *, at: datetime) -> bool:
    """Whether no less of this day's events lies in the lake than stands in the database, of what the lake is to keep. Raises OSError."""
    days = leaf.days()
    if ExportedDay.objects.filter(day__in=days).count() < len(days):
        return False
    since = how_long.first_kept_in_lake(at=at) or ALWAYS
    return all(_in_database(table, leaf, since) <= _in_lake(table, leaf, since) for table in lake.BY_ARRIVAL)


def let_go(*, at: datetime) -> int:
    """Take the months whose time is over out of the lake; gives how many days that were. May break off and run again. Raises OSError."""
    first = how_long.first_kept_in_lake(at=at)
    if first is None:
        return 0
    days, before = _days_before(first), lake.weight(*lake.BY_ARRIVAL)
    if not days:
        return 0
    _note(first)
    for table in lake.BY_ARRIVAL:
        lake.remove_before(table, first)
    size = before - lake.weight(*lake.BY_ARRIVAL)
    with transaction.atomic():
        audit.record(
            by=None, at=at, act="events.let_go_lake", kind="keeping", id="", name=f"{min(days)} – {max(days)}",
            n=len(days), size=size,
        )  # fmt: skip
    return len(days)


def held() -> tuple[int, date | None, int]:
    """How many days of events lie in the lake, the first of them, and how many bytes they come to. Raises OSError."""
    days = sorted({day for table in lake.BY_ARRIVAL for day in _lying(table)})
    return len(days), days[0] if days else None, lake.weight(*lake.BY_ARRIVAL)


def _days_before(first: date) -> set[date]:
    return {day for table in lake.BY_ARRIVAL for day in _lying(table) if day < first}


def _lying(table: str) -> list[date]:
    here = lake.lying(table)
    return [day for day in here.days() if here.files(day)]


def _note(first: date) -> None:
    """Before anything goes: from then on no report takes what lies there of these days for the whole."""
    with transaction.atomic():
        row = how_long.held()
        if row.lake_gone_before is None or row.lake_gone_before < first:
            row.lake_gone_before = first
            row.save(update_fields=["lake_gone_before"])


def _in_database(table: str, leaf: Leaf, since: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OURS.format(table), [leaf.begins_at, leaf.ends_at, how_long.midnight(since)])
        n: int = cursor.fetchone()[0]
    return n


def _in_lake(table: str, leaf: Leaf, since: date) -> int:
    here, names = lake.lying(table), {f"received-{day}" for day in leaf.days()}
    paths = [path for day in here.days() if day >= since for path in here.files(day) if path.stem in names]
    if not paths:
        return 0
    with exporting.duckdb() as duck:
        return _counted(duck, lake.readable(duck, table, paths), leaf)


def _counted(duck: Any, lying: str, leaf: Leaf) -> int:
    moments = [moment.astimezone(UTC).replace(tzinfo=None) for moment in (leaf.begins_at, leaf.ends_at)]
    asked = f"select count(*) from {lying} where received_at >= ? and received_at < ?"  # noqa: S608 (ours)
    n: int = duck.execute(asked, moments).fetchone()[0]
    return n
