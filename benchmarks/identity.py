"""The claim of one customer: how many pairs are found and how many are wrong, what it costs, and what Splink does with the same rows.

make bench NAME=identity [SIZE=small]          a set of one's own: python -m benchmarks.identity --data DIR (records.csv, truth.csv)

Each run is a process of its own, so that processor time and memory are its own. Splink takes part when it is installed
(requirements/bench.txt) and gets the rows our normaliser made; else the line says that it did not.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import identity_world
from benchmarks.report import Figure, at_least, at_most, progress, tell

SIZES = {"small": (2_000,), "middle": (10_000, 100_000), "full": (10_000, 100_000, 1_000_000)}
GOAL_F1, GOAL_PRECISION, GOAL_LARGEST, GOAL_LOSS, GOAL_CPU_AT_MILLION, GOAL_MB = 0.89, 0.97, 16, 0.02, 40.0, 1_500


@dataclass(frozen=True)
class Run:
    """What a process used, and how good its groups are."""

    cpu: float
    wall: float
    mb: float
    precision: float
    recall: float
    f1: float
    largest: int


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), default="full")
    parser.add_argument(
        "--data", type=Path, nargs="*", help="folders with records.csv and truth.csv instead of our own world"
    )
    arguments = parser.parse_args()
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory(prefix="muhatap-bench-", dir="/var/tmp") as place:
        sets = arguments.data or [_made(n, Path(place)) for n in SIZES[arguments.size]]
        for folder in sets:
            figures |= measured(folder, Path(place))
        if len(sets) > 1:
            first, last = (figure for name, figure in figures.items() if name.endswith("_f1") and "splink" not in name)
            figures["f1_lost_to_size"] = at_most(round(first.value - last.value, 4), GOAL_LOSS)
    rival = "measured" if has_splink() else "not measured: Splink is not installed (requirements/bench.txt)"
    return int(
        not tell("identity", figures, postgres="none", size=arguments.size, splink=rival, load=os.getloadavg()[0])
    )


def measured(folder: Path, place: Path) -> dict[str, Figure]:
    """One set: learned and grouped; the careful bar with the model just learned; Splink."""
    n = sum(1 for _ in (folder / "truth.csv").open()) - 1
    model = place / f"{n}.json"
    learned = run(
        folder, place, ["-m", "muhatap", "dedupe", "{in}", "--out", "{out}", "--train", "--model", str(model)]
    )
    progress(f"{n} records: {learned}")
    careful = run(
        folder, place, ["-m", "muhatap", "dedupe", "{in}", "--out", "{out}", "--model", str(model), "--bar", "merge"]
    )
    progress(f"{n} records at the bar of merging: {careful}")
    size, beside = f"{n}", {"precision": learned.precision, "recall": learned.recall}
    figures = {
        f"{size}_f1": at_least(learned.f1, GOAL_F1, **beside),
        f"{size}_precision_at_merge": at_least(careful.precision, GOAL_PRECISION, recall=careful.recall),
        f"{size}_largest_cluster": at_most(learned.largest, GOAL_LARGEST),
        f"{size}_cpu_s": at_most(
            learned.cpu, max(GOAL_CPU_AT_MILLION * n / 1e6, 6.0), saved_model=careful.cpu, wall=learned.wall
        ),
        f"{size}_peak_mb": at_most(learned.mb, GOAL_MB),
    }
    if has_splink():
        rival = run(folder, place, ["-m", "benchmarks.identity_rival", "{in}", "{out}"])
        progress(f"{n} records, Splink: {rival}")
        figures[f"{size}_f1_over_splink"] = at_least(
            round(learned.f1 - rival.f1, 4), 0.0, splink_f1=rival.f1, splink_precision=rival.precision
        )
        figures[f"{size}_cpu_of_splink"] = at_most(
            round(learned.cpu / rival.cpu, 2), 1.0, splink_cpu_s=rival.cpu, splink_mb=rival.mb
        )
    return figures


def run(folder: Path, place: Path, words: list[str]) -> Run:
    """Raises CalledProcessError."""
    out = place / "clusters.csv"
    names = {"{in}": str(folder / "records.csv"), "{out}": str(out)}
    process = subprocess.Popen(
        [sys.executable, *(names.get(word, word) for word in words)], stdout=subprocess.PIPE, text=True
    )
    told = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, words)
    summary = json.loads(told.splitlines()[-1])
    precision, recall, f1, largest = quality(folder / "truth.csv", out)
    cpu = round(used.ru_utime + used.ru_stime, 1)
    return Run(cpu, summary["seconds"], round(used.ru_maxrss / 1024), precision, recall, f1, largest)


def quality(truth: Path, clusters: Path) -> tuple[float, float, float, int]:
    """Pairwise precision, recall, F1, and the largest group."""
    person = dict(np.loadtxt(truth, delimiter=",", skiprows=1, usecols=(0, 1), dtype=np.int64).tolist())
    rows = np.loadtxt(clusters, delimiter=",", skiprows=1, dtype=np.int64)
    true = np.array([person[row] for row in rows[:, 0].tolist()])
    both = n_pairs(true * (int(rows[:, 1].max()) + 1) + rows[:, 1])
    found, there = n_pairs(rows[:, 1]), n_pairs(true)
    largest = int(np.unique(rows[:, 1], return_counts=True)[1].max())
    return (
        round(both / max(found, 1), 4),
        round(both / max(there, 1), 4),
        round(2 * both / max(found + there, 1), 4),
        largest,
    )


def n_pairs(label: np.ndarray) -> int:
    n = np.unique(label, return_counts=True)[1].astype(np.int64)
    return int((n * (n - 1) // 2).sum())


def has_splink() -> bool:
    return importlib.util.find_spec("splink") is not None


def _made(n: int, place: Path) -> Path:
    identity_world.write(n, 1, place / str(n))
    return place / str(n)


if __name__ == "__main__":
    raise SystemExit(main())
