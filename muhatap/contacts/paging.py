"""Pages by key: a row that comes or goes meanwhile moves no other row over the edge of a page, and nothing is counted."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from muhatap.shared import clock
from muhatap.shared.text import without_nul

LIMIT = 50
_LONGEST = 2000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the sort value and number of the row before it. `is_back` walks towards the beginning."""

    value: str
    id: int
    is_back: bool = False

    def token(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.value, self.id, self.is_back]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> "Cursor | None":
        """None for what is no cursor of ours."""
        try:
            value, number, is_back = json.loads(base64.urlsafe_b64decode(token[:_LONGEST] + "=" * (-len(token) % 4)))
        except (ValueError, TypeError, RecursionError, binascii.Error):
            return None
        if (
            not isinstance(value, str)
            or not isinstance(number, int)
            or isinstance(number, bool)
            or not 0 < number < 2**63
        ):
            return None
        return cls(without_nul(value), number, bool(is_back))


@dataclass(frozen=True)
class Page(Generic[Row]):
    """`previous` and `next` lead to the pages beside this one; None where there is none."""

    rows: list[Row]
    previous: Cursor | None
    next: Cursor | None


def by_key(
    found: "QuerySet[Row]", column: str, *, is_down: bool = False, cursor: Cursor | None = None, limit: int = LIMIT
) -> Page[Row]:
    """One page of `found` by (column, id). A cursor that fits no such column gives the first page."""
    beyond = _beyond(column, cursor, is_down != cursor.is_back) if cursor else None
    is_back = bool(cursor and cursor.is_back and beyond)
    sign = "-" if is_down != is_back else ""
    asked = found.filter(beyond) if beyond else found
    rows = list(asked.order_by(f"{sign}{column}", f"{sign}id")[: limit + 1])
    has_more, rows = len(rows) > limit, rows[:limit]
    if is_back:
        rows.reverse()
    has_before, has_after = (has_more, True) if is_back else (bool(beyond), has_more)
    return Page(
        rows,
        _cursor(rows[0], column, is_back=True) if rows and has_before else None,
        _cursor(rows[-1], column, is_back=False) if rows and has_after else None,
    )


def _cursor(row: Model, column: str, *, is_back: bool) -> Cursor:
    value = getattr(row, column)
    return Cursor(value.isoformat() if isinstance(value, datetime) else str(value), row.pk, is_back)


def _beyond(column: str, cursor: Cursor, is_down: bool) -> Q | None:
    """Rows after the cursor. The first condition follows from the others; with it the index is entered at the right place."""
    value = clock.read(cursor.value) if column.rpartition("_")[2] == "at" else cursor.value
    if value is None:
        return None
    step = "lt" if is_down else "gt"
    return Q(**{f"{column}__{step}e": value}) & (
        Q(**{f"{column}__{step}": value}) | Q(**{column: value, f"id__{step}": cursor.id})
    )
