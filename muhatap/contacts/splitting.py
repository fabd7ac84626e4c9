"""One contact becomes two: some of what sources said was of somebody else. And single records, moved from contact to contact."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import bonds, families, fields, ledger, profile
from muhatap.contacts.ledger import Kind
from muhatap.contacts.models import Contact, Identity, LedgerEntry, SourceRecord


class CannotSplit(Exception):
    """These records can't leave this contact; the text says why."""


@dataclass(frozen=True)
class Becomes:
    """What a contact's fields hold before and after, of those that change, and the addresses that leave or come."""

    values: Mapping[str, tuple[Any, Any]]
    handles: tuple[str, ...]


@transaction.atomic
def split(
    *,
    contact: Contact,
    records: Collection[int],
    by: User | None,
    at: datetime,
    reason: str = "",
    evidence: dict[str, Any] | None = None,
) -> Contact:
    """Take these records out into a new contact, which is somebody else from now on. Raises CannotSplit.

    All words of a source about one person go together. Addresses that only these records name go along; conversations
    stay, since a record does not say who wrote them.
    """
    rows = _wanted(contact, records)
    _leave_something(contact, rows)
    new = Contact.objects.create(sort_key="", search_text="", created_at=at, last_seen_at=max(row.at for row in rows))
    ledger.write(ledger.entry(Kind.SPLIT, one=contact.pk, other=new.pk, by=by, at=at, reason=reason, evidence=evidence))
    _carry(rows, contact, new, by=by, at=at, reason=reason)
    bonds.part(ones=families.of(contact.pk), others=[new.pk], by=by, at=at, reason=reason or "split")
    _tell("contact.split", contact, new, rows, by=by, at=at)
    return new


@transaction.atomic
def link(*, contact: Contact, records: Collection[int], by: User | None, at: datetime, reason: str = "") -> None:
    """Put records of other contacts into this one. Raises CannotSplit."""
    from_whom = SourceRecord.objects.filter(pk__in=list(records)).exclude(contact=contact)
    origins = list(Contact.objects.filter(pk__in=from_whom.values_list("contact", flat=True)).order_by("id"))
    _hold(contact, *origins)
    for origin in origins:
        mine = SourceRecord.objects.filter(pk__in=list(records), contact=origin).values_list("pk", flat=True)
        rows = _wanted(origin, list(mine))
        _carry(rows, origin, contact, by=by, at=at, reason=reason)
        _tell("contact.linked", contact, origin, rows, by=by, at=at)


@transaction.atomic
def move(*, record: SourceRecord, to: Contact, by: User, at: datetime) -> None:
    """What a source said was of somebody else whom we know. Moved back, everything is as it was. Raises CannotSplit."""
    origin = record.contact
    _hold(to, origin)
    _leave_something(origin, _movable(record, to))
    link(contact=to, records=[record.pk], by=by, at=at, reason="moved")


def preview(*, record: SourceRecord, to: Contact, at: datetime) -> tuple[Becomes, Becomes]:
    """What moving it would change, of where it stands and of the other; nothing stays of it. Raises CannotSplit."""
    with transaction.atomic():
        origin = record.contact
        _hold(to, origin)
        rows = _movable(record, to)
        _leave_something(origin, rows)
        before = [(_values(one), _handles(one)) for one in (origin, to)]
        _carry(rows, origin, to, by=None, at=at, reason="moved")
        here, there = (_becomes(one, *was) for one, was in zip((origin, to), before, strict=True))
        transaction.set_rollback(True)
    for one in (origin, to):
        one.refresh_from_db()
    return here, there


def _hold(contact: Contact, *origins: Contact) -> None:
    """All of them in the order of their numbers; what goes to one who was merged meanwhile would be seen by nobody."""
    for one in sorted((contact, *origins), key=lambda one: one.pk):
        profile.lock(one)
    if contact.merged_into_id:
        raise CannotSplit(_("One of the two was merged meanwhile. Look at them again."))


def _movable(record: SourceRecord, to: Contact) -> list[SourceRecord]:
    if record.contact_id == to.pk:
        raise CannotSplit(_("It stands in this contact already."))
    return _wanted(record.contact, [record.pk])


def _leave_something(contact: Contact, rows: Collection[SourceRecord]) -> None:
    staying = SourceRecord.objects.filter(contact=contact, is_current=True).exclude(pk__in=[row.pk for row in rows])
    if not staying.exists():
        raise CannotSplit(_("Everything would leave. There has to be something that stays."))


def _becomes(contact: Contact, values: Mapping[str, Any], handles: set[str]) -> Becomes:
    contact.refresh_from_db()
    after = _values(contact)
    changed = {name: (values.get(name), after.get(name)) for name in dict.fromkeys([*values, *after])}
    return Becomes(
        {name: pair for name, pair in changed.items() if pair[0] != pair[1]}, tuple(sorted(handles ^ _handles(contact)))
    )


def _values(contact: Contact) -> dict[str, Any]:
    return {name: profile.value_of(contact, name) for name in [*fields.BUILT_IN, *contact.fields]}


def _handles(contact: Contact) -> set[str]:
    return set(Identity.objects.filter(contact=contact).values_list("value", flat=True))


def _wanted(contact: Contact, records: Collection[int]) -> list[SourceRecord]:
    """These records and every other word of the same source about the same person."""
    profile.lock(contact)
    asked = SourceRecord.objects.filter(pk__in=list(records), contact=contact)
    keys = set(asked.values_list("source", "external_id"))
    if not keys:
        raise CannotSplit(_("These records stand in another contact meanwhile. Look at them again."))
    rows = SourceRecord.objects.filter(contact=contact, external_id__in=[external for _source, external in keys])
    return [row for row in rows.order_by("id") if (row.source, row.external_id) in keys]


def _carry(
    rows: list[SourceRecord], origin: Contact, target: Contact, *, by: User | None, at: datetime, reason: str
) -> None:
    names = {name for row in rows for name in row.values}
    going = _going(rows, origin, target)
    Identity.objects.filter(pk__in=going).update(contact=target)
    entries = []
    for row in rows:
        entries.append(ledger.entry(Kind.UNLINK, one=origin.pk, record=row.pk, by=by, at=at, reason=reason))
        more = {"identities": going}
        entries.append(
            ledger.entry(Kind.LINK, one=target.pk, record=row.pk, by=by, at=at, reason=reason, evidence=more)
        )
    SourceRecord.objects.filter(pk__in=[row.pk for row in rows]).update(contact=target, home_id=target.pk)
    ledger.write(*entries)
    profile.project([origin.pk, target.pk], at=at, emptied={origin.pk: names - set(profile.current(origin))})


def _going(rows: list[SourceRecord], origin: Contact, target: Contact) -> list[int]:
    """The addresses that go along, where the other has none like it: of records that were moved here those that came with them, of
    others those that they brought and nothing that stays names."""
    came = _came_with(rows)
    others = [row for row in rows if row.pk not in came]
    asked = Q(pk__in=[pk for some in came.values() for pk in some])
    asked |= _named_only_by(others, but=rows) if others else Q()
    theirs = set(Identity.objects.filter(contact=target).values_list("kind", "value"))
    mine = Identity.objects.filter(asked, contact=origin).order_by("id")
    return [row.pk for row in mine if (row.kind, row.value) not in theirs]


def _came_with(rows: list[SourceRecord]) -> dict[int, list[int]]:
    """Of each record that was moved to where it is the addresses that came with it."""
    links = LedgerEntry.objects.filter(kind=Kind.LINK, record_id__in=[row.pk for row in rows])
    newest = links.order_by("record_id", "-id").distinct("record_id").values_list("record_id", "evidence")
    return {pk or 0: evidence["identities"] for pk, evidence in newest if "identities" in evidence}


def _named_only_by(rows: list[SourceRecord], *, but: list[SourceRecord]) -> Q:
    staying = {
        str(value)
        for values in SourceRecord.objects.filter(contact=but[0].contact_id, is_current=True)
        .exclude(pk__in=[row.pk for row in but])
        .values_list("values", flat=True)
        for value in values.values()
    }
    named = {
        str(row.values.get(kind) or row.told.get(kind) or "") for row in rows for kind in ("email", "phone", "shop")
    }
    return Q(source__in={row.source for row in rows}, value__in=named - staying)


def _tell(
    act: str, contact: Contact, other: Contact, rows: list[SourceRecord], *, by: User | None, at: datetime
) -> None:
    more = {"other": other.pk, "records": [row.pk for row in rows]}
    audit.record(by=by, at=at, act=act, kind="contact", id=contact.pk, name=str(contact), **more)
