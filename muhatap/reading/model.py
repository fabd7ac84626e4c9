"""The model as it lies in models/: plain arrays and a note that says which bytes they are. Never a pickle."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muhatap.reading import hashing, language, second, signs
from muhatap.reading.context import Encoder
from muhatap.reading.second import SecondLook
from muhatap.shared.words import gettext as _

FOLDER = Path(__file__).with_name("models")
FORMAT = 4
_STEPS_OF_TYPICAL = 127
SUM, SECOND, NOTE = "reading.npz", "second.onnx", "reading.json"
Floats = NDArray[np.float32]


class BadModel(Exception):
    """The model is not there, not whole, or of another release."""


@dataclass(frozen=True)
class Table:
    """Numbers kept in eight bits as the root of what they are, so that the many small ones are not lost beside the few large."""

    steps: NDArray[np.int8]
    worth: Floats

    def sum(self, places: NDArray[np.int64], weights: Floats) -> Floats:
        told: Floats = (weights @ _squared(self.steps[places])) * self.worth
        return told

    def row(self, place: int) -> Floats:
        told: Floats = _squared(self.steps[place]) * self.worth
        return told


def _squared(steps: NDArray[np.int8]) -> Floats:
    root = steps.astype(np.float32)
    return root * np.abs(root)


def in_steps(numbers: NDArray[np.float64]) -> Table:
    """The same numbers, each column in 127 steps either way, close to nought the finest."""
    most = np.maximum(np.abs(numbers).max(axis=0), 1e-9)
    root = np.sqrt(np.abs(numbers) / most)
    return Table((np.sign(numbers) * np.rint(root * 127)).astype(np.int8), (most / 127**2).astype(np.float32))


@dataclass(frozen=True)
class Model:
    """All tasks share one table; `answers` says which columns are whose. `typical` are messages as rows of likeness: what is near to a tenth
    of them is near to any.
    """

    answers: Mapping[str, tuple[str, ...]]
    table: Table
    signs: Floats
    start: Floats
    meaning: Table
    place_of_word: Mapping[str, int]
    temperature: Mapping[str, float]
    sure_from: Mapping[str, float]
    urgent_from: float
    languages: tuple[str, ...]
    language_table: Table
    language_start: Floats
    language_temperature: float
    second: SecondLook
    typical: Floats
    version: str = ""


@dataclass(frozen=True)
class Packed:
    """A model as it is kept: the sum's arrays, the encoder, and the note about them."""

    arrays: bytes
    second: bytes
    note: Mapping[str, Any]


def pack(model: Model, encoder: bytes, shares: Mapping[str, tuple[float, float]]) -> Packed:
    """The arrays as bytes, and the note; `encoder` is that of the second look as it is opened, `shares` its two numbers a task."""
    arrays = io.BytesIO()
    np.savez_compressed(
        arrays,
        table=model.table.steps,
        table_worth=model.table.worth,
        signs=model.signs.astype(np.float16),
        start=model.start,
        meaning=model.meaning.steps,
        meaning_worth=model.meaning.worth,
        words=np.frombuffer("\n".join(model.place_of_word).encode(), dtype=np.uint8),
        language=model.language_table.steps,
        language_worth=model.language_table.worth,
        language_start=model.language_start,
        typical=np.rint(model.typical * _STEPS_OF_TYPICAL).astype(np.int8),
    )
    packed = arrays.getvalue()
    note = {
        "format": FORMAT,
        "signs": _signs_known(),
        "answers": {task: list(labels) for task, labels in model.answers.items()},
        "temperature": {task: round(value, 4) for task, value in model.temperature.items()},
        "sure_from": {task: round(value, 3) for task, value in model.sure_from.items()},
        "urgent_from": round(model.urgent_from, 4),
        "languages": list(model.languages),
        "language_temperature": round(model.language_temperature, 4),
        "shares": {task: [round(number, 4) for number in both] for task, both in shares.items()},
        "looks_below": round(model.second.looks_below, 3),
    }
    return Packed(packed, encoder, {"sha256": _hash(packed, encoder, note), **note})


def unpack(packed: Packed) -> Model:
    """Its version is the beginning of its hash: of two makings nobody takes one for the other. Raises BadModel."""
    note = packed.note
    if note["format"] != FORMAT or note["signs"] != _signs_known():
        raise BadModel(_("The model was made for another release. Run make model."))
    if _hash(packed.arrays, packed.second, note) != note["sha256"]:
        raise BadModel(
            _(
                "The model is damaged or was changed: its hash is not the one noted beside it. Install Muhatap again, or run make model."
            )
        )
    answers = {task: tuple(labels) for task, labels in note["answers"].items()}
    with np.load(io.BytesIO(packed.arrays), allow_pickle=False) as arrays:
        return Model(
            version=_version(note),
            answers=answers,
            table=_table(arrays, "table", hashing.N_PLACES),
            signs=arrays["signs"].astype(np.float32),
            start=arrays["start"],
            meaning=_table(arrays, "meaning", None),
            place_of_word={word: n for n, word in enumerate(arrays["words"].tobytes().decode().split("\n"))},
            temperature=note["temperature"],
            sure_from=note["sure_from"],
            urgent_from=note["urgent_from"],
            languages=tuple(note["languages"]),
            language_table=_table(arrays, "language", language.N_PLACES),
            language_start=arrays["language_start"],
            language_temperature=note["language_temperature"],
            typical=arrays["typical"].astype(np.float32) / _STEPS_OF_TYPICAL,
            second=SecondLook(
                encoder=Encoder(packed.second),
                shares=second.shares(answers, note["shares"]),
                looks_below=note["looks_below"],
            ),
        )


@cache
def version() -> str:
    """Of the model that comes with the program, without opening it. Raises BadModel."""
    try:
        return _version(_noted())
    except (OSError, ValueError, KeyError) as error:
        raise BadModel(_("The reading model cannot be opened: %(why)s") % {"why": error}) from error


def _noted() -> dict[str, Any]:
    note: dict[str, Any] = json.loads((FOLDER / NOTE).read_text("utf-8"))
    return note


def _version(note: Mapping[str, Any]) -> str:
    return str(note["sha256"])[:12]


@cache
def starting() -> Model:
    """The model that comes with the program, read once. Raises BadModel."""
    try:
        note = _noted()
        return unpack(Packed((FOLDER / SUM).read_bytes(), (FOLDER / SECOND).read_bytes(), note))
    except (OSError, ValueError, KeyError) as error:
        raise BadModel(_("The reading model cannot be opened: %(why)s") % {"why": error}) from error


def _hash(arrays: bytes, encoder: bytes, note: Mapping[str, Any]) -> str:
    """Of all that a reading comes from: with other shares or temperatures it is another model."""
    told = json.dumps({name: one for name, one in note.items() if name != "sha256"}, sort_keys=True)
    return hashlib.sha256(arrays + encoder + told.encode()).hexdigest()


def _table(arrays: Mapping[str, Any], name: str, n_rows: int | None) -> Table:
    steps = arrays[name]
    if n_rows is not None and len(steps) != n_rows:
        raise BadModel(_("The model was made for another release. Run make model."))
    return Table(steps, arrays[f"{name}_worth"])


def _signs_known() -> str:
    """Names the signs in their order: weights of other signs would mean nothing."""
    return hashlib.sha256("\n".join([str(hashing.FORM), *signs.NAMES]).encode()).hexdigest()[:16]
