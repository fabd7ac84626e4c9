"""A jobs process: a worker of some of the queues that live in the database.

Sending waits for mail servers, up to minutes each; it has a process of its own, so that what comes in never waits behind it.
"""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import django
from procrastinate import PsycopgConnector
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from muhatap.config import lifeline

CONCURRENCY = 4
QUEUES = {
    "inward": ["intake", "follow", "care", "default"],
    "outward": ["outbox", "push", "webhooks", "listening", "assistant"],
}  # what each kind of worker does
GRACE = 8  # seconds a running job gets when we are asked to stop; a job cut short runs again
_used_at: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()  # by the monotonic clock


def main() -> None:
    """Works on the queues that the first argument names; without one, on all."""
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    django.setup()
    asyncio.run(work(QUEUES[sys.argv[1]] if sys.argv[1:] else [name for some in QUEUES.values() for name in some]))


async def work(queues: Sequence[str], **more: Any) -> None:
    """Does jobs until it is asked to stop."""
    from procrastinate.contrib.django import app

    with app.replace_connector(_connector()):
        async with app.open_async():
            await app.run_worker_async(queues=queues, concurrency=CONCURRENCY, shutdown_graceful_timeout=GRACE, **more)


def _connector() -> PsycopgConnector:
    """Taking a job and ending it are one statement each: no transaction around them, and no question before them."""
    from procrastinate.contrib.django.utils import connector_params

    return PsycopgConnector(pool_factory=_pool, configure=_commit_at_once, kwargs=connector_params())


async def _commit_at_once(connection: AsyncConnection[Any]) -> None:
    """Not among `kwargs`: the connection that listens is opened with them and says so itself, and twice is an error."""
    await connection.set_autocommit(True)


def _pool(**settings: Any) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(**settings | {"check": _check})


async def _check(connection: AsyncConnection[Any]) -> None:
    from muhatap.config.postgresql.base import is_fresh

    since, _used_at[connection] = _used_at.get(connection, float("-inf")), time.monotonic()
    if not is_fresh(connection.pgconn.socket, since=since):
        await AsyncConnectionPool.check_connection(connection)


if __name__ == "__main__":
    main()
