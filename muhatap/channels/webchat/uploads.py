"""Files visitors put up: few kinds, told by their first bytes and not by what the browser says, never executed."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePath

from muhatap.channels.webchat.models import ChatFile, ChatSession
from muhatap.shared import files
from muhatap.shared.text import without_nul

# Extension → (type we serve it as, what its bytes begin with). Office files are zip archives.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
    "heic": ("image/heic", (b"",)),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "txt": ("text/plain", (b"",)),
}
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


class WrongType(Exception):
    """Not one of the kinds we take, or not what its name says."""


class TooLarge(Exception):
    """More bytes than this inbox takes."""


def keep(*, session: ChatSession, name: str, chunks: Iterable[bytes], largest: int, at: datetime) -> ChatFile:
    """Check and store one file of a visitor. Raises WrongType, TooLarge (nothing is kept then)."""
    name = _plain_name(name)
    kind, beginnings = KINDS.get(PurePath(name).suffix.lower().lstrip("."), ("", ()))
    if not kind:
        raise WrongType(name)
    sha256, size = files.store(_checked(chunks, kind, beginnings, largest, name))
    return ChatFile.objects.create(
        session=session, public_id=secrets.token_urlsafe(16), name=name, type=kind, size=size, sha256=sha256, at=at
    )


def of_session(session: ChatSession, public_ids: list[str]) -> list[ChatFile]:
    """The files of these ids that this very session put up, in the order asked for."""
    found = {file.public_id: file for file in session.files.filter(public_id__in=public_ids)}
    return [found[public_id] for public_id in dict.fromkeys(public_ids) if public_id in found]


def _checked(
    chunks: Iterable[bytes], kind: str, beginnings: tuple[bytes, ...], largest: int, name: str
) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        if size == 0 and not _is_kind(chunk, kind, beginnings):
            raise WrongType(name)
        size += len(chunk)
        if size > largest:
            raise TooLarge(name)
        yield chunk
    if size == 0:
        raise WrongType(name)


def _is_kind(start: bytes, kind: str, beginnings: tuple[bytes, ...]) -> bool:
    if kind == "image/heic":
        return start[4:8] == b"ftyp"
    if kind == "image/webp":
        return start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    if kind == "text/plain":
        return b"\x00" not in start
    return start.startswith(beginnings)


def _plain_name(name: str) -> str:
    """The last part of the name without control characters, at most 200 letters, its ending kept."""
    last = without_nul(name).replace("\\", "/").rpartition("/")[2]
    path = PurePath("".join(c for c in last if c.isprintable()).strip(". ") or "dosya")
    return f"{path.stem[:180]}{path.suffix[:20]}"
