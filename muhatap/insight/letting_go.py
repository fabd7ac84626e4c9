"""Events in the lake: whether a day surely lies there, and months that go. Visits, pages and interest stay: the database keeps them, too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from muhatap.accounts import audit
from muhatap.insight import exporting, lake
from muhatap.insight.models import ExportedDay
from muhatap.visits import how_long
from muhatap.visits.letting_go import Leaf

Span = tuple[datetime, datetime]
_OURS = "select count(*) from {} where received_at >= %s and received_at < %s and at >= %s"
ALWAYS = date(1970, 1, 1)
ONE = timedelta(days=1)


def lies_there(leaf: Leaf, *, at: datetime) -> bool:
    """Whether no less of this leaf's days lies in the lake than stands in the database, of what the lake is to keep. Raises OSError.

    The firm's last day is asked for to its end, beyond the leaf: once the leaf has gone, that day cannot be written anew.
    """
    since = _since(at)
    return all(_lies_there(table, day, leaf, since) for day in leaf.days() for table in lake.BY_ARRIVAL)


def write_anew(leaf: Leaf, *, at: datetime) -> None:
    """What reached a day after it was written, where all that arrived on it still stands. Raises OSError, Unequal."""
    for exported in ExportedDay.objects.filter(day__in=leaf.days()).order_by("day"):
        if exporting.stands(exported.day):
            exporting.export(exported.day, at=at)


def let_go(*, at: datetime) -> int:
    """Take the months whose time is over out of the lake; gives how many days that were. May break off and run again. Raises OSError."""
    first = how_long.first_kept_in_lake(at=at)
    if first is not None:
        _note(first, at)
    gone_before = how_long.current().lake_gone_before
    days = _days_before(gone_before) if gone_before else set()
    if gone_before and days:  # with those that a night left when it broke off, or that came since
        for table in lake.BY_ARRIVAL:
            lake.remove_before(table, gone_before)
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


def _note(first: date, at: datetime) -> None:
    """Before anything goes: from then on no report takes what lies there of these days for the whole, and the audit tells of them, once."""
    since = how_long.current().lake_gone_before or ALWAYS
    days = {day for day in _days_before(first) if day >= since}
    if not days:
        return
    size = sum(lake.size(lake.before(table, first)) for table in lake.BY_ARRIVAL)
    with transaction.atomic():
        row = how_long.held()
        row.lake_gone_before = first
        row.save(update_fields=["lake_gone_before"])
        audit.record(
            by=None, at=at, act="events.let_go_lake", kind="keeping", id="", name=f"{min(days)} – {max(days)}",
            n=len(days), size=size,
        )  # fmt: skip


def _since(at: datetime) -> date:
    """The first day that the lake has to have: what left it stays away, however long it keeps from now on."""
    gone_before = how_long.current().lake_gone_before
    return max(filter(None, (how_long.first_kept_in_lake(at=at), gone_before)), default=ALWAYS)


def _lies_there(table: str, day: date, leaf: Leaf, since: date) -> bool:
    span = max(leaf.begins_at, how_long.midnight(day)), how_long.midnight(day + ONE)
    n = _in_database(table, span, since)
    return n == 0 or (ExportedDay.objects.filter(day=day).exists() and n <= _in_lake(table, day, span, since))


def _in_database(table: str, span: Span, since: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_OURS.format(table), [*span, how_long.midnight(since)])
        n: int = cursor.fetchone()[0]
    return n


def _in_lake(table: str, received: date, span: Span, since: date) -> int:
    here, name = lake.lying(table), f"received-{received}"
    paths = [path for day in here.days() if day >= since for path in here.files(day) if path.stem == name]
    if not paths:
        return 0
    with exporting.duckdb() as duck:
        return _counted(duck, lake.readable(duck, table, paths), span)


def _counted(duck: Any, lying: str, span: Span) -> int:
    moments = [moment.astimezone(UTC).replace(tzinfo=None) for moment in span]
    asked = f"select count(*) from {lying} where received_at >= ? and received_at < ?"  # noqa: S608 (ours)
    n: int = duck.execute(asked, moments).fetchone()[0]
    return n
