"""How well promises are found in what an agent writes: on the labelled sentences that the rules were not written by.

make bench NAME=promises [SIZE=small]

The rules were written looking at six sentences of ten, by the hash of their id (training/messages/promises.jsonl). What is told is of the
others, with a goal of both languages together; what it is on those six stands beside, outside of the figures.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from benchmarks.report import Figure, progress, tell
from muhatap.reading import due, promises
from muhatap.reading.promises import Suggestion

LABELLED = Path(__file__).resolve().parents[1] / "training" / "messages" / "promises.jsonl"
SATURDAY = datetime.fromisoformat("2026-11-21T14:32:00+03:00")
TUNED_ON = 6  # of ten: the rules were written looking at these sentences only
GOAL_PRECISION, GOAL_RECALL = 0.90, 0.70
SMALL = 3  # one sentence in so many


@dataclass(frozen=True)
class Sentence:
    """A sentence, whether it promises and names a moment; whether a moment was found in it, and what was suggested."""

    language: str
    is_promise: bool
    has_moment: bool
    is_moment_found: bool
    suggested: tuple[Suggestion, ...]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=["small", "full"], default="full")
    arguments = parser.parse_args()
    held, tuned_on = read()
    if arguments.size == "small":
        held = held[::SMALL]
    progress(f"{len(held)} sentences held back")
    together = of_promises(held)
    figures = {
        "precision": replace(together["precision"], goal=GOAL_PRECISION),
        "recall": replace(together["recall"], goal=GOAL_RECALL),
    }
    for language in sorted({one.language for one in held}):
        some = of_promises([one for one in held if one.language == language])
        figures |= {f"{name}_{language}": figure for name, figure in some.items()}
    figures["moment_found"] = moment_found(held)
    seen = {name: figure.value for name, figure in of_promises(tuned_on).items()} | {"n": len(tuned_on)}
    meets = tell("promises", figures, postgres="none", tuned_on=seen)
    return int(not meets and arguments.size == "full")


def read() -> tuple[list[Sentence], list[Sentence]]:
    """The sentences held back, and those the rules were written by."""
    held, tuned_on = list[Sentence](), list[Sentence]()
    for row in map(json.loads, LABELLED.read_text("utf-8").splitlines()):
        suggested = tuple(promises.suggest(row["text"], as_of=SATURDAY))
        is_held = int(hashlib.sha256(row["id"].encode()).hexdigest(), 16) % 10 >= TUNED_ON
        is_moment_found = due.find(row["text"], as_of=SATURDAY) is not None
        one = Sentence(row["language"], row["is_promise"], bool(row["due"]), is_moment_found, suggested)
        (held if is_held else tuned_on).append(one)
    return held, tuned_on


def of_promises(some: Sequence[Sentence]) -> dict[str, Figure]:
    found = [one.is_promise for one in some if one.suggested]
    promised = [bool(one.suggested) for one in some if one.is_promise]
    return {name: _share(right) for name, right in (("precision", found), ("recall", promised))}


def moment_found(some: Sequence[Sentence]) -> Figure:
    """Of the promises that name a moment, in how many one was found, also where no promise was."""
    return _share([one.is_moment_found for one in some if one.is_promise and one.has_moment])


def _share(right: Sequence[bool]) -> Figure:
    return Figure(
        round(sum(right) / max(len(right), 1), 3), None, "be at least", {"right": sum(right), "n": len(right)}
    )


if __name__ == "__main__":
    raise SystemExit(main())
