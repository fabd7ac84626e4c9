"""What has to be known to answer one breath of a channel, under its locks, in one round trip.

The statements go together, and each sees what was committed before it began: so whoever waited for a lock reads what the one
before it wrote. Locks are taken in the order of their numbers.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from muhatap.contacts import graph
from muhatap.contacts.claims import Key, Told
from muhatap.contacts.graph import Graph, Limits
from muhatap.contacts.handles import LONGEST
from muhatap.contacts.models import BlockedValue
from muhatap.shared import locks

_OPEN = """
select pg_advisory_xact_lock_shared(%(everybody)s);
select count(pg_advisory_xact_lock(k)) from unnest(%(locks)s::bigint[]) k;
with recursive known as (
  select i.kind, i.value, i.id, i.contact_id
  from unnest(%(kinds)s::text[], %(values)s::text[]) as asked(kind, value)
  join contacts_identity i on i.kind = asked.kind and i.value = asked.value and i.verified_at is not null
), chain(start, id, into_id) as (
  select c.id, c.id, c.merged_into_id from contacts_contact c where c.id in (select contact_id from known)
  union all
  select chain.start, up.id, up.merged_into_id from chain join contacts_contact up on up.id = chain.into_id
)
select known.kind, known.value, known.id, chain.id
from known join chain on chain.start = known.contact_id and chain.into_id is null;
select 'limits', kind, '', array[priority, n_per_contact, n_people, coalesce(window_days, 0)] from contacts_identityrule
union all
select b.how, b.kind, b.value, null from contacts_blockedvalue b where b.how = 'pattern'
union all
select b.how, b.kind, b.value, null
from unnest(%(all_kinds)s::text[], %(all_values)s::text[]) as asked(kind, value)
join contacts_blockedvalue b on b.kind = asked.kind and b.value = asked.value and b.how <> 'pattern'
union all
select 'shared', s.kind, s.value, null
from unnest(%(all_kinds)s::text[], %(all_values)s::text[]) as asked(kind, value)
join contacts_sharedvalue s on s.kind = asked.kind and s.value = asked.value;
select id, contact_id, home_id, told, is_current, version from contacts_sourcerecord
where source = %(source)s and external_id = %(external)s order by version desc;
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
    rules: Graph
    before: Before | None
    version: int


def opened(told: Sequence[Told], source: str) -> Breath:
    """Hold what is claimed until the transaction ends, and read what recognises and by which rules.

    Whoever takes many records in at once holds "identities" alone. The first handle is held even unverified: what it says is
    kept as a record under its name, and there is one such record.
    """
    held = {claim.key for claim in told if claim.is_verified} | {claim.key for claim in told[:1]}
    verified = [claim.key for claim in told if claim.is_verified]
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "everybody": locks.number("identities"),
                "locks": sorted(locks.number("identity", *key) for key in held),
                "kinds": [kind for kind, _value in verified],
                "values": [value for _kind, value in verified],
                "all_kinds": [claim.handle.kind for claim in told],
                "all_values": [claim.handle.value for claim in told],
                "source": source[:40],
                "external": external(told),
            },
        )
        cursor.nextset()
        cursor.nextset()
        known = {(kind, value): Known(row, contact) for kind, value, row, contact in cursor.fetchall()}
        cursor.nextset()
        rules = _graph(cursor.fetchall())
        cursor.nextset()
        words = cursor.fetchall()
    before = next((_before(*word[:4]) for word in words if word[4]), None)
    return Breath(known, rules, before, words[0][5] if words else 0)


def external(told: Sequence[Told]) -> str:
    """What a channel's record of a speaker is called: the handle they speak by. "" when there is none."""
    return f"{told[0].handle.kind}:{told[0].handle.value}"[:LONGEST] if told else ""


def _before(row: int, contact: int, home: int, told: Any) -> Before:
    return Before(row, contact, home, json.loads(told) if isinstance(told, str) else told)


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
