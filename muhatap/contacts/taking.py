"""Many contacts taken at once from one source: a few questions for a thousand of them, never one each.

Whom a row speaks of is found by the one key its importer chose, and only where it leads to exactly one contact. An address
that a visitor merely claimed leads nowhere. What is told becomes a source record; which value stands is decided as always.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from muhatap.accounts.models import User
from muhatap.contacts import bulk_rows, companies, families, ledger, profile, searching
from muhatap.contacts.bulk_rows import Row
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import (
    Company,
    Contact,
    ContactNote,
    ContactTag,
    Identity,
    ProfileFact,
    SourceRecord,
    Tag,
)
from muhatap.shared.text import fold

_folded = lru_cache(maxsize=4096)(fold)  # tags and firms come again and again
_LINKS = """
insert into contacts_ledgerentry (kind, one, record_id, evidence, reason, by_id, by_name, at)
select %s, t.one, t.record_id, case when t.is_new then %s::jsonb else %s::jsonb end, '', %s::bigint, %s, %s::timestamptz
from unnest(%s::bigint[], %s::bigint[], %s::boolean[]) as t (one, record_id, is_new)
"""
CREATE, UPDATE, BOTH = "create", "update", "both"
_LEADING = """
select value, contact_id, verified_at is not null, source from contacts_identity
where kind = %s and comparable = any(%s) and value = any(%s)
  and (verified_at is not null or source = 'agent' or source like 'import:%%')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one row says. `key` is the value by which a contact is looked for, "" for none; `warning` goes back as it came."""

    number: int
    facts: dict[str, Any]
    handles: tuple[Handle, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    key: str = ""
    warning: str = ""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What became of a row. `before` is what it takes to give it back, None when the contact came with it and nothing else."""

    number: int
    outcome: str
    contact: int | None = None
    reason: str = ""
    detail: str = ""
    key: str = ""
    before: dict[str, Any] | None = None

    def remember(self, name: str, what: Any) -> None:
        self.before = self.before or {}
        self.before.setdefault(name, []).append(what)


@dataclass(kw_only=True)
class _Errand:
    """One call: where it comes from, how it is to be done, and what it came to."""

    source: str
    match: str
    mode: str
    is_overwriting: bool
    by: User | None
    at: datetime
    rows: list[tuple[Told, Taken]] = field(default_factory=list)
    new: dict[int, Contact] = field(default_factory=dict)
    known: dict[int, Contact] = field(default_factory=dict)

    @property
    def stamp(self) -> Row:
        """Who did it and when, as rows keep it."""
        return {"by_id": self.by.pk if self.by else None, "at": self.at}

    def standing(self) -> list[tuple[Told, Taken, int]]:
        """The rows that have a contact, with its number."""
        return [(told, taken, taken.contact) for told, taken in self.rows if taken.contact is not None]


@dataclass(frozen=True)
class _Lead:
    """Where a key leads: the contacts that stand for it, and whether it was this very source that told of it."""

    contacts: frozenset[int]
    is_ours: bool


@transaction.atomic
def take(
    *,
    rows: Sequence[Told],
    source: str,
    match: str,
    mode: str = BOTH,
    is_overwriting: bool = False,
    by: User | None,
    at: datetime,
) -> list[Taken]:
    """Take these rows, in their order; gives what became of each. What staff wrote is kept unless `is_overwriting`."""
    errand = _Errand(source=source, match=match, mode=mode, is_overwriting=is_overwriting, by=by, at=at)
    _find(errand, rows)
    _hold_known(errand)
    before = {pk: _values(contact) for pk, contact in errand.known.items()}
    last_company, last_tag = bulk_rows.last(Company), bulk_rows.last(Tag)
    _write_identities(errand)
    _write_new(errand)
    _write_records(errand)
    _bring_up_to_date(errand, before)
    _write_tags(errand)
    _write_notes(errand)
    _remember_what_came_along(errand, last_company, last_tag)
    for _told, taken in errand.rows:
        if taken.outcome == "updated" and not taken.before:
            taken.outcome = "unchanged"
    return [taken for _, taken in errand.rows]


def _find(errand: _Errand, rows: Sequence[Told]) -> None:
    """Give each row its contact: one that stands, one made for an earlier row, or a new one."""
    leads = _leads(errand, {told.key for told in rows if told.key})
    fresh: dict[str, int] = {}
    met: set[str] = set()
    ids = iter(bulk_rows.reserve(Contact, len(rows)))
    for told in rows:
        taken = Taken(number=told.number, outcome="updated", detail=told.warning, key=told.key)
        errand.rows.append((told, taken))
        lead = leads.get(told.key)
        if lead and len(lead.contacts) > 1:
            taken.outcome, taken.reason, taken.detail = "failed", "several", told.key
        elif lead or told.key in fresh:
            _join(errand, told, taken, next(iter(lead.contacts)) if lead else fresh[told.key])
            if taken.contact and ((lead and lead.is_ours) or told.key in met or not lead):
                taken.outcome = "merged"
        elif errand.mode == UPDATE:
            taken.outcome, taken.reason = "left", "unknown"
        else:
            taken.contact, taken.outcome = next(ids), "created"
            errand.new[taken.contact] = Contact(
                pk=taken.contact, fields={}, created_at=errand.at, last_seen_at=errand.at
            )
            if told.key:
                fresh[told.key] = taken.contact
        met.add(told.key)


def _join(errand: _Errand, told: Told, taken: Taken, contact: int) -> None:
    if errand.mode == CREATE:
        taken.outcome, taken.reason = "left", "exists"
    else:
        taken.contact = contact


def _leads(errand: _Errand, keys: set[str]) -> dict[str, _Lead]:
    """A verified owner stands for its value alone; else all to whom staff or an import gave it."""
    if not keys or not errand.match:
        return {}
    comparables = {key.partition("@")[0].split("+", 1)[0] + key[key.find("@") :] if "@" in key else key for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_LEADING, [errand.match, [*keys, *comparables], list(keys)])
        found = cursor.fetchall()
    standing = families.standing({contact for _, contact, _, _ in found})
    by_value: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for value, contact, is_verified, source in found:
        by_value[value].append((standing[contact], is_verified, source))
    leads = {}
    for value, some in by_value.items():
        owners = {contact for contact, is_verified, _ in some if is_verified} or {contact for contact, _, _ in some}
        leads[value] = _Lead(frozenset(owners), all(source == errand.source for _, _, source in some))
    return leads


def _hold_known(errand: _Errand) -> None:
    """Hold the contacts that stand, in the order of their numbers. One that was merged meanwhile is left to a person."""
    wanted = {taken.contact for _, taken in errand.rows if taken.contact} - set(errand.new)
    held = Contact.objects.filter(pk__in=wanted, merged_into=None).select_for_update(of=("self",), no_key=True)
    errand.known = {contact.pk: contact for contact in held.order_by("pk").select_related("company")}
    for _told, taken in errand.rows:
        if taken.contact and taken.contact not in errand.new and taken.contact not in errand.known:
            taken.contact, taken.outcome, taken.reason = None, "failed", "moved"


def _write_identities(errand: _Errand) -> None:
    """Each handle once a contact, proved by nobody."""
    had = set(
        Identity.objects.filter(contact__in=errand.known).values_list("contact_id", "kind", "value")
        if errand.known
        else []
    )
    rows, givers = list[Row](), list[Taken]()
    for told, taken, contact in errand.standing():
        for handle in told.handles:
            key = (contact, handle.kind, handle.value)
            if key not in had:
                had.add(key)
                rows.append(_identity(errand, contact, handle))
                givers.append(taken)
    _copy(Identity, rows, givers, "identities")


def _copy(model: type[Model], rows: Sequence[Row], givers: Sequence[Taken], name: str) -> None:
    """Write rows, and let each giver remember which were its own; what came with a new contact goes with it, unremembered."""
    pairs = list(zip(rows, givers, strict=True))
    bulk_rows.copy(model, [row for row, taken in pairs if taken.outcome == "created"], is_numbered=False)
    bulk_rows.copy(model, [row for row, taken in pairs if taken.outcome != "created"])
    for row, taken in pairs:
        if taken.outcome != "created":
            taken.remember(name, row["id"])


def _identity(errand: _Errand, contact: int, handle: Handle) -> Row:
    return {
        "contact_id": contact,
        "kind": str(handle.kind),
        "value": handle.value,
        "comparable": handle.comparable,
        "written": handle.written,
        "source": errand.source,
        "first_seen_at": errand.at,
        "last_seen_at": errand.at,
    }


def _write_new(errand: _Errand) -> None:
    """The rows of new contacts as their first row tells of them; nobody else has told anything."""
    named = (str(told.facts["company"]) for told, _, _ in errand.standing() if told.facts.get("company"))
    firms = companies.named_many(dict.fromkeys(named), at=errand.at)
    handles: dict[int, list[tuple[str, str]]] = {contact: [] for contact in errand.new}
    for told, _, contact in errand.standing():
        if contact in errand.new:
            handles[contact] += ((handle.kind, handle.value) for handle in told.handles)
            for name, value in told.facts.items():
                profile.place(errand.new[contact], name, value, at=errand.at, firms=firms)
    if errand.new:
        for pk, fresh in errand.new.items():
            searching.fill(fresh, handles[pk])
        bulk_rows.copy(Contact, [vars(contact) for contact in errand.new.values()])


def _write_records(errand: _Errand) -> None:
    """What each row said, for good, and that it was linked to its contact."""
    rows = list[Row]()
    numbers = iter(bulk_rows.reserve(SourceRecord, len(errand.rows)))
    for told, _taken, contact in errand.standing():
        number = next(numbers)
        rows.append(
            {
                "id": number,
                "contact_id": contact,
                "home_id": contact,
                "source": errand.source,
                "external_id": str(told.number),
                "told": _words(told),
                "values": told.facts,
                "at": errand.at,
                "recorded_at": errand.at,
            }
        )
    bulk_rows.copy(SourceRecord, rows)
    _link(errand, [row["id"] for row in rows])


def _link(errand: _Errand, records: list[int]) -> None:
    """Where each record was linked: made by the database of three columns, since all else is the same for all of them."""
    standing = errand.standing()
    contacts, are_new = [contact for *_, contact in standing], [taken.outcome == "created" for _, taken, _ in standing]
    by = errand.by
    with connection.cursor() as cursor:
        cursor.execute(
            _LINKS,
            [
                str(ledger.Kind.LINK),
                json.dumps({"because": "new"}),
                json.dumps({"because": errand.match}),
                by.pk if by else None,
                str(by)[:120] if by else "",
                errand.at,
                contacts,
                records,
                are_new,
            ],
        )


def _words(told: Told) -> dict[str, Any]:
    """As it was given, under the names of contact fields; of several addresses the first."""
    words = {name: str(value) for name, value in told.facts.items() if not isinstance(value, dict)}
    words |= {str(handle.kind): handle.written for handle in reversed(told.handles)}
    more = {"tags": ", ".join(told.tags), "note": told.note}
    return {**words, **{name: value for name, value in more.items() if value}}


def _bring_up_to_date(errand: _Errand, before: dict[int, dict[str, Any]]) -> None:
    """Let the values of known contacts be decided anew, and write down which of them a row changed."""
    if not errand.known:
        return
    profile.project(errand.known, at=errand.at)
    after = _after(errand)
    if errand.is_overwriting and _insist(errand, after):
        profile.project(errand.known, at=errand.at)
        after = _after(errand)
    for told, taken, contact in errand.standing():
        if contact not in before:
            continue
        was, now = before[contact], after[contact]
        changed = {
            name: [was.get(name), now[name]]
            for name, value in told.facts.items()
            if now.get(name) == value and was.get(name) != value
        }
        if changed:
            taken.before = (taken.before or {}) | {"fields": changed}


def _insist(errand: _Errand, after: dict[int, dict[str, Any]]) -> bool:
    """What somebody chose to write over what stands is their own word, and noted as that."""
    facts, givers = list[Row](), list[Taken]()
    for told, taken, contact in errand.standing():
        if contact not in after:
            continue
        for name, value in told.facts.items():
            if after[contact].get(name) != value:
                facts.append(
                    {
                        "contact_id": contact,
                        "field": name,
                        "value": value,
                        "source": "agent",
                        "by_id": errand.by.pk if errand.by else None,
                        "at": errand.at,
                    }
                )
                givers.append(taken)
    bulk_rows.copy(ProfileFact, facts)
    for fact, taken in zip(facts, givers, strict=True):
        taken.remember("facts", fact["id"])
    return bool(facts)


def _after(errand: _Errand) -> dict[int, dict[str, Any]]:
    rows = Contact.objects.filter(pk__in=errand.known).select_related("company")
    return {row.pk: _values(row) for row in rows}


def _values(contact: Contact) -> dict[str, Any]:
    told = {name: profile.value_of(contact, name) for name in ("name", "email", "phone", "city", "language", "company")}
    return {**told, **contact.fields}


def _write_tags(errand: _Errand) -> None:
    names = {_folded(name): name for told, _, _ in errand.standing() for name in told.tags}
    if not names:
        return
    Tag.objects.bulk_create([Tag(name=name, folded=key) for key, name in sorted(names.items())], ignore_conflicts=True)
    tags = dict(Tag.objects.filter(folded__in=names).values_list("folded", "pk"))
    had = set(ContactTag.objects.filter(contact__in=errand.known).values_list("contact_id", "tag_id"))
    rows, givers = list[Row](), list[Taken]()
    for told, taken, contact in errand.standing():
        for tag in dict.fromkeys(tags[_folded(name)] for name in told.tags):
            if (contact, tag) not in had:
                had.add((contact, tag))
                rows.append({"contact_id": contact, "tag_id": tag, **errand.stamp})
                givers.append(taken)
    bulk_rows.copy(ContactTag, rows)
    for row, taken in zip(rows, givers, strict=True):
        taken.remember("taggings", row["id"])


def _write_notes(errand: _Errand) -> None:
    """A note that stands there already is not written again."""
    noting = [row for row in errand.standing() if row[0].note]
    if not noting:
        return
    had = set(ContactNote.objects.filter(contact__in=errand.known).values_list("contact_id", "text"))
    rows, givers = list[Row](), list[Taken]()
    for told, taken, contact in noting:
        if (contact, told.note) not in had:
            had.add((contact, told.note))
            rows.append({"contact_id": contact, "text": told.note, **errand.stamp})
            givers.append(taken)
    bulk_rows.copy(ContactNote, rows)
    for row, taken in zip(rows, givers, strict=True):
        taken.remember("notes", row["id"])


def _remember_what_came_along(errand: _Errand, last_company: int, last_tag: int) -> None:
    """Firms and tags that nobody had used before go again when their first row is given back, if nobody uses them then."""
    first = next((taken for _, taken, _ in errand.standing()), None)
    if first is None:
        return
    names = {_folded(str(told.facts["company"]))[:200] for told, _, _ in errand.standing() if told.facts.get("company")}
    tags = {_folded(name) for told, _, _ in errand.standing() for name in told.tags}
    for pk in (
        Company.objects.filter(pk__gt=last_company, folded__in=names).values_list("pk", flat=True) if names else ()
    ):
        first.remember("companies", pk)
    for pk in Tag.objects.filter(pk__gt=last_tag, folded__in=tags).values_list("pk", flat=True) if tags else ():
        first.remember("tags", pk)
