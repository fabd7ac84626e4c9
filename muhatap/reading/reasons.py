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
LEARNED = "learned"  # the sign of words that stand in messages somebody corrected, or mean what these mean
NAMED = "named"  # the sign of words that say or mean what the topic's name does
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
    for place in _with_meaning(words):
        yield float(of_word[place]), [place], ""


def _written(words: Words, places: list[int]) -> str:
    """Neighbours together, a gap between others."""
    told = ""
    for before, place in zip([places[0], *places], places, strict=False):
        told += ("" if not told else " " if place - before <= 1 else " … ") + words.written[place].strip()
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def of_likeness(task: str, words: Words, drawn: Mapping[int, float], meant: NDArray[np.float32]) -> list[Reason]:
    """The words that speak for an answer because messages people spoke about have them too (`drawn`, of each place) or mean the same
    (`meant`, of each word).
    """
    worth = meant.copy()
    for place in _with_meaning(words):
        worth[place] += sum(drawn.get(one, 0.0) for one in set(hashing.of_word(words.bare[place])[0].tolist()))
    return _best(task, words, worth, LEARNED, _LEAST_LIKE)


def of_name(task: str, words: Words, worth: NDArray[np.float32]) -> list[Reason]:
    """The words that speak for a topic by its name, by what each is worth."""
    return _best(task, words, worth, NAMED, _LEAST)


def _best(task: str, words: Words, worth: NDArray[np.float32], sign: str, least: float) -> list[Reason]:
    best = sorted(_with_meaning(words), key=lambda place: -worth[place])[: MOST[task]]
    return [
        Reason(task, words.written[place][:_LONGEST], sign, round(float(worth[place]), 3))
        for place in best
        if worth[place] > least
    ]


def _with_meaning(words: Words) -> list[int]:
    """The places of what is no number and no punctuation."""
    return [place for place, word in enumerate(words.bare) if word[0].isalpha() or not word.isascii()]
