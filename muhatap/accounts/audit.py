"""The append-only, hash-chained log of who did what to whom."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from muhatap.accounts.models import AuditEntry, User
from muhatap.shared import locks

GENESIS = "0" * 64


@transaction.atomic
def record(*, by: User | None, at: datetime, act: str, kind: str, id: object, name: str = "", **details: Any) -> AuditEntry:
    """Append one entry to the chain, inside the transaction of the act it tells of. `by=None` is the system itself."""
    locks.hold("audit")
    last = AuditEntry.objects.order_by("-id").values_list("hash", flat=True).first()
    entry = AuditEntry(
        at=at,
        by_id=by.pk if by else None,
        by_name=str(by) if by else "",
        act=act,
        object_kind=kind,
        object_id=str(id),
        object_name=name[:200],
        details=details,
        previous_hash=last or GENESIS,
    )
    entry.hash = fingerprint(entry)
    entry.save(force_insert=True)
    return entry


def fingerprint(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash and every field of the entry, in canonical JSON."""
    told = [
        entry.previous_hash,
        entry.at.timestamp(),
        entry.by_id,
        entry.by_name,
        entry.act,
        entry.object_kind,
        entry.object_id,
        entry.object_name,
        entry.details,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken() -> AuditEntry | None:
    """The first entry that was changed, or whose predecessor is missing; None when the chain is whole."""
    previous = GENESIS
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.previous_hash != previous or fingerprint(entry) != entry.hash:
            return entry
        previous = entry.hash
    return None


def head() -> str:
    """The newest hash: written down elsewhere, it also proves that nothing was cut off the end."""
    with connection.cursor() as cursor:
        cursor.execute("select hash from accounts_auditentry order by id desc limit 1")
        row = cursor.fetchone()
    return str(row[0]) if row else GENESIS
