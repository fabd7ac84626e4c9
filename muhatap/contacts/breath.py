"""What has to be known to answer one breath of a channel, read under its locks.

Each statement sees what was committed before it began: so whoever waited for a lock reads what the one before it wrote. Locks
are taken in the order of their numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from muhatap.contacts import families, graph
from muhatap.contacts.claims import Key, Told
from muhatap.contacts.graph import Graph, Limits
from muhatap.contacts.handles import LONGEST
from muhatap.contacts.models import BlockedValue, Contact
from muhatap.shared import locks, prepared

_COLUMNS = [field for field in Contact._meta.concrete_fields if field.column]
_FIELDS = [field.attname for field in _COLUMNS]
_SHARE = "select pg_advisory_xact_lock_shared(%(everybody)s::bigint)"
_HOLD = "select count(pg_advisory_xact_lock(k)) from unnest(%(locks)s::bigint[]) k"
_RECOGNISING = """
from unnest(%(kinds)s::text[], %(values)s::text[]) as asked(kind, value)
join contacts_identity i on i.kind = asked.kind and i.value = asked.value and i.verified_at is not null
"""
_CONTACTS = f"""
select {", ".join(f'c."{field.column}"' for field in _COLUMNS)} from contacts_contact c
where c.merged_into_id is null and c.id in (select i.contact_id {_RECOGNISING})
order by c.id for no key update
"""  # noqa: S608 (our own words)
_KNOWN = f"""
select i.kind, i.value, i.id, c.id, c.merged_into_id {_RECOGNISING} join contacts_contact c on c.id = i.contact_id
"""
_RULES = """
select 'limits', kind, '', array[priority, n_per_contact, n_people, coalesce(window_days, 0)] from contacts_identityrule
union all
select b.how, b.kind, b.value, null from contacts_blockedvalue b where b.how = 'pattern'
union all
select b.how, b.kind, b.value, null
from unnest(%(kinds)s::text[], %(values)s::text[]) as asked(kind, value)
join contacts_blockedvalue b on b.kind = asked.kind and b.value = asked.value and b.how <> 'pattern'
union all
select 'shared', s.kind, s.value, null
from unnest(%(kinds)s::text[], %(values)s::text[]) as asked(kind, value)
join contacts_sharedvalue s on s.kind = asked.kind and s.value = asked.value
"""
_WORDS = """
select id, contact_id, home_id, told, is_current, version from contacts_sourcerecord
where source = %(source)s::text and external_id = %(external)s::text order by version desc
"""


@dataclass(frozen=True)
class Known:
    """A verified identity: its row, and the contact that stands for whoever holds it."""

    row: int
    contact: int


@dataclass(frozen=True)
class Before:
    """What the same channel said last by the same handle, if it still stands."""

    row: int
    contact: int
    home: int
    told: dict[str, str]


@dataclass(frozen=True)
class Breath:
    """`version` is the number of the last word by this handle, 0 when there was none."""

    known: dict[Key, Known]
    held: dict[int, Contact]
    rules: Graph
    before: Before | None
    version: int


def opened(told: Sequence[Told], source: str) -> Breath:
    """Hold what is claimed, and the contacts that hold it, until the transaction ends; read what recognises and by which rules.

    Whoever takes many records in at once holds "identities" alone. The first handle is held even unverified: what it says is
    kept as a record under its name, and there is one such record.
    """
    prepared.rows(_SHARE, {"everybody": locks.number("identities")})
    held = {claim.key for claim in told if claim.is_verified} | {claim.key for claim in told[:1]}
    prepared.rows(_HOLD, {"locks": sorted(locks.number("identity", *key) for key in held)})
    verified = _columns(claim.key for claim in told if claim.is_verified)
    contacts = [_contact(row) for row in prepared.rows(_CONTACTS, verified)] if verified["kinds"] else []
    rules = _graph(prepared.rows(_RULES, _columns(claim.key for claim in told)))
    words = prepared.rows(_WORDS, {"source": source[:40], "external": external(told)}) if told else []
    before = next((_before(*word[:4]) for word in words if word[4]), None)
    version = words[0][5] if words else 0
    return Breath(
        _known(verified) if verified["kinds"] else {}, {one.pk: one for one in contacts}, rules, before, version
    )


def _columns(keys: Iterable[Key]) -> dict[str, list[str]]:
    some = list(keys)
    return {"kinds": [str(kind) for kind, _value in some], "values": [value for _kind, value in some]}


def _known(asked: dict[str, list[str]]) -> dict[Key, Known]:
    found = prepared.rows(_KNOWN, asked)
    merged = {contact for *_identity, contact, into in found if into}
    standing = families.standing(merged)
    return {(kind, value): Known(row, standing.get(contact, contact)) for kind, value, row, contact, _into in found}


def _contact(row: tuple[Any, ...]) -> Contact:
    contact = Contact.from_db(connection.alias, _FIELDS, row)
    contact.fields = prepared.document(contact.fields)
    return contact


def external(told: Sequence[Told]) -> str:
    """What a channel's record of a speaker is called: the handle they speak by. "" when there is none."""
    return f"{told[0].handle.kind}:{told[0].handle.value}"[:LONGEST] if told else ""


def _before(row: int, contact: int, home: int, told: Any) -> Before:
    return Before(row, contact, home, prepared.document(told))


def _graph(rows: Sequence[tuple[str, str, str, list[int] | None]]) -> Graph:
    """The rules as far as they touch what was claimed."""
    pattern = BlockedValue.How.PATTERN
    own = {kind: _limits(numbers) for what, kind, _value, numbers in rows if what == "limits" and numbers}
    return Graph(
        limits={**_defaults(), **own},
        blocked={(kind, value): what for what, kind, value, _ in rows if what not in ("limits", "shared", pattern)},
        patterns=tuple((kind, graph.pattern(value)) for what, kind, value, _ in rows if what == pattern),
        shared=frozenset((kind, value) for what, kind, value, _ in rows if what == "shared"),
    )


@cache
def _defaults() -> dict[str, Limits]:
    return {str(kind): one for kind, one in graph.DEFAULTS.items()}


def _limits(numbers: Sequence[Any]) -> Limits:
    priority, n_per_contact, n_people, window_days = numbers
    return Limits(priority=priority, n_per_contact=n_per_contact, n_people=n_people, window_days=window_days or None)
