"""Which open questions hang together, and what each answer is worth today."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import numpy as np
from django.db import connection

from muhatap.contacts.models import SourceRecord
from muhatap.duplicates import worth
from muhatap.duplicates.models import Proposal
from muhatap.matching import grouping

OF_CONVERSATION = 4
_AT_ONCE = 2000
_WRITE = """
update duplicates_proposal p set "group" = r.g, n_group = r.n, value = r.v
from unnest(%s::bigint[], %s::bigint[], %s::int[], %s::float8[]) as r(id, g, n, v)
where p.id = r.id and (p."group", p.n_group, p.value) is distinct from (r.g, r.n, r.v)
"""
# How many open conversations each of these contacts has; told by whoever knows conversations.
Talks = Callable[[Collection[int]], Mapping[int, int]]


def refresh(*, talks: Talks, at: datetime) -> None:
    """Weigh all open questions anew, and say which hang together."""
    asked = Proposal.objects.filter(state__in=("open", "later")).order_by("id")
    rows = list(asked.values_list("pk", "one", "other", "weight", "levels"))
    group = _groups([(one, other if other is not None else one) for _pk, one, other, *_rest in rows])
    sizes = Counter(group.values())
    alone: list[float] = []
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        n = touched({pk for _id, one, other, *_rest in some for pk in (one, other) if pk is not None}, talks)
        for _id, one, other, weight, _levels in some:
            on_it = n.get(one, 0) + (n.get(other, 0) if other is not None else 0)
            alone.append(worth.of(weight, touched=on_it, depend=sizes[group[one]]))
    told = zip(alone, rows, strict=True)
    values = worth.among([(value, group[row[1]], tuple(sorted(row[4].items()))) for value, row in told])
    _write([(row[0], group[row[1]], sizes[group[row[1]]], value) for row, value in zip(rows, values, strict=True)])


def _groups(pairs: list[tuple[int, int]]) -> dict[int, int]:
    """Of each contact the lowest of those it hangs together with."""
    if not pairs:
        return {}
    ends = np.array(pairs, dtype=np.int64)
    numbers, places = np.unique(ends, return_inverse=True)
    places = places.reshape(ends.shape)
    label = grouping.components(len(numbers), places[:, 0], places[:, 1])
    return {int(pk): int(numbers[first]) for pk, first in zip(numbers, label, strict=True)}


def _write(told: list[tuple[int, int, int, float]]) -> None:
    for start in range(0, len(told), _AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*told[start : start + _AT_ONCE], strict=True)])


def touched(contacts: Collection[int], talks: Talks) -> dict[int, int]:
    """What stands on each of these contacts: records, and open conversations by their weight."""
    found: dict[int, int] = {pk: OF_CONVERSATION * n for pk, n in talks(contacts).items()}
    rows = SourceRecord.objects.filter(contact__in=contacts, is_current=True)
    for contact in rows.values_list("contact_id", flat=True):
        found[contact] = found.get(contact, 0) + 1
    return found
