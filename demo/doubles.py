"""Lists the shop kept before (doubles.toml) come in; some people stand in them twice, a little differently each time."""

import tomllib
from datetime import datetime
from pathlib import Path

from muhatap.contacts import records
from muhatap.contacts.records import Told
from muhatap.flow import duplicates

LISTS = Path(__file__).parent / "doubles.toml"
Row = dict[str, str]


def bring(*, at: datetime) -> None:
    """Nobody is matched by hand, and whoever may stand in the lists twice is asked about."""
    lists: dict[str, list[Row]] = tomllib.loads(LISTS.read_text(encoding="utf-8"))
    over = lists.pop("over")
    for source, rows in lists.items():
        _take([_told(source, n, row, at) for n, row in enumerate(rows)], at)
    [first] = _take([_told("agent", 100, over[0], at)], at)
    _take([_told("agent", 101, over[1], at, contact=first)], at)
    duplicates.gather(at=at)


def _told(source: str, n: int, row: Row, at: datetime, contact: int | None = None) -> Told:
    return Told(source=source, external_id=f"demo-{n}", fields=row, at=at, contact=contact)


def _take(told: list[Told], at: datetime) -> list[int | None]:
    return [one.contact for one in records.take(told, by=None, at=at, is_trusted=False)]
