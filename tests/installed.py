"""A data folder in which the product was installed once: tests that need it begin with a copy, not with all migrations.

It is kept beside the system's temporary files for the next runs, until a migration, an SQL file or a requirement changes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from muhatap.config.environment import ROOT

KEPT = Path(tempfile.gettempdir()) / f"muhatap-installed-{os.geteuid()}"
LOCK = KEPT.with_suffix(".lock")
N_KEPT = 3  # of several branches
_MADE_OF = ("muhatap/**/migrations/*.py", "muhatap/**/*.sql", "requirements/*.txt")


def copy_to(data: Path) -> None:
    """Fill a data folder that is empty, or not there yet. Raises RuntimeError when the product cannot be installed."""
    with _alone():
        place = _installed()
        (place / "postgres.users").unlink(missing_ok=True)  # it would say that nobody uses the copy any more
        subprocess.run(["cp", "-a", f"{place}/.", str(data)], check=True)


def _installed() -> Path:
    place = KEPT / _digest()
    if not place.exists():
        draft = KEPT / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _install(draft)
        if _digest() != place.name:  # somebody has written a migration meanwhile
            return _installed()
        draft.rename(place)
        for old in sorted(KEPT.iterdir(), key=lambda one: one.stat().st_mtime)[:-N_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return place


def _install(data: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MUHATAP_", "DATABASE_URL"))}
    ours = {
        "MUHATAP_DATA": str(data),
        "MUHATAP_POSTGRES_MEMORY_MB": "128",
        "DJANGO_SETTINGS_MODULE": "muhatap.config.settings",
    }
    command = [sys.executable, "-W", "ignore", "-m", "muhatap", "migrate"]
    done = subprocess.run(command, cwd=ROOT, env=inherited | ours, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the tests' database cannot be made:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def _digest() -> str:
    paths = sorted(path for pattern in _MADE_OF for path in ROOT.glob(pattern))
    told = hashlib.sha256()
    for path in paths:
        told.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return told.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    KEPT.mkdir(mode=0o700, exist_ok=True)
    if KEPT.is_symlink() or KEPT.stat().st_uid != os.geteuid():
        raise RuntimeError(f"{KEPT} belongs to somebody else; remove it")
    with LOCK.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
