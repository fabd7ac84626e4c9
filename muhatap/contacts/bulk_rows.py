"""Many new rows of a table at once, by COPY, with numbers that are known before."""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, models


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


def copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write new rows; those without a number get one."""
    nameless = [row for row in rows if row.pk is None]
    for row, number in zip(nameless, reserve(model, len(nameless)), strict=True):
        row.pk = number
    if not rows:
        return
    columns = model._meta.local_concrete_fields
    names = ", ".join(f'"{column.column}"' for column in columns)
    jsons = {column.attname for column in columns if isinstance(column, models.JSONField)}
    attributes = [column.attname for column in columns]
    with connection.cursor() as cursor, cursor.copy(f'copy "{model._meta.db_table}" ({names}) from stdin') as target:
        for row in rows:
            target.write_row([_cell(getattr(row, name), name in jsons) for name in attributes])


def _cell(value: Any, is_json: bool) -> Any:
    return json.dumps(value, ensure_ascii=False) if is_json and value is not None else value
