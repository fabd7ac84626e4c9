"""Files of contacts go when nobody needs them any more: so many days after their import, or after they were put up and forgotten.

With the file goes whatever of its cells was written down beside it. What became of each row stays, with the values an import
changed: by these it is taken back, and by them alone.
"""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q, Sum

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.imports.models import FileKeeping, Import
from muhatap.shared import files

ONLY = 1
FOR_EVER = "for_ever"  # in the audit
State = Import.State
ENDED = (State.DONE, State.CANCELLED, State.FAILED, State.UNDONE)
NEVER_BEGUN = (State.UPLOADED, State.READ, State.MAPPED)
NEW = timedelta(days=1)
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


def goes_at(one: Import) -> datetime | None:
    """When its file goes; None while it is at work, or for ever."""
    days, since = current().days, _since(one)
    return None if days is None or since is None else since + timedelta(days=days)


def due(*, at: datetime) -> "models.QuerySet[Import]":
    """Those whose time is over, the oldest first."""
    days = current().days
    if days is None:
        return Import.objects.none()
    until = at - timedelta(days=days)
    is_over = Q(state__in=ENDED, ended_at__lte=until) | Q(state__in=NEVER_BEGUN, at__lte=until)
    return standing().filter(is_over).order_by("at", "pk")


def let_all_go(*, at: datetime) -> int:
    """Those that are due; gives how many. May break off anywhere and run again."""
    some = list(due(at=at).values_list("pk", flat=True))
    return sum(_let_go(number, at=at) for number in some)


@transaction.atomic
def _let_go(number: int, *, at: datetime) -> bool:
    """The file goes before the row says so: who breaks off between the two does it again."""
    one = due(at=at).select_for_update(of=("self",)).filter(pk=number).first()
    if one is None:
        return False  # somebody began it meanwhile
    stored = [sha256 for sha256 in {one.sha256, one.rows_sha256} if sha256]
    if any((files.stored_at(sha256) or at - NEW) > at - NEW for sha256 in stored):
        return False  # the same bytes were put up anew, by somebody whose row may not be there yet
    for sha256 in stored:
        if not _is_named_elsewhere(sha256, one):
            files.remove(sha256)
    if one.state in NEVER_BEGUN:
        one.state, one.problem, one.ended_at = State.FAILED, {"code": FORGOTTEN}, at
    one.file_gone_at, one.samples, one.rehearsal = at, [], {}
    one.save(update_fields=["state", "problem", "ended_at", "file_gone_at", "samples", "rehearsal"])
    one.rows.exclude(detail="").update(detail="")
    told = {"n": one.n_rows, "size": one.size}
    audit.record(by=None, at=at, act="import.let_go", kind="import", id=one.pk, name=one.name, **told)
    return True


def _since(one: Import) -> datetime | None:
    if one.state in NEVER_BEGUN:
        return one.at
    return one.ended_at if one.state in ENDED else None


def _is_named_elsewhere(sha256: str, one: Import) -> bool:
    """Bytes lie once, whoever names them: another import of the same file, a mail to which it was attached, a draft."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if asked := _naming(field, sha256):
                rows = model._default_manager.filter(**asked)
                rows = rows.filter(file_gone_at=None).exclude(pk=one.pk) if model is Import else rows
                if rows.exists():
                    return True
    return False


def _naming(field: "models.Field[Any, Any]", sha256: str) -> dict[str, Any]:
    """The condition by which a row names these bytes in this column; none where no digest of a file stands."""
    if field.name == "files" and isinstance(field, models.JSONField):
        return {"files__contains": [{"sha256": sha256}]}
    return {field.name: sha256} if field.name.endswith("sha256") else {}
