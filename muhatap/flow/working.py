"""How an act becomes a job: asked for by its name, or started by the clock."""

from collections.abc import Callable
from typing import ParamSpec

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from muhatap.shared.jobs import on_fresh_connection

P = ParamSpec("P")
AGAIN = RetryStrategy(max_attempts=50, exponential_wait=2)


def on_request(
    name: str, *, queue: str, retry: RetryStrategy | int | bool = AGAIN, queueing_lock: str | None = None
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """A job that is queued by `name`, with the ids its act takes."""

    def made(act: Callable[P, None]) -> Callable[P, None]:
        return app.task(name=name, queue=queue, retry=retry, queueing_lock=queueing_lock)(on_fresh_connection(act))

    return made


def at_times(
    cron: str, name: str, *, queue: str = "care", is_alone: bool = False
) -> Callable[[Callable[[int], None]], Callable[[int], None]]:
    """A job of the clock, at most one of which waits; the next time is its second try. `is_alone`: none begins before the last has ended."""

    def made(act: Callable[[int], None]) -> Callable[[int], None]:
        lock = name if is_alone else None
        task = app.task(name=name, queue=queue, queueing_lock=name, lock=lock)(on_fresh_connection(act))
        return app.periodic(cron=cron)(task)

    return made
