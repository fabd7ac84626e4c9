"""A small encoder that reads each word in its context, with numpy; what each word adds to the answers comes out.

Six layers of multilingual-e5-small (Wang et al. 2024, MIT), taught our answers by `make model`. The mean of the last states goes straight to the
answers, so that every word's share in them is known.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muhatap.reading.one_thread import OneThread
from muhatap.reading.pieces import Pieces
from muhatap.reading.words import Words

N_HEADS = 12
MOST_AT_ONCE = 512  # pieces: more at once only take more memory
_TINY = np.float32(1e-12)
_A, _B = np.float32(0.7978845608), np.float32(0.044715)  # of Gelu as Hendrycks and Gimpel (2016) come near to it
_HALF, _ONE = np.float32(0.5), np.float32(1)
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Line:
    """A straight line: weights and a start."""

    weights: Floats
    start: Floats

    def __call__(self, states: Floats) -> Floats:
        told: Floats = states @ self.weights
        told += self.start
        return told


@dataclass(frozen=True)
class Norm:
    """Makes the numbers of a state alike in size."""

    weights: Floats
    start: Floats

    def __call__(self, states: Floats) -> Floats:
        off = states - states.mean(axis=1, keepdims=True)
        off /= np.sqrt(np.einsum("ij,ij->i", off, off)[:, None] / np.float32(states.shape[1]) + _TINY)
        off *= self.weights
        off += self.start
        told: Floats = off
        return told


@dataclass(frozen=True)
class Layer:
    """Every piece looks at every other of its message, then thinks by itself (Vaswani et al. 2017)."""

    asks: Line
    takes: Line
    after_looking: Norm
    widens: Line
    narrows: Line
    after_thinking: Norm

    def __call__(self, states: Floats, ends: Sequence[int]) -> Floats:
        asked = self.asks(states)
        seen = np.empty_like(states)
        for first, last in zip((0, *ends), ends, strict=False):
            seen[first:last] = _looked(asked[first:last])
        states = self.after_looking(states + self.takes(seen))
        return self.after_thinking(states + self.narrows(_gelu(self.widens(states))))


@dataclass(frozen=True)
class InContext:
    """What each word of a message added to every answer, and what was there before any."""

    words: Floats
    start: Floats


@dataclass(frozen=True)
class Encoder:
    """Pieces as states, layers over them, and a line to the answers."""

    pieces: Pieces
    steps: NDArray[np.int8]
    worth: Floats
    places: Floats
    begins: Norm
    layers: tuple[Layer, ...]
    answers: Line

    def look(self, messages: Sequence[Words]) -> list[InContext]:
        """Each message by itself; several at once take less time than one after another."""
        cut = [self.pieces.of(words) for words in messages]
        order = sorted(range(len(cut)), key=lambda n: len(cut[n][0]))
        told: dict[int, InContext] = {}
        for some in _batches(order, [len(pieces) for pieces, _ in cut]):
            with OneThread():
                for n, states in zip(some, self._states([cut[n][0] for n in some]), strict=True):
                    told[n] = self._of(states, cut[n][1], len(messages[n].bare))
        return [told[n] for n in range(len(cut))]

    def _states(self, found: Sequence[Sequence[int]]) -> Iterator[Floats]:
        """The last state of every piece."""
        ends = np.cumsum([len(one) for one in found]).tolist()
        rows = np.concatenate([np.array(one) for one in found])
        where = np.concatenate([np.arange(len(one)) for one in found])
        states = self.begins(self.steps[rows] * self.worth[rows][:, None] + self.places[where])
        for layer in self.layers:
            states = layer(states, ends)
        yield from np.split(states, ends[:-1])

    def _of(self, states: Floats, places: Sequence[int], n_words: int) -> InContext:
        """The mean over the pieces as a sum over the words; what stands for no word belongs to the start."""
        added = states @ self.answers.weights / np.float32(len(states))
        words = np.zeros((n_words + 1, added.shape[1]), np.float32)
        np.add.at(words, places, added)
        return InContext(words[:-1], words[-1] + self.answers.start)


def _looked(asked: Floats) -> Floats:
    """What the pieces of one message take from each other."""
    n, width = len(asked), asked.shape[1] // 3
    mine, theirs, given = asked.reshape(n, 3, N_HEADS, width // N_HEADS).transpose(1, 2, 0, 3)
    near: Floats = mine @ theirs.transpose(0, 2, 1)
    near *= np.float32((width // N_HEADS) ** -0.5)
    near -= near.max(axis=2, keepdims=True)
    np.exp(near, out=near)
    near /= near.sum(axis=2, keepdims=True)
    told: Floats = (near @ given).transpose(1, 0, 2).reshape(n, width)
    return told


def _gelu(numbers: Floats) -> Floats:
    bent = numbers * numbers
    bent *= _B
    bent += _ONE
    bent *= numbers
    bent *= _A
    np.tanh(bent, out=bent)
    bent += _ONE
    bent *= numbers
    bent *= _HALF
    return bent


def _batches(order: Sequence[int], length: Sequence[int]) -> Iterator[list[int]]:
    some: list[int] = []
    for n in order:
        if some and sum(length[one] for one in some) + length[n] > MOST_AT_ONCE:
            yield some
            some = []
        some.append(n)
    if some:
        yield some


def pack(names: Sequence[str], arrays: Mapping[str, Floats]) -> bytes:
    """Tables of weights in eight bits, a scale a row; everything else in sixteen."""
    kept: dict[str, Any] = {"names": np.frombuffer("\n".join(names).encode(), np.uint8)}
    for name, array in arrays.items():
        if array.ndim == 2 and name != "places":
            worth = np.maximum(np.abs(array).max(axis=1), 1e-9) / 127
            kept[name] = np.rint(array / worth[:, None]).astype(np.int8)
            kept[f"{name}.worth"] = worth.astype(np.float32)
        else:
            kept[name] = array.astype(np.float32 if name == "scores" else np.float16)
    packed = io.BytesIO()
    np.savez_compressed(packed, **kept)
    return packed.getvalue()


def unpack(packed: bytes) -> Encoder:
    """Raises KeyError and ValueError where these are no such arrays."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as kept:
        names = kept["names"].tobytes().decode().split("\n")
        n_layers = sum(name.endswith(".asks.weights") for name in kept)
        return Encoder(
            pieces=Pieces(names, kept["scores"].tolist()),
            steps=kept["pieces"],
            worth=kept["pieces.worth"],
            places=kept["places"].astype(np.float32),
            begins=Norm(*_two(kept, "begins")),
            layers=tuple(_layer(kept, f"layer {n}") for n in range(n_layers)),
            answers=Line(*_two(kept, "answers")),
        )


def _layer(kept: Mapping[str, Any], name: str) -> Layer:
    return Layer(
        asks=Line(*_two(kept, f"{name}.asks")),
        takes=Line(*_two(kept, f"{name}.takes")),
        after_looking=Norm(*_two(kept, f"{name}.after_looking")),
        widens=Line(*_two(kept, f"{name}.widens")),
        narrows=Line(*_two(kept, f"{name}.narrows")),
        after_thinking=Norm(*_two(kept, f"{name}.after_thinking")),
    )


def _two(kept: Mapping[str, Any], name: str) -> tuple[Floats, Floats]:
    """Weights, a column an answer, and start; a table was kept a row an answer, as the scales are."""
    weights, start = kept[f"{name}.weights"], kept[f"{name}.start"].astype(np.float32)
    if weights.ndim == 1:
        return weights.astype(np.float32), start
    whole = weights.astype(np.float32) * kept[f"{name}.weights.worth"][:, None]
    return np.ascontiguousarray(whole.T), start
