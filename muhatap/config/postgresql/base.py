"""A connection that rests has nothing to say; one that the server ended does: its socket can be read.

Each request and each job asks once whether the connection it was left still stands. A question to the server would be one of
three in the smallest request; the socket knows it for nothing. It does not know of a server, or of a router on the way, that went
without a word: what has rested for long is asked.
"""

import select
import time
from typing import Any

from django.db.backends.postgresql import base

LONGEST_REST = 60.0  # seconds


class DatabaseWrapper(base.DatabaseWrapper):
    used_at = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        found = super().get_new_connection(conn_params)
        self.used_at = time.monotonic()
        return found

    def is_usable(self) -> bool:
        """Whether the server is still there: asked of it only where it has said something unasked, or nothing for long."""
        if self.connection is None or self.connection.closed:
            return False
        stands = is_fresh(self.connection.pgconn.socket, since=self.used_at) or bool(super().is_usable())
        if stands:
            self.used_at = time.monotonic()
        return stands


def is_fresh(socket: int, *, since: float) -> bool:
    """Whether a connection used then (by the monotonic clock) stands as far as anybody can tell without a question."""
    return time.monotonic() - since <= LONGEST_REST and _is_silent(socket)


def _is_silent(socket: int) -> bool:
    looked = select.poll()
    looked.register(socket, select.POLLIN)
    return not looked.poll(0)
