"""A data folder in which the product was installed once: tests that need it begin with a copy, not with all migrations.

It is kept for the next runs, until a migration, an SQL file or a requirement changes.
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

KEPT = ROOT / ".cache"
_PREFIX = "installed-"
_MADE_OF = ("muhatap/**/migrations/*.py", "muhatap/**/*.sql", "requirements/*.txt")


def copy_to(data: Path) -> None:
    """Fill a data folder that is empty, or not there yet. Raises RuntimeError when the product cannot be installed."""
    with _alone():
        subprocess.run(["cp", "-a", f"{_installed()}/.", str(data)], check=True)


def _installed() -> Path:
    place = KEPT / f"{_PREFIX}{_digest()}"
    while not place.exists():
        for old in KEPT.glob(f"{_PREFIX}*/"):
            shutil.rmtree(old, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=KEPT))
        _install(draft)
        place = KEPT / f"{_PREFIX}{_digest()}"  # anew: somebody may have written a migration meanwhile
        draft.rename(place)
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
    KEPT.mkdir(exist_ok=True)
    with (KEPT / "installed.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
