"""One chunk of an import: its rows understood, taken by the contacts, and what became of each written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import DatabaseError, OperationalError, connection, transaction

from muhatap.contacts import agreed, rivals, taking
from muhatap.contacts.agreed import Word
from muhatap.contacts.errand import Taken, Told
from muhatap.imports import consents, targets
from muhatap.imports.consents import Said
from muhatap.imports.models import Import, ImportRow
from muhatap.imports.rowsfile import Line
from muhatap.imports.understanding import BadRow, Reader
from muhatap.shared import bulk

_DETAIL = 300
CONSENTS = frozenset(targets.CONSENT)
_ROW = {
    "of_id": "int8", "number": "int8", "outcome": "text", "contact": "int8", "reason": "text", "detail": "text", "before": "jsonb"
}  # fmt: skip


@dataclass
class Understood:
    """The rows of one chunk, what they say, and those that say nothing usable."""

    lines: list[Line]
    told: list[Told] = field(default_factory=list)
    refused: list[Taken] = field(default_factory=list)
    consents: dict[int, tuple[Said, ...]] = field(default_factory=dict)  # by the number of the row


def understand(reader: Reader, lines: list[Line]) -> Understood:
    """What the rows of one chunk say; the database is not asked."""
    found = Understood(lines)
    asks = not CONSENTS.isdisjoint(reader.columns)
    for line in lines:
        try:
            told = reader.told(line)
            if asks:
                told = _with_consents(found, reader, line, told)
            found.told.append(told)
        except BadRow as error:
            found.refused.append(Taken(number=line.number, outcome="failed", reason=error.reason, detail=error.detail))
    return found


def _with_consents(found: Understood, reader: Reader, line: Line, told: Told) -> Told:
    """What the row says of consent, beside what it says of the contact. Raises BadRow for a word nobody can read."""
    try:
        said = consents.read(reader.columns, line.cells, dates=reader.dates)
    except consents.Unclear as error:
        if not reader.is_lenient:
            raise BadRow("consent", str(error)) from error
        said, told = error.refused, replace(told, warning="; ".join(filter(None, (told.warning, str(error)))))
    if said:
        found.consents[line.number] = said
    return told


def take(one: Import, found: Understood, *, at: datetime) -> list[Taken]:
    """Take the rows of one chunk; gives what became of each, in their order."""
    taken = _taken(one, found.told, at=at)
    if found.consents:
        _agree(one, found, taken, at=at)
    if doubtful := [row.detail for row in taken if row.reason == "several"]:
        rivals.note(kind=one.match, values=doubtful, at=at)
    return sorted([*found.refused, *taken], key=lambda row: row.number)


def _agree(one: Import, found: Understood, taken: Sequence[Taken], *, at: datetime) -> None:
    """Keep what rows say of consent, of one that was left out only a no; a row that brought nothing else brought that. Where one
    may speak of several, its no is heard of each: whoever wrote from there wants nothing."""
    words = [
        Word(
            contact=contact,
            channel=said.channel,
            purpose=said.purpose,
            is_yes=said.is_yes,
            at=said.at(at),
            proof=said.proof,
        )
        for row in taken
        for contact in ([row.contact] if row.contact is not None else row.rivals)
        for said in found.consents.get(row.number, ())
        if not (said.is_yes and row.outcome in ("left", "failed"))
    ]
    changed = agreed.tell(words=words, source=one.source, by=one.by, at=at)
    for row in taken:
        if row.outcome == "unchanged" and row.contact in changed and row.number in found.consents:
            row.outcome = "updated"


def tells_consent(one: Import) -> bool:
    return not CONSENTS.isdisjoint(one.columns)


def do_not_wait_for_the_disk() -> None:
    """What a power cut takes away is the end of the import with the place it had come to, so that it goes on from there."""
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit to off")


def note(one: Import, rows: Sequence[Taken]) -> None:
    """Keep what became of each row."""
    told = (
        (one.pk, row.number, row.outcome, row.contact, row.reason, row.detail[:_DETAIL], row.before) for row in rows
    )
    bulk.copy(ImportRow._meta.db_table, _ROW, told)


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
                tells_consent=tells_consent(one),
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
