"""What binds every run: who was called different people, and who cannot be one by proof."""

from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from muhatap.contacts import graph
from muhatap.contacts.models import Identity
from muhatap.matching.engine import Engine

Pair = tuple[int, int]
_AT_ONCE = 10_000
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


class Proofs:
    """What one person has once, proved: shop accounts (and other kinds by the rules), identity numbers of trusted records."""

    def __init__(self, engine: Engine, contacts: Sequence[int]) -> None:
        self.of: dict[int, dict[str, set[str]]] = {}
        kinds = graph.standing(()).one_each()
        for start in range(0, len(contacts), _AT_ONCE):
            some = contacts[start : start + _AT_ONCE]
            for contact, kind, value in self._identities(some, kinds):
                self._know(contact, kind, value)
        wanted = set(contacts)
        query = "select distinct s.contact, r.national from record r join stands s on s.id = r.id where s.is_trusted = 1 and r.national <> ''"
        for contact, national in engine.rows(query):
            if contact in wanted:
                self._know(contact, "national", national)

    def oppose(self, one: int, other: int) -> bool:
        """Have both of them one of a kind, and not the same?"""
        here, there = self.of.get(one, {}), self.of.get(other, {})
        return any(here[kind].isdisjoint(there[kind]) for kind in here.keys() & there.keys())

    def _identities(self, contacts: Collection[int], kinds: Collection[str]) -> Iterator[tuple[int, str, str]]:
        rows = Identity.objects.filter(contact__in=contacts, kind__in=kinds, verified_at__isnull=False)
        yield from rows.values_list("contact_id", "kind", "value")

    def _know(self, contact: int, kind: str, value: str) -> None:
        self.of.setdefault(contact, {}).setdefault(kind, set()).add(value)
