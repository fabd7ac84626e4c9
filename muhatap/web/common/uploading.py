"""Files that staff put up: looked at, stored, named."""

from collections.abc import Sequence
from dataclasses import asdict

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from muhatap.channels.contract import FileRef
from muhatap.channels.email import content
from muhatap.shared import files
from muhatap.web.common import times


def problem(given: Sequence[UploadedFile[bytes]]) -> str:
    """What keeps these files from being taken, in words; empty when nothing does."""
    if not given:
        return _("No file was chosen.")
    too_large = [file for file in given if (file.size or 0) > settings.MAX_UPLOAD_BYTES]
    if too_large:
        limit = times.size(settings.MAX_UPLOAD_BYTES)
        return _("“%(name)s” is larger than %(limit)s.") % {"name": too_large[0].name, "limit": limit}
    return ""


def stored(file: UploadedFile[bytes]) -> dict[str, object]:
    """Put a file into storage; its kind is what its first bytes say. Gives what a FileRef holds."""
    sha256, size = files.store(file.chunks())
    name = (file.name or "file").replace("\x00", "")[-200:]
    return as_kept(FileRef(name=name, type=_kind(sha256), size=size, sha256=sha256))


def as_kept(file: FileRef) -> dict[str, object]:
    """A file as drafts keep it."""
    return asdict(file)


def _kind(sha256: str) -> str:
    with files.opened(sha256) as stored:
        return content.kind(stored.read(4096)) or "application/octet-stream"
