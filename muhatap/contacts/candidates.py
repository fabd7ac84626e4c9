"""Whom a record may be about: looked up by its keys in one question to the database, weighed here, best first."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from muhatap.contacts import comparable
from muhatap.matching import blocking, scoring
from muhatap.matching.normal import Normal
from muhatap.matching.scoring import Verdict

# Of one key so many records are looked at, the newest first: a key that is everywhere says little and must not cost much.
PER_KEY = 24
_SEEK = """
select k.n, r.id, r.contact_id, r.is_trusted, r.normal
from (
  select distinct asked.n, hit.record_id
  from unnest(%s::int[], %s::bigint[]) as asked(n, key)
  cross join lateral (
    select m.record_id from contacts_matchkey m where m.key = asked.key order by m.record_id desc limit %s
  ) hit
) k join contacts_sourcerecord r on r.id = k.record_id and r.is_current
"""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A contact and the record of it that speaks most for being the same person."""

    contact: int
    record: int
    is_trusted: bool
    verdict: Verdict

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """The waterfall as it is kept beside a decision: field, level, bits."""
        lines = [{"field": e.field, "level": e.level, "weight": round(e.weight, 2)} for e in self.verdict.evidence]
        return [*lines, {"field": "cap", "level": "cap", "weight": round(self.verdict.cap, 2)}]


def of(records: Sequence[Normal]) -> list[list[Candidate]]:
    """For each record the contacts it may be about, heaviest first, one line each; those that are surely apart are left out."""
    asked = [(n, key) for n, record in enumerate(records) for key in blocking.keys(record)]
    found: list[dict[int, Candidate]] = [{} for _ in records]
    read: dict[int, Normal] = {}
    for n, pk, contact, is_trusted, kept in _rows(asked):
        other = read.setdefault(pk, comparable.read(kept))
        _keep(found[n], Candidate(contact=contact, record=pk, is_trusted=is_trusted, verdict=weigh(records[n], other)))
    return [
        sorted((one for one in some.values() if one.verdict.band != "apart"), key=lambda one: -one.verdict.weight)
        for some in found
    ]


def weigh(one: Normal, other: Normal) -> Verdict:
    return scoring.score(one, other, comparable.model())


def _keep(best: dict[int, Candidate], one: Candidate) -> None:
    before = best.get(one.contact)
    if before is None or one.verdict.weight > before.verdict.weight:
        best[one.contact] = one


def _rows(asked: list[tuple[int, int]]) -> list[tuple[int, int, int, bool, Mapping[str, Any]]]:
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SEEK, [[n for n, _key in asked], [key for _n, key in asked], PER_KEY])
        return [(n, pk, contact, trusted, _json(kept)) for n, pk, contact, trusted, kept in cursor.fetchall()]


def _json(kept: Any) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(kept) if isinstance(kept, str) else kept
    return read
