"""The whole product as one process tree: it starts, mends what is killed and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from muhatap.config.environment import ROOT
from muhatap.shared.postgres import embedded
from tests import installed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE = 90  # a busy machine with two cores


@dataclass
class Installation:
    """A data folder and the command that serves it."""

    data: Path
    port: int
    log: Path

    def command(self, *words: str) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MUHATAP_SECRET_KEY")}
        surroundings = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "muhatap.config.settings",
            "MUHATAP_DATA": str(self.data),
            "MUHATAP_BIND": f"127.0.0.1:{self.port}",
            "MUHATAP_POSTGRES_MEMORY_MB": "16",
            "MUHATAP_LANGUAGE": "en",
        }
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "muhatap", *words]
            return subprocess.Popen(command, env=surroundings, stdout=log, stderr=log, start_new_session=True)

    def said(self) -> str:
        return self.log.read_text()

    def answers(self, patience: float = PATIENCE) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=patience)
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False
        return True


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Installation(tmp_path / "data", port, tmp_path / "log")
    made.log.touch()
    yield made
    for pid in running(made.data):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def lived_in(installation: Installation) -> Installation:
    """One whose database was made and migrated before, as `muhatap migrate` leaves it."""
    installed.copy_to(installation.data)
    return installation


def running(data: Path) -> set[int]:
    """Every process that was started for this data folder, the database's too."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and str(data).encode() in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            ):
                found.add(int(entry.name))
        except OSError:
            continue
    return found - {os.getpid()}


def children(supervisor: int, part: str) -> list[int]:
    whole_lines = ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(supervisor)]  # however narrow the terminal says it is
    said = subprocess.run(whole_lines, capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in said.stdout.splitlines() if part in line]


def wait_until(true: Callable[[], bool], installation: Installation) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, installation.said()
        threading.Event().wait(0.1)


def test_the_tree_lives_through_kills_and_stops_in_order(lived_in: Installation) -> None:
    installation = lived_in
    tree = installation.command("serve")
    wait_until(lambda: "Muhatap is at" in installation.said(), installation)
    assert installation.answers()

    second = installation.command("serve")
    assert second.wait(timeout=PATIENCE) == 1
    assert f"already running at http://localhost:{installation.port}" in installation.said()

    (database,) = children(tree.pid, "pginstall")
    os.kill(database, signal.SIGKILL)
    wait_until(lambda: children(tree.pid, "pginstall") not in ([], [database]), installation)
    wait_until(installation.answers, installation)

    parts = ("config.serving", "config.jobs inward", "config.jobs outward", "config.fetching")
    wait_until(
        lambda: all(len(children(tree.pid, part)) == 1 for part in parts), installation
    )  # some ended with the database
    killed = {part: children(tree.pid, part) for part in parts}
    for (child,) in killed.values():
        os.kill(child, signal.SIGKILL)
    for part, child in killed.items():
        wait_until(lambda part=part, child=child: children(tree.pid, part) not in ([], child), installation)  # type: ignore[misc]
    assert installation.answers(), "who came while the web process was away has waited, and was answered"

    tree.send_signal(signal.SIGINT)
    assert tree.wait(timeout=PATIENCE) == 0
    assert running(installation.data) == set()
    assert not embedded.is_running(installation.data)


def test_nobody_outlives_a_killed_supervisor_and_the_next_start_finds_all_in_order(lived_in: Installation) -> None:
    tree = lived_in.command("serve")
    wait_until(lambda: "Muhatap is at" in lived_in.said(), lived_in)
    tree.kill()
    tree.wait()

    wait_until(lambda: running(lived_in.data) == set(), lived_in)

    tree = lived_in.command("serve")
    wait_until(lambda: lived_in.said().count("Muhatap is at") == 2, lived_in)
    tree.send_signal(signal.SIGHUP)
    assert tree.wait(timeout=PATIENCE) == 0


def test_a_taken_port_is_told_before_anything_starts(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        tree = installation.command("serve")

        assert tree.wait(timeout=PATIENCE) == 1
    assert f"127.0.0.1:{installation.port} cannot be used" in installation.said()
    assert not (installation.data / "postgres").exists()


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(lived_in: Installation) -> None:
    assert lived_in.command("doctor").wait(timeout=PATIENCE) == 1

    assert "✗ Muhatap is not running.\n  → muhatap serve" in lived_in.said()
    assert "✓ The database is up to date." in lived_in.said()
