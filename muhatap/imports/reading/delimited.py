"""Delimited text: which encoding, which delimiter, and its rows one at a time, whatever its lines are like."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from muhatap.imports.reading.problems import LONGEST_LINE, MOST_COLUMNS, Unreadable

DELIMITERS = ",;\t|"
TURKISH, DOS = "cp1254", "cp857"
_NOT_IN_WINDOWS = re.compile(rb"[\x81\x8d\x8e\x8f\x90\x9d\x9e]")
ENCODINGS = ("utf-8", "utf-16", TURKISH, DOS, "mac_turkish", "cp1252", "cp1251", "cp1256")  # what a person may choose
_CHUNK = 1 << 20
_MOST_SAMPLED = 60
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_EXCEL_SAYS = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding(path: Path, head: bytes) -> str:
    """UTF-8 or UTF-16 when that is what it is, or else the Turkish one of Windows. Raises Unreadable for what is no text."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _checked(head, name)
    if name := _wide(head):
        return _checked(head, name)
    if b"\x00" in head:
        raise Unreadable("binary")
    name = _narrow(path)
    return _checked(head, DOS if name == TURKISH and _NOT_IN_WINDOWS.search(head) else name)


def delimiter(head: str) -> str:
    """The one that parts most lines into the same number of cells."""
    if said := _EXCEL_SAYS.match(head.lstrip("\ufeff")):
        return said[1]
    lines = head.splitlines(keepends=True)
    lines = lines[:-1] if len(lines) > 1 and not head.endswith("\n") else lines
    return max(DELIMITERS, key=lambda one: _evenness(lines, one))


def rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that says anything. Raises Unreadable."""
    with path.open("r", encoding=encoding, newline="") as file:
        reader = csv.reader(_lines(file), delimiter=delimiter)
        last = 0
        try:
            for cells in reader:
                last = reader.line_num
                if len(cells) > MOST_COLUMNS and any(cell.strip() for cell in cells[MOST_COLUMNS:]):
                    raise Unreadable("columns", row=reader.line_num, most=MOST_COLUMNS)
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
        except csv.Error as error:
            raise Unreadable("quote", row=last + 1) from error
        except UnicodeError as error:
            raise Unreadable("encoding", row=reader.line_num + 1) from error


def _lines(file: IO[str]) -> Iterator[str]:
    """Lines of a bearable length; an open quotation mark ends at the limit of a cell, which csv keeps."""
    is_first, n = True, 0
    while line := file.readline(LONGEST_LINE):
        n += 1
        if len(line) >= LONGEST_LINE:
            raise Unreadable("line", row=n)
        if is_first and _EXCEL_SAYS.fullmatch(line.lstrip("\ufeff")):
            line = "\n"
        is_first = False
        yield line.replace("\x00", "")


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: Latin letters leave every second byte empty."""
    even, odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
    half = min(len(head), 2000) // 2
    if half >= 4 and odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if half >= 4 and even > half * 0.6 and odd < half * 0.1 else ""


def _narrow(path: Path) -> str:
    """UTF-8 if the whole file is. A file that begins as UTF-8 and then is not is neither. Raises Unreadable."""
    decoder, is_beyond_ascii, n_lines = codecs.getincrementaldecoder("utf-8")(), False, 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                before = chunk[: max(error.start, 0)]
                if is_beyond_ascii or not before.isascii():
                    raise Unreadable("encoding", row=n_lines + before.count(b"\n") + 1) from error
                return TURKISH
            is_beyond_ascii = is_beyond_ascii or not text.isascii()
            n_lines += chunk.count(b"\n")
    return TURKISH if decoder.getstate()[0] else "utf-8"


def _checked(head: bytes, name: str) -> str:
    text = head.decode(name, "replace")
    if len(_CONTROL.findall(text)) > len(text) * 0.005:
        raise Unreadable("binary")
    return name


def _evenness(lines: list[str], delimiter: str) -> tuple[float, float, int]:
    """How many rows are alike, how few cells begin with a blank (as after a comma in a sentence), and how many cells a row has."""
    try:
        rows = [
            row for row, _ in zip(csv.reader(lines, delimiter=delimiter), range(_MOST_SAMPLED), strict=False) if row
        ]
    except csv.Error:
        return 0.0, 0.0, 0
    if not rows:
        return 0.0, 0.0, 0
    size, n = Counter(map(len, rows)).most_common(1)[0]
    tidy = sum(not cell.startswith(" ") for row in rows for cell in row) / sum(map(len, rows))
    return (n / len(rows), tidy, size) if size > 1 else (0.0, 0.0, 0)
