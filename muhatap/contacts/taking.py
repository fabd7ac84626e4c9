"""Many contacts taken at once from one source: a few questions for a thousand of them, never one each.

Whom a row speaks of is found by the one key its importer chose, and only where it leads to exactly one contact. An address
that a visitor merely claimed leads nowhere, and neither does a blocked one. What a row does to its contact is what every
word of a source does (`landing`); here is what is remembered of it, so that it can be given back.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from muhatap.accounts.models import User
from muhatap.contacts import along, families, graph, landing, profile
from muhatap.contacts.errand import Errand, Taken, Told
from muhatap.contacts.graph import Graph
from muhatap.contacts.models import Contact, ProfileFact
from muhatap.contacts.writing import Word
from muhatap.shared import bulk

CREATE, UPDATE, BOTH = "create", "update", "both"
# Thousands of texts go as one JSON document: written as an array by the driver they cost ten times as much.
_LEADING = """
select value, contact_id, verified_at is not null, source from contacts_identity
where kind = %s and comparable = any(array(select jsonb_array_elements_text(%s)))
  and (verified_at is not null or source = 'agent' or source like 'import:%%')
"""
_NEW = {"because": "new"}
_FACT = {
    "id": "int8", "contact_id": "int8", "field": "text", "value": "jsonb", "source": "text", "by_id": "int8", "at": "timestamptz"
}  # fmt: skip


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
    rules = graph.standing({(one.kind, one.value) for told in rows for one in told.handles})
    errand = Errand(source=source, match=match, mode=mode, is_overwriting=is_overwriting, by=by, at=at, rules=rules)
    _find(errand, rows)
    _hold_known(errand)
    before, newest = {pk: _values(contact) for pk, contact in errand.known.items()}, along.newest()
    _land(errand)
    _remember_changes(errand, before)
    along.write(errand, since=newest)
    for _told, taken in errand.rows:
        if taken.outcome == "updated" and not taken.before:
            taken.outcome = "unchanged"
        taken.contact = taken.contact or taken.known
    return [taken for _, taken in errand.rows]


def _find(errand: Errand, rows: Sequence[Told]) -> None:
    """Give each row its contact: one that stands, one made for an earlier row, or a new one."""
    keys = _leading_keys(errand.match, rows, errand.rules)
    leads = _leads(errand, keys)
    fresh: dict[str, int] = {}
    met: set[str] = set()
    ids = iter(bulk.reserve(Contact, len(rows)))
    for told in rows:
        key = told.key if told.key in keys else ""
        taken = Taken(number=told.number, outcome="updated", detail=told.warning, key=key)
        errand.rows.append((told, taken))
        lead = leads.get(key)
        if lead and len(lead.contacts) > 1:
            taken.outcome, taken.reason, taken.detail = "failed", "several", key
        elif lead or key in fresh:
            _join(errand, taken, next(iter(lead.contacts)) if lead else fresh[key])
            if taken.contact and ((lead and lead.is_ours) or key in met or not lead):
                taken.outcome = "merged"
        elif errand.mode == UPDATE:
            taken.outcome, taken.reason = "left", "unknown"
        else:
            taken.contact, taken.outcome = next(ids), "created"
            errand.new.add(taken.contact)
            if key:
                fresh[key] = taken.contact
        met.add(key)


def _leading_keys(kind: str, rows: Sequence[Told], rules: Graph) -> set[str]:
    return {told.key for told in rows if told.key and rules.why_weak(kind, told.key) != "blocked"}


def _join(errand: Errand, taken: Taken, contact: int) -> None:
    if errand.mode == CREATE:
        taken.outcome, taken.reason, taken.known = "left", "exists", contact
    else:
        taken.contact = contact


def _leads(errand: Errand, keys: set[str]) -> dict[str, _Lead]:
    """A verified owner stands for its value alone; else all to whom staff or an import gave it."""
    if not keys or not errand.match:
        return {}
    comparables = {key.partition("@")[0].split("+", 1)[0] + key[key.find("@") :] if "@" in key else key for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_LEADING, [errand.match, json.dumps([*(keys | comparables)])])
        found = [row for row in cursor.fetchall() if row[0] in keys]
    standing = families.standing({contact for _, contact, _, _ in found})
    by_value: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for value, contact, is_verified, source in found:
        by_value[value].append((standing[contact], is_verified, source))
    leads = {}
    for value, some in by_value.items():
        owners = {contact for contact, is_verified, _ in some if is_verified} or {contact for contact, _, _ in some}
        leads[value] = _Lead(frozenset(owners), all(source == errand.source for _, _, source in some))
    return leads


def _hold_known(errand: Errand) -> None:
    """Hold the contacts that stand, in the order of their numbers. One that was merged meanwhile is left to a person."""
    wanted = {taken.contact for _, taken in errand.rows if taken.contact} - errand.new
    held = Contact.objects.filter(pk__one_of=wanted, merged_into=None).select_for_update(of=("self",), no_key=True)
    errand.known = {contact.pk: contact for contact in held.order_by("pk").select_related("company")}
    for _told, taken in errand.rows:
        if taken.contact and taken.contact not in errand.new and taken.contact not in errand.known:
            taken.contact, taken.outcome, taken.reason = None, "failed", "moved"


def _land(errand: Errand) -> None:
    """What came with a new contact goes with it; what a row brought to any other is remembered."""
    standing, because = errand.standing(), {"because": errand.match}
    words = [
        Word(
            source=errand.source,
            external_id=str(told.number),
            told=told.words,
            at=errand.at,
            contact=contact,
            values=told.facts,
            handles=told.handles,
            evidence=_NEW if taken.outcome == "created" else because,
        )
        for told, taken, contact in standing
    ]
    landed = landing.land(words, new=errand.new, rules=errand.rules, by=errand.by, at=errand.at, is_trusted=False)
    for (_told, taken, _contact), one in zip(standing, landed, strict=True):
        if one.identities and taken.outcome != "created":
            taken.remember("identities", *one.identities)


def _remember_changes(errand: Errand, before: dict[int, dict[str, Any]]) -> None:
    """Write down which values of known contacts a row changed."""
    if not errand.known:
        return
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


def _insist(errand: Errand, after: dict[int, dict[str, Any]]) -> bool:
    """What somebody chose to write over what stands is their own word, and noted as that."""
    facts, givers = list[tuple[int, str, Any]](), list[Taken]()
    for told, taken, contact in errand.standing():
        if contact not in after:
            continue
        for name, value in told.facts.items():
            if after[contact].get(name) != value:
                facts.append((contact, name, value))
                givers.append(taken)
    if not facts:
        return False
    numbers = bulk.reserve(ProfileFact, len(facts))
    bulk.copy(
        ProfileFact._meta.db_table,
        _FACT,
        ((pk, *fact, "agent", *errand.stamp) for pk, fact in zip(numbers, facts, strict=True)),
    )
    for pk, taken in zip(numbers, givers, strict=True):
        taken.remember("facts", pk)
    return True


def _after(errand: Errand) -> dict[int, dict[str, Any]]:
    rows = Contact.objects.filter(pk__one_of=errand.known).select_related("company")
    return {row.pk: _values(row) for row in rows}


def _values(contact: Contact) -> dict[str, Any]:
    told = {name: profile.value_of(contact, name) for name in ("name", "email", "phone", "city", "language", "company")}
    return {**told, **contact.fields}
