"""A child process ends with its supervisor, also when that was killed and could not say goodbye."""

import os
import signal
import threading
import time

SUPERVISOR = "MUHATAP_SUPERVISOR"
_GRACE = 15.0


def hold() -> None:
    """Watches the supervisor that the environment names; when it is gone, ends this process in order, then by force."""
    supervisor = os.environ.get(SUPERVISOR, "")
    if supervisor.isdigit():
        threading.Thread(target=_watch, args=(int(supervisor),), name="lifeline", daemon=True).start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE)
    os._exit(1)
