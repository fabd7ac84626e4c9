"""The timeline of a contact: all kinds of interactions together, newest first, paged by key, never counted whole."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction

LIMIT = 50


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the moment and number of its last row."""

    at: datetime
    id: int


@dataclass(frozen=True)
class Page:
    rows: list[Interaction]
    next: Cursor | None


def page(contact: Contact, *, before: Cursor | None = None, limit: int = LIMIT, kinds: set[str] | None = None) -> Page:
    """At most `limit` interactions of a contact, older than `before`, newest first."""
    rows = Interaction.objects.filter(contact=contact)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if before:
        rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.id))
    found = list(rows.order_by("-at", "-id")[: limit + 1])
    shown = found[:limit]
    return Page(shown, Cursor(shown[-1].at, shown[-1].pk) if len(found) > limit else None)
