"""Older interactions that nobody read yet: newest first, some at a time, so that no worker is held for long."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.interactions.models import Interaction
from muhatap.shared import jobs
from muhatap.understanding.models import CatchUp

JOB, QUEUE = "read_older", "care"
AT_ONCE = 200
KINDS = (Interaction.Kind.MESSAGE, Interaction.Kind.SURVEY)

Reads = Callable[
    [Sequence[int]], Mapping[int, bool | None]
]  # per interaction: read, without words (False), failed (None)


class AtWork(Exception):
    """They are being read already."""


def missing() -> "QuerySet[Interaction]":
    """Interactions in which somebody may have said something, and which nobody has read."""
    rows = Interaction.objects.filter(direction=Interaction.Direction.IN, kind__in=KINDS)
    return rows.filter(reading=None)


@transaction.atomic
def begin(*, by: User | None, at: datetime) -> CatchUp:
    """Raises AtWork."""
    newest = missing().aggregate(newest=Max("pk"))["newest"] or 0
    try:
        with transaction.atomic():
            row = CatchUp.objects.create(before=newest + 1, n_all=missing().count(), by=by, begun_at=at, stirred_at=at)
    except IntegrityError as error:
        raise AtWork from error
    jobs.queue(JOB, queue=QUEUE, catch_up_id=row.pk, before=row.before)
    audit.record(by=by, at=at, act="readings.catch_up", kind="catch_up", id=row.pk, n=row.n_all)
    return row


def go_on(*, catch_up_id: int, reads: Reads, at: datetime, before: int | None = None) -> None:
    """The piece before this number, or the next one, and a job for the one after it; twice is as once."""
    row = CatchUp.objects.filter(pk=catch_up_id, ended_at=None).first()
    if row is None or before not in (None, row.before):
        return
    before = row.before
    some = list(missing().filter(pk__lt=before).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE])
    told = reads(some) if some else {}
    with transaction.atomic():
        row = CatchUp.objects.select_for_update().get(pk=catch_up_id)
        if row.ended_at is not None or row.before != before:
            return  # stopped meanwhile, or the same job ran beside this one
        row.n_looked += len(some)
        row.n_read += sum(value is True for value in told.values())
        row.n_failed += sum(value is None for value in told.values())
        row.before = min([before, *some])
        row.stirred_at = at
        row.ended_at = None if some else at
        row.save()
        if some:
            jobs.queue(JOB, queue=QUEUE, catch_up_id=row.pk, before=row.before)


@transaction.atomic
def stop(*, by: User, at: datetime) -> None:
    """What was read stays."""
    for row in CatchUp.objects.select_for_update().filter(ended_at=None):
        row.ended_at = row.stirred_at = at
        row.save(update_fields=["ended_at", "stirred_at"])
        audit.record(by=by, at=at, act="readings.stop", kind="catch_up", id=row.pk, n=row.n_looked)


def newest() -> CatchUp | None:
    return CatchUp.objects.order_by("-id").first()
