"""Jobs in the same database: queued in the caller's transaction, they exist if and only if it commits."""

from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app


def queue(task: str, *, run_at: datetime | None = None, queue: str = "default", **arguments: Any) -> None:
    """Queue the job named `task` (dotted path of its function). Arguments are ids; a job may run twice."""
    app.configure_task(task, allow_unknown=True, schedule_at=run_at, queue=queue).defer(**arguments)
