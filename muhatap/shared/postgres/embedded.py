"""The life of the private server: `start`, `revive`, `stop`.

Whether it runs is decided by asking it (`select 1`), never by a pid. Whoever uses it holds a shared lock, so the last
one to leave stops it; and since the lock is the kernel's, a user killed with SIGKILL has left too.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import psycopg

from muhatap.shared.postgres import account as accounts
from muhatap.shared.postgres import cluster, layout, programs, tuning
from muhatap.shared.postgres.layout import Layout
from muhatap.shared.postgres.trouble import ServerTrouble, StillRunning, explain
from muhatap.shared.words import gettext as _

NAME = "muhatap"
_LOCK_PATIENCE = 180.0
_LEFTOVER_PATIENCE = 60.0
_STOP_PATIENCE = 60.0
_LOG_LIMIT = 20 * 1024 * 1024

State = Literal["ready", "busy", "silent"]
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run the server. `programs` None: the wheel's; `memory_mb` None: a quarter of the machine.

    `dies_with_us`: when the process that started it dies, even by SIGKILL, it shuts itself down in order (Linux).
    """

    programs: Path | None = None
    memory_mb: int | None = None
    is_durable: bool = True
    dies_with_us: bool = True


class Server:
    """A running server that we use. Its `url` stays the same over restarts."""

    def __init__(self, place: Layout, options: Options, say: Say) -> None:
        self.data, self.url = place.data, url(place.data)
        self._place, self._options, self._say = place, options, say
        self._process: subprocess.Popen[bytes] | None = None
        self._use: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, None when it ended."""
        if self._process:
            self._process.poll()  # collects it, so that it doesn't stay a zombie
        return cluster.postmaster(self._place.cluster)

    def is_running(self) -> bool:
        return _state(self._place) == "ready"

    def revive(self) -> None:
        """Brings the server up if it isn't, waiting for its recovery. Raises ServerTrouble."""
        layout.make_data_folder(self._place.data)
        with self._place.alone(_LOCK_PATIENCE):
            self._use = self._use or _take_use(self._place)
            if not self.is_running():
                self._process = _Rising(self._place, self._options, self._say, self._process).wait()
            _ensure_database(self._place)

    def stop(self) -> bool:
        """Leaves the server, and stops it if nobody else uses it. Tells whether it was stopped."""
        if self._use is None:
            return False
        with self._place.alone(_LOCK_PATIENCE):
            self._use.close()
            self._use = None
            with layout.open_lock(_users(self._place)) as lock:
                if not layout.try_lock(lock, fcntl.LOCK_EX):
                    return False
                _shut_down(self._place, self._process)
                with contextlib.suppress(OSError):
                    self._place.sockets.rmdir()
        return True


def start(data: Path, options: Options | None = None, say: Say = lambda line: None) -> Server:
    """The server of this data folder, made, started or joined. Raises ServerTrouble with a sentence for people."""
    server = Server(layout.of(data), options or Options(), say)
    server.revive()
    return server


def url(data: Path) -> str:
    """The address the server of this data folder has whenever it runs."""
    return layout.of(data).url(user=NAME, database=NAME)


def is_running(data: Path) -> bool:
    """Whether the server of this data folder answers."""
    return _state(layout.of(data)) == "ready"


class _Rising:
    """One bringing up: spawns the server when none is there, waits while it recovers, tells why when it dies."""

    def __init__(
        self,
        place: Layout,
        options: Options,
        say: Say,
        earlier: subprocess.Popen[bytes] | None,
    ) -> None:
        self.place, self.options, self.say = place, options, say
        self.process = earlier if earlier and earlier.poll() is None else None
        self.has_spawned = False
        self.log_start = 0
        self.begun_at = self.said_at = time.monotonic()

    def wait(self) -> subprocess.Popen[bytes] | None:
        """Our process, or None when a server that was there before became ready."""
        while (state := _state(self.place)) != "ready":
            if self.process and self.process.poll() is not None:
                self._retry_or_raise()
                self.process = None
            if self.process is None and state == "silent" and self._way_is_clear():
                self._spawn()
            self._tell_progress()
            time.sleep(0.03)
        return self.process

    def _spawn(self) -> None:
        account = accounts.lent(self.place.cluster, self.place.data)
        found = programs.find(self.options.programs, account)
        self.place.prepare(account)
        cluster.ensure(self.place, found, is_durable=self.options.is_durable)
        cluster.forget_stale_pid(self.place.cluster)
        settings = tuning.settings(
            cluster=self.place.cluster,
            sockets=self.place.sockets,
            memory_mb=self.options.memory_mb,
            is_durable=self.options.is_durable,
        )
        arguments = ["-D", str(self.place.cluster), *(f"--{name}={value}" for name, value in settings.items())]
        with self._open_log() as log:
            self.log_start = log.tell()
            farewell = signal.SIGINT if self.options.dies_with_us else None  # SIGINT: a quick but orderly end
            self.has_spawned, self.said_at = True, time.monotonic()
            self.process = found.spawn("postgres", *arguments, output=log.fileno(), follow=farewell)

    def _way_is_clear(self) -> bool:
        """A server that is there but not yet, or no longer, listening gets a while; then it is asked to end."""
        waited = time.monotonic() - self.begun_at
        pid = cluster.postmaster(self.place.cluster)
        if pid is not None and waited > _LEFTOVER_PATIENCE:
            raise StillRunning(
                _("PostgreSQL runs as process %(pid)d but does not answer. End that process and start again.")
                % {"pid": pid}
            )
        if pid is not None and waited > 5:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGINT)
        return pid is None

    def _retry_or_raise(self) -> None:
        if not self.has_spawned:
            return  # the one we came to replace has ended at last
        trouble = explain(self._log_since_start(), self.place.data)
        if not isinstance(trouble, StillRunning) or time.monotonic() - self.begun_at > _LEFTOVER_PATIENCE:
            raise trouble
        cluster.end_leftovers(self.place.cluster)
        time.sleep(0.2)

    def _tell_progress(self) -> None:
        if time.monotonic() - self.said_at > 5:
            self.said_at = time.monotonic()
            self.say(_("The database is still getting ready; after a crash it first repairs itself."))

    def _open_log(self) -> IO[bytes]:
        path = self.place.log
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _log_since_start(self) -> str:
        with self.place.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read(100_000).decode(errors="replace")


def _state(place: Layout) -> State:
    """`silent`: nobody listens. `busy`: someone does, but cannot serve yet or any more."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(place.socket))
        except (FileNotFoundError, ConnectionRefusedError):
            return "silent"
        except OSError as error:
            if isinstance(error, PermissionError):
                raise ServerTrouble(
                    _("This account may not use the database in %(folder)s.") % {"folder": place.data}
                ) from error
            return "busy"
    try:
        with _connect(place) as connection:
            connection.execute("select 1")
    except psycopg.OperationalError as error:
        return "ready" if "too many clients" in str(error) or "remaining connection slots" in str(error) else "busy"
    return "ready"


def _connect(place: Layout) -> psycopg.Connection:
    return psycopg.connect(place.url(user="postgres", database="postgres"), connect_timeout=3, autocommit=True)


def _ensure_database(place: Layout) -> None:
    """Our role is no superuser: what could be slipped into a query cannot reach the machine's files."""
    with _connect(place) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = 'muhatap'").fetchone():
            connection.execute("create role muhatap login createdb")
        if not connection.execute("select 1 from pg_database where datname = 'muhatap'").fetchone():
            connection.execute("create database muhatap owner muhatap")


def _users(place: Layout) -> Path:
    return place.data / "postgres.users"


def _take_use(place: Layout) -> IO[bytes]:
    use = layout.open_lock(_users(place))
    layout.try_lock(use, fcntl.LOCK_SH)  # exclusive only ever inside `alone`, where we are
    return use


def _shut_down(place: Layout, process: subprocess.Popen[bytes] | None) -> None:
    for farewell in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        pid = cluster.postmaster(place.cluster)
        if pid is None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, farewell)
        if _ended(place, process):
            break
    if process:
        process.wait(timeout=_STOP_PATIENCE)


def _ended(place: Layout, process: subprocess.Popen[bytes] | None) -> bool:
    if process is None:
        return cluster.wait_gone(place.cluster, _STOP_PATIENCE)
    try:
        process.wait(timeout=_STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    return cluster.wait_gone(place.cluster, _STOP_PATIENCE)
