"""One chunk of an import: its rows understood, taken by the contacts, and what became of each written down."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, OperationalError, transaction

from muhatap.contacts import bulk_rows, rivals, taking
from muhatap.contacts.taking import Taken, Told
from muhatap.imports.models import Import, ImportRow
from muhatap.imports.rowsfile import Line
from muhatap.imports.understanding import BadRow, Reader

_DETAIL = 300


def take(one: Import, reader: Reader, lines: Sequence[Line], *, at: datetime) -> list[Taken]:
    """Take the rows of one chunk; gives what became of each, in their order."""
    told: list[Told] = []
    refused: list[Taken] = []
    for line in lines:
        try:
            told.append(reader.told(line))
        except BadRow as error:
            refused.append(Taken(number=line.number, outcome="failed", reason=error.reason, detail=error.detail))
    taken = _taken(one, told, at=at)
    if doubtful := [row.detail for row in taken if row.reason == "several"]:
        rivals.note(kind=one.match, values=doubtful, at=at)
    return sorted([*refused, *taken], key=lambda row: row.number)


def note(one: Import, rows: Sequence[Taken]) -> None:
    """Keep what became of each row."""
    bulk_rows.copy(ImportRow, [_row(one, taken) for taken in rows], is_numbered=False)


def _taken(one: Import, told: Sequence[Told], *, at: datetime) -> list[Taken]:
    """What the database will not have is found by halving, so that one bad row takes no other with it."""
    try:
        with transaction.atomic():
            return taking.take(
                rows=told,
                source=one.source,
                match=one.match,
                mode=one.mode,
                is_overwriting=one.is_overwriting,
                by=one.by,
                at=at,
            )
    except OperationalError:
        raise  # the connection, a deadlock: the whole chunk comes again
    except DatabaseError as error:
        if len(told) == 1:
            return [Taken(number=told[0].number, outcome="failed", reason="database", detail=str(error).split("\n")[0])]
        half = len(told) // 2
        return [*_taken(one, told[:half], at=at), *_taken(one, told[half:], at=at)]


def _row(one: Import, taken: Taken) -> dict[str, Any]:
    return {
        "of_id": one.pk,
        "number": taken.number,
        "outcome": taken.outcome,
        "contact": taken.contact,
        "reason": taken.reason,
        "detail": taken.detail[:_DETAIL],
        "before": taken.before,
    }
