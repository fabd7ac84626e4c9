"""Statements that a process says often: planned once for each connection, then only run. Django's own cursor plans each anew.

Worth it where planning costs more than running: a dozen index probes in one statement. The error is the one Django would raise.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

NEVER_BY_ITSELF = 1 << 30  # how often a statement is said before the driver prepares it unasked


def rows(sql: str, given: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the statement answers, in the transaction that is open; nothing for one that answers with no rows."""
    connection.ensure_connection()
    with (
        connection.wrap_database_errors,
        _preparing(connection.connection),
        psycopg.Cursor(connection.connection) as cursor,
    ):
        if connection.queries_logged:
            connection.queries_log.append({"sql": sql, "time": "0"})  # whoever counts questions counts these too
        cursor.execute(sql.encode(), given, prepare=True)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _preparing(line: psycopg.Connection[Any]) -> Iterator[None]:
    """Django has its driver prepare nothing, and rightly: it would keep the text of what was said last, with the values in it."""
    line.prepare_threshold = NEVER_BY_ITSELF
    try:
        yield
    finally:
        line.prepare_threshold = None


def document(told: Any) -> Any:
    """A JSON value of a row: Django keeps its connections from reading what the database sends as text."""
    return json.loads(told) if isinstance(told, str) else told
