"""Who decided what about who is who, one row each, never changed: links, merges, splits and the bonds between contacts."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from muhatap.accounts.models import User
from muhatap.contacts.models import LedgerEntry
from muhatap.shared.text import without_nul

Kind = LedgerEntry.Kind
MOST = 200
_AT_ONCE = 2000


def entry(
    kind: str,
    *,
    one: int,
    by: User | None,
    at: datetime,
    other: int | None = None,
    record: int | None = None,
    merge: int | None = None,
    evidence: Mapping[str, Any] | None = None,
    reason: str = "",
) -> LedgerEntry:
    """A row to be written; nothing is saved."""
    return LedgerEntry(
        kind=kind,
        one=one,
        other=other,
        record_id=record,
        merge_id=merge,
        evidence=dict(evidence or {}),
        reason=without_nul(reason)[:200],
        by_id=by.pk if by else None,
        by_name=without_nul(str(by))[:120] if by else "",
        at=at,
    )


def write(*entries: LedgerEntry) -> None:
    """Append inside the transaction of the act they tell of."""
    LedgerEntry.objects.bulk_create(entries, batch_size=_AT_ONCE)


def of(contacts: Collection[int], limit: int = MOST) -> list[LedgerEntry]:
    """What was decided about these contacts, newest first, at most `limit`."""
    about_one = LedgerEntry.objects.filter(one__in=list(contacts)).order_by("-id")[:limit]
    about_other = LedgerEntry.objects.filter(other__in=list(contacts)).order_by("-id")[:limit]
    found: Iterable[LedgerEntry] = {row.pk: row for row in [*about_one, *about_other]}.values()
    return sorted(found, key=lambda row: -row.pk)[:limit]
