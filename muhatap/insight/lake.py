"""Where closed days lie as Parquet: `<lake>/<table>/day=YYYY-MM-DD/<part>.parquet`, the table's columns as measures/tables.py announces them.

A part is written aside and renamed, so whoever reads meets whole files only; which days count is said by rows (ExportedDay), so a
night that was broken off is invisible. Visits, pages and interest have one part a day, of the visits that began then. Events and
clicks have one part for each day on which some of them arrived, `received-YYYY-MM-DD`, in the day on which they happened: what comes late
is put beside what lies there, and nothing is written twice.

A year of days is a thousand files, and opening one costs as much as reading ten thousand rows. So closed months are packed as well,
`<lake>/<table>/packed/month=YYYY-MM.parquet`: a copy, sorted anew, that is read in place of its days while it is younger than all of
them. It may be thrown away at any time. Of events only what shops and sites told stands in it (`TOLD`): pages, reading and clicks have
tables of their own.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path, PurePath
from typing import Any, Protocol

from django.conf import settings

from muhatap.insight import bucket

BY_VISIT = ("facts_visits", "facts_page_views", "facts_product_interest")
BY_ARRIVAL = ("facts_events", "facts_clicks")
TABLES = BY_VISIT + BY_ARRIVAL
# What reports ask for lies together within the day, so that of the rest only the edges are read.
SORTED_BY = {
    "facts_visits": "visitor, began_at",
    "facts_page_views": 'path, visitor, "at"',
    "facts_product_interest": "product, visitor",
    "facts_events": 'name, visitor, "at"',
    "facts_clicks": "path, element",
}
ROWS_IN_A_GROUP = 20_480
PACKED = ("facts_visits", "facts_page_views", "facts_product_interest", "facts_events")
TOLD = "kind = 2 and name not in ('Page Engaged', 'Element Clicked')"


class Lying(Protocol):
    """What lies in the lake of one table, as it was listed."""

    def days(self) -> list[date]: ...

    def files(self, day: date) -> Sequence[PurePath]: ...

    def is_whole(self, pack: PurePath) -> bool:
        """The copy of a month lies here, and nothing in its days changed since it was made."""
        ...


def root() -> PurePath:
    return bucket.root() if bucket.is_meant() else _folder()


def part(table: str, day: date, *, received: date | None = None) -> PurePath:
    """Where a part lies, or will."""
    name = f"received-{received}" if received else "visits"
    return _of(table) / f"day={day}" / f"{name}.parquet"


def pack(table: str, month: date) -> PurePath:
    """Where the copy of a month lies, or will; a month is its first day."""
    return _of(table) / "packed" / f"month={month:%Y-%m}.parquet"


def parts(
    table: str, *, until: date, start: date | None = None, end: date | None = None, is_packed: bool = True
) -> list[PurePath]:
    """The files of the days from … to (both included, None: all), of what was exported up to `until`.

    Packed months stand in for their days where all of them are asked for; of events they hold what was told only. Raises OSError.
    """
    last = min(end or until, until) if table in BY_VISIT else end
    here = lying(table)
    asked = [day for day in here.days() if (start is None or day >= start) and (last is None or day <= last)]
    found: list[PurePath] = []
    for month in sorted({day.replace(day=1) for day in asked}) if is_packed and table in PACKED else ():
        is_asked = (start is None or start <= month) and month_end(month) <= min(end or until, until)
        if is_asked and here.is_whole(pack(table, month)):
            found.append(pack(table, month))
            asked = [day for day in asked if day.replace(day=1) != month]
    for day in asked:
        found += [path for path in here.files(day) if _arrived_by(path, until)]
    return found


def lying(table: str) -> Lying:
    """What lies here of a table, by one listing. Raises OSError."""
    return bucket.Lying(_of(table)) if bucket.is_meant() else _Folders(table)


def days(table: str) -> dict[date, Path]:
    """The days that lie in the folder, with their own folders, in order. One listing of the disk."""
    return {date.fromisoformat(each.name[4:]): each for each in sorted(Path(_of(table)).glob("day=*"))}


def readable(duck: Any, name: str, paths: Sequence[PurePath]) -> str:
    """What a statement of this connection of DuckDB reads these files by."""
    if bucket.is_meant():
        duck.register(f"lying_{name}", bucket.dataset(paths))
        return f"lying_{name}"
    files = ", ".join(quoted(path) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false)"


def quoted(path: PurePath) -> str:
    return "'{}'".format(str(path).replace("'", "''"))


def month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def aside() -> Path:
    """A folder for what is being written, on the same disk as a lake of folders. One exporter at a time."""
    folder = Path(settings.DATA_DIR) / "lake-aside" if bucket.is_meant() else _folder() / ".aside"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(written: Path, target: PurePath) -> None:
    """Give a file that is written its place, durably; what lay there is replaced in one step. Raises OSError."""
    if bucket.is_meant():
        bucket.put(written, target)
        written.unlink()
        return
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    with written.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(written, target)


def remove(target: PurePath) -> None:
    """Take a file away, if it is there. Raises OSError."""
    if bucket.is_meant():
        bucket.remove(target)
    else:
        Path(target).unlink(missing_ok=True)


def remove_before(table: str, first: date) -> None:
    """Take the days before the first one of a month out of a table, and the copies of their months before them. Raises OSError."""
    paths = before(table, first)
    for path in paths:
        remove(path)
    for folder in (
        sorted({path.parent for path in paths if path.parent.name != "packed"}) if not bucket.is_meant() else ()
    ):
        with suppress(OSError):  # somebody put something of their own into it
            Path(folder).rmdir()


def before(table: str, first: date) -> list[PurePath]:
    """Where copies of months before the first day of one may lie, and then the files of their days. Raises OSError."""
    here = lying(table)
    days = [day for day in here.days() if day < first]
    packs = [pack(table, month) for month in sorted({day.replace(day=1) for day in days})]
    return packs + [path for day in days for path in here.files(day)]


def size(paths: Sequence[PurePath]) -> int:
    """How many bytes those of these files that are there come to. Raises OSError."""
    if bucket.is_meant():
        return bucket.size(paths)
    return sum(path.stat().st_size for path in map(Path, paths) if path.exists())


def weight(*tables: str) -> int:
    """How many bytes all that lies of these tables comes to. Raises OSError."""
    if bucket.is_meant():
        return sum(bucket.weight(_of(table)) for table in tables)
    files = (path for table in tables for path in Path(_of(table)).glob("*/*.parquet"))
    return sum(path.stat().st_size for path in files)


class _Folders:
    def __init__(self, table: str) -> None:
        self._folders = days(table)

    def days(self) -> list[date]:
        return list(self._folders)

    def files(self, day: date) -> Sequence[PurePath]:
        return sorted(self._folders[day].glob("*.parquet"))

    def is_whole(self, pack: PurePath) -> bool:
        """It is younger than all folders of its month: whatever is put or removed in one touches it."""
        path = Path(pack)
        if not path.exists():
            return False
        made, month = path.stat().st_mtime_ns, path.stem.removeprefix("month=")
        return all(
            folder.stat().st_mtime_ns <= made for day, folder in self._folders.items() if f"{day:%Y-%m}" == month
        )


def _folder() -> Path:
    return Path(settings.LAKE or Path(settings.DATA_DIR) / "lake")


def _of(table: str) -> PurePath:
    return root() / table.removeprefix("facts_")


def _arrived_by(path: PurePath, until: date) -> bool:
    day = path.stem.removeprefix("received-")
    return day == "visits" or date.fromisoformat(day) <= until
