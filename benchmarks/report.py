"""What every benchmark ends with: one JSON line on standard output. Progress goes to standard error."""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Number = int | float
BEGUN_AT = time.monotonic()


@dataclass(frozen=True)
class Figure:
    """A measured value, its goal (None: told without one), and what else was measured beside it in the same run (`floor`, `rival`).

    What was measured on texts that were learned from is `seen`: it proves nothing, so it is told and meets no goal.
    """

    value: Number
    goal: Number | None
    must: Literal["be at most", "be at least"] = "be at most"
    beside: Mapping[str, Number] = field(default_factory=dict)
    is_seen: bool = False

    @property
    def is_met(self) -> bool:
        if self.goal is None:
            return True
        return not self.is_seen and (self.value <= self.goal if self.must == "be at most" else self.value >= self.goal)

    @property
    def told(self) -> dict[str, object]:
        told: dict[str, object] = {"value": self.value, "goal": self.goal, **self.beside}
        return told | {"seen": True} if self.is_seen else told


def at_most(value: Number, goal: Number, **beside: Number) -> Figure:
    return Figure(value, goal, "be at most", beside)


def at_least(value: Number, goal: Number, **beside: Number) -> Figure:
    return Figure(value, goal, "be at least", beside)


def no_goal(value: Number, **beside: Number) -> Figure:
    return Figure(value, None, beside=beside)


def seen(figure: Figure) -> Figure:
    return replace(figure, is_seen=True)


def tell(bench: str, figures: Mapping[str, Figure], *, postgres: str, **more: object) -> bool:
    """Print the line; gives whether every figure meets its goal."""
    meets = all(figure.is_met for figure in figures.values())
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "postgres": postgres}
    told = {name: figure.told for name, figure in figures.items()}
    print(json.dumps({"bench": bench, "meets": meets, "machine": machine, "figures": told, **more}), flush=True)
    return meets


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many of a hundred lie, to a tenth; nan of nothing."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


def progress(line: str) -> None:
    print(f"{time.monotonic() - BEGUN_AT:6.1f} s  {line}", file=sys.stderr, flush=True)
