"""Telling a database that is away from one that refuses: the first is waited for, the second will refuse again."""

from django.db import InterfaceError, OperationalError

# Lost lines, shutting down and starting up, deadlocks, locks, no room or connections left, broken disks.
PASSING = ("08", "57P", "40", "55P", "53", "58")


def is_away(error: BaseException) -> bool:
    """Whether the same statement may go well later. PostgreSQL's limits are OperationalErrors too and never pass."""
    if isinstance(error, InterfaceError):
        return True
    state = getattr(error.__cause__, "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith(PASSING))
