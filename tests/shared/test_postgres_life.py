"""The private server is born whole, joined, revived and stopped; real servers are killed here."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from muhatap.config.environment import ROOT
from muhatap.shared.postgres import account, embedded, layout
from muhatap.shared.postgres.embedded import Options, Server

SMALL = Options(memory_mb=16, is_durable=False)
STARTER = """
import sys, time
from pathlib import Path
from muhatap.shared.postgres import embedded
server = embedded.start(Path(sys.argv[1]), embedded.Options(memory_mb=16, is_durable=False, dies_with_us=sys.argv[2] == "dies"))
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A data folder with a blank and Turkish letters in its path; whatever runs in it is ended after the test."""
    folder = tmp_path / "Işıl’ın verileri"
    yield folder
    if embedded.is_running(folder):
        embedded.start(folder, SMALL).stop()


def ask(server: Server, question: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


def remember(server: Server, word: str) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("create table memory (word text)")
        connection.execute("insert into memory values (%s)", [word])


def kill(server: Server) -> int:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def start_elsewhere(place: Path, farewell: str = "dies") -> subprocess.Popen[str]:
    """Another process that starts the server and stays."""
    command = [sys.executable, "-c", STARTER, str(place), farewell]
    return subprocess.Popen(command, env=with_our_path(), stdout=subprocess.PIPE, text=True)


def with_our_path() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}


def runs(python: str, who: account.Account) -> bool:
    command = [python, "-c", "import psycopg, muhatap"]
    try:
        return subprocess.run(command, env=with_our_path(), check=False, **account.identity(who)).returncode == 0
    except OSError:
        return False


def told_pid(starter: subprocess.Popen[str]) -> int:
    assert starter.stdout
    return int(starter.stdout.readline())


def end(starter: subprocess.Popen[str]) -> None:
    starter.kill()
    starter.communicate()


def wait_until(true: Callable[[], bool], patience: float = 20) -> None:
    until = time.monotonic() + patience
    while not true():
        assert time.monotonic() < until, "it took too long"
        threading.Event().wait(0.02)


def test_a_new_folder_gets_a_server_of_its_own_closed_to_everyone_else(place: Path) -> None:
    server = embedded.start(place, SMALL)

    assert ask(server, "select lower('ŞIĞ')") == "şiğ"
    assert ask(server, "select current_user") == "muhatap"
    assert ask(server, "select rolsuper from pg_roles where rolname = current_user") is False
    assert ask(server, "show listen_addresses") == ""
    for folder in (place, place / "postgres", layout.of(place).sockets):
        assert folder.stat().st_mode & 0o006 == 0, f"{folder} is open to others"
    assert server.stop()
    assert not embedded.is_running(place)


def test_what_was_written_is_there_after_a_restart(place: Path) -> None:
    server = embedded.start(place, SMALL)
    remember(server, "ıhlamur")
    server.stop()

    server = embedded.start(place, SMALL)

    assert ask(server, "select word from memory") == "ıhlamur"
    server.stop()


def test_a_second_user_joins_the_server_and_the_last_to_leave_stops_it(place: Path) -> None:
    first = embedded.start(place, SMALL)
    second = embedded.start(place, SMALL)
    assert first.pid == second.pid

    assert not first.stop()
    assert ask(second, "select 1") == 1
    assert second.stop()
    assert second.pid is None


def test_two_starts_at_the_same_moment_give_one_server(place: Path) -> None:
    starters = [start_elsewhere(place), start_elsewhere(place)]

    assert told_pid(starters[0]) == told_pid(starters[1])
    for starter in starters:
        end(starter)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child of its parent's death")
def test_the_server_ends_in_order_when_its_parent_is_killed(place: Path) -> None:
    starter = start_elsewhere(place)
    told_pid(starter)
    end(starter)

    wait_until(lambda: not embedded.is_running(place) and not (place / "postgres" / "postmaster.pid").exists())
    assert "database system is shut down" in (place / "postgres.log").read_text()


def test_a_server_whose_parent_was_killed_is_adopted(place: Path) -> None:
    starter = start_elsewhere(place, "stays")
    pid = told_pid(starter)
    end(starter)

    server = embedded.start(place, SMALL)

    assert server.pid == pid
    assert server.stop(), "nobody else uses it any more"


def test_a_killed_server_is_revived_with_its_data(place: Path) -> None:
    server = embedded.start(place, Options(memory_mb=16))
    remember(server, "keten")
    before = kill(server)
    wait_until(lambda: not server.is_running())

    server.revive()

    assert server.pid not in (None, before)
    assert ask(server, "select word from memory") == "keten"
    server.stop()


def test_a_query_that_outlives_its_killed_server_does_not_keep_the_next_one_out(place: Path) -> None:
    server = embedded.start(place, SMALL)
    busy = psycopg.connect(server.url)
    (backend,) = busy.execute("select pg_backend_pid()").fetchone() or (0,)
    os.kill(backend, signal.SIGSTOP)  # it cannot even notice that its server is gone
    kill(server)

    server.revive()

    assert ask(server, "select 1") == 1
    busy.close()
    server.stop()


def test_a_stale_pid_file_is_ignored_though_another_program_has_the_pid_now(place: Path) -> None:
    server = embedded.start(place, SMALL)
    note = (place / "postgres" / "postmaster.pid").read_text().splitlines()
    server.stop()
    lent = account.lent(place / "postgres")
    stranger = subprocess.Popen(["sleep", "60"], **account.identity(lent))
    (place / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *note[1:]]) + "\n")

    server = embedded.start(place, SMALL)

    assert ask(server, "select 1") == 1
    assert server.pid != stranger.pid
    server.stop()
    assert stranger.poll() is None, "the stranger was left alone"
    stranger.kill()
    stranger.wait()


def test_a_making_cut_short_begins_again(place: Path) -> None:
    starter = start_elsewhere(place)
    wait_until(lambda: any(place.glob("postgres-new-*/base")))
    end(starter)
    assert not (place / "postgres").exists()

    server = embedded.start(place, SMALL)

    assert ask(server, "select 1") == 1
    assert not list(place.glob("postgres-new-*"))
    server.stop()


@pytest.mark.slow
def test_a_recovery_of_more_than_ten_seconds_is_waited_for_and_told_of(place: Path) -> None:
    embedded.start(place, SMALL).stop()
    (place / "postgres" / "recovery.signal").touch()  # each file it asks the archive for takes its time
    with (place / "postgres" / "postgresql.auto.conf").open("a") as settings:
        settings.write("restore_command = 'sleep 6; false'\n")
    said: list[str] = []
    began = time.monotonic()

    server = embedded.start(place, SMALL, said.append)

    assert time.monotonic() - began > 10
    assert said
    assert ask(server, "select 1") == 1
    server.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one_elsewhere(tmp_path: Path) -> None:
    place = tmp_path / ("ğ" * 60)
    server = embedded.start(place, SMALL)

    assert ask(server, "select 1") == 1
    assert not (place / "postgres-socket").exists()
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_root_lends_the_server_an_ordinary_account(place: Path) -> None:
    server = embedded.start(place, SMALL)

    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become someone else")
def test_an_ordinary_account_runs_the_server_as_itself(tmp_path: Path) -> None:
    nobody = account.Account("nobody", 65534, 65534)
    python = next((path for path in (sys.executable, "/usr/bin/python3") if runs(path, nobody)), None)
    if python is None:
        pytest.skip("an ordinary account cannot run this Python")
    place = tmp_path / "nobody"
    place.mkdir()
    os.chown(place, nobody.uid, nobody.gid)
    account.admit(nobody, place)

    command = [python, "-c", STARTER, str(place), "dies"]
    starter = subprocess.Popen(
        command, env=with_our_path(), stdout=subprocess.PIPE, text=True, **account.identity(nobody)
    )

    assert Path(f"/proc/{told_pid(starter)}").stat().st_uid == nobody.uid
    end(starter)


def test_the_system_s_own_programs_serve_as_well(place: Path) -> None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("no PostgreSQL is installed on this system")

    server = embedded.start(place, Options(programs=found[-1].parent, memory_mb=16, is_durable=False))

    assert ask(server, "select lower('ŞĞ')") == "şğ"
    server.stop()
