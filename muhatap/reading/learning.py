"""Learning from what people said of readings: a layer on top of the model, judged on corrections it has not seen.

They are cut into blocks in the order of time, and each is read by what was learned from the others, as strongly as the others choose (the
strongest that is hardly worse than the best). All of them decide together, and the newest may not be clearly worse. A layer that is in use
already is judged as well, on what it has not seen; the new one is used only where it is no worse.

What people left as it was counts as well: whoever only heard of mistakes would unlearn what was right. Where the layer is not
clearly worth it, it is not used, and says why.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from muhatap.reading.fitting import Example, Taught, as_taught, chances, fit
from muhatap.reading.layer import FIRM, Layer
from muhatap.reading.model import Floats

FEWEST = 3  # corrections; of fewer nothing is learned
MOST = 3_000  # messages, the newest
MOST_LOST = 0.005  # of accuracy on what was held back; a layer that loses more is not used
MOST_FALLEN, FEWEST_OF_CLASS = 0.03, 12  # of the messages of one answer, and of how many we can say so
_BLOCKS = 5
_STRENGTHS = (1.0, 0.6, 0.3)  # the strongest first
_LEANS, _LEAN = 6, 0.3  # how often, and by how much log odds, an answer that fell is leaned to
_FEW, _BY_CHANCE = 20, 2.5  # of fewer nobody can say whether it is more than chance; by how many spreads it is
_MUCH = 0.08  # of accuracy; where less is won, a fall that may be chance is reason enough not to use it
_CLEARLY = 1.64  # spreads; more is worse one time in twenty by chance


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What came of it. `before` and `after` are shares read right of what was held back, without it and with it; where the newest of
    that are read worse, of these; where the layer in use reads better, of what that had not seen, with the one and the other. `held_back`
    are the places of these among the examples. `why` is a code.
    """

    layer: Layer | None
    n_corrections: int
    held_back: tuple[int, ...] = ()
    before: float = 0.0
    after: float = 0.0
    is_used: bool = False
    why: str = "too_few"
    classes: Mapping[str, tuple[int, float, float]] = field(default_factory=dict)

    @property
    def n_held_back(self) -> int:
        return len(self.held_back)


def learn(
    examples: Sequence[Example], answers: Sequence[str], *, firm: float = FIRM, by_name: Collection[str] = ()
) -> Learned:
    """A layer from examples in the order of time, and whether it is worth using. `firm` is how much the model's word counts beside, and
    `by_name` are answers of which it knows no more than a name, as of a company's own topics.
    """
    given = list(examples)[-MOST:]
    n_corrections = sum(one.is_corrected for one in given)
    if n_corrections < FEWEST:
        return Learned(layer=None, n_corrections=n_corrections)
    whole = as_taught(given, answers, firm=firm, by_name=by_name)
    held = _held_back(whole, answers, first=len(examples) - len(given))
    judged = held.of(held.is_judged)
    strength, lean = _chosen(judged, answers)
    told = _told(judged, answers)
    if told.is_used and _is_chance(judged):
        told = replace(told, is_used=False, why="noise")
    if told.is_used:
        told = _beside_standing(held.of(held.is_last & ~np.isnan(held.standing).any(axis=1)), strength, lean, told)
    fitted, temperature = fit(whole, answers), _temperature(judged, strength, lean)
    weaker = replace(fitted, pull=strength * fitted.pull, lean=strength * fitted.lean + lean, temperature=temperature)
    return replace(told, layer=weaker, n_corrections=n_corrections)


def _chosen(held: "_Held", answers: Sequence[str]) -> tuple[float, Floats]:
    """The greatest strength that reads hardly worse than the best, and how much is leaned to answers that fell by it: what is held back is
    read by less than will be known, so strength shows too little.
    """
    tried = [_leaning(held, strength, answers) for strength in _STRENGTHS]
    best = max((told.is_used, told.after) for told, _, _ in tried)
    hardly = _hardly(len(held.answers))
    near = next(one for one in tried if one[0].is_used == best[0] and best[1] - one[0].after <= hardly)
    return near[1:]


def _told(held: "_Held", answers: Sequence[str]) -> Learned:
    """How each block is read as the others choose; where the newest is read clearly worse, how that is read."""
    now = np.zeros_like(held.answers)
    for block in np.unique(held.block):
        is_mine = held.block == block
        now[is_mine] = held.of(is_mine).told(*_chosen(held.of(~is_mine), answers))
    told, is_last = _judged(held, now, answers), held.is_last
    if told.is_used and _is_clearly_worse(held.of(is_last), now[is_last]):
        return replace(_judged(held.of(is_last), now[is_last], answers), is_used=False, why="worse")
    return told


def _fell_clearly(held: "_Held", now: NDArray[np.int64], answer: int) -> bool:
    mine = held.answers == answer
    return _is_clearly_worse(held.of(mine), now[mine])


def _is_clearly_worse(held: "_Held", now: NDArray[np.int64]) -> bool:
    """Whether more answers turned wrong than right, by more than chance explains (McNemar, Psychometrika 12, 1947)."""
    turned = (now == held.answers).astype(int) - (held.base.argmax(axis=1) == held.answers).astype(int)
    return float(turned.sum()) < -_CLEARLY * sqrt(float((turned**2).sum()))


def _beside_standing(new: "_Held", strength: float, lean: Floats, told: Learned) -> Learned:
    """Not used where the layer in use reads what neither has seen better, as far as one can say. What people left of what that read
    counts here: what they corrected is mostly its mistakes, and of these alone every other layer looks better.
    """
    if not len(new.answers):
        return told
    before = float((new.standing.argmax(axis=1) == new.answers).mean())
    after = float((new.told(strength, lean) == new.answers).mean())
    if before - after <= _hardly(len(new.answers)):
        return told
    return replace(told, before=before, after=after, held_back=new.places, is_used=False, why="worse", classes={})


def _hardly(n: int) -> float:
    """A difference of shares that so many messages can hardly tell from none."""
    return max(MOST_LOST, 1.5 / max(n, 1))


def _leaning(held: "_Held", strength: float, answers: Sequence[str]) -> tuple[Learned, float, Floats]:
    """Judged with so much strength; answers that fall are leaned to until they do not, or it is no use."""
    lean = np.zeros(len(answers), dtype=np.float32)
    best = _judged(held, held.told(strength, lean), answers), strength, lean
    for _turn in range(_LEANS):
        fell = [name in fallen(best[0].classes) for name in answers]
        if not any(fell):
            break
        lean = lean + _LEAN * np.array(fell, dtype=np.float32)
        told = _judged(held, held.told(strength, lean), answers), strength, lean
        best = told if (told[0].is_used, told[0].after) >= (best[0].is_used, best[0].after - MOST_LOST) else best
    return best


@dataclass(frozen=True)
class _Held:
    """What was held back: its places, the model's log odds, what a layer that had not seen it adds, and the answers."""

    place: NDArray[np.int64]
    base: Floats
    added: Floats
    answers: NDArray[np.int64]
    standing: Floats
    is_judged: NDArray[np.bool_]
    block: NDArray[np.int64]

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(self.place.tolist())

    @property
    def is_last(self) -> NDArray[np.bool_]:
        is_last: NDArray[np.bool_] = self.block == self.block.max()
        return is_last

    def of(self, those: NDArray[np.bool_]) -> "_Held":
        return _Held(*(getattr(self, one.name)[those] for one in fields(self)))

    def told(self, strength: float, lean: Floats) -> NDArray[np.int64]:
        """The answers, by their places, with so much of what was learned."""
        told: NDArray[np.int64] = (self.base + strength * self.added + lean).argmax(axis=1)
        return told


def _held_back(whole: Taught, answers: Sequence[str], *, first: int) -> _Held:
    """Each block read by what was learned from the others. Of what is judged as much stands in each. `first` is the place of the oldest."""
    judged = np.flatnonzero(whole.is_judged)
    parts = {max(1, round(len(judged) * (k + 1) / _BLOCKS)) for k in range(_BLOCKS)}
    ends = [0, *(int(judged[part - 1]) + 1 for part in sorted(parts)[:-1]), len(whole)]
    place, added = np.arange(len(whole)), []
    for start, end in pairwise(ends):
        is_held = (place >= start) & (place < end)
        told, block = fit(whole.of(~is_held), answers), whole.of(is_held)
        added.append(told.known.among(block.points, block.moods) @ told.pull + told.lean)
    block_of = np.searchsorted(ends[1:-1], place, side="right")
    return _Held(
        first + place,
        whole.base,
        np.concatenate(added),
        whole.answers,
        whole.standing,
        whole.is_judged,
        block_of,
    )


def _judged(held: _Held, told: NDArray[np.int64], answers: Sequence[str]) -> Learned:
    was, now = held.base.argmax(axis=1) == held.answers, told == held.answers
    before, after = float(was.mean()), float(now.mean())
    classes = {}
    for n, name in enumerate(answers):
        mine = held.answers == n
        if mine.any():
            classes[name] = (int(mine.sum()), float(was[mine].mean()), float(now[mine].mean()))
    is_much = after - before >= _MUCH
    fell = [name for name in fallen(classes) if not is_much or _fell_clearly(held, told, answers.index(name))]
    why = _why(before, after, fell=bool(fell))
    return Learned(
        layer=None,
        n_corrections=0,
        held_back=held.places,
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


def fallen(classes: Mapping[str, tuple[int, float, float]]) -> list[str]:
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
        return -float(np.log(chances(odds / temperature)[rows, held.answers] + 1e-9).mean())

    return min((0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0), key=loss)


__all__ = ["Example", "Layer", "Learned", "fallen", "learn"]
