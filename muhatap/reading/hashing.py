"""Words and pairs of words as places in a table: the parts of a word are hashed, so that a word never seen still has a reading."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

N_PLACES = 1 << 17
FORM = 3  # of what is hashed here; a model of another form would mean nothing
BREAK = "¶"  # where a line, or the whole, begins and ends
STEM = 5  # letters; where most Turkish stems have ended
_SHORTEST, _LONGEST = 3, 5
_OF_STEM, _OF_PARTS, _OF_PAIR, _OF_STEM_PAIR, _OF_EDGE = 0.7, 1.4, 0.5, 0.5, 0.6
_ENDS = frozenset(".!?…" + BREAK)

Places = tuple[NDArray[np.int64], NDArray[np.float32]]


@lru_cache(maxsize=30_000)
def of_word(word: str) -> Places:
    """Where the table keeps what this word, its stem and its parts mean, and how much each counts."""
    parts = [*_parts(f"<{word[:20]}>")]
    names = ["w:" + word, "s:" + word[:STEM], *parts]
    weights = [1.0, _OF_STEM, *[_OF_PARTS / len(parts) ** 0.5] * len(parts)]
    return _places(names), np.array(weights, dtype=np.float32)


@lru_cache(maxsize=30_000)
def of_pair(left: str, right: str) -> Places:
    """The same for two words in a row. A Turkish sentence ends with its verb, an English one begins with what it wants: edges say more."""
    names = [f"p:{left} {right}", f"q:{left[:STEM]} {right[:STEM]}"]
    weights = [_OF_PAIR, _OF_STEM_PAIR]
    edges = _edges(left, right)
    names += edges
    weights += [_OF_EDGE] * len(edges)
    return _places(names), np.array(weights, dtype=np.float32)


def _edges(left: str, right: str) -> list[str]:
    if right in _ENDS:
        return [f"e:{left[-size:]}" for size in (2, 3, 4, 5, 7)]
    return [f"f:{right}", f"g:{right[:STEM]}"] if left in _ENDS else []


def pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Every two neighbours; nothing stands before the first and after the last."""
    return list(zip((BREAK, *words), (*words, BREAK), strict=True))


def _parts(word: str) -> Iterator[str]:
    for size in range(_SHORTEST, _LONGEST + 1):
        for start in range(max(len(word) - size + 1, 1)):
            yield word[start : start + size]


def _places(names: list[str]) -> NDArray[np.int64]:
    return np.fromiter((crc32(name.encode()) % N_PLACES for name in names), dtype=np.int64, count=len(names))
