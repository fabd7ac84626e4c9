"""`muhatap read`: texts in, what they say out, a line for a line. A line nobody can read says why, and the others go on."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from muhatap.reading.arguments import CannotRead
from muhatap.reading.model import BadModel
from muhatap.reading.reader import Reader, Reading
from muhatap.shared.words import gettext as _

LONGEST_LINE = 64 * 1024 * 1024
STANDARD = "-"


class UnreadableLine(Exception):
    """Says in a sentence why a line has no reading."""


def main(arguments: argparse.Namespace) -> int:
    """Gives 1 if there were lines and none of them could be read. Raises CannotRead."""
    begun = time.perf_counter()
    try:
        reader = Reader()
        with ExitStack() as files:
            source, target = _opened(arguments, files)
            n_lines, n_unread = _read_all(reader, source, target)
    except (BadModel, OSError) as error:
        raise CannotRead(str(error)) from error
    told = {
        "texts": n_lines,
        "unread": n_unread,
        "seconds": round(time.perf_counter() - begun, 2),
        "model": reader.model.version,
    }
    print(json.dumps(told), file=sys.stderr if arguments.target == STANDARD else sys.stdout)
    return int(n_lines > 0 and n_unread == n_lines)


def _opened(arguments: argparse.Namespace, files: ExitStack) -> tuple[BinaryIO, BinaryIO]:
    return _source(arguments.source, files), _target(arguments, files)


def _source(name: str, files: ExitStack) -> BinaryIO:
    return sys.stdin.buffer if name == STANDARD else files.enter_context(Path(name).open("rb"))


def _target(arguments: argparse.Namespace, files: ExitStack) -> BinaryIO:
    if arguments.target == STANDARD:
        return sys.stdout.buffer
    path = Path(arguments.target)
    if arguments.source != STANDARD and path.exists() and path.samefile(arguments.source):
        raise CannotRead(_("The result cannot be written over the texts: give --out another name."))
    return files.enter_context(path.open("wb"))


def _read_all(reader: Reader, source: BinaryIO, target: BinaryIO) -> tuple[int, int]:
    n_lines = n_unread = 0
    for number, line in _lines(source):
        n_lines += 1
        row, why = _answered(reader, line)
        if why:
            n_unread += 1
            row["error"] = why
            print(_("Line %(number)d: %(why)s") % {"number": number, "why": why}, file=sys.stderr)
        target.write(_as_line(row))
    target.flush()
    return n_lines, n_unread


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line that is not empty with its number; of one that is too long only the beginning, the rest skipped."""
    number = 0
    while line := source.readline(LONGEST_LINE):
        number += 1
        while not line.endswith(b"\n") and len(line) >= LONGEST_LINE and (rest := source.readline(LONGEST_LINE)):
            if rest.endswith(b"\n"):
                break
        if line.strip():
            yield number, line


def _answered(reader: Reader, line: bytes) -> tuple[dict[str, Any], str]:
    """A line's own fields, with what its text says, or why it cannot be read."""
    row: dict[str, Any] = {}
    try:
        row = _row(line)
        _check(row)
    except UnreadableLine as error:
        return row, str(error)
    row |= as_fields(reader.read(row["text"]))
    return row, "" if row["text"].strip() else _("There is nothing to read: the text is empty.")


def _row(line: bytes) -> dict[str, Any]:
    """Raises UnreadableLine."""
    if len(line) >= LONGEST_LINE:
        raise UnreadableLine(_("The line is longer than 64 MB."))
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableLine(_("The line is not UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableLine(_("The line is not JSON.")) from error
    if not isinstance(row, dict):
        raise UnreadableLine(_("The line is no JSON object."))
    return row


def _check(row: Mapping[str, Any]) -> None:
    """Raises UnreadableLine."""
    if "text" not in row:
        raise UnreadableLine(_("The line has no field text."))
    if not isinstance(row["text"], str):
        raise UnreadableLine(_("The field text holds no text."))


def as_fields(reading: Reading) -> dict[str, Any]:
    """A reading as the command writes it."""
    return {
        "kind": reading.kind,
        "urgency": reading.urgency,
        "sentiment": reading.sentiment,
        "language": reading.language,
        "topic": reading.topic,
        "confidences": dict(reading.confidences),
        "is_sure": dict(reading.is_sure),
        "reasons": [
            {"about": each.about, "words": each.words, "sign": each.sign, "weight": each.weight}
            for each in reading.reasons
        ],
        "model": reading.version,
    }


def _as_line(told: Mapping[str, Any]) -> bytes:
    try:
        return (json.dumps(told, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half a pair of surrogates: only as an escape is it text
        return (json.dumps(told) + "\n").encode()
