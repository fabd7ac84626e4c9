"""What every benchmark ends with: one JSON line on standard output. Progress goes to standard error."""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Number = int | float
BEGUN_AT = time.monotonic()


@dataclass(frozen=True)
class Figure:
    """A measured value, its goal, and what else was measured beside it in the same run (`floor`, `rival`)."""

    value: Number
    goal: Number
    must: Literal["be at most", "be at least"] = "be at most"
    beside: Mapping[str, Number] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        return self.value <= self.goal if self.must == "be at most" else self.value >= self.goal


def at_most(value: Number, goal: Number, **beside: Number) -> Figure:
    return Figure(value, goal, "be at most", beside)


def at_least(value: Number, goal: Number, **beside: Number) -> Figure:
    return Figure(value, goal, "be at least", beside)


def tell(bench: str, figures: Mapping[str, Figure], *, postgres: str, **more: object) -> bool:
    """Print the line; gives whether every figure meets its goal."""
    meets = all(figure.is_met for figure in figures.values())
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "postgres": postgres}
    told = {name: {"value": figure.value, "goal": figure.goal, **figure.beside} for name, figure in figures.items()}
    print(json.dumps({"bench": bench, "meets": meets, "machine": machine, "figures": told, **more}), flush=True)
    return meets


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many of a hundred lie, to a tenth; nan of nothing."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], 1)


def progress(line: str) -> None:
    print(f"{time.monotonic() - BEGUN_AT:6.1f} s  {line}", file=sys.stderr, flush=True)
