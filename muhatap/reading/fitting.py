"""How a layer comes of messages and what people said of them: a logistic regression over likeness, with the model's log odds as offset."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from muhatap.reading.layer import Layer, know
from muhatap.reading.model import Floats
from muhatap.reading.points import Point

_LOOSE = 0.01  # how freely single messages speak: less follows each of them more closely
_TURNS = 150
# What was learned draws messages away from an answer that nobody gave yet, and of which the model knows no more than a name: so many log
# odds are leaned back to it, none once it was given often. Chosen on 77 topics of a bank by 200 corrections (docs/guides/reading.md).
_SELDOM, _OFTEN = 1.5, 4


@dataclass(frozen=True, kw_only=True)
class Example:
    """A message, the log odds the model gives each answer, and the answer people gave it or left.

    `standing` are the log odds as they are read by the layer in use, None of what that has learned from. An answer that was left but
    came from a layer is learned from and says nothing of how good the model is; beside the layer in use it counts.
    """

    point: Point
    mood: Floats
    base: Floats
    answer: str
    is_corrected: bool = True
    is_judged: bool = True
    standing: Floats | None = None


@dataclass(frozen=True)
class Taught:
    """Examples as arrays; `firm` is how much the model's word counts beside, and `by_name` says of each answer whether the model knows no
    more of it than a name.
    """

    firm: float
    by_name: NDArray[np.bool_]
    points: Sequence[Point]
    moods: Floats
    base: Floats
    answers: NDArray[np.int64]
    standing: Floats
    is_judged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.answers)

    def of(self, those: NDArray[np.bool_]) -> "Taught":
        points = [point for point, is_of in zip(self.points, those, strict=True) if is_of]
        return Taught(self.firm, self.by_name, points, *(getattr(self, one.name)[those] for one in fields(self)[3:]))


def as_taught(examples: Sequence[Example], answers: Sequence[str], *, firm: float, by_name: Collection[str]) -> Taught:
    place = {name: n for n, name in enumerate(answers)}
    unknown = np.full(len(answers), np.nan, dtype=np.float32)
    return Taught(
        firm,
        np.array([name in by_name for name in answers]),
        [one.point for one in examples],
        np.stack([one.mood for one in examples]).astype(np.float32),
        firm * np.stack([one.base for one in examples]).astype(np.float32),
        np.array([place[one.answer] for one in examples]),
        np.stack([unknown if one.standing is None else one.standing for one in examples]).astype(np.float32),
        np.array([one.is_judged for one in examples], dtype=bool),
    )


def fit(given: Taught, answers: Sequence[str]) -> Layer:
    """A layer that explains these answers, no more than they bear."""
    known = know(given.points, given.moods)
    alike = known.among(given.points, given.moods)
    alike = ((alike + alike.T) / 2).astype(np.float32)
    wanted = np.eye(len(answers), dtype=np.float32)[given.answers]
    steepest = 0.5 * float(np.abs(alike).sum(axis=1).max()) + _LOOSE
    pull = ahead = np.zeros_like(wanted)
    for turn in range(_TURNS):
        off = chances(given.base + alike @ ahead) - wanted
        moved = (ahead - (off + _LOOSE * ahead) / steepest).astype(np.float32, copy=False)
        ahead = (moved + (turn / (turn + 3)) * (moved - pull)).astype(np.float32, copy=False)
        pull = moved
    return Layer(tuple(answers), known, pull, _back_to_seldom(given), given.firm)


def _back_to_seldom(given: Taught) -> Floats:
    often = np.bincount(given.answers, minlength=len(given.by_name)) / _OFTEN
    lean: Floats = (_SELDOM * given.by_name * np.maximum(0, 1 - often)).astype(np.float32)
    return lean


def chances(odds: Floats) -> Floats:
    raised = np.exp(odds - odds.max(axis=-1, keepdims=True))
    told: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return told
