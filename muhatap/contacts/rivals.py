"""An address or number that several contacts have: who they are, and a hint for those who look through such pairs.

A source that names it may mean any of them, so nothing is decided here.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from muhatap.contacts import families, graph
from muhatap.contacts.likeness import SAME
from muhatap.contacts.models import Contact, Identity, Likeness, SourceRecord

_MOST_NOTED = 200
_TOLD = Q(verified_at__isnull=False) | Q(source="agent") | Q(source__startswith="import:")


def of(kind: str, values: Collection[str]) -> dict[str, list[Contact]]:
    """The contacts that stand for each of these values, where there are several; the oldest first."""
    rows = Identity.objects.filter(_TOLD, kind=kind, value__in=values).values_list("value", "contact_id")
    standing = families.standing({contact for _, contact in rows})
    found: dict[str, set[int]] = defaultdict(set)
    for value, contact in rows:
        found[value].add(standing[contact])
    known = Contact.objects.in_bulk({pk for pks in found.values() for pk in pks})
    return {value: [known[pk] for pk in sorted(pks) if pk in known] for value, pks in found.items() if len(pks) > 1}


def note(*, kind: str, values: Collection[str], at: datetime) -> None:
    """Keep a hint that the contacts of one value may be one person; of very many values only of the first.

    A value that proves nobody (a mailbox like info@, a family's phone) is no hint.
    """
    asked = sorted(set(values))[:_MOST_NOTED]
    rules = graph.standing({(kind, value) for value in asked})
    own = [value for value in asked if not rules.why_weak(kind, value)]
    rows = [
        Likeness(one=first, other=other, because=SAME[kind], detail=value[:320], at=at)
        for value, (first, *others) in of(kind, own).items()
        for other in others
    ]
    Likeness.objects.bulk_create(rows, ignore_conflicts=True)


def brought(*, source: str, since: datetime, limit: int) -> list[Likeness]:
    """Hints about contacts of whom this source told, that nobody answered yet; the newest first."""
    told = SourceRecord.objects.filter(source=source, is_current=True)
    hints = Likeness.objects.filter(at__gte=since, denied_at=None, one__merged_into=None, other__merged_into=None)
    ours = Exists(told.filter(contact=OuterRef("one"))) | Exists(told.filter(contact=OuterRef("other")))
    return list(hints.filter(ours).exclude(because="asked").select_related("one", "other").order_by("-id")[:limit])
