"""COPY, in its text form: lines written in large blocks, without triggers and foreign keys being asked a row at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

NULL = r"\N"
BLOCK = 1 << 20


@contextmanager
def unhindered(url: str) -> Iterator[psycopg.Connection]:
    """A connection of the superuser for which no trigger runs; what it writes must be right by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        yield connection


class Table:
    """A table being copied into: `write` takes a line of tab-separated values."""

    def __init__(self, connection: psycopg.Connection, name: str, columns: str) -> None:
        quoted = ", ".join(f'"{column}"' for column in columns.split())
        self._cursor = connection.cursor()
        self._context = self._cursor.copy(f"copy {name} ({quoted}) from stdin")
        self._copy = self._context.__enter__()
        self._lines: list[str] = []
        self._length = 0

    def write(self, line: str) -> None:
        self._lines.append(line)
        self._length += len(line)
        if self._length > BLOCK:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._context.__exit__(None, None, None)
        self._cursor.close()

    def _flush(self) -> None:
        if self._lines:
            self._copy.write("\n".join(self._lines) + "\n")
        self._lines, self._length = [], 0


def copy(connection: psycopg.Connection, name: str, columns: str, lines: Iterable[str]) -> None:
    """All lines into a table."""
    table = Table(connection, name, columns)
    for line in lines:
        table.write(line)
    table.close()


def line(*values: Any) -> str:
    """A line of COPY from plain values; None is null. Values hold neither tabs nor line breaks nor backslashes."""
    return "\t".join(NULL if value is None else str(value) for value in values)
