"""Where the server keeps things in the data folder, and the one address it can be reached at."""

import fcntl
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from muhatap.shared.postgres import account as accounts
from muhatap.shared.postgres.trouble import ServerTrouble
from muhatap.shared.words import gettext as _

_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET = 103  # bytes; 107 on Linux, 103 on macOS


@dataclass(frozen=True)
class Layout:
    """The paths of one data folder."""

    data: Path

    @property
    def cluster(self) -> Path:
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The socket's folder: in the data folder, or in the temp folder when that path is too long for a socket."""
        near = self.data / "postgres-socket"
        if len(os.fsencode(near / _SOCKET)) <= _LONGEST_SOCKET:
            return near
        name = "muhatap-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        short = Path(tempfile.gettempdir()) / name
        return short if len(os.fsencode(short / _SOCKET)) <= _LONGEST_SOCKET else Path("/tmp") / name  # noqa: S108

    @property
    def socket(self) -> Path:
        return self.sockets / _SOCKET

    def url(self, *, user: str, database: str) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='')}"

    def prepare(self, account: accounts.Account | None) -> None:
        """Makes the folders, closed to everyone else. Raises ServerTrouble when that's impossible."""
        try:
            accounts.admit(account, self.cluster)
            _own_folder(self.sockets, account)
        except OSError as error:
            raise unwritable(self.data, error) from error

    @contextmanager
    def alone(self, patience: float) -> Iterator[None]:
        """One start or stop at a time in this data folder, across processes."""
        with open_lock(self.data / "postgres.lock") as lock:
            until = time.monotonic() + patience
            while not try_lock(lock, fcntl.LOCK_EX):
                if time.monotonic() > until:
                    raise ServerTrouble(
                        _("Another process has been starting the database in %(folder)s for too long.")
                        % {"folder": self.data}
                    )
                time.sleep(0.05)
            yield


def of(data: Path) -> Layout:
    return Layout(data.absolute())


def make_data_folder(data: Path) -> None:
    """Raises ServerTrouble when it can't be made or written."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(data, error) from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise ServerTrouble(_("The data folder %(folder)s cannot be written.") % {"folder": data})


def unwritable(folder: Path, error: OSError) -> ServerTrouble:
    return ServerTrouble(
        _("The data folder %(folder)s cannot be used (%(reason)s).") % {"folder": folder, "reason": error.strerror}
    )


def open_lock(path: Path) -> IO[bytes]:
    """A file to lock. Its lock is the kernel's: it ends with the process that holds it, however that dies."""
    try:
        return open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+")
    except OSError as error:
        raise unwritable(path.parent, error) from error


def try_lock(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _own_folder(folder: Path, account: accounts.Account | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (owner, os.geteuid()):
        raise ServerTrouble(_("%(folder)s belongs to someone else; remove it and start again.") % {"folder": folder})
    if account:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
