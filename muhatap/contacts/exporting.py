"""Contacts as rows for a spreadsheet, a few at a time, so that a million of them need little memory."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import companies, designing, finding, national
from muhatap.contacts.fields import BUILT_IN
from muhatap.contacts.finding import Wanted
from muhatap.contacts.models import Company, Contact, ContactTag, CustomField

_AT_ONCE = 1000
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*")  # of a phone, or an amount: whoever runs it gets the number
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def begin(*, wanted: Wanted, chosen: Collection[int] = (), by: User, at: datetime) -> Iterator[list[str]]:
    """A head and a row for each chosen contact, or for everybody who is wanted. Written in the audit before the first row leaves."""
    found = Contact.objects.filter(pk__in=chosen, merged_into=None) if chosen else finding.matching(wanted, at=at)
    asked = replace(wanted, q=national.without_numbers(wanted.q))
    query = {"chosen": sorted(chosen)} if chosen else {"query": asked.as_json()}
    audit.record(by=by, at=at, act="contacts.exported", kind="contact", id="", **query)
    custom = designing.active()
    head = [*BUILT_IN.values(), _("Tags"), *(f.label for f in custom), _("Last seen"), _("First seen"), "id"]
    return _rows(
        [harmless(str(label)) for label in head], found, custom
    )  # the head now: later the reader's language is gone


def begin_companies(*, q: str, by: User, at: datetime) -> Iterator[list[str]]:
    """A head and a row for each firm whose name has this in it. Written in the audit before the first row leaves."""
    audit.record(by=by, at=at, act="companies.exported", kind="company", id="", query=national.without_numbers(q))
    head = [_("Name"), _("Web address"), _("Contacts"), _("First seen"), "id"]
    return _company_rows([harmless(str(label)) for label in head], companies.found(q))


def _company_rows(head: list[str], found: "QuerySet[Company]") -> Iterator[list[str]]:
    yield head
    after = 0
    while some := list(found.filter(pk__gt=after).order_by("id")[:_AT_ONCE]):
        people = companies.n_contacts(some)
        for firm in some:
            since = timezone.localtime(firm.created_at).strftime("%Y-%m-%d %H:%M")
            cells = [firm.name, firm.domain, str(people.get(firm.pk, 0)), since, str(firm.pk)]
            yield [harmless(cell) for cell in cells]
        after = some[-1].pk


def _rows(head: list[str], found: "QuerySet[Contact]", custom: list[CustomField]) -> Iterator[list[str]]:
    yield head
    tags = Prefetch("taggings", ContactTag.objects.select_related("tag").order_by("id"))
    after = 0
    while some := list(
        found.filter(pk__gt=after).order_by("id").select_related("company").prefetch_related(tags)[:_AT_ONCE]
    ):
        for contact in some:
            yield [harmless(cell) for cell in _cells(contact, custom)]
        after = some[-1].pk


def harmless(cell: str) -> str:
    """A cell that begins like a formula is run by spreadsheets; an apostrophe before it makes it text. A number is none."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell


def _cells(contact: Contact, custom: list[CustomField]) -> Iterator[str]:
    yield from (contact.name, contact.email, contact.phone, contact.city, contact.language)
    yield contact.company.name if contact.company else ""
    yield ", ".join(tagging.tag.name for tagging in contact.taggings.all())
    yield from (_plain(contact.fields.get(field.key)) for field in custom)
    yield from (timezone.localtime(at).strftime("%Y-%m-%d %H:%M") for at in (contact.last_seen_at, contact.created_at))
    yield str(contact.pk)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value.get('amount', '')} {value.get('currency', '')}".strip()
    return "" if value is None else str(value)
