"""Rows of a file in one plain form, a JSON list on each line: read on from any byte, whatever they came from."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from muhatap.imports.reading.problems import Unreadable
from muhatap.imports.reading.table import Table
from muhatap.shared import files
from muhatap.shared.text import without_nul

N_SAMPLES = 20
_CELL_SHOWN = 200
_BLOCK = 1000
_NEAR = 1 << 12
_as_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass
class Kept:
    """Where the rows lie, and what was seen of them on the way."""

    sha256: str = ""
    size: int = 0
    n_rows: int = 0
    samples: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """`number` is the row's in the file; `end` the byte behind it."""

    number: int
    cells: list[str]
    end: int


def keep(table: Table) -> Kept:
    """Store all rows of a table. Raises Unreadable; then nothing is stored."""
    kept = Kept()
    kept.sha256, kept.size = files.store(_encoded(table, kept))
    return kept


def lines(sha256: str, *, start: int, most: int) -> list[Line]:
    """At most so many rows from this byte on; none at the end."""
    found: list[Line] = []
    with files.opened(sha256) as file:
        file.seek(start)
        for raw in file:
            start += len(raw)
            number, *cells = json.loads(raw)
            found.append(Line(number, cells, start))
            if len(found) == most:
                break
    return found


def cells_of(sha256: str, numbers: Iterable[int]) -> dict[int, list[str]]:
    """The cells of these rows, sought by halving: rows stand in the order of their numbers."""
    found: dict[int, list[str]] = {}
    with files.opened(sha256) as file:
        size = file.seek(0, os.SEEK_END)
        for number in numbers:
            file.seek(_before(file, number, size))
            for raw in file:
                at, *cells = json.loads(raw)
                if at >= number:
                    found |= {number: cells} if at == number else {}
                    break
    return found


def _before(file: IO[bytes], number: int, size: int) -> int:
    """The beginning of a line shortly before, or of, the row of this number."""
    low, high = 0, size
    while high - low > _NEAR:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        start, raw = file.tell(), file.readline()
        if raw and start < high and int(raw[1:24].split(b",")[0].rstrip(b"]\n")) <= number:
            low = start
        else:
            high = middle
    return low


def _encoded(table: Table, kept: Kept) -> Iterator[bytes]:
    block: list[str] = []
    last = 0
    for number, cells in table.rows:
        last = max(number, last + 1)  # a sheet may number its rows as it likes; we count on
        kept.n_rows += 1
        if kept.n_rows <= N_SAMPLES:
            kept.samples.append([without_nul(cell)[:_CELL_SHOWN] for cell in cells])
        block.append(_as_json([last, *map(without_nul, cells)]))
        if len(block) == _BLOCK:
            yield ("\n".join(block) + "\n").encode()
            block.clear()
    if not kept.n_rows:
        raise Unreadable("only_header")
    if block:
        yield ("\n".join(block) + "\n").encode()
