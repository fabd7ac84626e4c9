"""What binds every run: who was called different people, and who cannot be one by proof."""

from pathlib import Path

from django.db import connection

from muhatap.contacts import graph
from muhatap.matching.engine import Columns, Engine

Pair = tuple[int, int]
# The last word about each pair holds; through merges it speaks of whoever stands for the two today.
_DENIED = """
with recursive said as (
  select distinct on (one, other) one, other, kind from contacts_ledgerentry
  where kind in ('must_link', 'cannot_link', 'free') order by one, other, id desc
), ends as (
  select one as id from said where kind = 'cannot_link' union select other from said where kind = 'cannot_link'
), chain(start, id, into_id) as (
  select c.id, c.id, c.merged_into_id from contacts_contact c join ends on ends.id = c.id
  union all
  select chain.start, up.id, up.merged_into_id from chain join contacts_contact up on up.id = chain.into_id
), stands as (select start, id from chain where into_id is null)
select distinct least(a.id, b.id), greatest(a.id, b.id)
from said join stands a on a.start = said.one join stands b on b.start = said.other
where said.kind = 'cannot_link' and a.id <> b.id
"""


def denied() -> set[Pair]:
    """Standing contacts somebody called different people."""
    with connection.cursor() as cursor:
        cursor.execute(_DENIED)
        return {(one, other) for one, other in cursor.fetchall()}


def opposed(engine: Engine, scratch: Path, pairs: Columns) -> set[Pair]:
    """Of these pairs of contacts (`low`, `high`) those who have proved something of which one person has one, and not the same:
    shop accounts (and other kinds by the rules), identity numbers of trusted records."""
    _read_identities(engine, scratch)
    engine.make("proof", _PROOF)
    engine.lend("pair_of_contacts", {name: pairs[name] for name in ("low", "high")})
    found = engine.rows(_OPPOSED)
    engine.drop("raw", "proof")
    return {(int(low), int(high)) for low, high in found}


_PROOF = """
select cast(contact as bigint) as contact, kind, value from raw
union select distinct s.contact, 'national', r.national
from record r join stands s on s.id = r.id where s.is_trusted = 1 and r.national <> ''
"""
_OPPOSED = """
select distinct low, high from (
  select p.low, p.high, max(case when a.value = b.value then 1 else 0 end) as is_same
  from pair_of_contacts p join proof a on a.contact = p.low join proof b on b.contact = p.high and b.kind = a.kind
  group by p.low, p.high, a.kind
) compared where is_same = 0
"""


def _read_identities(engine: Engine, scratch: Path) -> None:
    path = scratch / "proofs.csv"
    kinds = sorted(graph.standing(()).one_each())
    asked = "copy (select contact_id as contact, kind, value from contacts_identity where kind = any(%s) and verified_at is not null)"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"{asked} to stdout with (format csv, header)", [kinds]) as source,
        path.open("wb") as target,
    ):
        for block in source:
            target.write(block)
    engine.load(path, {name: name for name in ("contact", "kind", "value")}, ",")
    path.unlink()
