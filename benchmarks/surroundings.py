"""A data folder with a database of its own, and the product's web process serving it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from benchmarks.crashing.product import is_setting
from benchmarks.report import progress
from muhatap.shared.postgres import embedded

PATIENCE = 120.0


class Installation:
    """The database runs inside the block, and Django is awake on it; `serve` starts the web process."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.data = data
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._server = embedded.start(data, embedded.Options(), progress)
        self._web: subprocess.Popen[bytes] | None = None
        self._wake_django()

    def serve(self) -> None:
        """Start the web process; returns when it answers. Raises RuntimeError with the end of its log."""
        descriptor = self._listening.fileno()
        command = [sys.executable, "-m", "muhatap.config.serving", str(descriptor)]
        with (self.data / "web.log").open("wb") as log:
            self._web = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[descriptor]
            )
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > until or self._web.poll() is not None:
                raise RuntimeError((self.data / "web.log").read_text("utf-8", "replace")[-3000:])
            time.sleep(0.2)

    @property
    def web_pid(self) -> int:
        """The number of the web process; 0 while there is none."""
        return self._web.pid if self._web else 0

    def postgres_version(self) -> str:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("show server_version")
            return str(cursor.fetchone()[0]).split()[0]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as probe:
                probe.sendall(b"GET /login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return probe.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False

    def _wake_django(self) -> None:
        inherited = {name: value for name, value in os.environ.items() if not is_setting(name)}
        os.environ.clear()
        os.environ.update(inherited)
        os.environ.update(
            MUHATAP_DATA=str(self.data),
            MUHATAP_URL=f"http://127.0.0.1:{self.port}",
            DATABASE_URL=self._server.url,
            DJANGO_SETTINGS_MODULE="muhatap.config.settings",
        )
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)

    def __enter__(self) -> "Installation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from django.db import connections

        if self._web:
            self._web.terminate()
            self._web.wait()
        self._listening.close()
        connections.close_all()
        self._server.stop()
