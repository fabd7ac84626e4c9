"""Whom a record may be about: looked up by its keys in one question to the database, weighed here, best first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from muhatap.contacts import comparable
from muhatap.matching import blocking, scoring
from muhatap.matching.normal import SHARED_BY_MANY, Normal
from muhatap.matching.scoring import Verdict
from muhatap.shared import prepared

# A key that finds more than this finds crowds, not persons (the batch says so too): it is read so far and finds nobody.
PER_KEY = 100
# Of all that were found so many are weighed, those found by most keys first, the newest of equals.
MOST = 60
_SEEK = """
select found.n, r.id, r.contact_id, r.is_trusted, r.normal
from (
  select n, record_id, row_number() over (partition by n order by count(*) desc, record_id desc) as place
  from (
    select asked.n, hit.record_id, count(*) over (partition by asked.n, asked.key) as crowd
    from unnest(%(numbers)s::int[], %(keys)s::bigint[]) as asked(n, key)
    cross join lateral (
      select m.record_id from contacts_matchkey m where m.key = asked.key order by m.record_id desc limit %(per_key)s::int + 1
    ) hit
  ) met
  where crowd <= %(per_key)s::int
  group by n, record_id
) found join contacts_sourcerecord r on r.id = found.record_id and r.is_current
where found.place <= %(most)s::int
"""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A contact and the record of it that speaks most for being the same person: what was `sought`, what was `found`.

    Reasons are for few of those that are found, so they are given when they are asked for.
    """

    contact: int
    record: int
    is_trusted: bool
    weight: float
    sought: Normal
    found: Normal

    @cached_property
    def verdict(self) -> Verdict:
        return weigh(self.sought, self.found)

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """The waterfall as it is kept beside a decision: field, level, bits."""
        lines = [{"field": e.field, "level": e.level, "weight": round(e.weight, 2)} for e in self.verdict.evidence]
        return [*lines, {"field": "cap", "level": "cap", "weight": round(self.verdict.cap, 2)}]


def of(records: Sequence[Normal]) -> list[list[Candidate]]:
    """For each record the contacts it may be about, heaviest first, one line each; those that are surely apart are left out."""
    asked = [(n, key) for n, record in enumerate(records) for key in blocking.keys(record)]
    met: list[list[_Met]] = [[] for _ in records]
    read: dict[int, Normal] = {}
    for n, pk, contact, is_trusted, kept in _rows(asked):
        other = read.get(pk) or read.setdefault(pk, comparable.read(prepared.document(kept)))
        met[n].append(_Met(pk, contact, is_trusted, other))
    return [
        _likely(shared(record, [one.normal for one in some]), some) for record, some in zip(records, met, strict=True)
    ]


class _Met(NamedTuple):
    record: int
    contact: int
    is_trusted: bool
    normal: Normal


def _likely(record: Normal, met: Sequence[_Met]) -> list[Candidate]:
    """The best record of each contact, if it is worth a look."""
    best: dict[int, tuple[float, _Met]] = {}
    model = comparable.model() if met else None
    for one in met:
        weight = scoring.weight(record, one.normal, model) if model else 0.0
        if model and weight >= model.review and (one.contact not in best or weight > best[one.contact][0]):
            best[one.contact] = (weight, one)
    found = [
        Candidate(
            contact=one.contact,
            record=one.record,
            is_trusted=one.is_trusted,
            weight=weight,
            sought=record,
            found=one.normal,
        )
        for weight, one in best.values()
    ]
    return sorted(found, key=lambda one: -one.weight)


def shared(record: Normal, met: Sequence[Normal]) -> Normal:
    """An address or number is a household's when first names of several letters use it: counted among those met, as the batch counts."""
    told: dict[str, Any] = {}
    for field in ("email", "phone"):
        value, share = getattr(record, field), getattr(record, f"{field}_share")
        if value and share < SHARED_BY_MANY:
            letters = {one.call[:1] for one in met if getattr(one, field) == value}
            n = min(len((letters | {record.call[:1]}) - {""}), SHARED_BY_MANY)
            told |= {f"{field}_share": n} if n > share else {}
    return replace(record, **told) if told else record


def weigh(one: Normal, other: Normal) -> Verdict:
    return scoring.score(one, other, comparable.model())


def seeking(asked: Sequence[tuple[int, int]]) -> tuple[str, dict[str, Any]]:
    """The question to the database for these keys, each with the number of the record that asks."""
    numbers, keys = [n for n, _key in asked], [key for _n, key in asked]
    return _SEEK, {"numbers": numbers, "keys": keys, "per_key": PER_KEY, "most": MOST}


def _rows(asked: list[tuple[int, int]]) -> list[tuple[int, int, int, bool, Any]]:
    if not asked:
        return []
    return prepared.rows(*seeking(asked))
