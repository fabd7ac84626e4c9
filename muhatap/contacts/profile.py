"""What we know of a contact: every value with its source and time, the newest of the most trusted wins."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import companies, comparable, families, fields, hearing, searching, survivorship
from muhatap.contacts.models import Company, Contact, ProfileFact
from muhatap.contacts.survivorship import Golden

HISTORY = 200
HASTE = timedelta(minutes=1)
_WRITE = """
update contacts_contact c set name = n.name, email = n.email, phone = n.phone, city = n.city, language = n.language,
  company_id = n.company_id, fields = n.fields, sort_key = n.sort_key, search_text = n.search_text
from jsonb_to_recordset(%s::jsonb) as n(
  id bigint, name text, email text, phone text, city text, language text, company_id bigint, fields jsonb,
  sort_key text, search_text text
) where c.id = n.id
"""
_COLUMNS = ("name", "email", "phone", "city", "language", "company_id", "fields", "sort_key", "search_text")


@transaction.atomic
def update(
    *,
    contact: Contact,
    facts: Mapping[str, object],
    source: str,
    at: datetime,
    by: User | None = None,
    is_recorded: bool = False,
) -> None:
    """Write down what `source` told and bring the contact's row up to date; `contact` holds the new values afterwards.

    By a name, address or birth date that is told now the contact is found from now on; `is_recorded`: a record says it already.

    An empty value counts only from a person, who means it. What can't be kept raises BadValues when a person gave it
    and is left out when a channel told it.
    """
    values, errors = fields.read(facts)
    if errors and by:
        raise fields.BadValues(errors)
    if not by and not _tells_news(contact, values, source):
        return  # a channel says with each message what it said with the first
    lock(contact)
    last = _last(contact, values, source)
    news = {
        name: value
        for name, value in values.items()
        if (value is not None or by) and _is_news(contact, name, value, last.get(name), by)
    }
    if not by:
        _forget_hasty(contact, news, source, at=at)
    ProfileFact.objects.bulk_create(
        ProfileFact(contact=contact, field=name, value=value, source=source, by=by, at=at)
        for name, value in news.items()
    )
    if news:
        settle(contact, news, at=at)
    matched = {name: value for name, value in news.items() if comparable.is_matched(name)}
    if matched and not is_recorded:
        hearing.write_down(contact=contact, told=matched, source=source, by=by, at=at)


def lock(contact: Contact) -> None:
    """Hold the contact's row until the transaction ends and read it anew. Others may still point at it."""
    contact.refresh_from_db(from_queryset=Contact.objects.select_for_update(no_key=True))


def held(contact: Contact) -> Contact:
    """The same for whoever stands for the contact now: a merge may have been quicker. Who was merged is not held where it can be
    helped, since whoever parts two holds them in the order of their numbers. Raises Contact.DoesNotExist when it was deleted."""
    number = families.standing([contact.pk]).get(contact.pk)
    if number is None:
        raise Contact.DoesNotExist
    stands = contact if number == contact.pk else Contact.objects.get(pk=number)
    lock(stands)
    return stands if stands.merged_into_id is None else held(stands)


def settle(contact: Contact, names: Iterable[str], *, at: datetime) -> None:
    """Give each named field its golden value. Fields of which nothing was told stay."""
    for name, golden in current(contact, names).items():
        place(contact, name, golden.value, at=at)
    contact.save()
    searching.describe(contact)


def project(
    contacts: Collection[int], *, at: datetime, emptied: Mapping[int, Collection[str]] | None = None
) -> list[int]:
    """Write the rows of many contacts anew from all that was told of them; gives those that changed.

    Fields of which nothing was ever told stay; `emptied` names those of which nothing is told any more.
    """
    rows = list(
        Contact.objects.filter(pk__one_of=contacts)
        .select_related("company")
        .select_for_update(of=("self",), no_key=True)
        .order_by("id")
    )
    golden = survivorship.golden_each([row.pk for row in rows])
    firms = companies.named_many((some["company"].value for some in golden.values() if "company" in some), at=at)
    before = {row.pk: _columns(row) for row in rows}
    for row in rows:
        told = {name: one.value for name, one in golden[row.pk].items()}
        for name, value in (dict.fromkeys((emptied or {}).get(row.pk, ())) | told).items():
            place(row, name, value, at=at, firms=firms)
    searching.write(rows)
    changed = [row for row in rows if _columns(row) != before[row.pk]]
    _save(changed)
    return [row.pk for row in changed]


def place(contact: Contact, name: str, value: Any, *, at: datetime, firms: Mapping[str, Company] | None = None) -> None:
    """Set one field of the row; nothing is saved."""
    if name == "company":
        contact.company = (
            None if not value else firms[value] if firms is not None else companies.named(name=value, at=at)
        )
    elif name in fields.BUILT_IN:
        setattr(contact, name, value or "")
    elif value is None:
        contact.fields.pop(name, None)
    else:
        contact.fields[name] = value


def value_of(contact: Contact, name: str) -> Any:
    """The current value as facts keep it: None when empty, a company by its name."""
    if name == "company":
        return contact.company.name if contact.company else None
    return (getattr(contact, name) or None) if name in fields.BUILT_IN else contact.fields.get(name)


def current(contact: Contact, names: Iterable[str] | None = None) -> dict[str, Golden]:
    """What stands behind each field: the fact or source record, and the rule by which it stands."""
    return survivorship.golden([contact.pk], names)


@transaction.atomic
def pin(*, contact: Contact, name: str, by: User, at: datetime) -> None:
    """Somebody says that the value that stands is right: nothing that is told later takes its place."""
    lock(contact)
    ProfileFact.objects.create(contact=contact, field=name, value=value_of(contact, name), source="agent", by=by, at=at)
    _tell("contact.pinned", contact, name, by=by, at=at)


@transaction.atomic
def release(*, contact: Contact, name: str, by: User, at: datetime) -> None:
    """What people wrote here is one word among others again; the value that stands by the rules takes its place."""
    lock(contact)
    ProfileFact.objects.filter(contact=contact, field=name, source="agent", released_at=None).update(released_at=at)
    settle(contact, [name], at=at)
    _tell("contact.released", contact, name, by=by, at=at)


def _tell(act: str, contact: Contact, name: str, *, by: User, at: datetime) -> None:
    audit.record(by=by, at=at, act=act, kind="contact", id=contact.pk, name=str(contact), field=name)


def history(contact: Contact, limit: int = HISTORY) -> list[ProfileFact]:
    """What was told of this contact, newest first, at most `limit`."""
    return list(ProfileFact.objects.filter(contact=contact).select_related("by").order_by("-at", "-id")[:limit])


def _save(contacts: Iterable[Contact]) -> None:
    """Write the projected columns of many rows in one statement: a CASE for each row and column is what costs most of a batch."""
    rows = [{"id": contact.pk} | {name: getattr(contact, name) for name in _COLUMNS} for contact in contacts]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [json.dumps(rows)])


def _columns(contact: Contact) -> list[Any]:
    kept = [getattr(contact, name) for name in _COLUMNS if name != "fields"]
    return [*kept, dict(contact.fields)]


def _forget_hasty(contact: Contact, names: Iterable[str], source: str, *, at: datetime) -> None:
    """What the same source told less than a moment before is replaced, so that no visitor fills the history by typing."""
    hasty = ProfileFact.objects.filter(contact=contact, field__in=list(names), source=source, by=None)
    hasty.filter(at__gt=at - HASTE, at__lte=at).delete()


def _tells_news(contact: Contact, values: Mapping[str, Any], source: str) -> bool:
    last = _last(contact, values, source)
    told = {name: value for name, value in values.items() if value is not None}
    return any(_is_news(contact, name, value, last.get(name), None) for name, value in told.items())


def _last(contact: Contact, names: Iterable[str], source: str) -> dict[str, ProfileFact]:
    """What this source said last of each field."""
    told = ProfileFact.objects.filter(contact=contact, field__in=list(names), source=source)
    return {fact.field: fact for fact in told.order_by("field", "-at", "-id").distinct("field")}


def _is_news(contact: Contact, name: str, value: Any, last: ProfileFact | None, by: User | None) -> bool:
    """The same source saying the same again is no news; nor is a person leaving a field as it stands."""
    if by and value == value_of(contact, name):
        return False
    return last is None or last.value != value
