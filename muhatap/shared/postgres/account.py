"""Which account the server runs as: our own, or, since PostgreSQL refuses root, an ordinary one that root lends it."""

import ctypes
import errno
import os
import pwd
import signal
import stat
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muhatap.shared.postgres.trouble import ServerTrouble
from muhatap.shared.words import gettext as _

_LENT = ("muhatap", "postgres", "nobody")
_ACL = "system.posix_acl_access"
_OWNER, _USER, _GROUP, _MASK, _OTHERS, _NOBODY_IN_PARTICULAR = 1, 2, 4, 16, 32, 0xFFFFFFFF
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """An account lent to the server by root."""

    name: str
    uid: int
    gid: int


def lent(*folders: Path) -> Account | None:
    """None when we are not root; else who owns the first of these folders that isn't root's, or a spare account."""
    if os.geteuid() != 0:
        return None
    owners = (folder.stat() for folder in folders if folder.exists())
    owner = next((status for status in owners if status.st_uid != 0), None)
    if owner:
        return Account(f"uid {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in _LENT:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise ServerTrouble(
        _("PostgreSQL refuses to run as root, and there is no account “nobody”. Use an ordinary account.")
    )


def identity(account: Account | None) -> dict[str, Any]:
    """What subprocess needs to become this account."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def follow(parent: int, farewell: signal.Signals) -> Callable[[], None] | None:
    """For subprocess: the child is sent `farewell` when its parent dies, even by SIGKILL. Linux only, else None."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return before_exec


def admit(account: Account | None, folder: Path) -> None:
    """Lets a lent account pass through the folders above `folder`; it gains nothing else there.

    Raises ServerTrouble when the file system knows no access lists.
    """
    if account is None:
        return
    for above in reversed(folder.absolute().parents):
        status = above.stat()
        may_pass = status.st_mode & stat.S_IXOTH or (status.st_uid == account.uid and status.st_mode & stat.S_IXUSR)
        if not may_pass:
            _let_pass(account, above)


def _let_pass(account: Account, folder: Path) -> None:
    entries = _access_list(folder)
    entries[_USER, account.uid] = entries.get((_USER, account.uid), 0) | 1
    mask = entries.get((_MASK, _NOBODY_IN_PARTICULAR), entries[_GROUP, _NOBODY_IN_PARTICULAR])
    entries[_MASK, _NOBODY_IN_PARTICULAR] = mask | 1
    packed = b"".join(struct.pack("<HHI", tag, rights, who) for (tag, who), rights in sorted(entries.items()))
    try:
        os.setxattr(folder, _ACL, struct.pack("<I", 2) + packed)
    except OSError as error:
        raise ServerTrouble(
            _("PostgreSQL refuses root, and the account %(name)s may not enter %(folder)s. Use an ordinary account.")
            % {"name": account.name, "folder": folder}
        ) from error


def _access_list(folder: Path) -> dict[tuple[int, int], int]:
    try:
        packed = os.getxattr(folder, _ACL)
    except OSError as error:
        if error.errno not in (errno.ENODATA, errno.ENOTSUP):
            raise
        mode = folder.stat().st_mode
        rights = {_OWNER: mode >> 6 & 7, _GROUP: mode >> 3 & 7, _OTHERS: mode & 7}
        return {(tag, _NOBODY_IN_PARTICULAR): bits for tag, bits in rights.items()}
    return {(tag, who): rights for tag, rights, who in struct.iter_unpack("<HHI", packed[4:])}
