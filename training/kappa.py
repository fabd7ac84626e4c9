"""How far two passes over the same messages agree (Cohen's kappa): python -m training.kappa prints one JSON line."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from training.texts import HERE, TASKS

FIELDS = (*TASKS, "language")


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """1 is full agreement, 0 what chance alone would bring."""
    n = len(one)
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / n
    first, second = Counter(one), Counter(other)
    by_chance = sum(first[label] * second[label] for label in first) / n**2
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def of(name: str, folder: Path = HERE / "messages") -> dict[str, float]:
    """Of the messages that both passes over a file have labelled."""
    first, second = _labels(folder / f"{name}.jsonl"), _labels(folder / f"{name}.second.jsonl")
    both = sorted(first.keys() & second.keys())
    told = {
        task: round(kappa([first[id][task] for id in both], [second[id][task] for id in both]), 3)
        for task in FIELDS
        if both and task in second[both[0]]
    }
    return {"messages": len(both)} | told


def _labels(path: Path) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())} if path.exists() else {}


def twice(folder: Path = HERE / "messages") -> list[str]:
    """Names of the files that have a second pass."""
    return sorted(path.name.partition(".")[0] for path in folder.glob("*.second.jsonl"))


if __name__ == "__main__":
    print(json.dumps({name: of(name) for name in twice()}))
