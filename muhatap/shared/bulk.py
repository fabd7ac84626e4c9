"""Many rows in one statement: COPY for new ones, one UPDATE for those that stand, columns as arrays for whatever else.

Rows are plain sequences and no objects: at a million of them, making an object costs more than writing the row. `types` are
PostgreSQL's names of the columns' types, by column.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

Rows = Iterable[Sequence[object]]


def reserve(model: type[models.Model], n: int) -> list[int]:
    """So many numbers of rows that nobody else will get."""
    if not n:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval((select pg_get_serial_sequence(%s, 'id')::regclass)) from generate_series(1, %s)",
            [model._meta.db_table, n],
        )
        return [number for (number,) in cursor.fetchall()]


def columns(rows: Rows) -> list[list[object]]:
    """Rows as the arrays that unnest takes; nothing of no rows."""
    return [list(column) for column in zip(*rows, strict=True)]


def copy(table: str, types: Mapping[str, str], rows: Rows) -> None:
    """Add rows, whose values stand in the order of `types`; values of jsonb are read as they are."""
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table), _named(types))
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copying:
        copying.set_types(list(types.values()))
        for row in rows:
            copying.write_row(row)


def written(text: str) -> Jsonb:
    """A value of jsonb for `copy` whose text is there already."""
    return Jsonb(text, dumps=_as_it_is)


def _as_it_is(text: str) -> str:
    return text


def change(table: str, types: Mapping[str, str], rows: Rows) -> None:
    """Give rows their new values; the first column is the key they are known by."""
    arrays = columns(_written(rows, types))
    if not arrays:
        return
    key, *rest = types
    settings = sql.SQL(", ").join(sql.SQL("{0} = n.{0}").format(sql.Identifier(name)) for name in rest)
    told = sql.SQL(", ").join(sql.SQL("%s::{}[]").format(sql.SQL(kind)) for kind in types.values())
    statement = sql.SQL("update {0} t set {1} from unnest({2}) as n ({3}) where t.{4} = n.{4}").format(
        sql.Identifier(table), settings, told, _named(types), sql.Identifier(key)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays)


def _named(types: Mapping[str, str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, types))


def _written(rows: Rows, types: Mapping[str, str]) -> Iterable[Sequence[object]]:
    """jsonb as its text: in an array a list of ours would become another dimension."""
    is_json = [kind == "jsonb" for kind in types.values()]
    if not any(is_json):
        return rows
    return ([json.dumps(value) if so else value for value, so in zip(row, is_json, strict=True)] for row in rows)
