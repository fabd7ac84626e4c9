"""What has to be known to answer one breath of a channel, read under its locks.

One call of the database's `open_breath` asks it all: what it reads after a lock sees what whoever held the lock before wrote.
Locks are taken in the order of their numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField

from muhatap.contacts import families, graph
from muhatap.contacts.claims import Key, Told
from muhatap.contacts.graph import Graph, Limits
from muhatap.contacts.handles import LONGEST
from muhatap.contacts.models import BlockedValue, Contact
from muhatap.shared import locks, prepared

_COLUMNS = [field for field in Contact._meta.concrete_fields if field.column]
_FIELDS = [field.attname for field in _COLUMNS]
_MOMENTS = [field.attname for field in _COLUMNS if isinstance(field, DateTimeField)]
_OPEN = """
select open_breath(%(everybody)s::bigint, %(locks)s::bigint[], %(kinds)s::text[], %(values)s::text[], %(verified)s::bool[],
  %(source)s::text, %(external)s::text)
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
    held = {claim.key for claim in told if claim.is_verified} | {claim.key for claim in told[:1]}
    asked = {
        "everybody": locks.number("identities"),
        "locks": sorted(locks.number("identity", *key) for key in held),
        "kinds": [str(claim.handle.kind) for claim in told],
        "values": [claim.handle.value for claim in told],
        "verified": [claim.is_verified for claim in told],
        "source": source[:40],
        "external": external(told),
    }
    [[answer]] = prepared.rows(_OPEN, asked)
    found = prepared.document(answer)
    words = found["words"] or ()
    return Breath(
        known=_known(found["known"] or ()),
        held={one.pk: one for one in map(_contact, found["held"] or ())},
        rules=_graph(found["rules"] or ()),
        before=next((Before(*word[:4]) for word in words if word[4]), None),
        version=words[0][5] if words else 0,
    )


def _known(rows: Sequence[Sequence[Any]]) -> dict[Key, Known]:
    standing = families.standing({contact for *_identity, contact, into in rows if into})
    return {(kind, value): Known(row, standing.get(contact, contact)) for kind, value, row, contact, _into in rows}


def _contact(row: Mapping[str, Any]) -> Contact:
    moments = {name: datetime.fromisoformat(row[name]) for name in _MOMENTS}
    return Contact.from_db(connection.alias, _FIELDS, [moments.get(name, row[name]) for name in _FIELDS])


def external(told: Sequence[Told]) -> str:
    """What a channel's record of a speaker is called: the handle they speak by. "" when there is none."""
    return f"{told[0].handle.kind}:{told[0].handle.value}"[:LONGEST] if told else ""


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
