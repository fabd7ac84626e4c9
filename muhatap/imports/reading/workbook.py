"""The first visible sheet of an XLSX, row by row in constant memory.

Our own, since libraries keep the whole sheet or all of its strings in memory, and trust what the file says of its own size.
"""

import errno
import mmap
import re
import struct
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from muhatap.imports.reading.problems import LONGEST_CELL, MOST_COLUMNS, Unreadable
from muhatap.imports.reading.xml import END, START, TEXT, events

MOST_ROWS = 1_048_576  # of a sheet, by the format itself
MOST_PARTS = 5_000
MOST_UNPACKED = 4 << 30
_SMALL = 64 << 20
MOST_GROWTH = 250  # true sheets grow by 5 to 40 when unpacked
MOST_STYLES = 100_000  # Excel writes at most 65,490
MOST_STRINGS = 20_000_000
_WORKBOOK = "xl/workbook.xml"
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DATE_FORM = re.compile(r"[ymdhs]", re.IGNORECASE)
_NOT_FORM = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_REFERENCE = re.compile(r"([A-Z]{1,3})\d*")


@dataclass
class _Book:
    """What the cells of a sheet refer to."""

    sheet: str
    dates: frozenset[int]
    epoch: datetime
    text: "mmap.mmap | bytes" = b""
    ends: "array[int]" = field(default_factory=lambda: array("Q", [0]))

    def shared(self, place: int) -> str:
        if not 0 <= place < len(self.ends) - 1:
            raise Unreadable("broken")
        return self.text[self.ends[place] : self.ends[place + 1]].decode("utf-8")


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of each row that says anything. Raises Unreadable."""
    try:
        with ExitStack() as stack:
            archive = stack.enter_context(zipfile.ZipFile(path))
            _refuse_bomb(archive)
            book = _book(archive)
            _read_strings(archive, book, stack)
            with archive.open(book.sheet) as stream:
                yield from _rows(events(stream), book)
    except Unreadable:
        raise
    except OSError as error:  # a part that says it begins before the file does; a sick disk is another matter
        if error.errno != errno.EINVAL:
            raise
        raise Unreadable("broken") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        LookupError,
        EOFError,
        ArithmeticError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Unreadable("broken") from error


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Sizes are those the archive declares, and Python unpacks no more than is declared."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("bomb")
    if any(part.file_size > _SMALL and part.file_size > part.compress_size * MOST_GROWTH for part in parts):
        raise Unreadable("bomb")


def _book(archive: zipfile.ZipFile) -> _Book:
    relation, is_1904 = "", False
    if _WORKBOOK not in archive.namelist():
        raise Unreadable("binary")  # a document or sheets of another program: all of them are zips
    with archive.open(_WORKBOOK) as stream:
        for kind, name, told in events(stream):
            if kind == START and name == "workbookPr":
                is_1904 = told.get("date1904") in ("1", "true")
            if kind == START and name == "sheet" and not relation and told.get("state", "visible") == "visible":
                relation = next((value for key, value in told.items() if key.endswith("relationships id")), "")
    epoch = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (a day on paper)
    return _Book(sheet=_sheet(archive, relation), dates=_date_styles(archive), epoch=epoch)


def _sheet(archive: zipfile.ZipFile, relation: str) -> str:
    with archive.open("xl/_rels/workbook.xml.rels") as stream:
        for kind, name, told in events(stream):
            if kind == START and name == "Relationship" and told.get("Id") == relation:
                target = told.get("Target", "")
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise Unreadable("broken")


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Places of the cell styles that show a number as a moment."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    forms, styles, is_inside = dict[int, str](), list[int](), False
    with archive.open("xl/styles.xml") as stream:
        for kind, name, told in events(stream):
            if name == "cellXfs" and kind != TEXT:
                is_inside = kind == START
            elif kind == START and name == "numFmt":
                forms[int(told.get("numFmtId", 0))] = told.get("formatCode", "")
            elif kind == START and name == "xf" and is_inside:
                styles.append(int(told.get("numFmtId", 0)))
            if len(styles) > MOST_STYLES or len(forms) > MOST_STYLES:
                raise Unreadable("bomb")
    return frozenset(place for place, form in enumerate(styles) if _is_date(form, forms))


def _is_date(form: int, forms: dict[int, str]) -> bool:
    if form in forms:
        return bool(_DATE_FORM.search(_NOT_FORM.sub("", forms[form]).replace("General", "")))
    return form in _BUILT_IN_DATES


def _read_strings(archive: zipfile.ZipFile, book: _Book, stack: ExitStack) -> None:
    """Strings that cells share go to a file beside, looked up by place: there may be a million of them."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return
    kept = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
    with archive.open("xl/sharedStrings.xml") as stream:
        for text in _texts(stream):
            raw = text.encode("utf-8", "replace")
            kept.write(raw)
            book.ends.append(book.ends[-1] + len(raw))
            if len(book.ends) > MOST_STRINGS:
                raise Unreadable("bomb")
    kept.flush()
    if book.ends[-1]:
        book.text = stack.enter_context(mmap.mmap(kept.fileno(), 0, access=mmap.ACCESS_READ))


def _texts(stream: IO[bytes]) -> Iterator[str]:
    parts, n, is_text, is_reading_aid = list[str](), 0, False, False
    for kind, name, _told in events(stream):
        if kind == TEXT:
            if is_text and not is_reading_aid:
                n += len(name)
                parts.append(name)
            if n > LONGEST_CELL:
                raise Unreadable("cell", row=0, most=LONGEST_CELL)
        elif name == "t":
            is_text = kind == START
        elif name == "rPh":
            is_reading_aid = kind == START
        elif name == "si" and kind == END:
            yield "".join(parts)
            parts, n = [], 0


class _Cell:
    """One cell while it is being read."""

    __slots__ = ("kind", "parts", "place", "size", "style")

    def __init__(self, told: dict[str, str], after: int) -> None:
        self.kind, self.style = told.get("t", "n"), int(told.get("s", 0))
        self.place = _column(told["r"]) if "r" in told else after
        self.parts: list[str] = []
        self.size = 0

    def add(self, text: str, row: int) -> None:
        self.size += len(text)
        if self.size > LONGEST_CELL:
            raise Unreadable("cell", row=row, most=LONGEST_CELL)
        self.parts.append(text)


class _Sheet:
    """What was read of a sheet so far; each event may complete a row."""

    def __init__(self, book: _Book) -> None:
        self.book, self.number, self.n_rows = book, 0, 0
        self.cells: list[str] = []
        self.cell: _Cell | None = None
        self.is_value = self.is_reading_aid = False

    def hear(self, kind: int, name: str, told: dict[str, str]) -> bool:
        """Whether a row is complete now."""
        if kind == TEXT:
            if self.cell and self.is_value and not self.is_reading_aid:
                self.cell.add(name, self.number)
        elif name == "c":
            self._cell(kind, told)
        elif name in ("v", "t"):
            self.is_value = kind == START
        elif name == "rPh":
            self.is_reading_aid = kind == START
        elif name == "row" and kind == START:
            self._begin(told)
        return name == "row" and kind == END

    def _begin(self, told: dict[str, str]) -> None:
        self.number, self.cells, self.n_rows = int(told.get("r", self.number + 1)), [], self.n_rows + 1
        if self.n_rows > MOST_ROWS:
            raise Unreadable("bomb")
        if self.number > MOST_ROWS:
            raise Unreadable("broken")

    def _cell(self, kind: int, told: dict[str, str]) -> None:
        if kind == START:
            self.cell = _Cell(told, len(self.cells))
        elif self.cell:
            _place(self.cells, self.cell, self.number, self.book)
            self.cell = None


def _rows(found: Iterator[tuple[int, str, dict[str, str]]], book: _Book) -> Iterator[tuple[int, list[str]]]:
    sheet = _Sheet(book)
    for kind, name, told in found:
        if sheet.hear(kind, name, told) and any(text.strip() for text in sheet.cells):
            yield sheet.number, sheet.cells


def _place(cells: list[str], cell: _Cell, row: int, book: _Book) -> None:
    text = _text(cell, book)
    if not text:
        return
    if not 0 <= cell.place < MOST_COLUMNS:
        raise Unreadable("columns", row=row, most=MOST_COLUMNS)
    cells.extend([""] * (cell.place + 1 - len(cells)))
    cells[cell.place] = text


def _text(cell: _Cell, book: _Book) -> str:
    text = "".join(cell.parts)
    if cell.kind == "s":
        return book.shared(int(text)) if text else ""
    if cell.kind == "e":
        return ""
    if cell.kind != "n" or not text:
        return text.replace("\x00", "")
    return _moment(float(text), book.epoch) if cell.style in book.dates else _number(text)


def _number(text: str) -> str:
    """As people write it, never 9.05E+11. Three decimals would look like thousands, so a fourth follows."""
    value = f"{float(text):.15g}"
    if "e" in value:
        value = f"{float(text):.0f}" if abs(float(text)) >= 1 else f"{float(text):.12f}".rstrip("0")
    whole, dot, decimals = value.partition(".")
    return f"{whole}.{decimals}0" if dot and len(decimals) == 3 else value


def _moment(serial: float, epoch: datetime) -> str:
    try:
        moment = epoch + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return str(serial)
    return f"{moment:%Y-%m-%d %H:%M}" if serial % 1 else f"{moment:%Y-%m-%d}"


def _column(reference: str) -> int:
    found = _REFERENCE.match(reference)
    if not found:
        raise Unreadable("broken")
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - 64
    return place - 1
