"""A jobs process: a worker of some of the queues that live in the database.

Sending waits for mail servers, up to minutes each; it has a process of its own, so that what comes in never waits behind it.
"""

import os
import sys

import django
from django.core.management import call_command

from muhatap.config import lifeline

CONCURRENCY = 4
QUEUES = {
    "inward": "intake,follow,care,default",
    "outward": "outbox,push,webhooks,listening",
}  # what each kind of worker does
GRACE = 8  # seconds a running job gets when we are asked to stop; a job cut short runs again


def main() -> None:
    """Works on the queues that the first argument names; without one, on all."""
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    django.setup()
    call_command(
        "procrastinate",
        "worker",
        f"--queues={QUEUES[sys.argv[1]] if sys.argv[1:] else ''}",
        f"--concurrency={CONCURRENCY}",
        f"--shutdown-graceful-timeout={GRACE}",
    )


if __name__ == "__main__":
    main()
