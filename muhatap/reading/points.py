"""A message as a point: which words, parts of words, pairs and signs it has, and how much each counts. Near points say alike."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from muhatap.reading import hashing
from muhatap.reading.model import Floats
from muhatap.reading.words import Words

_OF_SIGN = 0.7
MOST = 2_000  # places of one message; of a long letter those that count most are kept

Point = tuple[NDArray[np.int64], Floats]


def of(words: Words, names: Sequence[str]) -> Point:
    """Each place once, in order; a word said twice counts more, but not twice as much."""
    told = [*map(hashing.of_word, words.bare), *(hashing.of_pair(*pair) for pair in hashing.pairs(words.bare))]
    signs = np.fromiter((crc32(f"n:{name}".encode()) % hashing.N_PLACES for name in names), np.int64, len(names))
    places = np.concatenate([*(one for one, _ in told), signs])
    weights = np.concatenate([*(one for _, one in told), np.full(len(names), _OF_SIGN, np.float32)])
    kept, where = np.unique(places, return_inverse=True)
    sums = np.sqrt(np.bincount(where, weights**2)).astype(np.float32)
    if len(kept) > MOST:
        most = np.sort(np.argpartition(-sums, MOST)[:MOST])
        kept, sums = kept[most], sums[most]
    return kept, sums
