"""The jobs process: a worker of the queue that lives in the database."""

import os

import django
from django.core.management import call_command

from muhatap.config import lifeline

CONCURRENCY = 4
GRACE = 8  # seconds a running job gets when we are asked to stop; a job cut short runs again


def main() -> None:
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    django.setup()
    call_command(
        "procrastinate",
        "worker",
        f"--concurrency={CONCURRENCY}",
        f"--shutdown-graceful-timeout={GRACE}",
    )


if __name__ == "__main__":
    main()
