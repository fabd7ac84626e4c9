"""A connection that rests has nothing to say; one that the server ended does: its socket can be read.

Each request and each job asks once whether the connection it was left still stands. A question to the server would be one of
three in the smallest request; the socket knows it for nothing.
"""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server is still there: asked of it only where it has said something unasked."""
        if self.connection is None or self.connection.closed:
            return False
        return is_silent(self.connection.pgconn.socket) or bool(super().is_usable())


def is_silent(socket: int) -> bool:
    """Whether nothing waits to be read."""
    looked = select.poll()
    looked.register(socket, select.POLLIN)
    return not looked.poll(0)
