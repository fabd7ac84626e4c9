"""What to ask first: the question whose answer is worth most.

    value = (H(p) + sure) · log2(1 + touched) · log2(1 + depend)

H(p) = −p·log2 p − (1−p)·log2(1−p) is the doubt an answer takes away, in bits, with p the chance that it is one person as the
weights say it (uncertainty sampling; Lewis and Gale 1994, Settles 2009). `touched` counts what stands on the answer: source
records, and open conversations four times, of both contacts. `depend` are the contacts that hang together by open questions:
an answer inside a large group settles others with it (Whang, Lofgren and Garcia-Molina, "Question selection for crowd entity
resolution", VLDB 2013). `sure` keeps those nearly sure from coming last for ever: they are quickly answered.
"""

import math
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import numpy as np
from django.db import connection

from muhatap.contacts.models import SourceRecord
from muhatap.duplicates.models import Proposal
from muhatap.matching import grouping

SURE = 0.05
OF_CONVERSATION = 4
_AT_ONCE = 2000
_WRITE = """
update duplicates_proposal p set "group" = r.g, n_group = r.n, value = r.v
from unnest(%s::bigint[], %s::bigint[], %s::int[], %s::float8[]) as r(id, g, n, v)
where p.id = r.id and (p."group", p.n_group, p.value) is distinct from (r.g, r.n, r.v)
"""
# How many open conversations each of these contacts has; told by whoever knows conversations.
Talks = Callable[[Collection[int]], Mapping[int, int]]


def chance(weight: float | None) -> float:
    """Of bits the chance that it is one person; of a hint without bits it is open."""
    return 1 / (1 + 2 ** -min(max(weight, -60.0), 60.0)) if weight is not None else 0.5


def doubt(p: float) -> float:
    """Entropy in bits."""
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)


def worth(weight: float | None, *, touched: int, depend: int) -> float:
    """The formula above."""
    return round((doubt(chance(weight)) + SURE) * math.log2(1 + touched) * math.log2(1 + depend), 4)


def refresh(*, talks: Talks, at: datetime) -> None:
    """Weigh all open questions anew, and say which hang together."""
    rows = list(
        Proposal.objects.filter(state__in=("open", "later")).order_by("id").values_list("pk", "one", "other", "weight")
    )
    group = _groups([(one, other if other is not None else one) for _pk, one, other, _weight in rows])
    sizes: dict[int, int] = {}
    for first in group.values():
        sizes[first] = sizes.get(first, 0) + 1
    for start in range(0, len(rows), _AT_ONCE):
        _write(rows[start : start + _AT_ONCE], group, sizes, talks)


def _groups(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Of each contact the lowest of those it hangs together with."""
    if not pairs:
        return {}
    ends = np.array(pairs, dtype=np.int64)
    numbers, places = np.unique(ends, return_inverse=True)
    places = places.reshape(ends.shape)
    label = grouping.components(len(numbers), places[:, 0], places[:, 1])
    return {int(pk): int(numbers[first]) for pk, first in zip(numbers, label, strict=True)}


def _write(
    rows: list[tuple[int, int, int | None, float | None]], group: dict[int, int], sizes: dict[int, int], talks: Talks
) -> None:
    n_touched = touched({pk for _id, *pair, _weight in rows for pk in pair if pk is not None}, talks)
    told: list[tuple[int, int, int, float]] = []
    for pk, one, other, weight in rows:
        first = group[one]
        n = n_touched.get(one, 0) + (n_touched.get(other, 0) if other is not None else 0)
        told.append((pk, first, sizes[first], worth(weight, touched=n, depend=sizes[first])))
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [list(column) for column in zip(*told, strict=True)])


def touched(contacts: Collection[int], talks: Talks) -> dict[int, int]:
    """What stands on each of these contacts: records, and open conversations by their weight."""
    found: dict[int, int] = {pk: OF_CONVERSATION * n for pk, n in talks(contacts).items()}
    rows = SourceRecord.objects.filter(contact__in=contacts, is_current=True)
    for contact in rows.values_list("contact_id", flat=True):
        found[contact] = found.get(contact, 0) + 1
    return found
