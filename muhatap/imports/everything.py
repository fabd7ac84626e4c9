"""Everything the firm keeps, as one zip of open formats: a file of JSON lines for each table, the contacts also as CSV, and all files.

What opens doors stays inside: passwords, keys, tokens. What we only derived from the rest is not told twice.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import translation

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import exporting
from muhatap.contacts.finding import Wanted
from muhatap.imports.models import Export, Import
from muhatap.imports.pipe import Pipe
from muhatap.shared import files, jobs

JOB = "export"
KEPT_FOR = timedelta(days=3)
_PIECE = 1 << 20
_LOOKED_EVERY = 20  # pieces, after which it is asked whether anybody still wants them
_LOCKED = re.compile(r"password|_sealed|secret|token|^digest$|session_key|^settings$|public_key|fingerprint")
LEFT_OUT = {  # every other table leaves; each of these says why it does not
    "accounts.ApiKey": "opens a door",
    "accounts.ApiRequest": "answers kept for an hour, so that nothing is done twice",
    "accounts.Invitation": "opens a door",
    "channels_email.Grant": "opens a door",
    "channels_webchat.SpentSignature": "spent keys",
    "channels_listening.Source": "how far sources were read, with sessions that open a door",
    "notices.PushKey": "opens a door",
    "notices.PushSubscription": "opens a door",
    "notices.Presence": "who is here this minute",
    "contacts.MatchKey": "made anew from the records",
    "search.Document": "made anew from the messages",
    "search.Rebuild": "how far that making came",
    "conversations.ConversationCount": "counted anew",
    "conversations.ConversationCountDelta": "counted anew",
    "insight.RollupDelta": "counted anew",
    "imports.RehearsedKey": "of a dry run that goes on",
    "imports.Export": "these files themselves",
}
_README = """Muhatap: everything, {at}

tables/<room>/<table>.jsonl   one JSON object a line; columns ending in _id point at the id of another table
contacts.csv                  the contacts as a table for spreadsheets (UTF-8, semicolons)
files/<sha256>                attachments and other files, under the digest by which tables name them

Passwords, keys and tokens are not in here.
"""


@transaction.atomic
def begin(*, with_files: bool, by: User, at: datetime) -> Export:
    """Ask for everything; a job makes the file."""
    export = Export.objects.create(with_files=with_files, by=by, at=at, n_total=len(tables()) + 2)
    audit.record(by=by, at=at, act="everything.export", kind="export", id=export.pk, with_files=with_files)
    jobs.queue(JOB, queue="care", export_id=export.pk)
    return export


def make(*, export_id: int, at: datetime) -> None:
    """Write the file; begun anew when a process died over it."""
    export = Export.objects.select_related("by").get(pk=export_id)
    if export.state != Export.State.RUNNING:
        return
    with translation.override((export.by and export.by.language) or settings.LANGUAGE_CODE):
        try:
            sha256, size = files.store(_while_wanted(export, _written(export, at)))
        except _Stopped:
            return
    Export.objects.filter(pk=export.pk, state=Export.State.RUNNING).update(
        state=Export.State.DONE,
        sha256=sha256,
        size=size,
        ended_at=at,
        expires_at=at + KEPT_FOR,
        n_done=export.n_total,
    )


@transaction.atomic
def stop(*, export: Export, by: User, at: datetime) -> None:
    """Nobody wants it any more; what was written so far goes. One that is over stays what it is."""
    running = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING)
    if running.update(state=Export.State.CANCELLED, ended_at=at):
        audit.record(by=by, at=at, act="everything.stop", kind="export", id=export.pk)


@transaction.atomic
def take_along(*, export: Export, by: User, at: datetime) -> None:
    """Somebody carries it out of the house: that stands in the audit before the first byte leaves."""
    audit.record(by=by, at=at, act="everything.download", kind="export", id=export.pk, size=export.size)


def forget(*, at: datetime) -> None:
    """Remove files whose time is over."""
    for export in Export.objects.filter(state=Export.State.DONE, expires_at__lte=at):
        files.remove(export.sha256)
        Export.objects.filter(pk=export.pk).update(state=Export.State.EXPIRED)


def tables() -> list[type[models.Model]]:
    """The tables that leave, in the order of their rooms."""
    models_of_all = apps.get_models(include_auto_created=True)
    ours = [model for model in models_of_all if model.__module__.startswith("muhatap.")]
    return [model for model in ours if model._meta.label not in LEFT_OUT]


def columns(model: type[models.Model]) -> list[str]:
    """The columns of a table that leave."""
    names = [str(field.column) for field in model._meta.local_concrete_fields]
    return [name for name in names if not _LOCKED.search(name)]


def _written(export: Export, at: datetime) -> Iterator[bytes]:
    pipe = Pipe()
    with zipfile.ZipFile(pipe.file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _README.format(at=f"{at:%Y-%m-%d %H:%M} UTC"))
        for n, model in enumerate(tables(), 1):
            name = f"tables/{model._meta.app_label}/{model._meta.model_name}.jsonl"
            yield from _put(archive, pipe, name, _lines(model))
            _come_to(export, n)
        if export.by:
            yield from _put(archive, pipe, "contacts.csv", _contacts(export.by, at))
        if export.with_files:
            yield from _files(archive, pipe)
    yield pipe.taken()


class _Stopped(Exception):
    """Somebody stopped it meanwhile."""


def _while_wanted(export: Export, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for n, piece in enumerate(pieces):
        if n % _LOOKED_EVERY == 0:
            _come_to(export, None)
        yield piece


def _come_to(export: Export, n: int | None) -> None:
    """Say how far it is. Raises _Stopped."""
    running = Export.objects.filter(pk=export.pk, state=Export.State.RUNNING)
    if not (running.exists() if n is None else running.update(n_done=n)):
        raise _Stopped


def _put(archive: zipfile.ZipFile, pipe: Pipe, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    with archive.open(name, "w", force_zip64=True) as target:
        for piece in pieces:
            target.write(piece)
            if pipe.size > _PIECE:
                yield pipe.taken()
    yield pipe.taken()


def _lines(model: type[models.Model]) -> Iterator[bytes]:
    """Rows as JSON, by COPY with marks that JSON never holds, so that nothing is escaped twice."""
    names = ", ".join(f'"{name}"' for name in columns(model))
    asked = f'select row_to_json(the_whole_row) from (select {names} from "{model._meta.db_table}") the_whole_row'  # noqa: S608 (our own names)
    sql = f"copy ({asked}) to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')"
    with connection.cursor() as cursor, cursor.copy(sql) as source:
        yield from map(bytes, source)


def _contacts(by: User, at: datetime) -> Iterator[bytes]:
    yield "\ufeff".encode()
    for row in exporting.begin(wanted=Wanted(), by=by, at=at):
        line = io.StringIO()
        csv.writer(line, delimiter=";").writerow(row)
        yield line.getvalue().encode()


def _files(archive: zipfile.ZipFile, pipe: Pipe) -> Iterator[bytes]:
    """Stored as they are: most of them are packed already. Earlier exports and files of imports' rows are not files of the firm."""
    ours: set[Any] = {
        *Export.objects.values_list("sha256", flat=True),
        *Import.objects.values_list("rows_sha256", flat=True),
    }
    for sha256 in files.every():
        if sha256 not in ours and (source := _opened(sha256)):
            with source:
                yield from _put(archive, pipe, f"files/{sha256}", _pieces(source))


def _opened(sha256: str) -> IO[bytes] | None:
    """None when it went after it was listed."""
    try:
        return files.opened(sha256)
    except FileNotFoundError:
        return None


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece
