"""One process tree: the supervisor starts the database and its children, mends what dies and stops all in order."""

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from muhatap.config import lifeline
from muhatap.config.environment import ROOT, Environment
from muhatap.shared.postgres import embedded
from muhatap.shared.postgres.layout import make_data_folder, open_lock, try_lock
from muhatap.shared.postgres.trouble import ServerTrouble
from muhatap.shared.words import gettext as _

_TICK = 0.1
_GRACE = 12.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0
_LONGEST_PAUSE_IF_KILLED = 1.0
_STEADY_AFTER = 10.0


class CannotServe(Exception):
    """Serving cannot begin; the text says why in a sentence."""


class _Stopped(Exception):
    """Somebody asked us to stop while we were waiting for something."""


@dataclass
class Child:
    """A process that shall run. One that keeps failing waits longer each time; one that was killed comes back at once."""

    name: str
    command: Sequence[str]
    socket_fd: int | None = None
    process: subprocess.Popen[bytes] | None = None
    born_at: float = 0.0
    pause: float = field(default=_FIRST_PAUSE / 2)
    due_at: float = 0.0

    def start(self) -> None:
        self.process = _spawn(self.command, (self.socket_fd,) if self.socket_fd is not None else ())
        self.born_at = time.monotonic()

    def mend(self) -> None:
        """Notices its death, and starts it again when its pause is over."""
        if self.process and self.process.poll() is not None:
            lived = time.monotonic() - self.born_at
            longest = _LONGEST_PAUSE if self.process.returncode > 0 else _LONGEST_PAUSE_IF_KILLED
            self.pause = _FIRST_PAUSE if lived > _STEADY_AFTER else min(self.pause * 2, longest)
            self.due_at = time.monotonic() + self.pause
            _say(_("%(name)s ended (%(how)s); it starts again.") % {"name": self.name, "how": _how(self.process)})
            self.process = None
        if self.process is None and time.monotonic() >= self.due_at:
            self.start()


def serve(settings: Environment, *, with_demo: bool = False) -> int:
    """Runs the whole product until it is asked to stop. Raises CannotServe and ServerTrouble."""
    make_data_folder(settings.data)
    stop = threading.Event()
    with _only_server(settings), _listening(settings) as listening, _listen_to_signals(stop):
        server = None if settings.database_url else start_database(settings, say=lambda line: _unless(stop, line))
        try:
            _prepare(stop, with_demo=with_demo)
            _Tree(settings, server, listening.fileno(), stop).run()
        except _Stopped:
            pass
        finally:
            if server:
                server.stop()
    _say(_("Muhatap has stopped."))
    return 0


def start_database(settings: Environment, *, say: embedded.Say = lambda line: None) -> embedded.Server:
    """The private server of these settings, started or joined. Raises ServerTrouble."""
    options = embedded.Options(programs=settings.postgres_bin, memory_mb=settings.postgres_memory_mb)
    return embedded.start(settings.data, options, say)


def is_serving(data: Path) -> bool:
    """Whether a supervisor runs with this data folder."""
    path = data / "serve.lock"
    if not path.exists():
        return False
    with open_lock(path) as lock:
        return not try_lock(lock, fcntl.LOCK_SH)


class _Tree:
    def __init__(
        self, settings: Environment, server: embedded.Server | None, socket_fd: int, stop: threading.Event
    ) -> None:
        self.settings, self.server, self.stop = settings, server, stop
        self.database_due_at, self.database_pause = 0.0, _FIRST_PAUSE
        self.children = [
            *(Child(_("Web"), _module("serving", str(socket_fd)), socket_fd) for _n in range(settings.web_workers)),
            *(Child(_("Jobs"), _module("jobs", "inward")) for _n in range(settings.job_workers)),
            Child(_("Sending"), _module("jobs", "outward")),
            Child(_("Fetch"), _module("fetching")),
        ]
        self.is_announced = False

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                self._mend_database()
                for child in self.children:
                    child.mend()
                self._announce_once()
                self.stop.wait(_TICK)
        finally:
            _end_all([child.process for child in self.children if child.process])

    def _mend_database(self) -> None:
        if self.server is None or self.server.pid is not None or time.monotonic() < self.database_due_at:
            return
        _say(_("The database ended; it starts again."))
        try:
            self.server.revive()
            self.database_pause = _FIRST_PAUSE
        except ServerTrouble as trouble:
            _say(str(trouble))
            self.database_pause = min(self.database_pause * 2, _LONGEST_PAUSE)
            self.database_due_at = time.monotonic() + self.database_pause

    def _announce_once(self) -> None:
        if not self.is_announced and _answers(self.settings):
            self.is_announced = True
            _say(_("Muhatap is at %(url)s (Ctrl-C stops it).") % {"url": self.settings.url})


@contextmanager
def _only_server(settings: Environment) -> Iterator[None]:
    """One supervisor per data folder; the second is told where the first is."""
    with open_lock(settings.data / "serve.lock") as lock:
        if not (try_lock(lock, fcntl.LOCK_EX) or _try_again(lock)):
            raise CannotServe(_already_running(lock.read(), settings))
        lock.truncate(0)
        lock.write(json.dumps({"pid": os.getpid(), "url": settings.url}).encode())
        lock.flush()
        yield
        lock.truncate(0)


def _try_again(lock: IO[bytes]) -> bool:
    time.sleep(0.3)  # somebody may only have been asking whether we serve
    return try_lock(lock, fcntl.LOCK_EX)


def _already_running(note: bytes, settings: Environment) -> str:
    try:
        told = json.loads(note)
    except ValueError:
        told = {"pid": "?", "url": settings.url}
    return _("Muhatap is already running at %(url)s with the data in %(folder)s (process %(pid)s).") % {
        **told,
        "folder": settings.data,
    }


@contextmanager
def _listening(settings: Environment) -> Iterator[socket.socket]:
    """The public socket is ours, not a worker's: while workers come and go, visitors wait instead of failing."""
    family = socket.AF_INET6 if ":" in settings.bind_host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.bind_host, settings.bind_port))
            listening.listen(2048)
        except OSError as error:
            text = _("%(bind)s cannot be used (%(reason)s). Set MUHATAP_BIND to another host:port.")
            raise CannotServe(text % {"bind": settings.bind, "reason": error.strerror}) from error
        yield listening


@contextmanager
def _listen_to_signals(stop: threading.Event) -> Iterator[None]:
    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, ask_to_stop) for number in signals]
    try:
        yield
    finally:
        for number, action in zip(signals, before, strict=True):
            signal.signal(number, action)


def _unless(stop: threading.Event, line: str) -> None:
    if stop.is_set():
        raise _Stopped
    _say(line)


def _prepare(stop: threading.Event, *, with_demo: bool) -> None:
    process = _spawn(_module("preparing", *(["--demo"] if with_demo else [])), ())
    while process.poll() is None:
        if stop.wait(_TICK):
            _end_all([process])
            raise _Stopped
    if process.returncode:
        raise CannotServe(_("The database could not be brought up to date; the reason is above."))


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"muhatap.config.{name}", *arguments]


def _spawn(command: Sequence[str], fds: Sequence[int]) -> subprocess.Popen[bytes]:
    surroundings = {**os.environ, lifeline.SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
    surroundings["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(command, env=surroundings, stdin=subprocess.DEVNULL, pass_fds=fds, start_new_session=True)


def _end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _GRACE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(settings: Environment) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.bind_host, settings.bind_host)  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.bind_port, timeout=0.3)
    try:
        connection.request("GET", "/", headers={"Host": settings.hosts[0]})
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _how(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    if code < 0:
        return _("signal %(number)d") % {"number": -code}
    return _("code %(number)d") % {"number": code}


def _say(line: str) -> None:
    print(line, flush=True)
