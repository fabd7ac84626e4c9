"""The recorded mails under tests/data/mail, unpacked in memory."""

import functools
import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "mail"


@functools.cache
def raw_mails() -> dict[str, bytes]:
    """Name to raw bytes of every recorded message."""
    found = {}
    with tarfile.open(FOLDER / "mime_fixtures.tar.gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content and member.name.endswith((".eml", ".txt")):
                found[member.name.removeprefix("./")] = content.read()
    return found


@functools.cache
def expected() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text())
    return found


@functools.cache
def replies() -> list[dict[str, Any]]:
    """Mail texts, some with what should remain of them."""
    with gzip.open(FOLDER / "mail_quote_fixtures.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]
