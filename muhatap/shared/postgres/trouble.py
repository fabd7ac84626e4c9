"""Why the server would not start, in words: from what it wrote into its log."""

from pathlib import Path

from muhatap.shared.words import gettext as _


class ServerTrouble(Exception):
    """The private PostgreSQL cannot be used; the text says why and what to do."""


class DiskFull(ServerTrouble):
    """There is no room left for the database."""


class StillRunning(ServerTrouble):
    """Processes of an earlier server have not ended yet; trying again soon may help."""


def explain(log: str, folder: Path) -> ServerTrouble:
    """The trouble told by the end of a server's log."""
    if "pre-existing shared memory block" in log or '"postmaster.pid" already exists' in log:
        return StillRunning(_("An earlier PostgreSQL of %(folder)s has not ended yet.") % {"folder": folder})
    if "could not create shared memory segment" in log or "Cannot allocate memory" in log:
        return ServerTrouble(
            _("The machine gives PostgreSQL too little memory. Set MUHATAP_POSTGRES_MEMORY_MB to a smaller number.")
        )
    if "No space left on device" in log or "Disk quota exceeded" in log:
        return disk_full(folder)
    if "incompatible with server" in log:
        return ServerTrouble(
            _("The database in %(folder)s was made by another version of PostgreSQL. Use that version's programs.")
            % {"folder": folder}
        )
    if "has wrong ownership" in log:
        return foreign(folder)
    return ServerTrouble(
        _("PostgreSQL did not start in %(folder)s. It said: %(log)s") % {"folder": folder, "log": _end_of(log)}
    )


def disk_full(folder: Path) -> DiskFull:
    return DiskFull(
        _("The disk that holds %(folder)s is full. Nothing was lost: make room and start again.") % {"folder": folder}
    )


def foreign(folder: Path) -> ServerTrouble:
    return ServerTrouble(
        _("%(folder)s belongs to another account. Start Muhatap as that account or as root.") % {"folder": folder}
    )


def _end_of(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return " / ".join(lines[-5:]) or _("nothing")
