"""An import is taken back by several hands at once, each with a connection, contacts and a place among the rows of its own.

Most of the time is PostgreSQL's: each contact that goes is sought in every table that points at one. All rows about one contact
are one hand's, the newest first, so that hands never wait for each other's contacts; a chunk with its hand's place is one
transaction, and a process that dies leaves nothing of it.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import F

from muhatap.contacts import agreed, giving_back
from muhatap.contacts.giving_back import Given
from muhatap.imports import writing
from muhatap.imports.models import Import
from muhatap.shared import garbage, locks

HANDS = 2
CHUNK = 2000
CHUNKS_A_JOB = 10
State = Import.State


def go_on(*, import_id: int, at: datetime) -> bool:
    """Some chunks by each hand, and the end when no row is left; says whether there is more to do."""
    if connection.in_atomic_block:  # its asker waits for it, and no other connection knows of it yet
        _hold_all()  # both before it holds any row: who has the other hand may wait for that row
        has_more = [_some(import_id, hand, at) for hand in range(HANDS)]
    else:
        with ThreadPoolExecutor(HANDS, "imports-undo") as threads:
            works = [threads.submit(_some_apart, import_id, hand, at) for hand in range(HANDS)]
        has_more = [work.result() for work in works]
    if any(has_more):
        return True
    _end(import_id, at=at)
    return False


def _some_apart(import_id: int, hand: int, at: datetime) -> bool:
    try:
        return _some(import_id, hand, at)
    finally:
        connections.close_all()


def _some(import_id: int, hand: int, at: datetime) -> bool:
    return all(_chunk(import_id, hand, at=at) for _ in range(CHUNKS_A_JOB))


@transaction.atomic
def _chunk(import_id: int, hand: int, *, at: datetime) -> bool:
    """One chunk of one hand; False when it has nothing left to do."""
    locks.share("imports")  # no file is taken meanwhile
    locks.hold("imports", "hand", hand)  # nor is this hand at work for another job
    with garbage.left_lying():
        one = Import.objects.select_related("undone_by").get(pk=import_id)
        if one.state != State.UNDOING:
            return False
        writing.do_not_wait_for_the_disk()
        rows = _rows(one, hand)
        if rows:
            _keep_place(one, hand, rows[-1][0], _give_back(one, rows, at))
    return len(rows) == CHUNK


Row = tuple[int, int | None, str, dict[str, Any] | None]


def _rows(one: Import, hand: int) -> list[Row]:
    """The newest of this hand's rows that are not taken back yet."""
    asked = one.rows.filter(undone="", contact__isnull=False).alias(hand=F("contact") % HANDS).filter(hand=hand)
    if not writing.tells_consent(one):
        asked = asked.exclude(outcome="left")  # of these at most a no was kept
    place = one.undo_places.get(str(hand), one.undo_before)
    if place is not None:
        asked = asked.filter(number__lt=place)
    return list(asked.order_by("-number").values_list("number", "contact", "outcome", "before")[:CHUNK])


def _give_back(one: Import, rows: Sequence[Row], at: datetime) -> list[Given]:
    given = [
        Given(number=number, contact=contact or 0, is_new=outcome == "created", before=before or {})
        for number, contact, outcome, before in rows
        if outcome != "left"
    ]
    if writing.tells_consent(one):
        agreed.take_back(contacts={contact for _, contact, _, _ in rows if contact}, source=one.source)
    giving_back.give_back(rows=given, source=one.source, since=one.began_at or one.at, by=one.undone_by, at=at)
    _note_undone(one, given)
    return given


def _keep_place(one: Import, hand: int, place: int, given: Sequence[Given]) -> None:
    """Both hands write here, so it comes last: after the look-ups that the end of the transaction would make."""
    connection.check_constraints()
    held = Import.objects.select_for_update(of=("self",)).get(pk=one.pk)
    held.undo_counts = dict(Counter(held.undo_counts) + Counter(row.undone for row in given))
    held.undo_places |= {str(hand): place}
    held.save(update_fields=["undo_counts", "undo_places"])


def _end(import_id: int, *, at: datetime) -> None:
    """What belongs to no single row goes when all rows have gone; whoever comes after one that died does it again."""
    for name, ids in _came_along(Import.objects.get(pk=import_id)).items():
        for start in range(0, len(ids), CHUNK):
            _remove_unused(import_id, **{name: ids[start : start + CHUNK]})
    _close(import_id, at=at)


@transaction.atomic
def _remove_unused(import_id: int, **some: list[int]) -> None:
    _hold_all()
    if Import.objects.get(pk=import_id).state == State.UNDOING:
        giving_back.remove_unused(**some)


@transaction.atomic
def _close(import_id: int, *, at: datetime) -> None:
    _hold_all()
    one = Import.objects.select_for_update(of=("self",)).get(pk=import_id)
    if one.state != State.UNDOING:
        return
    if writing.tells_consent(one):  # what it told of those whom a row might have meant
        agreed.take_back(contacts=agreed.told_of(one.source), source=one.source)
    one.state, one.undone_at = State.UNDONE, at
    one.save(update_fields=["state", "undone_at"])


def _hold_all() -> None:
    """No file is taken meanwhile, and no hand is at work: in this order everywhere."""
    locks.share("imports")
    for hand in range(HANDS):
        locks.hold("imports", "hand", hand)


def _came_along(one: Import) -> dict[str, list[int]]:
    """The firms and tags that nobody had used before."""
    found: dict[str, list[int]] = {"companies": [], "tags": []}
    for before in one.rows.filter(before__has_any_keys=[*found]).values_list("before", flat=True):
        for name, some in found.items():
            some += (before or {}).get(name, ())
    return found


def _note_undone(one: Import, given: Sequence[Given]) -> None:
    """Rows that went back are told in one sentence; those that stayed each for itself."""
    reversed_ones = [row.number for row in given if row.undone == giving_back.REVERSED]
    with connection.cursor() as cursor:
        cursor.execute(
            "update imports_importrow set undone = %s where of_id = %s and number = any(%s)",
            [giving_back.REVERSED, one.pk, reversed_ones],
        )
        cursor.executemany(
            "update imports_importrow set undone = %s, undone_why = %s where of_id = %s and number = %s",
            [
                (row.undone, ":".join(filter(None, (row.why, ",".join(row.fields))))[:300], one.pk, row.number)
                for row in given
                if row.undone != giving_back.REVERSED
            ],
        )
