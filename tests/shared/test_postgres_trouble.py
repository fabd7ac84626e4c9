"""When the private server cannot run, a sentence says why and nothing is lost."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from muhatap.shared import machine
from muhatap.shared.postgres import cluster, embedded, tuning
from muhatap.shared.postgres.embedded import Options
from muhatap.shared.postgres.trouble import DiskFull, ServerTrouble, StillRunning, explain

SMALL = Options(memory_mb=16, is_durable=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 240 MB that can be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=240m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(disk: Path, *, leaving_mb: int) -> Path:
    status = os.statvfs(disk)
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - leaving_mb * 1024 * 1024)
    return ballast


def test_a_disk_too_full_for_a_new_database_is_told_before_anything_is_made(disk: Path) -> None:
    fill(disk, leaving_mb=50)

    with pytest.raises(DiskFull, match=str(disk)):
        embedded.start(disk / "data", SMALL)

    assert not (disk / "data" / "postgres").exists()


def test_a_disk_that_filled_up_is_told_and_with_room_again_the_data_is_there(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = embedded.start(disk / "data", SMALL)
    assert server.pid
    os.kill(server.pid, signal.SIGKILL)
    ballast = fill(disk, leaving_mb=0)
    with pytest.raises(DiskFull):
        server.revive()
    monkeypatch.setattr(cluster, "ROOM_TO_START_MB", 0)  # so that PostgreSQL itself runs into the full disk
    with pytest.raises(DiskFull):
        server.revive()

    ballast.unlink()
    server.revive()

    assert server.is_running()
    server.stop()


def test_a_file_where_the_data_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    with pytest.raises(ServerTrouble, match="data"):
        embedded.start(tmp_path / "data", SMALL)


def test_a_database_of_another_version_is_left_as_it_is(tmp_path: Path) -> None:
    embedded.start(tmp_path, SMALL).stop()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")

    with pytest.raises(ServerTrouble, match="14"):
        embedded.start(tmp_path, SMALL)


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        ("FATAL:  could not write lock file: No space left on device", DiskFull),
        ("PANIC:  could not write to file: Disk quota exceeded", DiskFull),
        ('FATAL:  lock file "postmaster.pid" already exists', StillRunning),
        ("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", StillRunning),
        ("FATAL:  could not create shared memory segment: No space left on device", ServerTrouble),
        ("FATAL:  something new", ServerTrouble),
    ],
)
def test_the_log_is_put_into_words(log: str, kind: type[ServerTrouble]) -> None:
    assert type(explain(log, Path("/data"))) is kind


def test_an_unknown_trouble_shows_the_end_of_the_log() -> None:
    assert "FATAL:  something new" in str(explain("a\nb\nFATAL:  something new\n", Path("/data")))


def test_the_server_takes_a_quarter_of_the_memory_but_never_more_than_two_gigabytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def buffers(machine_mb: int, wanted: int | None = None) -> str:
        monkeypatch.setattr(machine, "memory_mb", lambda: machine_mb)
        chosen = tuning.settings(cluster=tmp_path, sockets=tmp_path, memory_mb=wanted, is_durable=True)
        assert "fsync" not in chosen
        return chosen["shared_buffers"]

    assert buffers(4096) == "1024MB"
    assert buffers(64_000) == "2048MB"
    assert buffers(64_000, wanted=128) == "128MB"
