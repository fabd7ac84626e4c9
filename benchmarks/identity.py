"""The claim of one customer: how many pairs are found and how many are wrong, what it costs, and what Splink does with the same rows.

make bench NAME=identity [SIZE=small]                       our own world of customers (identity_world), at three sizes
python -m benchmarks.identity --generator generate.py       another generator's set beside it: generate.py --records N --seed S --out DIR
python -m benchmarks.identity --records 1000000 --sets world        one part alone
python -m benchmarks.identity --data DIR                    a set of one's own: records.csv, truth.csv

Each run is a process of its own, so that processor time and memory are its own; of several runs the median counts. Splink takes part where it
is installed (requirements/bench.txt; another environment's Python: --rival), and gets the rows our normaliser made: once set up as served it
best, once with the pairs our rules find, once more with our grouping on its weights, so that it shows where a gain comes from.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import identity_febrl, identity_world
from benchmarks.report import Figure, at_least, at_most, progress, tell

SIZES = {"small": (2_000,), "middle": (10_000, 100_000), "full": (10_000, 100_000, 1_000_000)}
GOAL_F1 = {"reference": 0.89, "world": 0.80, "febrl3": 0.999, "febrl4": 0.999}
GOAL_PRECISION, GOAL_LARGEST, GOAL_LOSS, GOAL_MB = 0.97, 16, 0.02, 1_500
GOAL_CPU_AT_MILLION, GOAL_WALL_AT_MILLION = 40.0, 12.0
LEAST_SECONDS = 6.0  # a small set costs the start of the program


@dataclass(frozen=True)
class Quality:
    """Of pairs; and how many records the largest group has."""

    precision: float
    recall: float
    f1: float
    largest: int


@dataclass(frozen=True)
class Run:
    """What a process used, and how good its groups are."""

    cpu: float
    wall: float
    mb: float
    quality: Quality


@dataclass(frozen=True)
class Asked:
    seed: int
    runs: int
    rival_runs: int
    rival: str | None


def main() -> int:
    arguments = _arguments()
    rival = arguments.rival if _has(arguments.rival, "splink") else None
    asked = Asked(arguments.seed, arguments.runs, arguments.rival_runs, rival)
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory(prefix="muhatap-bench-", dir="/var/tmp") as place:
        for kind in ["given"] if arguments.data else arguments.sets:
            f1 = {}
            for name, folder in _sets(kind, arguments, Path(place)):
                found = measured(name, folder, Path(place), asked, GOAL_F1.get(kind, 0.0))
                figures |= found
                f1[name] = found[f"{name}_f1"].value
            if kind in ("reference", "world") and len(f1) > 1:
                figures[f"{kind}_f1_lost_to_size"] = at_most(
                    round(next(iter(f1.values())) - min(f1.values()), 4), GOAL_LOSS
                )
    told = "measured" if rival else "not measured: Splink is not installed (requirements/bench.txt)"
    met = {name: figure.is_met for name, figure in figures.items()}
    more = {"runs": asked.runs, "seed": asked.seed, "splink": told, "load": round(os.getloadavg()[0], 1), "met": met}
    return int(not tell("identity", figures, postgres="none", **more))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), default="full")
    parser.add_argument("--records", type=int, nargs="*", help="other sizes than those of --size")
    parser.add_argument("--sets", nargs="*", default=["reference", "world", "febrl3", "febrl4"])
    parser.add_argument("--generator", type=Path, help="a program that writes the reference set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rival-runs", type=int, default=1)
    parser.add_argument(
        "--rival", default=sys.executable, help="the Python in which Splink and the FEBRL sets are installed"
    )
    parser.add_argument("--data", type=Path, nargs="*", help="folders with records.csv and truth.csv")
    return parser.parse_args()


def _sets(kind: str, arguments: argparse.Namespace, place: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of each; made when asked for, removed after it was measured."""
    if kind == "given":
        yield from ((folder.name, folder) for folder in arguments.data)
        return
    if kind.startswith("febrl"):
        if identity_febrl.write(int(kind[-1]), arguments.rival, place / kind):
            yield kind, place / kind
        return
    for n in arguments.records or SIZES[arguments.size]:
        folder = place / f"{kind}_{n}"
        if kind == "world":
            identity_world.write(n, arguments.seed, folder)
        elif arguments.generator:
            words = ["--records", str(n), "--seed", str(arguments.seed), "--out", str(folder)]
            subprocess.run([sys.executable, str(arguments.generator), *words], check=True, stdout=sys.stderr)
        else:
            continue
        yield folder.name, folder
        for file in folder.iterdir():
            file.unlink()


def measured(name: str, folder: Path, place: Path, asked: Asked, goal_f1: float) -> dict[str, Figure]:
    """One set: learned and grouped; the careful bar with the model just learned; Splink."""
    millions = (sum(1 for _ in (folder / "truth.csv").open()) - 1) / 1e6
    model, out = place / f"{name}.json", place / "clusters.csv"
    dedupe = [
        sys.executable,
        "-m",
        "muhatap",
        "dedupe",
        str(folder / "records.csv"),
        "--out",
        str(out),
        "--model",
        str(model),
    ]
    learned = median([run([*dedupe, "--train"], folder, out) for _ in range(asked.runs)])
    progress(f"{name}: {learned}")
    careful = median([run([*dedupe, "--bar", "merge"], folder, out) for _ in range(asked.runs)])
    progress(f"{name}, saved model, at the bar of merging: {careful}")
    ours, beside = learned.quality, _beside(name, folder, place, asked, learned)
    return {
        f"{name}_f1": at_least(ours.f1, goal_f1, precision=ours.precision, recall=ours.recall, **beside),
        f"{name}_precision_at_merge": at_least(careful.quality.precision, GOAL_PRECISION, recall=careful.quality.recall),
        f"{name}_largest_cluster": at_most(ours.largest, GOAL_LARGEST),
        f"{name}_cpu_s": at_most(learned.cpu, max(GOAL_CPU_AT_MILLION * millions, LEAST_SECONDS), wall=learned.wall),
        f"{name}_saved_model_wall_s": at_most(careful.wall, max(GOAL_WALL_AT_MILLION * millions, LEAST_SECONDS), cpu=careful.cpu),
        f"{name}_peak_mb": at_most(learned.mb, GOAL_MB),
    }  # fmt: skip


def _beside(name: str, folder: Path, place: Path, asked: Asked, ours: Run) -> dict[str, float]:
    """Splink set up as served it best; with our candidates; and with our grouping."""
    if not asked.rival or name.startswith("febrl"):
        return {}
    out, guarded = place / "rival.csv", place / "guarded.csv"
    words = [asked.rival, "-m", "benchmarks.identity_rival", str(folder / "records.csv"), str(out)]
    try:
        runs = [run(words, folder, out.with_suffix(".0.csv")) for _ in range(asked.rival_runs)]
        own, of_own = median(runs), _bars(folder, out)
        progress(f"{name}, Splink: {own}; best of its bars: {of_own}")
        same = run(
            [*words, "--candidates", str(place / f"{name}.json"), "--guarded", str(guarded)],
            folder,
            out.with_suffix(".0.csv"),
        )
    except subprocess.CalledProcessError:
        progress(f"{name}: Splink ended with an error; its training finds too few pairs in small sets")
        return {}
    of_same, of_guarded = _bars(folder, out), _bars(folder, guarded)
    progress(f"{name}, Splink with our candidates: {same}; best of its bars {of_same}; with our grouping {of_guarded}")
    return {
        "splink_f1": own.quality.f1, "splink_precision": own.quality.precision, "splink_recall": own.quality.recall,
        "splink_largest": own.quality.largest, "splink_cpu_s": own.cpu, "splink_wall_s": own.wall, "splink_mb": own.mb,
        "splink_best_bar_f1": of_own.f1, "splink_best_bar_precision": of_own.precision,
        "splink_our_candidates_f1": same.quality.f1, "splink_our_candidates_best_bar_f1": of_same.f1,
        "splink_our_candidates_and_grouping_best_bar_f1": of_guarded.f1,
        "cpu_of_splink": round(ours.cpu / own.cpu, 2),
    }  # fmt: skip


def _bars(folder: Path, out: Path) -> Quality:
    """The bar that the truth calls best: a favour we do not do ourselves."""
    found = [quality(folder / "truth.csv", path) for path in sorted(out.parent.glob(f"{out.stem}.[0-9].csv"))]
    return max(found, key=lambda each: each.f1)


def run(words: Sequence[str], folder: Path, out: Path) -> Run:
    """Raises CalledProcessError."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    told = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise subprocess.CalledProcessError(process.returncode, words)
    summary = json.loads(told.splitlines()[-1])
    cpu = round(used.ru_utime + used.ru_stime, 1)
    return Run(cpu, summary["seconds"], round(used.ru_maxrss / 1024), quality(folder / "truth.csv", out))


def median(runs: Sequence[Run]) -> Run:
    """Of what they used; what they found is the same."""
    cpu, wall, mb = (statistics.median(values) for values in zip(*((r.cpu, r.wall, r.mb) for r in runs), strict=True))
    return Run(round(cpu, 1), round(wall, 1), round(mb), runs[0].quality)


def quality(truth: Path, clusters: Path) -> Quality:
    told = np.loadtxt(truth, delimiter=",", skiprows=1, usecols=(0, 1), dtype=np.int64)
    rows = np.loadtxt(clusters, delimiter=",", skiprows=1, dtype=np.int64)
    person, group = (each[np.argsort(each[:, 0]), 1] for each in (told, rows))
    both = n_pairs(person * (int(group.max()) + 1) + group)
    found, there = n_pairs(group), n_pairs(person)
    precision, recall, f1 = both / max(found, 1), both / max(there, 1), 2 * both / max(found + there, 1)
    largest = int(np.unique(group, return_counts=True)[1].max())
    return Quality(round(precision, 4), round(recall, 4), round(f1, 4), largest)


def n_pairs(label: np.ndarray) -> int:
    n = np.unique(label, return_counts=True)[1].astype(np.int64)
    return int((n * (n - 1) // 2).sum())


def _has(python: str, package: str) -> bool:
    asked = f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    return subprocess.run([python, "-c", asked], check=False).returncode == 0


if __name__ == "__main__":
    raise SystemExit(main())
