"""Texts as rows of numbers, by the very functions the reader uses, so that nothing is learned that cannot be read."""

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muhatap.reading import hashing, signs, words

Floats = NDArray[np.float32]
LEFT_OUT = 0.3


@dataclass(frozen=True)
class Cut:
    """A text with its words and its signs."""

    words: words.Words
    features: tuple[str, ...]


def cut(text: str) -> Cut:
    found = words.cut(words.cleaned(text))
    return Cut(found, tuple(signs.features(found, signs.met(found))))


def thinned(one: Cut, rng: random.Random) -> Cut:
    """The same with three words in ten left out, so that no single word is leaned on."""
    kept = [n for n in range(len(one.words.bare)) if rng.random() >= LEFT_OUT]
    if not kept:
        return one
    left = words.Words(tuple(one.words.written[n] for n in kept), tuple(one.words.bare[n] for n in kept))
    return Cut(left, tuple(signs.features(left, signs.met(left))))


def bare_cut(text: str) -> Cut:
    """A text of which only the words are asked for."""
    return Cut(words.cut(words.cleaned(text)), ())


def rarity(texts: Sequence[Cut]) -> Floats:
    """How much a place says by being rare (inverse document frequency), for every place of the table."""
    n_texts = np.zeros(hashing.N_PLACES)
    for one in texts:
        places = [hashing.of_word(word)[0] for word in set(one.words.bare)]
        places += [hashing.of_pair(*pair)[0] for pair in set(hashing.pairs(one.words.bare))]
        if places:
            n_texts[np.unique(np.concatenate(places))] += 1
    return (np.log((len(texts) + 1) / (n_texts + 1)) / math.log(len(texts) + 1)).astype(np.float32)


def of_table(texts: Sequence[Cut], rare: Floats) -> sparse.csr_matrix:
    """A column for each place: the words, their parts, and pairs, over the root of how many words there are."""
    indices, values, ends = [], [], [0]
    for one in texts:
        found = one.words.bare
        pieces = [hashing.of_word(word) for word in found] + [hashing.of_pair(*pair) for pair in hashing.pairs(found)]
        n = max(len(found), 1) ** 0.5
        indices += [places for places, _ in pieces]
        values += [weights / n for _, weights in pieces]
        ends.append(ends[-1] + sum(len(places) for places, _ in pieces))
    place = np.concatenate(indices)
    made = sparse.csr_matrix((np.concatenate(values) * rare[place], place, ends), shape=(len(texts), hashing.N_PLACES))
    made.sum_duplicates()
    return made


def of_signs(texts: Sequence[Cut]) -> sparse.csr_matrix:
    """A column for each sign, pair of signs and shape."""
    rows = [(n, signs.PLACE[name]) for n, one in enumerate(texts) for name in one.features]
    row, column = zip(*rows, strict=True)
    return sparse.csr_matrix((np.ones(len(rows), np.float32), (row, column)), shape=(len(texts), len(signs.NAMES)))


def of_meaning(texts: Sequence[Cut], meaning: Mapping[str, Floats], width: int) -> Floats:
    """The sum of what its words mean, over the root of how many there are."""
    made = np.zeros((len(texts), width), dtype=np.float32)
    for n, one in enumerate(texts):
        known = [meaning[word] for word in one.words.bare if word in meaning]
        if known:
            made[n] = np.sum(known, axis=0) / max(len(one.words.bare), 1) ** 0.5
    return made


def vocabulary(texts: Sequence[Cut]) -> dict[str, str]:
    """Each bare word that is met, and how it is written most."""
    spelled: dict[str, Counter[str]] = {}
    for one in texts:
        for written, bare in zip(one.words.written, one.words.bare, strict=True):
            if bare.isalnum() and not bare.isdigit():
                spelled.setdefault(bare, Counter())[written.lower()] += 1
    return {bare: forms.most_common(1)[0][0] for bare, forms in spelled.items()}
