"""Partitions that a test made go with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_LEAVES = "select inhrelid::regclass::text from pg_inherits where inhparent = 'visits_event'::regclass"


@contextmanager
def without_leaves() -> Iterator[None]:
    """Nothing stands in `visits_event` after the block."""
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_LEAVES)
            for (leaf,) in cursor.fetchall():
                cursor.execute(f"drop table {leaf}")
