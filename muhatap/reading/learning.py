"""Learning from what people said of readings: a layer on top of the model, judged on corrections it has not seen, in the order of time.

How strongly it speaks is chosen on the earlier of them (the strongest that is hardly worse than the best), and what is told is how it
reads the last. A layer that is in use already is judged as well, on what it has not seen; the new one is used only where it is no worse.

What people left as it was counts as well: whoever only heard of mistakes would unlearn what was right. Where the layer is not
clearly worth it, it is not used, and says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from math import sqrt

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
_STRENGTHS = (1.0, 0.6, 0.3)  # the strongest first
_LEANS, _LEAN = 6, 0.3  # how often, and by how much log odds, an answer that fell is leaned to
_FEW, _BY_CHANCE = 20, 2.5  # of fewer nobody can say whether it is more than chance; by how many spreads it is
_LOOSE = 0.01  # how freely single messages speak: less follows each of them more closely
_TURNS = 150


@dataclass(frozen=True, kw_only=True)
class Example:
    """A message, the log odds the model gives each answer, and the answer people gave it or left.

    `standing` are the log odds as they are read by the layer in use, None of what that has learned from. An answer that was left but
    came from a layer is learned from, and is not judged by.
    """

    point: Point
    mood: Floats
    base: Floats
    answer: str
    is_corrected: bool = True
    is_judged: bool = True
    standing: Floats | None = None
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What came of it. `before` and `after` are shares read right of the last block, without it and with it; where the layer in use
    reads better, of what that had not seen, with the one and the other. `why` is a code.
    """

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
    standing: Floats
    is_judged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.answers)

    def part(self, start: int, end: int) -> "_Set":
        cut = slice(start, end)
        return _Set(
            self.points[cut],
            self.moods[cut],
            self.base[cut],
            self.answers[cut],
            self.weights[cut],
            self.standing[cut],
            self.is_judged[cut],
        )


def learn(examples: Sequence[Example], answers: Sequence[str], *, firm: float = layer.FIRM) -> Learned:
    """A layer from examples in the order of time, and whether it is worth using; `firm` is how much the model's word counts beside."""
    given = list(examples)[-MOST:]
    n_corrections = sum(one.is_corrected for one in given)
    if n_corrections < FEWEST:
        return Learned(layer=None, n_corrections=n_corrections)
    whole = _as_set(given, answers, firm)
    held = _held_back(whole, answers)
    judged = held.of(held.is_judged)
    earlier, last = judged.of(~judged.is_last), judged.of(judged.is_last)
    tried = [_leaning(earlier, strength, answers) for strength in _STRENGTHS]
    chosen, strength, lean = _strongest(tried, len(earlier.answers))
    fitted = fit(whole, answers)
    temperature = _temperature(judged, strength, lean)
    weaker = replace(fitted, pull=fitted.pull * strength, lean=lean, firm=firm, temperature=temperature)
    told = _judged(last, strength, lean, answers)
    if _is_chance(judged):
        told = replace(told, is_used=False, why="worse" if told.why == "worse" else "noise")
    elif not chosen.is_used:
        told = replace(told, is_used=False, why=chosen.why)
    if told.is_used:
        told = _beside_standing(held.of(held.is_last & ~np.isnan(held.standing).any(axis=1)), strength, lean, told)
    return replace(told, layer=weaker, n_corrections=n_corrections)


def _beside_standing(new: "_Held", strength: float, lean: Floats, told: Learned) -> Learned:
    """Not used where the layer in use reads what neither has seen better, as far as one can say."""
    if not len(new.answers):
        return told
    before = _share(new.standing.argmax(axis=1) == new.answers, new.weights)
    after = _share(new.told(strength, lean) == new.answers, new.weights)
    if before - after <= _hardly(len(new.answers)):
        return told
    return replace(
        told, before=before, after=after, n_held_back=len(new.answers), is_used=False, why="worse", classes={}
    )


def _hardly(n: int) -> float:
    """A difference of shares that so many messages can hardly tell from none."""
    return max(MOST_LOST, 1.5 / max(n, 1))


def _strongest(tried: Sequence[tuple[Learned, float, Floats]], n: int) -> tuple[Learned, float, Floats]:
    """The strongest that reads hardly worse than the best: what is held back is read by less than will be known, so strength shows too little."""
    best = max((one.is_used, one.after) for one, _, _ in tried)
    return next(one for one in tried if one[0].is_used == best[0] and best[1] - one[0].after <= _hardly(n))


def _leaning(held: "_Held", strength: float, answers: Sequence[str]) -> tuple[Learned, float, Floats]:
    """Judged with so much strength; answers that fall are leaned to until they do not, or it is no use."""
    lean = np.zeros(len(answers), dtype=np.float32)
    best = _judged(held, strength, lean, answers), strength, lean
    for _turn in range(_LEANS):
        fallen = [name in _fallen(best[0].classes) for name in answers]
        if not any(fallen):
            break
        lean = lean + _LEAN * np.array(fallen, dtype=np.float32)
        told = _judged(held, strength, lean, answers), strength, lean
        best = told if (told[0].is_used, told[0].after) >= (best[0].is_used, best[0].after - MOST_LOST) else best
    return best


@dataclass(frozen=True)
class _Held:
    """What was held back: the model's log odds, what a layer that had not seen it adds, and the answers."""

    base: Floats
    added: Floats
    answers: NDArray[np.int64]
    weights: Floats
    standing: Floats
    is_judged: NDArray[np.bool_]
    is_last: NDArray[np.bool_]

    def of(self, those: NDArray[np.bool_]) -> "_Held":
        return _Held(*(getattr(self, one.name)[those] for one in fields(self)))

    def told(self, strength: float, lean: Floats) -> NDArray[np.int64]:
        """The answers, by their places, with so much of what was learned."""
        told: NDArray[np.int64] = (self.base + strength * self.added + lean).argmax(axis=1)
        return told


def fit(given: _Set, answers: Sequence[str]) -> Layer:
    """A layer that explains these answers, no more than they bear."""
    known = know(given.points, given.moods)
    alike = known.among(given.points, given.moods)
    alike = ((alike + alike.T) / 2).astype(np.float32)
    wanted = np.eye(len(answers), dtype=np.float32)[given.answers]
    steepest = 0.5 * float(given.weights.max()) * float(np.abs(alike).sum(axis=1).max()) + _LOOSE
    pull = ahead = np.zeros_like(wanted)
    for turn in range(_TURNS):
        off = given.weights[:, None] * (_chances(given.base + alike @ ahead) - wanted)
        moved = ahead - (off + _LOOSE * ahead) / steepest
        ahead = moved + (turn / (turn + 3)) * (moved - pull)
        pull = moved
    return Layer(tuple(answers), known, pull, np.zeros(len(answers), dtype=np.float32))


def _held_back(whole: _Set, answers: Sequence[str]) -> _Held:
    """Each block read by what was learned from those before it. Of what is judged as much stands in each."""
    judged = np.flatnonzero(whole.is_judged)
    parts = {max(1, round(len(judged) * (k + 1) / _BLOCKS)) for k in range(_BLOCKS)}
    ends = [*(int(judged[part - 1]) + 1 for part in sorted(parts)[:-1]), len(whole)]
    added = []
    for start, end in pairwise(ends):
        told, block = fit(whole.part(0, start), answers), whole.part(start, end)
        added.append(told.known.among(block.points, block.moods) @ told.pull)
    rest = whole.part(ends[0], len(whole))
    is_last = np.arange(ends[0], len(whole)) >= ends[-2]
    return _Held(rest.base, np.concatenate(added), rest.answers, rest.weights, rest.standing, rest.is_judged, is_last)


def _judged(held: _Held, strength: float, lean: Floats, answers: Sequence[str]) -> Learned:
    was, now = held.base.argmax(axis=1) == held.answers, held.told(strength, lean) == held.answers
    before, after = _share(was, held.weights), _share(now, held.weights)
    classes = {}
    for n, name in enumerate(answers):
        mine = held.answers == n
        if mine.any():
            classes[name] = (int(mine.sum()), float(was[mine].mean()), float(now[mine].mean()))
    why = _why(before, after, fell=bool(_fallen(classes)))
    return Learned(
        layer=None,
        n_corrections=0,
        n_held_back=len(held.answers),
        before=before,
        after=after,
        is_used=why in ("better", "no_worse"),
        why=why,
        classes=classes,
    )


def _why(before: float, after: float, *, fell: bool) -> str:
    if before - after > MOST_LOST:
        return "worse"
    if fell:
        return "class_fell"
    return "better" if after > before else "no_worse"


def _fallen(classes: Mapping[str, tuple[int, float, float]]) -> list[str]:
    """Answers that are read worse than before, as far as one can say."""
    return [
        name
        for name, (n, old, new) in classes.items()
        if n >= FEWEST_OF_CLASS and old - new > max(MOST_FALLEN, 1.5 / n)
    ]


def _is_chance(held: _Held) -> bool:
    """Whether, where the model reads otherwise than people, what was learned speaks no more for their answers than for the same answers
    dealt among these messages by chance (Hoeffding, "A combinatorial central limit theorem", 1951): then what they said has no pattern,
    or none yet. Nothing is chosen for it, so all that was held back is asked. Where they said but one thing nobody can tell.
    """
    wrong = held.base.argmax(axis=1) != held.answers
    n = int(wrong.sum())
    if n < _FEW:
        return False
    added, theirs = held.added[wrong].astype(np.float64), held.answers[wrong]
    often = np.bincount(theirs, minlength=added.shape[1])
    mean, of_message = added.mean(axis=0), added @ (often / n)
    off = added - mean - of_message[:, None] + mean @ (often / n)
    spread = sqrt(float(((off**2) @ often).sum()) / (n - 1))
    return spread > 0 and float(off[np.arange(n), theirs].sum()) < _BY_CHANCE * spread


def _temperature(held: _Held, strength: float, lean: Floats) -> float:
    """By how much the log odds are to be divided so that of answers told with 0.7 seven in ten are right."""
    odds, rows = held.base + strength * held.added + lean, np.arange(len(held.answers))

    def loss(temperature: float) -> float:
        return -float(np.log(_chances(odds / temperature)[rows, held.answers] + 1e-9).mean())

    return min((0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0), key=loss)


def _as_set(examples: Sequence[Example], answers: Sequence[str], firm: float) -> _Set:
    place = {name: n for n, name in enumerate(answers)}
    unknown = np.full(len(answers), np.nan, dtype=np.float32)
    return _Set(
        [one.point for one in examples],
        np.stack([one.mood for one in examples]).astype(np.float32),
        firm * np.stack([one.base for one in examples]).astype(np.float32),
        np.array([place[one.answer] for one in examples]),
        np.array([one.weight for one in examples], dtype=np.float32),
        np.stack([unknown if one.standing is None else one.standing for one in examples]).astype(np.float32),
        np.array([one.is_judged for one in examples], dtype=bool),
    )


def _share(right: NDArray[np.bool_], weights: Floats) -> float:
    return float((right * weights).sum() / weights.sum())


def _chances(odds: Floats) -> Floats:
    raised = np.exp(odds - odds.max(axis=-1, keepdims=True))
    told: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return told


__all__ = ["Example", "Layer", "Learned", "layer", "learn"]
