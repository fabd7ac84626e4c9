"""Many new rows of a table at once, by COPY, with numbers that are known before.

Rows are mappings and no objects: at a million of them, making an object costs more than writing the row.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps would make one for each cell


def reserve(model: type[models.Model], n: int) -> list[int]:
    """So many numbers that nobody else will get."""
    if not n:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)", [model._meta.db_table, n]
        )
        return [number for (number,) in cursor.fetchall()]


def last(model: type[models.Model]) -> int:
    """The highest number in the table, 0 when it is empty."""
    return model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def copy(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Write new rows, given by their columns; what a row does not say is the field's default. Those without an "id" get one."""
    if not rows:
        return
    nameless = [row for row in rows if not row.get("id")]
    for row, number in zip(nameless, reserve(model, len(nameless)), strict=True):
        row["id"] = number
    columns = _columns(model)
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    with connection.cursor() as cursor, cursor.copy(f'copy "{model._meta.db_table}" ({names}) from stdin') as target:
        write = target.write_row
        for row in rows:
            cells = [row.get(name, default) for name, default, _ in columns]
            for place, (_, _, is_json) in enumerate(columns):
                if is_json and cells[place] is not None:
                    cells[place] = _as_json(cells[place])
            write(cells)


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[str, Any, bool], ...]:
    """Name, default and whether it is JSON, of each column."""
    return tuple(
        (str(field.column), None if field.primary_key else field.get_default(), isinstance(field, models.JSONField))
        for field in model._meta.local_concrete_fields
    )
