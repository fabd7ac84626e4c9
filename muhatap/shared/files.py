"""Files by content: bytes are written once under their SHA-256, durably, before any row names them."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

CHUNK = 1 << 16


def store(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Stream chunks to storage and return (sha256 hex, size in bytes). Storing the same bytes twice is harmless."""
    folder = _root()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 (it must outlive its closing)
    try:
        with handle:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                handle.write(chunk)
            handle.flush()
            os.fsync(handle.fileno())
        target = path(digest.hexdigest())
        target.parent.mkdir(exist_ok=True)
        os.replace(handle.name, target)
        _sync_folder(target.parent)
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size


def store_bytes(content: bytes) -> tuple[str, int]:
    return store([content])


def path(sha256: str) -> Path:
    """Where the bytes of this digest lie. Raises ValueError for anything that is not a digest, so no path can be smuggled in."""
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ValueError("not a sha256 digest")
    return _root() / sha256[:2] / sha256


def opened(sha256: str) -> IO[bytes]:
    """The stored bytes as a readable file. Raises FileNotFoundError."""
    return path(sha256).open("rb")


def every() -> Iterator[str]:
    """The digests of all that is stored, in no order."""
    for folder in _root().glob("[0-9a-f][0-9a-f]"):
        yield from (file.name for file in folder.iterdir() if len(file.name) == 64)


def stored_at(sha256: str) -> datetime | None:
    """When these bytes were stored last; None when they are gone."""
    try:
        return datetime.fromtimestamp(path(sha256).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def remove(sha256: str) -> None:
    """Forget these bytes; that they are gone already is fine. Whoever calls this knows that no other row names them."""
    path(sha256).unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.DATA_DIR) / "files"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
