"""Jobs in the same database: queued in the caller's transaction, they exist if and only if it commits."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec

from django.db import close_old_connections, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

P = ParamSpec("P")
# Not the app's own: in a worker that has connections of its own, where a job would exist before what it is about is committed.
OURS = JobManager(DjangoConnector())


def on_fresh_connection(job: Callable[P, None]) -> Callable[P, None]:
    """A worker's thread outlives a restart of the database; without a request nobody else would drop its dead connection."""

    @wraps(job)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        close_old_connections()
        job(*args, **kwargs)

    return run


def queue(
    task: str, *, run_at: datetime | None = None, queue: str = "default", lock: str | None = None, **arguments: Any
) -> None:
    """Queue the job named `task` (dotted path of its function). Arguments are ids; a job may run twice.

    Of the jobs with one `lock` only one runs at a time.
    """
    configure_task(name=task, job_manager=OURS, schedule_at=run_at, queue=queue, lock=lock).defer(**arguments)


def queue_once(task: str, *, queue: str = "default", **arguments: Any) -> None:
    """Queue the job named `task`, unless one of it waits already."""
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        configure_task(name=task, job_manager=OURS, queue=queue, queueing_lock=task).defer(**arguments)
