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
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

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


def root() -> Path:
    return Path(settings.LAKE or Path(settings.DATA_DIR) / "lake")


def part(table: str, day: date, *, received: date | None = None) -> Path:
    """Where a part lies, or will."""
    name = f"received-{received}" if received else "visits"
    return root() / table.removeprefix("facts_") / f"day={day}" / f"{name}.parquet"


def parts(
    table: str, *, until: date, start: date | None = None, end: date | None = None, is_packed: bool = True
) -> list[Path]:
    """The files of the days from … to (both included, None: all), of what was exported up to `until`.

    Packed months stand in for their days where all of them are asked for; of events they hold what was told only.
    """
    last = min(end or until, until) if table in BY_VISIT else end
    here = days(table)
    asked = {
        day: folder for day, folder in here.items() if (start is None or day >= start) and (last is None or day <= last)
    }
    found: list[Path] = []
    for month in sorted({day.replace(day=1) for day in asked}) if is_packed and table in PACKED else ():
        is_asked = (start is None or start <= month) and month_end(month) <= min(end or until, until)
        if is_asked and is_whole(table, month, here):
            found.append(pack(table, month))
            asked = {day: folder for day, folder in asked.items() if day.replace(day=1) != month}
    for folder in asked.values():
        found += sorted(path for path in folder.glob("*.parquet") if _arrived_by(path, until))
    return found


def pack(table: str, month: date) -> Path:
    """Where the copy of a month lies, or will; a month is its first day."""
    return root() / table.removeprefix("facts_") / "packed" / f"month={month:%Y-%m}.parquet"


def is_whole(table: str, month: date, days: Mapping[date, Path]) -> bool:
    """The copy of this month is younger than whatever changed in its days; `days` are at least those of the month that lie here."""
    path = pack(table, month)
    if not path.exists():
        return False
    made = path.stat().st_mtime_ns
    return all(folder.stat().st_mtime_ns <= made for day, folder in days.items() if day.replace(day=1) == month)


def days(table: str) -> dict[date, Path]:
    """The days that lie here, with their folders, in order. One listing of the disk."""
    folder = root() / table.removeprefix("facts_")
    return {date.fromisoformat(each.name.removeprefix("day=")): each for each in sorted(folder.glob("day=*"))}


def month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def aside() -> Path:
    """A folder for what is being written, on the same disk. One exporter at a time."""
    folder = root() / ".aside"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(written: Path, target: Path) -> None:
    """Give a file that is written its place, durably; what lay there is replaced in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with written.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(written, target)


def _arrived_by(path: Path, until: date) -> bool:
    day = path.stem.removeprefix("received-")
    return day == "visits" or date.fromisoformat(day) <= until
