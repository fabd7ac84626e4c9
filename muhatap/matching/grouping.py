"""Groups of records from weighed pairs: two groups become one only while what speaks against it does not outweigh the best link."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
STEPS = (1.5, 3.0, 5.0, 7.0, 10.0, 14.0, 20.0)  # bits above the bar, until a crowd falls apart


@dataclass(frozen=True)
class Refusal:
    """Two groups that were not joined although a link was strong enough: the link, and why."""

    left: int
    right: int
    weight: float
    reason: str  # "contradicted", "different" (somebody said so, or two numbers of identity) or "too_large"


def components(n: int, left: Ints, right: Ints) -> Ints:
    """Of each of n records: the smallest record it hangs together with."""
    label = np.arange(n)
    while True:
        least = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], least)
        np.minimum.at(label, label[right], least)
        label = label[label]
        if np.array_equal(label, before):
            return label


def loosened(n: int, left: Ints, right: Ints, weight: Floats, *, bar: float, most: int) -> Ints:
    """The same, but what would be more than so many records hangs together only by its stronger links.

    A crowd of namesakes is held together by its weakest links; the families in it by their best.
    """
    component = components(n, left, right)
    for more in STEPS:
        is_crowd = (np.bincount(component, minlength=n) > most)[component]
        if not is_crowd.any():
            break
        stays = ~is_crowd[left] | (weight >= bar + more)
        left, right, weight = left[stays], right[stays], weight[stays]
        component = components(n, left, right)
    return component


@dataclass(frozen=True)
class Pairs:
    """All weighed pairs inside the components: weight, and what speaks against (zero or less)."""

    left: Ints
    right: Ints
    weight: Floats
    against: Floats


def guarded(
    component: Ints, pairs: Pairs, *, bar: float, share: float, different: frozenset[tuple[int, int]] = frozenset()
) -> tuple[Ints, list[Refusal]]:
    """The group of every record, named by its smallest, and the joins that were refused.

    Components in which nothing speaks against anything stay whole; the others are joined from the best link on.
    """
    label = component.copy()
    refused: list[Refusal] = []
    torn = _torn(component, pairs, bar, share)
    if different:
        torn = np.union1d(torn, component[np.array([one for pair in different for one in pair], dtype=np.int64)])
    for rows in _by_component(component, pairs, torn):
        joined = _Joining(pairs, rows, share, different).until(bar)
        refused += joined.refused
        for record, group in joined.names().items():
            label[record] = group
    return label, refused


def _torn(component: Ints, pairs: Pairs, bar: float, share: float) -> Ints:
    """Components that may not stay whole: without the links that all that speaks against, together, would outweigh, they fall apart."""
    of = component[pairs.left]
    against = np.bincount(of, pairs.against, len(component))
    safe = pairs.weight + share * against[of] > bar
    whole = components(len(component), pairs.left[safe], pairs.right[safe])
    return np.asarray(np.unique(component[whole != component]))


def _by_component(component: Ints, pairs: Pairs, torn: Ints) -> Iterator[Ints]:
    """The rows of pairs of each torn component."""
    of = component[pairs.left]
    rows = np.flatnonzero(np.isin(of, torn))
    rows = rows[np.argsort(of[rows], kind="stable")]
    ends = np.flatnonzero(np.diff(of[rows])) + 1
    yield from (part for part in np.split(rows, ends) if len(part))


class _Joining:
    """One component: groups of records, between every two of them the best link and the sum of what speaks against."""

    def __init__(self, pairs: Pairs, rows: Ints, share: float, different: frozenset[tuple[int, int]]) -> None:
        self.share = share
        self.refused: list[Refusal] = []
        self.group: dict[int, list[int]] = {}
        self.best: dict[int, dict[int, float]] = {}
        self.against: dict[int, dict[int, float]] = {}
        lefts, rights = pairs.left[rows].tolist(), pairs.right[rows].tolist()
        for left, right, weight, against in zip(
            lefts, rights, pairs.weight[rows].tolist(), pairs.against[rows].tolist(), strict=True
        ):
            is_different = bool(different) and ((left, right) in different or (right, left) in different)
            self._know(left, right, weight, -1e9 if is_different else against)

    def _know(self, left: int, right: int, weight: float, against: float) -> None:
        for one, other in ((left, right), (right, left)):
            self.group.setdefault(one, [one])
            self.best.setdefault(one, {})[other] = weight
            self.against.setdefault(one, {})[other] = against

    def until(self, bar: float) -> "_Joining":
        """Join the best two while they are worth it."""
        while best := self._best(bar):
            self._join(*best)
        self._remember(bar)
        return self

    def _best(self, bar: float) -> tuple[int, int] | None:
        found, top = None, bar
        for one, links in self.best.items():
            for other, weight in links.items():
                if one < other and weight > top and (worth := weight + self.share * self.against[one][other]) > top:
                    found, top = (one, other), worth
        return found

    def _join(self, keep: int, drop: int) -> None:
        self.group[keep] += self.group.pop(drop)
        best, against = self.best.pop(drop), self.against.pop(drop)
        for other in best:
            self.best[other].pop(drop)
            self.against[other].pop(drop)
            if other != keep:
                self._merge(keep, other, best[other], against[other])

    def _merge(self, keep: int, other: int, weight: float, against: float) -> None:
        weight = max(weight, self.best[keep].get(other, weight))
        against += self.against[keep].get(other, 0.0)
        for one, two in ((keep, other), (other, keep)):
            self.best[one][two] = weight
            self.against[one][two] = against

    def _remember(self, bar: float) -> None:
        for one, links in self.best.items():
            for other, weight in links.items():
                if one < other and weight > bar:
                    reason = "different" if self.against[one][other] < -1e8 else "contradicted"
                    self.refused.append(Refusal(min(self.group[one]), min(self.group[other]), weight, reason))

    def names(self) -> dict[int, int]:
        return {record: min(records) for records in self.group.values() for record in records}


def sizes(label: Sequence[int] | Ints) -> Ints:
    """How many records each group has."""
    return np.unique(np.asarray(label), return_counts=True)[1]
