"""The append-only, hash-chained log of who did what to whom.

`record` only inserts; the database chains each entry when its transaction commits (migration 0003): it takes one lock
for the last millisecond of the transaction, so acts neither wait for each other nor can they deadlock over the log.
A link holds its place (without gaps) and SHA-256(hash of the link before + the entry as canonical JSON). Whoever changes
or removes an entry, even with triggers switched off, breaks the chain there.

Cutting the newest entries off leaves a whole, shorter chain. Against that the head is remembered where the database's
owner cannot quietly change it: `seal` writes place and hash to `audit-seals.log` in the data folder, and every check
compares. What was written since the last seal could still be cut unseen; copy the file to another machine to be safe
from somebody who owns this one.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from muhatap.accounts.models import AuditEntry, AuditLink, User
from muhatap.shared.text import without_nul

GENESIS = "0" * 64
BATCH = 5_000
# The same words as in the database's own function: a check that asked that function would believe whoever changed it.
_TOLD = """
select link.place, link.hash, link.entry_id, jsonb_build_array(
    link.place, entry.id, (extract(epoch from entry.at) * 1000000)::bigint, entry.by_id, entry.by_name, entry.act,
    entry.object_kind, entry.object_id, entry.object_name, entry.details
  )::text, entry.id is not null
from accounts_auditlink link left join accounts_auditentry entry on entry.id = link.entry_id
where link.place > %s order by link.place limit %s
"""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """Where the chain does not hold. Reasons: changed, missing, unchained, cut."""

    place: int
    entry_id: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """How far a check came: the last link read, and what it found there."""

    place: int
    hash: str
    broken: Broken | None = None
    is_over: bool = False


def record(
    *, by: User | None, at: datetime, act: str, kind: str, id: object, name: str = "", **details: object
) -> AuditEntry:
    """Append one entry, inside the transaction of the act it tells of. `by=None` is the system itself."""
    return AuditEntry.objects.create(
        at=at,
        by_id=by.pk if by else None,
        by_name=without_nul(str(by))[:120] if by else "",
        act=act,
        object_kind=kind,
        object_id=str(id),
        object_name=without_nul(name)[:200],
        details=_plain(details),
    )


def _plain(value: object) -> Any:
    """What JSON keeps exactly. Fractions become text, since their digits are not everywhere the same."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {without_nul(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return without_nul(value.isoformat() if isinstance(value, datetime) else str(value))


def check(*, after: int = 0, previous: str = GENESIS, limit: int = BATCH) -> Checked:
    """Check up to `limit` links after this place. Called again with what it returns until it says that it is over."""
    place, n = after, 0
    for place_here, stored, entry_id, told, is_there in _links(after, limit):
        n += 1
        if place_here != place + 1:
            return _stopped(place, previous, Broken(place=place + 1, entry_id=None, reason="missing"))
        if not is_there:
            return _stopped(place, previous, Broken(place=place_here, entry_id=entry_id, reason="missing"))
        if hashlib.sha256((previous + told).encode()).hexdigest() != stored:
            return _stopped(place, previous, Broken(place=place_here, entry_id=entry_id, reason="changed"))
        place, previous = place_here, stored
    if n == limit:
        return Checked(place=place, hash=previous)
    return _stopped(place, previous, _unchained(place) or _cut())


def _stopped(place: int, hash: str, broken: Broken | None) -> Checked:
    return Checked(place=place, hash=hash, broken=broken, is_over=True)


def first_broken() -> Broken | None:
    """The first place where the chain does not hold; None when it is whole."""
    checked = check()
    while not checked.is_over:
        checked = check(after=checked.place, previous=checked.hash)
    return checked.broken


def head() -> tuple[int, str]:
    """Place and hash of the newest link."""
    newest = AuditLink.objects.order_by("-place").values_list("place", "hash").first()
    return newest or (0, GENESIS)


def seal(*, at: datetime) -> None:
    """Remember the head outside of the database. Safe to call often: an unmoved head is not written again."""
    place, hash = head()
    if not place or (place, hash) in set(seals()):
        return
    path = _seal_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii") as file:
        file.write(f"{at.isoformat(timespec='seconds')} {place} {hash}\n")
        file.flush()
        os.fsync(file.fileno())


def seals() -> Iterator[tuple[int, str]]:
    """Every head ever remembered, oldest first. A line torn by a full disk is passed over."""
    path = _seal_file()
    for line in path.read_text(encoding="ascii", errors="replace").splitlines() if path.exists() else ():
        words = line.split()
        if len(words) == 3 and words[1].isdigit() and len(words[2]) == len(GENESIS):
            yield int(words[1]), words[2]


def _seal_file() -> Path:
    return Path(settings.DATA_DIR) / "audit-seals.log"


def _links(after: int, limit: int) -> list[tuple[int, str, int, str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [after, limit])
        return [(place, hash, entry, told, there) for place, hash, entry, told, there in cursor.fetchall()]


def _unchained(place: int) -> Broken | None:
    """An entry that came in behind the back of the trigger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from accounts_auditentry entry where not exists "
            "(select 1 from accounts_auditlink link where link.entry_id = entry.id) order by id limit 1"
        )
        row = cursor.fetchone()
    return Broken(place=place + 1, entry_id=row[0], reason="unchained") if row and _is_settled() else None


def _is_settled() -> bool:
    """Entries of our own open transaction are chained at its end, not yet now."""
    return not transaction.get_connection().in_atomic_block


def _cut() -> Broken | None:
    remembered = dict(seals())
    found = dict(AuditLink.objects.filter(place__in=remembered).values_list("place", "hash"))
    lost = [place for place, hash in sorted(remembered.items()) if found.get(place) != hash]
    return Broken(place=lost[0], entry_id=None, reason="cut") if lost else None
