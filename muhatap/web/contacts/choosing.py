"""The other contact of a merge, a move or a tie: the likely ones, and a search for anybody."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from muhatap.contacts import finding, likeness
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import Contact
from muhatap.shared import clock
from muhatap.web.contacts import filters, lists, words

_MOST_FOUND = 20


def found(request: HttpRequest, contact: Contact, url: Callable[[int], Any]) -> dict[str, Any]:
    """Who was searched for, and who is like this contact, each with what `url` makes of their number."""
    now, q = clock.now(), filters.short(request.GET.get("q", ""))
    rows = finding.page(Wanted(q=q), at=now, limit=_MOST_FOUND).rows if q else []
    return {
        "q": q,
        "found": [(row, url(row.id)) for row in lists.rows([one for one in rows if one.pk != contact.pk], now)],
        "likely": [
            (row.contact, ", ".join(words.evidence(e) for e in row.evidence), url(row.contact.pk))
            for row in likeness.of(contact)
        ],
    }
