"""The fetch process: brings in what waits elsewhere, such as mail in mailboxes."""

import os
import signal
import threading
from types import FrameType

import django

from muhatap.config import lifeline


def main() -> None:
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muhatap.config.settings")
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    django.setup()
    from muhatap.flow import fetching  # the apps must be loaded first

    fetching.run(stop)


if __name__ == "__main__":
    main()
