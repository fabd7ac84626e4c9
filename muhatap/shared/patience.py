"""Questions to the database that are given up before somebody waits too long for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from psycopg.errors import QueryCanceled


class TookTooLong(DatabaseError):
    """A statement was given up."""


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """Each statement of this block, a transaction or a savepoint, may take so long. Raises TookTooLong."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            cursor.execute("set local statement_timeout to default")
    except DatabaseError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise
