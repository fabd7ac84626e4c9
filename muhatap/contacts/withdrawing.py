"""Taking back what a source said: an import undone. The word before it stands again, and what only it had brought goes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import comparable, graph, ledger, profile
from muhatap.contacts.ledger import Kind
from muhatap.contacts.models import Contact, Identity, LedgerEntry, Merge, SourceRecord
from muhatap.contacts.records import MOST, RECOGNISING
from muhatap.contacts.relations import relations
from muhatap.shared import locks

# What a contact may have and still be nothing but its record.
_LEFTOVERS = {
    "contacts.SourceRecord.contact",
    "contacts.Identity.contact",
    "contacts.Likeness.one",
    "contacts.Likeness.other",
}


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """ "reversed", or "kept" and why: "newer" (the source has said something since) or "gone" (withdrawn before).

    `edited` are the fields a person has written since; they stay as that person wrote them. `is_removed`: the contact was
    nothing but this record and is gone.
    """

    record: int
    outcome: str
    contact: int | None = None
    because: str = ""
    edited: tuple[str, ...] = ()
    is_removed: bool = False


@transaction.atomic
def withdraw(records: Collection[int], *, by: User | None, at: datetime, reason: str = "") -> list[Withdrawn]:
    """Take these words back, an answer for each in the same order. Raises ValueError for more than records.MOST at once.

    What the source had said before stands again; addresses that only this word named go; a contact of which nothing else is
    known goes wholly. What anybody told since, stays.
    """
    if len(records) > MOST:
        raise ValueError(len(records))
    locks.hold("identities")
    rows = {row.pk: row for row in SourceRecord.objects.filter(pk__in=list(records)).order_by("id")}
    going = [row for row in rows.values() if row.is_current]
    edited = _edited(going)
    names = _names(going)
    SourceRecord.objects.filter(pk__in=[row.pk for row in going]).update(is_current=False, withdrawn_at=at)
    comparable.forget([row.pk for row in going])
    _bring_back(going)
    ledger.write(
        *(ledger.entry(Kind.UNLINK, one=row.contact_id, record=row.pk, by=by, at=at, reason=reason) for row in going)
    )
    _forget_addresses(going, at)
    removed = _remove_empty({row.contact_id for row in going})
    left = {row.contact_id for row in going} - removed
    _project(left, names, at)
    return [_answer(pk, rows.get(pk), going, edited, removed) for pk in records]


def _answer(
    pk: int, row: SourceRecord | None, going: list[SourceRecord], edited: dict[int, tuple[str, ...]], removed: set[int]
) -> Withdrawn:
    if row is None or (row.withdrawn_at and row not in going):
        return Withdrawn(record=pk, outcome="kept", because="gone")
    if row not in going:
        return Withdrawn(record=pk, outcome="kept", because="newer", contact=row.contact_id)
    return Withdrawn(
        record=pk,
        outcome="reversed",
        contact=row.contact_id,
        edited=edited.get(pk, ()),
        is_removed=row.contact_id in removed,
    )


def _edited(rows: list[SourceRecord]) -> dict[int, tuple[str, ...]]:
    """The fields of each record that a person has written since."""
    golden = profile.current_each({row.contact_id for row in rows})
    return {
        row.pk: tuple(
            name
            for name, one in golden[row.contact_id].items()
            if name in row.values and one.is_pinned and one.at > row.recorded_at
        )
        for row in rows
    }


def _names(rows: list[SourceRecord]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row in rows:
        found.setdefault(row.contact_id, set()).update(row.values)
    return found


def _bring_back(rows: list[SourceRecord]) -> None:
    """The newest word before these that still counts is the source's word again."""
    keys = {(row.source, row.external_id) for row in rows}
    before = SourceRecord.objects.filter(
        source__in={source for source, _ in keys}, external_id__in=[external for _, external in keys], withdrawn_at=None
    )
    newest = before.order_by("source", "external_id", "-version").distinct("source", "external_id")
    back = [
        pk for pk, source, external in newest.values_list("pk", "source", "external_id") if (source, external) in keys
    ]
    SourceRecord.objects.filter(pk__in=back).update(is_current=True)
    comparable.reindex(back)


def _forget_addresses(rows: list[SourceRecord], at: datetime) -> None:
    """Addresses whose only witness was one of these words."""
    contacts = {row.contact_id for row in rows}
    named: dict[int, set[str]] = {}
    for contact, told, values in SourceRecord.objects.filter(contact__in=contacts, is_current=True).values_list(
        "contact", "told", "values"
    ):
        named.setdefault(contact, set()).update(str({**told, **values}.get(kind, "")) for kind in RECOGNISING)
    witnesses = {(row.contact_id, row.source) for row in rows}
    mine = Identity.objects.filter(contact__in=contacts, source__in={source for _, source in witnesses})
    gone = [
        one.pk
        for one in mine
        if (one.contact_id, one.source) in witnesses
        and one.verified_by in ("", one.source)
        and one.value not in named.get(one.contact_id, set())
    ]
    values = set(mine.filter(pk__in=gone).values_list("kind", "value"))
    Identity.objects.filter(pk__in=gone).delete()
    graph.recount(values, at=at)


def _remove_empty(contacts: Collection[int]) -> set[int]:
    """Contacts of which nothing is known but words taken back. No person stood behind their number."""
    empty = set(contacts)
    empty -= set(SourceRecord.objects.filter(contact__in=empty, withdrawn_at=None).values_list("contact", flat=True))
    empty -= set(Identity.objects.filter(contact__in=empty).values_list("contact", flat=True))
    empty -= set(Merge.objects.filter(keep__in=empty).values_list("keep", flat=True))
    empty -= set(Contact.objects.filter(merged_into__in=empty).values_list("merged_into", flat=True))
    for relation in relations():
        if empty and relation.name not in _LEFTOVERS:
            empty -= set(relation.rows(**{f"{relation.field}__in": empty}).values_list(relation.field, flat=True))
    split = LedgerEntry.objects.filter(kind=Kind.SPLIT, other__in=empty).values_list("other", flat=True)
    empty -= set(split)
    Contact.objects.filter(pk__in=empty).delete()
    return empty


def _project(contacts: Collection[int], names: dict[int, set[str]], at: datetime) -> None:
    golden = profile.current_each(contacts)
    profile.project(contacts, at=at, emptied={pk: names.get(pk, set()) - set(golden[pk]) for pk in contacts})
