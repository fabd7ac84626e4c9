"""A file of any of the kinds we read, as one header and rows of text."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from muhatap.imports.reading import cards, delimited, workbook
from muhatap.imports.reading.problems import Unreadable

_HEAD = 65_536
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Row = tuple[int, list[str]]


@dataclass(frozen=True, kw_only=True)
class Table:
    """`rows` gives (number in the file, cells) one at a time and may raise Unreadable at any of them."""

    kind: str
    header: list[str]
    rows: Iterator[Row]
    encoding: str = ""
    delimiter: str = ""


def opened(path: Path) -> Table:
    """The table in this file. Raises Unreadable; so may reading its rows."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Unreadable("empty")
    if head.startswith(_OLE):
        raise Unreadable("old_excel")
    if head.startswith(b"PK\x03\x04"):
        return _headed("xlsx", workbook.rows(path))
    encoding = delimited.encoding(path, head)
    if cards.is_card(head.decode(encoding, "ignore")):
        return Table(kind="vcard", header=list(cards.HEADER), rows=cards.rows(path, encoding), encoding=encoding)
    delimiter = delimited.delimiter(head.decode(encoding, "ignore"))
    return _headed("csv", delimited.rows(path, encoding, delimiter), encoding=encoding, delimiter=delimiter)


def _headed(kind: str, rows: Iterator[Row], **more: str) -> Table:
    """The first row that says anything is the header, unless it holds an address or a number: then there is none."""
    first = next(rows, None)
    if first is None:
        raise Unreadable("empty")
    header = _trimmed(first[1])
    if any(_is_value(cell) for cell in header):
        return Table(kind=kind, header=[""] * len(header), rows=_chained(first, rows), **more)
    return Table(kind=kind, header=header, rows=rows, **more)


def _chained(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def _trimmed(cells: list[str]) -> list[str]:
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _is_value(cell: str) -> bool:
    digits = sum(c.isdigit() for c in cell)
    return ("@" in cell and "." in cell.rpartition("@")[2]) or (digits >= 7 and digits * 2 > len(cell))
