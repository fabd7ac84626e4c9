"""One contact becomes two: some of what sources said was of somebody else. And single records, moved from contact to contact."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import bonds, families, ledger, profile
from muhatap.contacts.ledger import Kind
from muhatap.contacts.models import Contact, Identity, SourceRecord


class CannotSplit(Exception):
    """These records can't leave this contact; the text says why."""


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
    if not SourceRecord.objects.filter(contact=contact, is_current=True).exclude(pk__in=[r.pk for r in rows]).exists():
        raise CannotSplit(_("Everything would leave. There has to be something that stays."))
    new = Contact.objects.create(sort_key="", search_text="", created_at=at, last_seen_at=max(row.at for row in rows))
    ledger.write(ledger.entry(Kind.SPLIT, one=contact.pk, other=new.pk, by=by, at=at, reason=reason, evidence=evidence))
    _carry(rows, contact, new, by=by, at=at, reason=reason)
    bonds.part(ones=families.of(contact.pk), others=[new.pk], by=by, at=at, reason=reason or "split")
    _tell("contact.split", contact, new, rows, by=by, at=at)
    return new


@transaction.atomic
def link(*, contact: Contact, records: Collection[int], by: User | None, at: datetime, reason: str = "") -> None:
    """Put records of other contacts into this one. Raises CannotSplit."""
    profile.lock(contact)
    origins = (
        SourceRecord.objects.filter(pk__in=list(records)).exclude(contact=contact).values_list("contact", flat=True)
    )
    for origin in Contact.objects.filter(pk__in=origins).order_by("id"):
        mine = SourceRecord.objects.filter(pk__in=list(records), contact=origin).values_list("pk", flat=True)
        rows = _wanted(origin, list(mine))
        _carry(rows, origin, contact, by=by, at=at, reason=reason)
        _tell("contact.linked", contact, origin, rows, by=by, at=at)


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
    entries = []
    for row in rows:
        entries.append(ledger.entry(Kind.UNLINK, one=origin.pk, record=row.pk, by=by, at=at, reason=reason))
        entries.append(ledger.entry(Kind.LINK, one=target.pk, record=row.pk, by=by, at=at, reason=reason))
    SourceRecord.objects.filter(pk__in=[row.pk for row in rows]).update(contact=target, home_id=target.pk)
    ledger.write(*entries)
    _carry_identities(rows, origin, target)
    profile.project([origin.pk, target.pk], at=at, emptied={origin.pk: names - set(profile.current(origin))})


def _carry_identities(rows: list[SourceRecord], origin: Contact, target: Contact) -> None:
    """An address goes along when these records brought it and nothing that stays names it."""
    staying = {
        str(value)
        for values in SourceRecord.objects.filter(contact=origin, is_current=True).values_list("values", flat=True)
        for value in values.values()
    }
    sources = {row.source for row in rows}
    named = {
        str(row.values.get(kind) or row.told.get(kind) or "") for row in rows for kind in ("email", "phone", "shop")
    }
    mine = Identity.objects.filter(contact=origin, source__in=sources, value__in=named - staying)
    theirs = set(Identity.objects.filter(contact=target).values_list("kind", "value"))
    mine.filter(pk__in=[row.pk for row in mine if (row.kind, row.value) not in theirs]).update(contact=target)


def _tell(
    act: str, contact: Contact, other: Contact, rows: list[SourceRecord], *, by: User | None, at: datetime
) -> None:
    more = {"other": other.pk, "records": [row.pk for row in rows]}
    audit.record(by=by, at=at, act=act, kind="contact", id=contact.pk, name=str(contact), **more)
