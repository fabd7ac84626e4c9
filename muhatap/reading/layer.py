"""A learned layer: messages that people spoke about, and how much a new one like them is drawn to each answer.

It adds to the log odds that the model gives, so where nobody said anything the model's word stands. Plain arrays, never a pickle.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from muhatap.reading.model import Floats
from muhatap.reading.points import Point

_OF_WORDS = 0.2  # the rest of likeness is that both mean the same, and that the model takes both for the same things
_FEW = 10  # messages; of fewer what all have in common is hardly known
# How much the model's word counts: of what it was taught itself more than it says, so that a few messages do not outweigh it; of topics less,
# for of a company's own ones it knows no more than their names.
FIRM, FIRM_OF_TOPICS = 1.5, 0.7
FORM = 2


class BadLayer(Exception):
    """These bytes are no layer of this release."""


@dataclass(frozen=True)
class Known:
    """Messages so kept that the likeness of a new one to each of them is found quickly: for each place, who has it and how much."""

    places: NDArray[np.int64]
    rarity: Floats
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    worth: Floats
    moods: Floats
    centre: Floats
    unseen: float

    def likeness(self, point: Point, mood: Floats) -> Floats:
        """1 of a message like this one, near 0 of one that has nothing in common with it, for each message known."""
        mixed: Floats = _OF_WORDS * self._in_words(point) + (1 - _OF_WORDS) * (self.moods @ _off(mood, self.centre))
        return mixed

    def among(self, points: Sequence[Point], moods: Floats) -> Floats:
        """The likeness of each of these messages to each message known: a row each."""
        told: Floats = (1 - _OF_WORDS) * (_off(moods, self.centre) @ self.moods.T)
        for row, point in zip(told, points, strict=True):
            row += _OF_WORDS * self._in_words(point)
        return told

    def _in_words(self, point: Point) -> Floats:
        found, weights = self.mine(point)
        told: Floats = np.zeros(len(self.moods), np.float32)
        if len(found):
            n = self.starts[found + 1] - self.starts[found]
            each = np.repeat(self.starts[found + 1] - n.cumsum(), n) + np.arange(n.sum())
            told = np.bincount(self.rows[each], self.worth[each] * np.repeat(weights, n), len(self.moods)).astype(
                np.float32
            )
        return told

    def mine(self, point: Point) -> tuple[NDArray[np.int64], Floats]:
        """Which of a message's places are known, and their weight in a message of length one."""
        where = np.minimum(np.searchsorted(self.places, point[0]), max(len(self.places) - 1, 0))
        is_known = self.places[where] == point[0] if len(self.places) else np.zeros(len(point[0]), bool)
        weights = point[1] * np.where(is_known, self.rarity[where] if len(self.places) else 0, self.unseen)
        length = float(np.sqrt((weights**2).sum())) or 1.0
        return where[is_known], (weights[is_known] / length).astype(np.float32)


@dataclass(frozen=True)
class Layer:
    """`pull` is how much likeness to each known message speaks for each answer, `lean` what is added to an answer always;
    `firm` is how much the model's word counts, and `temperature` makes chances of what comes out.
    """

    answers: tuple[str, ...]
    known: Known
    pull: Floats
    lean: Floats
    firm: float = FIRM
    temperature: float = 1.0

    @cached_property
    def spoken_of(self) -> tuple[str, ...]:
        """The answers that some message it knows was given: only their own messages draw to them."""
        return tuple(name for name, most in zip(self.answers, self.pull.max(axis=0), strict=True) if most > 0)

    def over(
        self, odds: Mapping[str, float], point: Point, mood: Floats, went_to: Mapping[str, str] | None = None
    ) -> dict[str, float]:
        """Log odds of each answer with what was learned; `went_to` says which answers have another name by now."""
        told = {name: self.firm * value for name, value in odds.items()}
        pulled: Floats = self.known.likeness(point, mood) @ self.pull
        for name, more, lean in zip(self.answers, pulled.tolist(), self.lean.tolist(), strict=True):
            becomes = (went_to or {}).get(name, name)
            if becomes in told:
                told[becomes] += more + (lean if becomes == name else 0)
        return {name: value / self.temperature for name, value in told.items()}

    def drawn_by(self, point: Point, answer: str) -> dict[int, float]:
        """What each place of a message speaks for an answer."""
        if answer not in self.answers:
            return {}
        column = self.pull[:, self.answers.index(answer)]
        found, weights = self.known.mine(point)
        known, told = self.known, {}
        for n, weight in zip(found.tolist(), weights.tolist(), strict=True):
            those = slice(int(known.starts[n]), int(known.starts[n + 1]))
            told[int(known.places[n])] = float(_OF_WORDS * weight * (known.worth[those] @ column[known.rows[those]]))
        return told

    def drawn_by_meaning(self, mood: Floats, of_words: Floats, answer: str) -> Floats:
        """What each word of a message speaks for an answer by its part of the message's mood (`of_words`: words x width of a mood): log odds."""
        if answer not in self.answers:
            return np.zeros(len(of_words), np.float32)
        towards = self.known.moods.T @ self.pull[:, self.answers.index(answer)]
        told: Floats = (1 - _OF_WORDS) * (of_words @ towards) / np.linalg.norm(mood - self.known.centre)
        return told


def know(points: Sequence[Point], moods: Floats) -> Known:
    """Messages as they are compared: a place that many of them have says little, and so does the mood that all of them share."""
    n = len(points)
    centre = (moods.sum(axis=0) / (n + _FEW)).astype(np.float32)
    places, count = np.unique(np.concatenate([one for one, _ in points]), return_counts=True)
    rarity = np.log1p(n / (0.5 + count)).astype(np.float32)
    where = [np.searchsorted(places, one) for one, _ in points]
    weights = [weight * rarity[at] for at, (_, weight) in zip(where, points, strict=True)]
    weights = [one / (float(np.sqrt((one**2).sum())) or 1.0) for one in weights]
    flat, rows = np.concatenate(where), np.repeat(np.arange(n, dtype=np.int32), [len(one) for one in where])
    order = np.argsort(flat, kind="stable")
    return Known(
        places=places,
        rarity=rarity,
        starts=np.concatenate([[0], count.cumsum()]),
        rows=rows[order],
        worth=np.concatenate(weights)[order].astype(np.float32),
        moods=_off(moods, centre),
        centre=centre,
        unseen=float(np.log1p(n / 0.5)),
    )


def _off(moods: Floats, centre: Floats) -> Floats:
    """Rows less what all share, of length one."""
    off = moods - centre
    told: Floats = (off / np.linalg.norm(off, axis=-1, keepdims=True)).astype(np.float32)
    return told


def pack(layer: Layer) -> bytes:
    told = io.BytesIO()
    known = layer.known
    np.savez_compressed(
        told,
        form=np.int64(FORM),
        answers=np.frombuffer("\n".join(layer.answers).encode(), np.uint8),
        places=known.places.astype(np.int32),
        rarity=known.rarity.astype(np.float16),
        starts=known.starts.astype(np.int32),
        rows=known.rows,
        worth=known.worth.astype(np.float16),
        moods=known.moods.astype(np.float16),
        centre=known.centre,
        unseen=np.float32(known.unseen),
        pull=layer.pull.astype(np.float16),
        lean=layer.lean,
        firm=np.float32(layer.firm),
        temperature=np.float32(layer.temperature),
    )
    return told.getvalue()


def unpack(packed: bytes) -> Layer:
    """Raises BadLayer."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as kept:
            if int(kept["form"]) != FORM:
                raise BadLayer
            known = Known(
                places=kept["places"].astype(np.int64),
                rarity=kept["rarity"].astype(np.float32),
                starts=kept["starts"].astype(np.int64),
                rows=kept["rows"],
                worth=kept["worth"].astype(np.float32),
                moods=kept["moods"].astype(np.float32),
                centre=kept["centre"],
                unseen=float(kept["unseen"]),
            )
            answers = tuple(kept["answers"].tobytes().decode().split("\n"))
            pull = kept["pull"].astype(np.float32)
            lean, firm, temperature = kept["lean"].astype(np.float32), float(kept["firm"]), float(kept["temperature"])
            return Layer(answers, known, pull, lean, firm, temperature)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise BadLayer from error
