"""A true server for browser tests of the chat: uvicorn and a worker as processes of their own, which may be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """The web process and the jobs process over the test's own database, on a port that stays the same."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **os.environ,
            "DATABASE_URL": _database_url(),
            "DJANGO_SETTINGS_MODULE": "muhatap.config.settings",
            "MUHATAP_DATA": str(data),
            "MUHATAP_URL": self.url,
            "MUHATAP_SECRET_KEY": settings.SECRET_KEY,
            "MUHATAP_LANGUAGE": "tr",
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        (data / "static").mkdir(parents=True, exist_ok=True)
        self.web: subprocess.Popen[bytes] | None = None
        self.jobs: subprocess.Popen[bytes] | None = None
        self.fetch: subprocess.Popen[bytes] | None = None

    def start_web(self) -> None:
        port = ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "warning"]
        self.web = self._start("-m", "uvicorn", "muhatap.config.asgi:application", *port)
        self._wait_until_up()

    def start_jobs(self) -> None:
        self.jobs = self._start("-m", "django", "procrastinate", "worker", "--concurrency=2")

    def start_fetch(self) -> None:
        self.fetch = self._start("-m", "muhatap.config.fetching")

    def kill_web(self) -> None:
        _kill(self.web)

    def stop(self) -> None:
        _kill(self.web)
        _kill(self.jobs)
        _kill(self.fetch)

    def _start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, *arguments], env=self.environ, cwd=ROOT)

    def _wait_until_up(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/embed/chat.js", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise TimeoutError("the web process did not come up")


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The web process alone, for the tests of a file that bring it in."""
    with django_db_blocker.unblock():
        server = Server(tmp_path_factory.mktemp("server"))
    try:
        server.start_web()
        yield server
    finally:
        server.stop()


@contextmanager
def running(data: Path) -> Iterator[Server]:
    server = Server(data)
    try:
        server.start_web()
        server.start_jobs()
        yield server
    finally:
        server.stop()


def _kill(process: "subprocess.Popen[bytes] | None") -> None:
    if process and process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _database_url() -> str:
    database = settings.DATABASES["default"]
    name, user = connection.settings_dict["NAME"], quote(database["USER"])
    query = f"?host={quote(database['HOST'], safe='')}" + (f"&port={database['PORT']}" if database["PORT"] else "")
    password = f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else ""
    return f"postgresql://{user}{password}@/{name}{query}"
