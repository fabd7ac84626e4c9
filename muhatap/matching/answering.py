"""What people answered about pairs corrects the weights: a few bits more or less for each level, and for the start.

A logistic layer over the levels that were compared, with the model's own weight as its offset and a normal prior that pulls
every correction to nought (ridge regression in log odds; le Cessie and van Houwelingen 1992). Which pairs were asked about
depends on what was compared, never on the truth, so the choice as such biases nothing (King and Zeng 2001, section 5); yet crowded
groups are not like the rest, so the order must not take all questions from them (duplicates.worth).

A level's correction is added to the sums against strangers and against relatives: the total then moves by just that
(`Model.total` is their soft minimum), and the corrected model is a model like any other, for Python, DuckDB and Spark. What
speaks against joining two groups stays as the data say it: corrected too, it would part what belongs together.
"""

import hashlib
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from muhatap.matching import comparing
from muhatap.matching.comparing import Levels
from muhatap.matching.model import Model, speaks

Floats = NDArray[np.float64]
START = "prior"
SPREAD = 1.5  # bits: how far a correction lies from nought before anything is said
FEWEST = 40  # answers; below, nothing is corrected
FOLDS = 5
FEWEST_FOLDS = 3  # with patterns in them: what was never held back is not known to help
_ROUNDS = 25


@dataclass(frozen=True)
class Answered:
    """One answered pair: what was found of each field that could be compared, by name, so that it stays true when levels are added;
    the bits it had with the model that is to be corrected; what people said."""

    levels: Mapping[str, str]
    weight: float
    is_same: bool


@dataclass(frozen=True)
class Learned:
    """Corrections by "field level", and the losses of answers held back (bits an answer) with the model as it was and corrected."""

    bits: Mapping[str, float]
    n_answers: int
    loss_before: float
    loss_after: float

    @property
    def is_better(self) -> bool:
        return bool(self.bits) and self.loss_after <= self.loss_before


def fingerprint(model: Model) -> str:
    """Names a model by what is in it."""
    return hashlib.sha256(model.to_json().encode()).hexdigest()[:12]


def weight(told: Mapping[str, str], model: Model) -> float:
    """The bits of these levels; an equal name counts as a rare one."""
    given, family = (model.rare.get(name, 0.0) if told.get(name) == "same" else 0.0 for name in ("given", "family"))
    found = _levels(told)
    return model.total(model.sums(found), given, family)


def learn(answers: Sequence[Answered]) -> Learned:
    """Corrections from all answers; the losses come from fifths of them, each judged by corrections learned without it."""
    if len(answers) < FEWEST or len({one.is_same for one in answers}) < 2:
        return Learned({}, len(answers), 0.0, 0.0)
    names, rows = _features(answers)
    offset, said = _offsets(answers), np.array([one.is_same for one in answers], dtype=np.float64)
    before = after = 0.0
    folds = [held for fold in range(FOLDS) if (held := _fold(answers) == fold).any()]
    if len(folds) < FEWEST_FOLDS:
        return Learned({}, len(answers), 0.0, 0.0)
    for held in folds:
        bits = _fitted(rows[~held], offset[~held], said[~held])
        before += _loss(offset[held], said[held])
        after += _loss(offset[held] + rows[held] @ bits, said[held])
    bits = _fitted(rows, offset, said)
    told = {name: round(float(bit), 3) for name, bit in zip(names, bits, strict=True) if abs(bit) >= 0.005}
    return Learned(told, len(answers), round(before / len(answers), 4), round(after / len(answers), 4))


def corrected(model: Model, bits: Mapping[str, float]) -> Model:
    """The model with these corrections."""
    return replace(model, taught=dict(bits))


def _features(answers: Sequence[Answered]) -> tuple[list[str], Floats]:
    """One column a level that was met, the start first."""
    told = [_named(one.levels) for one in answers]
    names = [START, *sorted({name for some in told for name in some})]
    place = {name: n for n, name in enumerate(names)}
    rows = np.zeros((len(answers), len(names)))
    rows[:, 0] = 1.0
    for n, some in enumerate(told):
        rows[n, [place[name] for name in some]] = 1.0
    return names, rows


def _named(told: Mapping[str, str]) -> list[str]:
    return [f"{field} {level}" for field, level in told.items() if speaks(field, _levels(told))]


def _levels(told: Mapping[str, str]) -> Levels:
    """A level that is no longer known counts as not compared."""
    return tuple(
        each.names.index(level) if (level := told.get(each.field, "")) in each.names else 0
        for each in comparing.COMPARISONS
    )


def _offsets(answers: Sequence[Answered]) -> Floats:
    return np.clip(np.array([one.weight for one in answers], dtype=np.float64), -40, 40)


def _fold(answers: Sequence[Answered]) -> NDArray[np.int64]:
    """Answers of one pattern stand in one fold: what is held back was not seen in another row."""
    return np.array([zlib.crc32(repr(sorted(one.levels.items())).encode()) % FOLDS for one in answers], dtype=np.int64)


def _fitted(rows: Floats, offset: Floats, said: Floats) -> Floats:
    """Newton's steps on the penalised likelihood, in bits."""
    n = rows.shape[1]
    bits = np.zeros(n)
    ridge = np.eye(n) / SPREAD**2
    scale = math.log(2)
    for _ in range(_ROUNDS):
        p = _chance(offset + rows @ bits)
        gradient = scale * rows.T @ (said - p) - ridge @ bits
        curvature = scale**2 * (rows * (p * (1 - p))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curvature, gradient)
        bits = bits + step
        if float(np.abs(step).max()) < 1e-6:
            break
    return bits


def _chance(bits: Floats) -> Floats:
    p: Floats = 1 / (1 + np.exp2(-np.clip(bits, -60, 60)))
    return p


def _loss(bits: Floats, said: Floats) -> float:
    p = np.clip(_chance(bits), 1e-9, 1 - 1e-9)
    return float(-(said * np.log2(p) + (1 - said) * np.log2(1 - p)).sum())
