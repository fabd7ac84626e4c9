"""One PostgreSQL for a whole test run: a throw-away server, unless DATABASE_URL names another.

It starts before xdist's workers, which inherit its address, and ends with the process that started it, even if that
is killed.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from muhatap.shared.postgres import embedded
from muhatap.shared.postgres.layout import open_lock, try_lock

_PREFIX = "muhatap-tests-"
_started: list[embedded.Server] = []


def start_for_tests() -> str:
    """The address of the run's server, started on the first call of the run."""
    if "DATABASE_URL" not in os.environ:
        _remove_forgotten()
        place = Path(tempfile.mkdtemp(prefix=_PREFIX))
        server = embedded.start(place, embedded.Options(memory_mb=128, is_durable=False))
        _started.append(server)
        atexit.register(stop)
        os.environ["DATABASE_URL"] = server.url
        os.environ.setdefault("MUHATAP_DATA", str(place / "data"))
    return os.environ["DATABASE_URL"]


def stop() -> None:
    """Ends the server this process started and removes its folder; safe to call twice."""
    while _started:
        server = _started.pop()
        server.stop()
        shutil.rmtree(server.data, ignore_errors=True)


def _remove_forgotten() -> None:
    """Folders of runs that were killed: nobody holds their lock any more."""
    for place in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        users = place / "postgres.users"
        if not users.exists() or not os.access(users, os.W_OK):
            continue
        with open_lock(users) as lock:
            if try_lock(lock, fcntl.LOCK_EX) and not embedded.is_running(place):
                shutil.rmtree(place, ignore_errors=True)
