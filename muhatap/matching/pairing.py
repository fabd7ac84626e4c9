"""Which records share a key, in numbers alone: keys and records in, pairs out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ids = NDArray[np.int32]
_RIGHT = 0xFFFF_FFFF


@dataclass(frozen=True)
class Groups:
    """Records that share a key, group after group, and how many each group has."""

    ids: Ids
    sizes: Ints

    @property
    def n_pairs(self) -> int:
        return int((self.sizes * (self.sizes - 1) // 2).sum())


def sharing(keys: NDArray[np.integer], ids: NDArray[np.integer], most: int) -> Groups:
    """The records whose key is another's too, but not of more than so many."""
    order = np.argsort(keys)
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, len(keys)))
    fits = (sizes > 1) & (sizes <= most)
    return Groups(ids[order[np.repeat(fits, sizes)]].astype(np.int32), sizes[fits].astype(np.int64))


def pairs(groups: Sequence[Groups]) -> Ints:
    """Every two records of a group, each pair once and in order, as one number: `parted` takes it apart."""
    found = np.concatenate([np.empty(0, np.int64), *(part for each in groups for part in _of(each))])
    found.sort()
    return found[np.concatenate([[True], found[1:] != found[:-1]])] if len(found) else found


def parted(pairs: Ints) -> tuple[Ids, Ids]:
    """The lesser and the greater record of each pair."""
    return (pairs >> 32).astype(np.int32), (pairs & _RIGHT).astype(np.int32)


def joined(left: NDArray[np.integer], right: NDArray[np.integer]) -> Ints:
    """Two records as one number."""
    return left.astype(np.int64) << 32 | right.astype(np.int64)


def without(pairs: Ints, known: Ints) -> Ints:
    """Pairs, in order, that are not among the known ones."""
    known = np.sort(known)
    if not len(known):
        return pairs
    place = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
    return np.compress(known[place] != pairs, pairs)


def _of(groups: Groups) -> Iterator[Ints]:
    """Groups of one size at a time: as a table whose columns are paired."""
    starts = np.cumsum(groups.sizes) - groups.sizes
    for size in np.unique(groups.sizes).tolist():
        rows = groups.ids[starts[groups.sizes == size][:, None] + np.arange(size)]
        one, other = (rows[:, columns] for columns in np.triu_indices(size, 1))
        yield joined(np.minimum(one, other), np.maximum(one, other)).ravel()
