"""Files of contacts go when nobody needs them any more: so many days after their import, or after they were put up and forgotten.

With the file goes whatever of its cells was written down beside it. What became of each row stays, with the values an import
changed: by these it is taken back, and by them alone.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.imports.models import FileKeeping, Import
from muhatap.shared import files, locks

log = logging.getLogger(__name__)
ONLY = 1
FOR_EVER = "for_ever"  # in the audit
State = Import.State
ENDED = (State.DONE, State.CANCELLED, State.FAILED, State.UNDONE)
NEVER_BEGUN = (State.UPLOADED, State.READ, State.MAPPED)
SINCE = Coalesce("ended_at", "at")  # its days are counted from here
NEW = timedelta(days=1)
ROWS = "rows of imports"  # held by who names a file of rows, and by who takes one away that nobody names
FORGOTTEN = "forgotten"  # the problem of an import whose file went before anybody began it


def current() -> FileKeeping:
    return FileKeeping.objects.filter(pk=ONLY).first() or FileKeeping(pk=ONLY)


@transaction.atomic
def change(*, days: int | None, by: User, at: datetime) -> None:
    """From the next night on. What has gone stays gone."""
    FileKeeping.objects.bulk_create([FileKeeping(pk=ONLY)], ignore_conflicts=True)
    row = FileKeeping.objects.select_for_update().get(pk=ONLY)
    if row.days == days:
        return
    before, after = (FOR_EVER if told is None else told for told in (row.days, days))
    audit.record(by=by, at=at, act="keeping.files", kind="keeping", id="", before=before, after=after)
    row.days = days
    row.save(update_fields=["days"])


def standing() -> "models.QuerySet[Import]":
    """Imports whose file is kept."""
    return Import.objects.filter(file_gone_at=None)


def size() -> int:
    """How many bytes they come to: each file, and its rows in our own form."""
    found = standing().aggregate(size=Sum("size"), rows_size=Sum("rows_size"))
    return (found["size"] or 0) + (found["rows_size"] or 0)


def first_to_go(*, days: int) -> tuple[str, datetime] | None:
    """The name of the file that goes next, and when; none while all are at work."""
    first = _resting().values_list("name", "ended_at", "at").first()
    return first and (first[0], (first[1] or first[2]) + timedelta(days=days))


def due(*, at: datetime) -> "models.QuerySet[Import]":
    """Those whose time is over, the oldest first."""
    days = current().days
    if days is None:
        return Import.objects.none()
    return _resting().alias(since=SINCE).filter(since__lte=at - timedelta(days=days))


def let_all_go(*, at: datetime) -> int:
    """Those that are due; gives how many. May break off anywhere and run again; one that fails stops no other."""
    some = list(due(at=at).values_list("pk", flat=True))
    return sum(_attempt(number, at=at) for number in some)


@transaction.atomic
def let_rows_go(*, sha256: str) -> None:
    """A file of rows in whose place others were read. Whoever still names it keeps it."""
    locks.hold(ROWS)
    if not _is_named(sha256):
        files.remove(sha256)


def _attempt(number: int, *, at: datetime) -> bool:
    try:
        return _let_go(number, at=at)
    except OSError:
        log.exception("The file of import %s stays until another night", number)
        return False


@transaction.atomic
def _let_go(number: int, *, at: datetime) -> bool:
    """The file goes before the row says so: who breaks off between the two does it again."""
    one = due(at=at).select_for_update(of=("self",)).filter(pk=number).first()
    if one is None:
        return False  # somebody began it meanwhile
    stored = [sha256 for sha256 in {one.sha256, one.rows_sha256} if sha256]
    if any(_is_new(sha256, at=at) for sha256 in stored):
        return False
    for sha256 in stored:
        if not _is_named(sha256, but=one) and not _is_new(sha256, at=at):
            files.remove(sha256)
    if one.state in NEVER_BEGUN:
        one.state, one.problem, one.ended_at = State.FAILED, {"code": FORGOTTEN}, at
    one.file_gone_at, one.samples, one.rehearsal = at, [], {}
    one.save(update_fields=["state", "problem", "ended_at", "file_gone_at", "samples", "rehearsal"])
    one.rows.exclude(detail="").update(detail="")
    told = {"n": one.n_rows, "size": one.size}
    audit.record(by=None, at=at, act="import.let_go", kind="import", id=one.pk, name=one.name, **told)
    return True


def _resting() -> "models.QuerySet[Import]":
    """Those that are not at work, the one that goes first at the head."""
    return standing().filter(state__in=(*ENDED, *NEVER_BEGUN)).order_by(SINCE, "pk")


def _is_new(sha256: str, *, at: datetime) -> bool:
    """Whether the same bytes were put up anew, by somebody whose row may not be there yet."""
    stored_at = files.stored_at(sha256)
    return stored_at is not None and stored_at > at - NEW


def _is_named(sha256: str, *, but: Import | None = None) -> bool:
    """Bytes lie once, whoever names them: another import of the same file, a mail to which it was attached, a draft."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if asked := _naming(field, sha256):
                rows = model._default_manager.filter(**asked)
                rows = rows.filter(file_gone_at=None).exclude(pk=but and but.pk) if model is Import else rows
                if rows.exists():
                    return True
    return False


def _naming(field: "models.Field[Any, Any]", sha256: str) -> dict[str, Any]:
    """The condition by which a row names these bytes in this column; none where no digest of a file stands."""
    if isinstance(field, models.JSONField):
        named = [{"sha256": sha256}]
        asked: dict[str, Any] = {"files": named, "content": {"files": named}}
        return {f"{field.name}__contains": asked[field.name]} if field.name in asked else {}
    return {field.name: sha256} if field.name.endswith("sha256") else {}
