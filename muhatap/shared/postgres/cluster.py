"""The folder of tables: made whole or not at all, and read for who is running in it."""

import contextlib
import locale
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from muhatap.shared.postgres.layout import Layout, unwritable
from muhatap.shared.postgres.programs import Programs
from muhatap.shared.postgres.trouble import DiskFull, ServerTrouble, disk_full, explain, foreign
from muhatap.shared.words import gettext as _

log = logging.getLogger(__name__)
_MB = 1024 * 1024
ROOM_TO_MAKE_MB = 150
ROOM_TO_START_MB = 24
_PROC = Path("/proc")


def ensure(layout: Layout, programs: Programs, *, is_durable: bool) -> None:
    """Makes the cluster if there is none. A making that was cut short is thrown away and begun again.

    Raises DiskFull, or ServerTrouble with what initdb said.
    """
    is_new = not (layout.cluster / "PG_VERSION").exists()
    if shutil.disk_usage(layout.data).free < (ROOM_TO_MAKE_MB if is_new else ROOM_TO_START_MB) * _MB:
        raise disk_full(layout.data)
    if is_new:
        _make(layout, programs, is_durable=is_durable)
    else:
        _check(layout.cluster, programs)


def postmaster(cluster: Path) -> int | None:
    """The pid of the server that is really running in this cluster; a stale file or a reused pid give None."""
    pid = _noted_pid(cluster)
    return pid if pid and _works_in(pid, cluster) else None


def forget_stale_pid(cluster: Path) -> None:
    """Removes a pid file whose process is gone or is some other program; PostgreSQL itself would only check the number.

    Two servers stay impossible: the shared memory belongs to the folder, and PostgreSQL refuses while it is attached.
    """
    if _noted_pid(cluster) is not None and postmaster(cluster) is None:
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def end_leftovers(cluster: Path) -> None:
    """Kills what a killed server left behind: its children cannot save anything any more, but still hold its memory."""
    if postmaster(cluster) is not None or not _PROC.is_dir():
        return
    for name in os.listdir(_PROC):
        if name.isdigit() and _works_in(int(name), cluster):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(int(name), signal.SIGKILL)


def wait_gone(cluster: Path, patience: float) -> bool:
    """Whether the server of this cluster ended within `patience` seconds."""
    until = time.monotonic() + patience
    while postmaster(cluster) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _make(layout: Layout, programs: Programs, *, is_durable: bool) -> None:
    for draft in layout.data.glob("postgres-new-*"):
        shutil.rmtree(draft, ignore_errors=True)
    try:
        draft = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=layout.data))
        if programs.account:
            os.chown(draft, programs.account.uid, programs.account.gid)
        _initialise(layout, programs, draft, is_durable=is_durable)
        if layout.cluster.exists():
            layout.cluster.rmdir()  # only ever an empty folder, such as a mounted volume's
        draft.rename(layout.cluster)
    except OSError as error:
        raise unwritable(layout.cluster, error) from error


def _initialise(layout: Layout, programs: Programs, draft: Path, *, is_durable: bool) -> None:
    """On a very busy machine initdb was seen to give up half way; it empties its folder, and a second try succeeds."""
    try:
        _run_initdb(layout, programs, draft, is_durable=is_durable)
    except DiskFull:
        raise
    except ServerTrouble as trouble:
        log.warning("initdb is tried once more: %s", trouble)
        _run_initdb(layout, programs, draft, is_durable=is_durable)


def _run_initdb(layout: Layout, programs: Programs, draft: Path, *, is_durable: bool) -> None:
    arguments = ["-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"]
    arguments += _locale(programs) + ([] if is_durable else ["--no-sync"])
    initdb = programs.spawn("initdb", *arguments, output=subprocess.PIPE, follow=signal.SIGKILL)
    said = initdb.communicate()[0].decode(errors="replace")
    if initdb.returncode:
        raise explain(f"{said}\ninitdb ended with {initdb.returncode}", layout.data)


def _locale(programs: Programs) -> list[str]:
    """C.UTF-8: letters are letters and the order never changes under an index when the system is upgraded."""
    if programs.major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", *_letters()]
    return ["--locale=C", *_letters()]


def _letters() -> list[str]:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return []
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ["--lc-ctype=C.UTF-8"]


def _check(cluster: Path, programs: Programs) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    if made_by != str(programs.major):
        raise ServerTrouble(
            _("The database in %(folder)s was made by PostgreSQL %(made_by)s, but the programs are version %(major)d.")
            % {"folder": cluster, "made_by": made_by, "major": programs.major}
        )
    owner = programs.account.uid if programs.account else os.geteuid()
    if cluster.stat().st_uid != owner:
        raise foreign(cluster)


def _noted_pid(cluster: Path) -> int | None:
    try:
        return int((cluster / "postmaster.pid").read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def _works_in(pid: int, cluster: Path) -> bool:
    """A server and its children live in their cluster's folder; no other program's pid can pretend that."""
    if _PROC.is_dir():
        try:
            return (
                os.path.samefile(f"/proc/{pid}/cwd", cluster) and "postgres" in (_PROC / str(pid) / "comm").read_text()
            )
        except OSError:
            return False
    said = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in said.stdout
