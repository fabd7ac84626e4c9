"""Learning from what people said of readings: a layer on top of the model, judged on corrections it has not seen, in the order of time.

What people left as it was counts as well: whoever only heard of mistakes would unlearn what was right. Where the layer is not
clearly worth it, it is not used, and says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from muhatap.reading import layer
from muhatap.reading.layer import Layer, know
from muhatap.reading.model import Floats
from muhatap.reading.points import Point

FEWEST = 3  # corrections; of fewer nothing is learned
MOST = 3_000  # messages, the newest
MOST_LOST = 0.005  # of accuracy on what was held back; a layer that loses more is not used
MOST_FALLEN, FEWEST_OF_CLASS = 0.03, 12  # of the messages of one answer, and of how many we can say so
_BLOCKS = 5  # in the order of time: each is read by what was learned from those before it
_STRENGTHS = (1.0, 0.6, 0.3)
_LOOSE = 0.02  # how freely single messages speak: less follows each of them more closely
_TURNS = 150


@dataclass(frozen=True, kw_only=True)
class Example:
    """A message, the log odds the model gives each answer, and the answer people gave it or left."""

    point: Point
    mood: Floats
    base: Floats
    answer: str
    is_corrected: bool = True
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What came of it. `before` and `after` are shares read right of what was held back; `why` is a code."""

    layer: Layer | None
    n_corrections: int
    n_held_back: int = 0
    before: float = 0.0
    after: float = 0.0
    is_used: bool = False
    why: str = "too_few"
    classes: Mapping[str, tuple[int, float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Set:
    """Examples as arrays."""

    points: Sequence[Point]
    moods: Floats
    base: Floats
    answers: NDArray[np.int64]
    weights: Floats

    def __len__(self) -> int:
        return len(self.answers)

    def part(self, start: int, end: int) -> "_Set":
        cut = slice(start, end)
        return _Set(self.points[cut], self.moods[cut], self.base[cut], self.answers[cut], self.weights[cut])


def learn(examples: Sequence[Example], answers: Sequence[str]) -> Learned:
    """A layer from examples in the order of time, and whether it is worth using."""
    given = list(examples)[-MOST:]
    n_corrections = sum(one.is_corrected for one in given)
    if n_corrections < FEWEST:
        return Learned(layer=None, n_corrections=n_corrections)
    whole = _as_set(given, answers)
    held = _held_back(whole, answers)
    tried = [_judged(held, strength, answers) for strength in _STRENGTHS]
    best = max(tried, key=lambda one: (one.is_used, one.after))
    strength = _STRENGTHS[tried.index(best)]
    fitted = fit(whole, answers)
    weaker = replace(fitted, pull=fitted.pull * strength, temperature=_temperature(held, strength))
    return replace(best, layer=weaker, n_corrections=n_corrections)


@dataclass(frozen=True)
class _Held:
    """What was held back: the model's log odds, what a layer that had not seen it adds, and the answers."""

    base: Floats
    added: Floats
    answers: NDArray[np.int64]
    weights: Floats


def fit(given: _Set, answers: Sequence[str]) -> Layer:
    """A layer that explains these answers, no more than they bear."""
    known = know(given.points, given.moods)
    alike = np.stack([known.likeness(*one) for one in zip(given.points, given.moods, strict=True)])
    alike = ((alike + alike.T) / 2).astype(np.float32)
    wanted = np.eye(len(answers), dtype=np.float32)[given.answers]
    steepest = 0.5 * float(given.weights.max()) * float(np.abs(alike).sum(axis=1).max()) + _LOOSE
    pull = ahead = np.zeros_like(wanted)
    for turn in range(_TURNS):
        off = given.weights[:, None] * (_chances(given.base + alike @ ahead) - wanted)
        moved = ahead - (off + _LOOSE * ahead) / steepest
        ahead = moved + (turn / (turn + 3)) * (moved - pull)
        pull = moved
    return Layer(tuple(answers), known, pull)


def _held_back(whole: _Set, answers: Sequence[str]) -> _Held:
    """Each block read by what was learned from those before it."""
    n = len(whole)
    ends = sorted({max(1, round(n * (k + 1) / _BLOCKS)) for k in range(_BLOCKS)})
    added = []
    for start, end in pairwise(ends):
        told, block = fit(whole.part(0, start), answers), whole.part(start, end)
        alike = np.stack([told.known.likeness(*one) for one in zip(block.points, block.moods, strict=True)])
        added.append(alike @ told.pull)
    rest = whole.part(ends[0], n)
    return _Held(rest.base, np.concatenate(added), rest.answers, rest.weights)


def _judged(held: _Held, strength: float, answers: Sequence[str]) -> Learned:
    was = held.base.argmax(axis=1) == held.answers
    now = (held.base + strength * held.added).argmax(axis=1) == held.answers
    before, after = _share(was, held.weights), _share(now, held.weights)
    classes = {}
    for n, name in enumerate(answers):
        mine = held.answers == n
        if mine.any():
            classes[name] = (int(mine.sum()), float(was[mine].mean()), float(now[mine].mean()))
    fell = any(n >= FEWEST_OF_CLASS and old - new > MOST_FALLEN for n, old, new in classes.values())
    worse = before - after > MOST_LOST
    why = "worse" if worse else "class_fell" if fell else "better" if after > before else "no_worse"
    return Learned(
        layer=None,
        n_corrections=0,
        n_held_back=len(held.answers),
        before=before,
        after=after,
        is_used=not (worse or fell),
        why=why,
        classes=classes,
    )


def _temperature(held: _Held, strength: float) -> float:
    """By how much the log odds are to be divided so that of answers told with 0.7 seven in ten are right."""
    odds, rows = held.base + strength * held.added, np.arange(len(held.answers))

    def loss(temperature: float) -> float:
        return -float(np.log(_chances(odds / temperature)[rows, held.answers] + 1e-9).mean())

    return min((0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0), key=loss)


def _as_set(examples: Sequence[Example], answers: Sequence[str]) -> _Set:
    place = {name: n for n, name in enumerate(answers)}
    return _Set(
        [one.point for one in examples],
        np.stack([one.mood for one in examples]).astype(np.float32),
        np.stack([one.base for one in examples]).astype(np.float32),
        np.array([place[one.answer] for one in examples]),
        np.array([one.weight for one in examples], dtype=np.float32),
    )


def _share(right: NDArray[np.bool_], weights: Floats) -> float:
    return float((right * weights).sum() / weights.sum())


def _chances(odds: Floats) -> Floats:
    raised = np.exp(odds - odds.max(axis=-1, keepdims=True))
    told: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return told


__all__ = ["Example", "Layer", "Learned", "layer", "learn"]
