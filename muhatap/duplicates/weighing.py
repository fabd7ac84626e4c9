"""Two contacts weighed now, by the two of their records that speak most for one person."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from muhatap.contacts import candidates, comparable
from muhatap.contacts.models import SourceRecord
from muhatap.matching import comparing
from muhatap.matching.scoring import Verdict

MOST_RECORDS = 10  # of each that are compared, the newest


@dataclass(frozen=True)
class Weighed:
    """The records, and what they say of it."""

    one: SourceRecord
    other: SourceRecord
    verdict: Verdict

    @cached_property
    def levels(self) -> dict[str, str]:
        """What was found of each field that could be compared."""
        found = comparing.levels(comparable.read(self.one.normal), comparable.read(self.other.normal))
        return dict(comparing.named(found))


def best(one: int, other: int) -> Weighed | None:
    """None when one of the contacts has no record. Of each the newest few are compared."""
    return heaviest(_records(one), _records(other))


def heaviest(ones: Collection[SourceRecord], others: Collection[SourceRecord]) -> Weighed | None:
    """The two that speak most for one person."""
    left = [(row, comparable.read(row.normal)) for row in ones]
    right = [(row, comparable.read(row.normal)) for row in others]
    found = [Weighed(a, b, candidates.weigh(here, there)) for a, here in left for b, there in right]
    return max(found, key=lambda pair: pair.verdict.weight, default=None)


def _records(contact: int) -> list[SourceRecord]:
    rows = SourceRecord.objects.filter(contact=contact, is_current=True).exclude(normal={})
    return list(rows.order_by("-id")[:MOST_RECORDS])
