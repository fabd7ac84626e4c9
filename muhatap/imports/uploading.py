"""A file comes in: kept as it is, then read through once, so that what is wrong with it is known before anything happens."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import designing
from muhatap.imports import cells, guessing, letting_go, rowsfile
from muhatap.imports.models import Import, SavedMapping
from muhatap.imports.reading import table
from muhatap.imports.reading.delimited import DELIMITERS, ENCODINGS
from muhatap.imports.reading.problems import Unreadable
from muhatap.imports.reading.table import Manner
from muhatap.shared import files, jobs, locks
from muhatap.shared.text import without_nul

log = logging.getLogger(__name__)
JOB = "import"
AT_ONCE = 2 << 20  # bytes that are read while the uploader waits; more are read by a job
MOST = 4 << 30
MOST_HEADER_ROW = 5
State = Import.State


class CannotReadAgain(Exception):
    """It has begun already, or nobody can read a file in this manner."""


def begin(*, name: str, chunks: Iterable[bytes], by: User, at: datetime) -> Import:
    """Keep a file and read it, at once or by a job."""
    sha256, size = files.store(chunks)
    with transaction.atomic():
        one = Import.objects.create(name=without_nul(name)[-200:], sha256=sha256, size=size, by=by, at=at)
        audit.record(by=by, at=at, act="import.upload", kind="import", id=one.pk, name=one.name, size=size)
        if size > AT_ONCE:
            jobs.queue(JOB, queue="care", import_id=one.pk)
    if size <= AT_ONCE:
        read(import_id=one.pk, at=at)
        one.refresh_from_db()
    return one


def read_again(*, one: Import, manner: Manner, by: User, at: datetime) -> None:
    """Read the same file in the manner somebody chose, since the guess was wrong. Raises CannotReadAgain."""
    with transaction.atomic():
        held = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
        is_early = held.state in (State.READ, State.MAPPED, State.FAILED) and held.file_gone_at is None
        if not is_early or not _is_possible(manner):
            raise CannotReadAgain(held.state)
        said = {"encoding": manner.encoding, "delimiter": manner.delimiter, "header_row": manner.header_row}
        held.reading = {name: value for name, value in said.items() if value not in ("", None)}
        held.state, held.problem, held.columns, held.rehearsal, held.ended_at = State.UPLOADED, {}, [], {}, at
        held.save()
        audit.record(by=by, at=at, act="import.read_again", kind="import", id=held.pk, name=held.name, **held.reading)
        if held.size > AT_ONCE:
            jobs.queue(JOB, queue="care", import_id=held.pk)
    if held.size <= AT_ONCE:
        read(import_id=held.pk, at=at)
    one.refresh_from_db()


def read(*, import_id: int, at: datetime) -> None:
    """Read the whole file: its rows into one plain form, its columns into guesses. A file nobody can read says why."""
    one = Import.objects.get(pk=import_id)
    if one.state != State.UPLOADED:
        return
    try:
        found = table.opened(files.path(one.sha256), _manner(one))
        kept = rowsfile.keep(found)
    except Unreadable as error:
        problem = {"code": error.code, **error.details}
        Import.objects.filter(pk=one.pk, state=State.UPLOADED).update(state=State.FAILED, problem=problem, ended_at=at)
        return
    one.header = found.header if any(found.header) else [""] * max(map(len, kept.samples))
    one.kind, one.encoding, one.delimiter = found.kind, found.encoding, found.delimiter
    one.rows_sha256, one.rows_size, one.n_rows, one.samples = kept.sha256, kept.size, kept.n_rows, kept.samples
    one.fingerprint = guessing.fingerprint(one.header)
    one.reading = one.reading | {"header_row": found.header_row}
    _suggest(one)
    one.samples = [cells.shown(row, one.columns) for row in one.samples]
    one.state = State.READ
    try:
        left = _write_down(one)
    except FileNotFoundError:
        read(import_id=import_id, at=at)
    else:
        if left:
            letting_go.let_rows_go(sha256=left)


@transaction.atomic
def _write_down(one: Import) -> str:
    """Gives the rows that are left over: those of an earlier reading, or these, where it is no longer to be read.

    Raises FileNotFoundError where the same rows were another import's and went with it before this one named them.
    """
    locks.hold(letting_go.ROWS)
    held = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if held.state != State.UPLOADED:
        return one.rows_sha256
    files.opened(one.rows_sha256).close()
    one.save()
    return held.rows_sha256


def _suggest(one: Import) -> None:
    """What was said of such a file before, or else a guess."""
    custom = designing.active()
    one.reading |= {"decimal": cells.decimal_sign(one.samples), "dates": cells.date_order(one.samples)}
    if saved := SavedMapping.objects.filter(fingerprint=one.fingerprint).first():
        keys = {f"field:{field.key}" for field in custom}
        one.columns = [target if not target.startswith("field:") or target in keys else "" for target in saved.columns]
        one.match, one.mode = saved.match, saved.mode
        one.is_overwriting, one.is_lenient = saved.is_overwriting, saved.is_lenient
        one.reading |= {name: value for name, value in (("decimal", saved.decimal), ("dates", saved.dates)) if value}
        return
    one.columns = guessing.columns(one.header, one.samples, custom)
    one.match = next((kind for kind in ("email", "phone", "shop", "national") if kind in one.columns), "")


def _manner(one: Import) -> Manner:
    said = one.reading
    return Manner(
        encoding=said.get("encoding", ""),
        delimiter=said.get("delimiter", ""),
        header_row=said.get("header_row"),
    )


def _is_possible(manner: Manner) -> bool:
    return (
        manner.encoding in ("", *ENCODINGS)
        and (not manner.delimiter or manner.delimiter in DELIMITERS)
        and (manner.header_row is None or 0 <= manner.header_row <= MOST_HEADER_ROW)
    )
