"""The words that decided: what each added to the answer, strongest first, with the sign it is where it is one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muhatap.reading import hashing, signs
from muhatap.reading.words import Words

MOST = {"kind": 4, "urgency": 3, "sentiment": 3, "topic": 3}
_LEAST = 0.08  # log odds; less decides nothing
_LEAST_LIKE = 0.01
LEARNED = "learned"  # the sign of words that stand in messages somebody corrected
_LONGEST = 80  # characters of a phrase


@dataclass(frozen=True)
class Reason:
    """These words, as they were written, spoke for the answer about this matter; `sign` names what they are known to tell."""

    about: str
    words: str
    sign: str = ""
    weight: float = 0.0


def of(
    task: str, words: Words, shown: Mapping[str, list[int]], of_word: NDArray[np.float32], of_sign: Mapping[str, float]
) -> list[Reason]:
    """At most a few, each word told once."""
    told: list[Reason] = []
    seen: set[int] = set()
    for weight, places, sign in sorted(_claims(words, shown, of_word, of_sign), key=lambda claim: -claim[0]):
        if weight < _LEAST or len(told) == MOST[task]:
            break
        if not seen.issuperset(places):
            told.append(Reason(task, _written(words, places), sign, round(weight, 3)))
            seen.update(places)
    return told


def _claims(
    words: Words, shown: Mapping[str, list[int]], of_word: NDArray[np.float32], of_sign: Mapping[str, float]
) -> Iterator[tuple[float, list[int], str]]:
    """Every sign with what it and its words add; every word with a meaning of its own."""
    for name, places in shown.items():
        if name in signs.SIGNS and of_sign.get(name, 0.0) > 0:
            yield of_sign[name] + float(of_word[places].sum()), places, name
    for place, word in enumerate(words.bare):
        if word[0].isalpha() or not word.isascii():
            yield float(of_word[place]), [place], ""


def _written(words: Words, places: list[int]) -> str:
    """Neighbours together, a gap between others."""
    told = ""
    for before, place in zip([places[0], *places], places, strict=False):
        told += ("" if not told else " " if place - before <= 1 else " … ") + words.written[place].strip()
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def of_likeness(task: str, words: Words, drawn: Mapping[int, float]) -> list[Reason]:
    """The words that speak for an answer because messages people spoke about have them too."""
    worth = []
    for place, word in enumerate(words.bare):
        if word[0].isalpha() or not word.isascii():
            mine = set(hashing.of_word(word)[0].tolist())
            worth.append((sum(drawn.get(one, 0.0) for one in mine), place))
    best = sorted(worth, key=lambda one: -one[0])[: MOST[task]]
    return [
        Reason(task, words.written[place][:_LONGEST], LEARNED, round(weight, 3))
        for weight, place in best
        if weight > _LEAST_LIKE
    ]
