"""Where closed days lie as Parquet: `<lake>/<table>/day=YYYY-MM-DD/<part>.parquet`, the table's columns as measures/tables.py announces them.

A part is written aside and renamed, so whoever reads meets whole files only; which days count is said by rows (ExportedDay), so a
night that was broken off is invisible. Visits, pages and interest have one part a day, of the visits that began then. Events and
clicks have one part for each day on which some of them arrived, `received-YYYY-MM-DD`, in the day on which they happened: what comes late
is put beside what lies there, and nothing is written twice.
"""

import os
from collections.abc import Iterator
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


def root() -> Path:
    return Path(settings.LAKE or Path(settings.DATA_DIR) / "lake")


def part(table: str, day: date, *, received: date | None = None) -> Path:
    """Where a part lies, or will."""
    name = f"received-{received}" if received else "visits"
    return root() / table.removeprefix("facts_") / f"day={day}" / f"{name}.parquet"


def parts(table: str, *, until: date, start: date | None = None, end: date | None = None) -> list[Path]:
    """The parts of the days from … to (both included, None: all), of what was exported up to `until`."""
    found: list[Path] = []
    for day, folder in _days(table):
        if day > (end or until) or (start and day < start):
            continue
        if table in BY_VISIT and day > until:
            continue
        found += sorted(path for path in folder.glob("*.parquet") if _arrived_by(path, until))
    return found


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


def _days(table: str) -> Iterator[tuple[date, Path]]:
    folder = root() / table.removeprefix("facts_")
    if folder.exists():
        for each in sorted(folder.glob("day=*")):
            yield date.fromisoformat(each.name.removeprefix("day=")), each


def _arrived_by(path: Path, until: date) -> bool:
    day = path.stem.removeprefix("received-")
    return day == "visits" or date.fromisoformat(day) <= until


def day_after(day: date) -> date:
    return day + timedelta(days=1)
