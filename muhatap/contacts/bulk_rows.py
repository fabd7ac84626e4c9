"""Many new rows of a table at once, by COPY, with numbers that are known before.

Rows are mappings and no objects: at a million of them, making an object costs more than writing the row.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
_EMPTY = {dict: "{}", list: "[]", str: '""', int: "0", float: "0.0", bool: "false"}
_as_json = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps would make one for each cell


def reserve(model: type[models.Model], n: int) -> list[int]:
    """So many numbers that nobody else will get."""
    if not n:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select array_agg(nextval(s.name)) from (select pg_get_serial_sequence(%s, 'id')::regclass as name) s, "
            "generate_series(1, %s)",
            [model._meta.db_table, n],
        )
        return list(cursor.fetchone()[0])


def last(model: type[models.Model]) -> int:
    """The highest number in the table, 0 when it is empty."""
    return model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def copy(model: type[models.Model], rows: Sequence[Row], *, is_numbered: bool = True) -> None:
    """Write new rows, given by their columns; what a row does not say is the field's default.

    Those without an "id" get one, and know it afterwards, unless nobody needs to know: then the database counts by itself.
    """
    if not rows:
        return
    if is_numbered:
        nameless = [row for row in rows if not row.get("id")]
        for row, number in zip(nameless, reserve(model, len(nameless)), strict=True):
            row["id"] = number
    columns = _columns(model, is_numbered)
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    defaults = [(name, default) for name, default, _ in columns]
    json_places = [place for place, (_, _, is_json) in enumerate(columns) if is_json]
    with connection.cursor() as cursor, cursor.copy(f'copy "{model._meta.db_table}" ({names}) from stdin') as target:
        write = target.write_row
        for row in rows:
            get = row.get
            cells = [get(name, default) for name, default in defaults]
            for place in json_places:
                cells[place] = _json(cells[place])
            write(cells)


def _json(value: Any) -> str | None:
    """The empty ones, of which there are most, are not worth a thought."""
    if value is None:
        return None
    return _as_json(value) if value else _EMPTY[type(value)]


@cache
def _columns(model: type[models.Model], is_numbered: bool) -> tuple[tuple[str, Any, bool], ...]:
    """Name, default and whether it is JSON, of each column."""
    return tuple(
        (str(field.column), None if field.primary_key else field.get_default(), isinstance(field, models.JSONField))
        for field in model._meta.local_concrete_fields
        if is_numbered or not field.primary_key
    )
