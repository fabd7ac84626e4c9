"""An import goes its way: tried out, run, stopped, taken back; a chunk at a time, each with its place in one transaction.

A process that dies in the middle of a chunk leaves nothing of it, and the next begins where the last one ended.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import agreed, designing
from muhatap.contacts.errand import Taken
from muhatap.imports import cells as written
from muhatap.imports import rowsfile, undoing, uploading, writing
from muhatap.imports.ahead import Ahead
from muhatap.imports.models import Import, RehearsedKey
from muhatap.imports.understanding import Reader, reader
from muhatap.shared import garbage, jobs, locks

COMPARE = "compare"  # the job that lets new records be found by what they say, when they are all there
CHUNK = 2000
CHUNKS_A_JOB = 10  # then another job goes on, so that none holds a worker for long
AT_ONCE = 200  # so many rows are done while the asker waits
N_SAMPLES = 10
N_REASONS = 200
State = Import.State


class NotNow(Exception):
    """An import in this state can't do this."""


@transaction.atomic
def rehearse(*, one: Import, by: User, at: datetime) -> None:
    """Try it out: all is done and nothing kept but the counts. Raises NotNow."""
    held = _held(one, State.MAPPED)
    held.state, held.position, held.rehearsal = State.REHEARSING, 0, {"n": 0, "counts": {}, "samples": {}}
    held.save()
    RehearsedKey.objects.filter(of=held).delete()
    _set_going(held, at=at)
    one.refresh_from_db()


@transaction.atomic
def run(*, one: Import, by: User, at: datetime) -> None:
    """Take the rows. Raises NotNow."""
    held = _held(one, State.MAPPED)
    held.state, held.position, held.n_done, held.counts, held.began_at = State.RUNNING, 0, 0, {}, at
    held.save()
    audit.record(by=by, at=at, act="import.run", kind="import", id=held.pk, name=held.name, rows=held.n_rows)
    _set_going(held, at=at)
    one.refresh_from_db()


@transaction.atomic
def cancel(*, one: Import, by: User, at: datetime) -> None:
    """What was taken stays taken; the rest is not begun. Raises NotNow."""
    held = _held(one, State.RUNNING, State.REHEARSING)
    if held.state == State.REHEARSING:
        held.state, held.rehearsal = State.MAPPED, {}
    else:
        held.state = State.CANCELLED
        told = {"rows": held.n_done, **_agreed(held)}
        audit.record(by=by, at=at, act="import.cancel", kind="import", id=held.pk, name=held.name, **told)
    held.ended_at = at
    held.save()
    one.refresh_from_db()


@transaction.atomic
def undo(*, one: Import, by: User, at: datetime) -> None:
    """Take back what it brought, where nobody changed it since. Raises NotNow."""
    held = _held(one, State.DONE, State.CANCELLED)
    held.state, held.undone_by, held.undo_counts = State.UNDOING, by, {}
    held.undo_places, held.undo_before = {}, None
    held.save()
    audit.record(by=by, at=at, act="import.undo", kind="import", id=held.pk, name=held.name, **_agreed(held))
    _set_going(held, at=at)
    one.refresh_from_db()


def go_on(*, import_id: int, at: datetime) -> None:
    """Do the next chunks of whatever this import is at, and see to it that the rest is done after them."""
    state = Import.objects.values_list("state", flat=True).get(pk=import_id)
    if state == State.UPLOADED:
        uploading.read(import_id=import_id, at=at)
    elif undoing.go_on(import_id=import_id, at=at) if state == State.UNDOING else _take_some(import_id, at):
        jobs.queue(uploading.JOB, queue="care", import_id=import_id)


def _take_some(import_id: int, at: datetime) -> bool:
    with Ahead(_reader, most=CHUNK, chunks=CHUNKS_A_JOB) as ahead:
        return all(_chunk(import_id, ahead, at=at) for _ in range(CHUNKS_A_JOB))


@transaction.atomic
def _chunk(import_id: int, ahead: Ahead, *, at: datetime) -> bool:
    """One chunk; False when there is nothing left to do. Two imports take turns, so that they never wait for each other's rows."""
    locks.hold("imports")
    with garbage.left_lying():  # not while it waits for its turn
        return _step(import_id, ahead, at=at)


def _step(import_id: int, ahead: Ahead, *, at: datetime) -> bool:
    writing.do_not_wait_for_the_disk()
    one = Import.objects.select_for_update(of=("self",)).select_related("by").get(pk=import_id)
    steps: dict[str, Callable[[Import, Ahead, datetime], bool]] = {
        State.REHEARSING: _rehearse,
        State.RUNNING: _take,
    }
    if one.state not in steps:
        return False
    with translation.override((one.by and one.by.language) or settings.LANGUAGE_CODE):
        has_more = steps[one.state](one, ahead, at)
        one.save()
    return has_more


def _take(one: Import, ahead: Ahead, at: datetime) -> bool:
    found = ahead.chunk(one)
    if lines := found.lines:
        rows = writing.take(one, found, at=at)
        writing.note(one, rows)
        one.counts = _added(one.counts, rows)
        one.n_done, one.position = one.n_done + len(lines), lines[-1].end
    if one.position >= one.rows_size:
        jobs.queue(COMPARE, queue="care", after=0)
        one.state, one.ended_at = State.DONE, at
        told = one.counts | _agreed(one)
        audit.record(by=one.by, at=at, act="import.done", kind="import", id=one.pk, name=one.name, **told)
        return False
    return True


def _rehearse(one: Import, ahead: Ahead, at: datetime) -> bool:
    found = ahead.chunk(one)
    if lines := found.lines:
        with transaction.atomic():
            rows = writing.take(one, found, at=at)
            transaction.set_rollback(True)
        _know_again(one, rows)
        one.rehearsal = _rehearsed(one, rows, lines)
        one.position = lines[-1].end
    if one.position >= one.rows_size:
        one.state, one.position = State.MAPPED, 0
        one.rehearsal |= {"is_over": True}
        RehearsedKey.objects.filter(of=one).delete()
        return False
    return True


def _agreed(one: Import) -> dict[str, int]:
    """How often its file says yes and no to consent, for the audit."""
    return (
        {f"consent_{word}": n for word, n in agreed.counted(one.source).items()} if writing.tells_consent(one) else {}
    )


def _know_again(one: Import, rows: Sequence[Taken]) -> None:
    """A key that an earlier chunk would have made a contact of is one contact here, too."""
    keys = {_hash(row.key): row for row in rows if row.outcome == "created" and row.key}
    met = set(RehearsedKey.objects.filter(of=one, key__in=keys).values_list("key", flat=True))
    for key in met:
        keys[key].outcome = "merged"
    RehearsedKey.objects.bulk_create(
        [RehearsedKey(of=one, key=key) for key in keys if key not in met], ignore_conflicts=True
    )


def _rehearsed(one: Import, rows: Sequence[Taken], lines: Collection[rowsfile.Line]) -> dict[str, Any]:
    """The counts so far, and of each outcome the first few with what they would change."""
    before, cells = one.rehearsal, {line.number: line.cells for line in lines}
    samples: dict[str, list[dict[str, Any]]] = dict(before["samples"])
    for row in rows:
        some = samples.setdefault(row.outcome, [])
        if len(some) < (N_REASONS if row.outcome in ("failed", "left") else N_SAMPLES):
            some.append(
                {
                    "number": row.number,
                    "cells": [cell[:80] for cell in written.shown(cells[row.number][:6], one.columns)],
                    "contact": row.contact if row.outcome in ("updated", "unchanged") else None,
                    "reason": row.reason,
                    "detail": row.detail[:300],
                    "fields": (row.before or {}).get("fields", {}),
                }
            )
    return {"n": before["n"] + len(rows), "counts": _added(before["counts"], rows), "samples": samples}


def _added(counts: dict[str, int], rows: Sequence[Taken]) -> dict[str, int]:
    return dict(Counter(counts) + Counter(row.outcome for row in rows))


def _reader(one: Import) -> Reader:
    return reader(one, {field.key: field for field in designing.active()})


def _set_going(one: Import, *, at: datetime) -> None:
    if one.n_rows <= AT_ONCE:
        go_on(import_id=one.pk, at=at)
    else:
        jobs.queue(uploading.JOB, queue="care", import_id=one.pk)


def _held(one: Import, *states: str) -> Import:
    held = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if held.state not in states:
        raise NotNow(held.state)
    return held


def _hash(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
