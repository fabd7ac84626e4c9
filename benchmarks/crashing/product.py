"""The product as a firm runs it, `muhatap serve` with its own database, and the hand that kills its processes."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.report import progress
from muhatap.shared.postgres import account, cluster, layout

START_PATIENCE = 240.0
STOP_PATIENCE = 60.0
COMMANDS = {
    "web": {"muhatap.config.serving"},
    "jobs": {"muhatap.config.jobs", "inward"},
    "sending": {"muhatap.config.jobs", "outward"},
    "fetch": {"muhatap.config.fetching"},
}
VICTIMS = ["web", "jobs", "sending", "fetch", "database"]
WEIGHTS = [25, 20, 20, 15, 20]


class Product:
    """A running `muhatap serve` in a data folder."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data, self.settings = data, settings or {}
        self.port = free_port()
        self.killed: Counter[str] = Counter()
        self._log = (data / "serve.log").open("wb")
        command = [sys.executable, "-m", "muhatap", "serve"]
        self._process = subprocess.Popen(
            command,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            preexec_fn=account.follow(
                os.getpid(), signal.SIGTERM
            ),  # when the bench itself is killed, the product stops
        )

    def environment(self) -> dict[str, str]:
        """What the product's processes, and whoever works beside them, read their settings from."""
        inherited = {name: value for name, value in os.environ.items() if not is_setting(name)}
        return inherited | {
            "MUHATAP_DATA": str(self.data),
            "MUHATAP_BIND": f"127.0.0.1:{self.port}",
            "MUHATAP_URL": f"http://127.0.0.1:{self.port}",
            "MUHATAP_POSTGRES_MEMORY_MB": "128",
            "MUHATAP_LANGUAGE": "en",
            "DJANGO_SETTINGS_MODULE": "muhatap.config.settings",
            **self.settings,
        }

    def wait_until_it_serves(self) -> None:
        until = time.monotonic() + START_PATIENCE
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            if self._answers():
                return
            time.sleep(0.2)
        raise RuntimeError(f"muhatap serve does not answer; the end of its log:\n{self.log()[-3000:]}")

    def kill(self, what: str) -> bool:
        """SIGKILL to one process; False when it is down already."""
        pid = self._pid_of(what)
        if pid is None:
            return False
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed[what] += 1
        return True

    def processes(self) -> list[psutil.Process]:
        """Our own processes: the supervisor and those it keeps; not the database's."""
        whole = psutil.Process(self._process.pid)
        return [whole, *(child for child in whole.children() if "muhatap" in " ".join(child.cmdline()))]

    def tree(self) -> list[psutil.Process]:
        """All processes, the database's too."""
        found = [*self.processes()]
        if postmaster := cluster.postmaster(layout.of(self.data).cluster):
            database = psutil.Process(postmaster)
            found += [database, *database.children()]
        return found

    def log(self) -> str:
        return (self.data / "serve.log").read_text("utf-8", "replace")

    def __enter__(self) -> "Product":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            progress("the supervisor does not stop when asked; killed")
            self._process.kill()  # its children and its database end by themselves when it is gone
            self._process.wait()
        self._log.close()

    def _pid_of(self, what: str) -> int | None:
        if what == "database":
            return cluster.postmaster(layout.of(self.data).cluster)
        try:
            children = psutil.Process(self._process.pid).children()
            return next((child.pid for child in children if COMMANDS[what] <= set(child.cmdline())), None)
        except psutil.Error:
            return None

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class Reaper:
    """Kills at random, so many times in so many seconds; each kind of process at least once."""

    def __init__(self, product: Product, *, n_kills: int, seconds: float, dice: random.Random) -> None:
        self.product, self.n_kills, self.dice = product, n_kills, dice
        self.pause = seconds / n_kills

    def run(self) -> None:
        order = self.dice.sample(VICTIMS, len(VICTIMS))
        order += self.dice.choices(VICTIMS, WEIGHTS, k=self.n_kills - len(VICTIMS))
        for what in order:
            time.sleep(self.pause * self.dice.uniform(0.4, 1.6))
            while not self.product.kill(what):
                time.sleep(0.1)
            if self.product.killed.total() % 10 == 0:
                progress(f"killed {self.product.killed.total()} of {self.n_kills}: {dict(self.product.killed)}")


def is_setting(name: str) -> bool:
    return name.startswith(("MUHATAP_", "DJANGO_", "DATABASE_URL", "PG"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
