"""A file of any of the kinds we read, as one header and rows of text."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from muhatap.imports.reading import cards, delimited, workbook
from muhatap.imports.reading.problems import Unreadable

_HEAD = 65_536
_MOST_TITLES = 5
_OTHERS = re.compile(
    rb"\s*(?:%PDF-|<\?xml|<!doctype|<html|<table|\{\s*\"|\[\s*[{\[]|\{\\rtf)", re.IGNORECASE
)  # known, and no tables
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # what is behind a password is in the old wrapping

_MARKED = {"utf-8": "utf-8-sig"}  # reads UTF-8 with its mark and without

Row = tuple[int, list[str]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rows` gives (number in the file, cells) one at a time and may raise Unreadable at any of them."""

    kind: str
    header: list[str]
    rows: Iterator[Row]
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0  # which of the rows that say anything; 0 for none


@dataclass(frozen=True, kw_only=True)
class Manner:
    """What somebody said of how to read a file; what is empty is found out. `header_row` as in Table, None when nobody said."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None


def opened(path: Path, manner: Manner | None = None) -> Table:
    """The table in this file. Raises Unreadable; so may reading its rows."""
    manner = manner or Manner()
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Unreadable("empty")
    if head.startswith(_OLE):
        raise Unreadable("locked" if _holds(path, _LOCKED) else "old_excel")
    if head.startswith(b"PK\x03\x04"):
        return _headed("xlsx", workbook.rows(path), manner)
    if _OTHERS.match(head.lstrip(b"\xef\xbb\xbf")):
        raise Unreadable("binary")
    encoding = _MARKED.get(manner.encoding, manner.encoding) or delimited.encoding(path, head)
    if cards.is_card(head.decode(encoding, "ignore")):
        return Table(kind="vcard", header=list(cards.HEADER), rows=cards.rows(path, encoding), encoding=encoding)
    delimiter = manner.delimiter or delimited.delimiter(head.decode(encoding, "ignore"))
    return _headed("csv", delimited.rows(path, encoding, delimiter), manner, encoding=encoding, delimiter=delimiter)


def _holds(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return whole.find(mark) >= 0


def _headed(kind: str, rows: Iterator[Row], manner: Manner, **more: str) -> Table:
    """The first row that says anything is the header, but for titles above it. If it holds an address or a number, there is none."""
    first = list(islice(rows, _MOST_TITLES))
    if not first:
        raise Unreadable("empty")
    place = _header_place(first) if manner.header_row is None else manner.header_row
    if not 0 <= place <= len(first):
        raise Unreadable("only_header")
    header = _trimmed(first[place - 1][1]) if place else [""] * max(len(_trimmed(cells)) for _, cells in first)
    return Table(kind=kind, header=header, rows=chain(first[place:], rows), header_row=place, **more)


def _header_place(first: list[Row]) -> int:
    """Lists often stand under a title: a row with one cell above rows with several."""
    widths = [sum(map(bool, _trimmed(cells))) for _, cells in first]
    place = next(n for n, width in enumerate(widths) if width * 2 >= max(widths))
    if widths[0] > 1 or _has_values(first[place]):
        place = 0
    return 0 if _has_values(first[place]) else place + 1


def _has_values(row: Row) -> bool:
    return any(map(_is_value, _trimmed(row[1])))


def _trimmed(cells: list[str]) -> list[str]:
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _is_value(cell: str) -> bool:
    digits = sum(c.isdigit() for c in cell)
    return ("@" in cell and "." in cell.rpartition("@")[2]) or (digits >= 7 and digits * 2 > len(cell))
