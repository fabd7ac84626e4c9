"""Rows as a file that spreadsheets open: CSV as they expect it in the reader's language, or XLSX."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

from muhatap.imports import sheets

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(rows: Iterator[list[str]], *, name: str, is_xlsx: bool = False) -> StreamingHttpResponse:
    """A download of these rows. `name` is without its ending; whatever `rows` says is still in the reader's language."""
    spoken = _in_language(rows, get_language() or "tr")
    if is_xlsx:
        response = StreamingHttpResponse(sheets.written(spoken), content_type=_XLSX)
    else:
        response = StreamingHttpResponse(_lines(spoken, get_language() or "tr"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{"xlsx" if is_xlsx else "csv"}"'
    return response


class Number(str):
    """A cell that is counted with, written with a point: CSV gives it the sign that the reader's spreadsheets take for one."""


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _in_language(rows: Iterator[list[str]], language: str) -> Iterator[list[str]]:
    """The request's own language is over by the time its rows are asked for."""
    while True:
        with override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _lines(rows: Iterator[list[str]], language: str) -> Iterator[str]:
    """Comma or semicolon as spreadsheets of this language expect it, with the mark that makes them read UTF-8."""
    is_turkish = language == "tr"
    writer: Any = csv.writer(_Echo(), delimiter=";" if is_turkish else ",")
    yield "\ufeff"
    for row in rows:
        told = [cell.replace(".", ",") if isinstance(cell, Number) else cell for cell in row] if is_turkish else row
        yield writer.writerow(told)
