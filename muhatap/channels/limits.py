"""What a channel carries, and what of an answer is more than that. Pure: asked by the composer and again before sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Literal

import regex  # type: ignore[import-untyped]

from muhatap.channels.contract import FileRef, Limits, Unit

What = Literal["elsewhere", "short", "length", "files", "file_size", "total_size", "file_type", "window"]


@dataclass(frozen=True, kw_only=True)
class Excess:
    """The first limit that an answer goes beyond: `allowed` and `found` are letters, files or bytes; `name` is the file."""

    what: What
    allowed: int = 0
    found: int = 0
    name: str = ""


def excess(
    limits: Limits, *, text: str, files: Sequence[FileRef], last_inbound_at: datetime | None, at: datetime
) -> Excess | None:
    """What of this answer the channel would not carry; None when it carries all of it."""
    return _of_text(limits, text) or _of_files(limits, files) or _of_time(limits, last_inbound_at, at)


def measure(text: str, unit: Unit) -> int:
    """How long a text is in what the channel counts: a family emoji is one grapheme, seven characters, 25 bytes."""
    if unit == "bytes":
        return len(text.encode("utf-8", "replace"))
    return len(regex.findall(r"\X", text)) if unit == "graphemes" else len(text)


def _of_text(limits: Limits, text: str) -> Excess | None:
    if limits.voice == "elsewhere":
        return Excess(what="elsewhere")
    if limits.min_length and len(text.strip()) < limits.min_length:
        return Excess(what="short", allowed=limits.min_length, found=len(text.strip()))
    length = measure(text, limits.unit) if limits.max_length else 0
    if limits.max_length and length > limits.max_length:
        return Excess(what="length", allowed=limits.max_length, found=length)
    return None


def _of_files(limits: Limits, files: Sequence[FileRef]) -> Excess | None:
    if limits.max_files is not None and len(files) > limits.max_files:
        return Excess(what="files", allowed=limits.max_files, found=len(files))
    for file in files:
        if limits.max_file_bytes and file.size > limits.max_file_bytes:
            return Excess(what="file_size", allowed=limits.max_file_bytes, found=file.size, name=file.name)
        if limits.file_endings and _ending(file.name) not in limits.file_endings:
            return Excess(what="file_type", name=file.name)
    total = sum(limits.on_the_wire(file.size) for file in files)
    if limits.max_total_bytes and total > limits.max_total_bytes:
        return Excess(what="total_size", allowed=limits.max_total_bytes, found=total)
    return None


def _of_time(limits: Limits, last_inbound_at: datetime | None, at: datetime) -> Excess | None:
    if limits.window is None or (last_inbound_at and at - last_inbound_at < limits.window):
        return None
    return Excess(what="window", allowed=int(limits.window.total_seconds()))


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")
