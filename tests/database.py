"""One PostgreSQL for a whole test run: a throw-away server, unless DATABASE_URL names another.

Its address is chosen before xdist's workers begin, which inherit it; it starts while they collect, and ends with the
process that chose it, even if that is killed.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import psycopg

from muhatap.shared.postgres import embedded, layout
from tests import installed

_PREFIX = "muhatap-tests-"
_chosen: list[Path] = []
_started: list[embedded.Server] = []


def choose() -> None:
    """Choose the address of the run's server, on the first call of the run."""
    if "DATABASE_URL" not in os.environ:
        _remove_forgotten()
        place = Path(tempfile.mkdtemp(prefix=_PREFIX))
        _chosen.append(place)
        os.environ["DATABASE_URL"] = embedded.url(place)
        os.environ["PYTEST_DB_TEMPLATE"] = embedded.NAME
        os.environ.setdefault("MUHATAP_DATA", str(place / "data"))


def start() -> None:
    """Start the server with everything migrated, if this process chose it; what is there is the model of each worker's database."""
    while _chosen:
        place = _chosen.pop()
        installed.copy_to(place)
        server = embedded.start(place, embedded.Options(memory_mb=128, is_durable=False))
        _started.append(server)
        atexit.register(stop)
        with psycopg.connect(layout.of(place).url(user="postgres", database="postgres"), autocommit=True) as connection:
            connection.execute("grant set on parameter session_replication_role to muhatap")  # for emptying.py


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
        with layout.open_lock(users) as lock:
            if layout.try_lock(lock, fcntl.LOCK_EX) and not embedded.is_running(place):
                shutil.rmtree(place, ignore_errors=True)
