"""What a reviewer's answers are worth: somebody who knows the truth answers the questions of a run, in the order of their worth and in
any order, and the weights learn from it.

make bench NAME=review [SIZE=small]           a set of one's own: python -m benchmarks.review --data DIR (records.csv, truth.csv)

Three things are told apart: what the corrected weights alone do to everybody (`learned`: answers only teach), what the answers do
besides (`answered`: they also join and part whom they were about), and what the order of worth gives over any order.
"""

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import identity_world
from benchmarks.identity import n_pairs
from benchmarks.report import Figure, at_least, progress, tell
from muhatap.duplicates import worth
from muhatap.matching import answering, batch, comparing, grouping, reading, tables
from muhatap.matching.answering import Answered
from muhatap.matching.duck import Duck
from muhatap.matching.engine import Columns
from muhatap.matching.model import Model, starting

SIZES = {"small": (2_000, (100,)), "middle": (10_000, (100, 500)), "full": (100_000, (100, 500, 2_000))}
ANY_ORDERS = 3
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Quality:
    """Pairs of records in one group against the truth, and of links at the bar of merging how many are right."""

    precision: float
    recall: float
    f1: float
    at_merge: float


class Base:
    """A set compared once; weighed and grouped again with each model."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.engine = Duck(spill=scratch)
        sheet = reading.opened(folder / "records.csv", {}, scratch)
        self.n = self.engine.read(sheet.path, sheet.columns, sheet.delimiter)
        model = starting()
        self.engine.normalise()
        self.engine.settle(
            {name: (model.names.get(name, {}), model.rare.get(name, 0.0)) for name in ("given", "family")}
        )
        told = self.engine.key(tables.usable(tables.RULES, self.engine.fields))
        self.engine.pair(batch.chosen_rules(told, self.n))
        self.engine.compare()
        self.person = self._truth(folder)

    def _truth(self, folder: Path) -> Ints:
        rows = np.loadtxt(folder / "truth.csv", delimiter=",", skiprows=1, usecols=(0, 1), dtype=np.int64)
        person = dict(rows.tolist())
        called = self.engine.numbers("select rec_id from called order by id")["rec_id"].tolist()
        return np.array([person[int(rec)] for rec in called], dtype=np.int64)

    def links(self, model: Model, least: float) -> Columns:
        weights = batch.weights_of(model, self.engine.codes("compared"))
        return self.engine.weighed("compared", weights, (model.prior.stranger, model.prior.relative), least)

    def is_same(self, links: Columns) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = (
            self.person[links["l"].astype(np.int64) - 1] == self.person[links["r"].astype(np.int64) - 1]
        )
        return same

    def quality(self, model: Model, said: Sequence[tuple[int, int, bool]] = ()) -> Quality:
        """With what was said of pairs of records besides: joined, or kept apart."""
        links = self.links(model, batch.LIKELY)
        left, right = (links[side].astype(np.int64) - 1 for side in "lr")
        same = np.array([(a, b) for a, b, is_same in said if is_same], dtype=np.int64).reshape(-1, 2)
        component = grouping.components(self.n, np.concatenate([left, same[:, 0]]), np.concatenate([right, same[:, 1]]))
        self.engine.compare_within(component, batch.LARGEST)
        weights = batch.weights_of(model, self.engine.codes("within"))
        within = self.engine.weighed("within", weights, (model.prior.stranger, model.prior.relative), -1e9)
        a, b = (within[side].astype(np.int64) - 1 for side in "lr")
        is_said = (
            np.isin(a * self.n + b, np.minimum(*same.T) * self.n + np.maximum(*same.T))
            if len(same)
            else np.zeros(len(a), bool)
        )
        weight = np.where(is_said, 1000.0, within["weight"]).astype(np.float32)
        against = np.where(is_said, 0.0, within["against"]).astype(np.float32)
        size = np.bincount(component, minlength=self.n)[component]
        label = np.where(size > batch.LARGEST, np.arange(self.n), component)
        apart = frozenset(
            (a, b)
            for a, b, is_same in said
            if not is_same and component[a] == component[b] and size[a] <= batch.LARGEST
        )
        group, _refused = grouping.guarded(
            label, grouping.Pairs(a, b, weight, against), bar=batch.LIKELY, share=model.against, different=apart
        )
        return self._judged(group, links, model)

    def _judged(self, group: Ints, links: Columns, model: Model) -> Quality:
        both = n_pairs(self.person * (int(group.max()) + 1) + group)
        found, there = n_pairs(group), n_pairs(self.person)
        sure = self.is_same(links)[links["weight"] >= model.merge]
        return Quality(
            round(both / max(found, 1), 4),
            round(both / max(there, 1), 4),
            round(2 * both / max(found + there, 1), 4),
            round(float(sure.mean()), 4) if len(sure) else 1.0,
        )


@dataclass(frozen=True)
class Question:
    left: int
    right: int
    levels: dict[str, str]
    weight: float
    is_same: bool
    worth: float


def questions(base: Base, model: Model) -> list[Question]:
    """All that a run would ask, each record a contact of its own."""
    links = base.links(model, model.review)
    left, right = (links[side].astype(np.int64) - 1 for side in "lr")
    component = grouping.components(base.n, left, right)
    size = np.bincount(component, minlength=base.n)[component]
    levels = {int(code): dict(comparing.named(comparing.levels_of(int(code)))) for code in np.unique(links["code"])}
    ends = list(zip(left.tolist(), right.tolist(), links["code"].tolist(), links["weight"].tolist(), strict=True))
    alone = [worth.of(weight, touched=2, depend=int(size[a])) for a, _b, _code, weight in ends]
    beside = worth.among(
        [(value, int(component[a]), code) for value, (a, _b, code, _w) in zip(alone, ends, strict=True)]
    )
    same = base.is_same(links).tolist()
    return [
        Question(left=a, right=b, levels=levels[code], weight=weight, is_same=is_same, worth=value)
        for (a, b, code, weight), is_same, value in zip(ends, same, beside, strict=True)
    ]


def reviewed(base: Base, model: Model, asked: Sequence[Question]) -> tuple[Quality, Quality, bool]:
    """With the corrected weights alone, and with the answers besides; and whether the weights were used."""
    learned = answering.learn([Answered(one.levels, answering.weight(one.levels, model), one.is_same) for one in asked])
    better = answering.corrected(model, learned.bits) if learned.is_better else model
    said = [(one.left, one.right, one.is_same) for one in asked]
    return base.quality(better), base.quality(better, said), learned.is_better


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=list(SIZES), default="full")
    parser.add_argument("--data", type=Path, help="a folder with records.csv and truth.csv instead of our own world")
    parser.add_argument("--answers", type=int, nargs="*")
    arguments = parser.parse_args()
    n, numbers = SIZES[arguments.size]
    with tempfile.TemporaryDirectory(prefix="muhatap-bench-", dir="/var/tmp") as place:
        if not arguments.data:
            identity_world.write(n, 1, Path(place) / "world")
        base = Base(arguments.data or Path(place) / "world", Path(place))
        figures = measured(base, arguments.answers or list(numbers))
    return int(not tell("review", figures, postgres="none", records=base.n, load=os.getloadavg()[0]))


def measured(base: Base, numbers: Sequence[int]) -> dict[str, Figure]:
    model = starting()
    before = base.quality(model)
    progress(f"{base.n} records, before: {before}")
    every = questions(base, model)
    by_worth = sorted(every, key=lambda one: -one.worth)
    figures: dict[str, Figure] = {}
    for n in numbers:
        learned, answered, is_used = reviewed(base, model, by_worth[:n])
        progress(f"{n} answers by worth, of {len(every)}: {learned}, with them {answered}, used: {is_used}")
        others = [
            reviewed(base, model, random.Random(seed).sample(every, min(n, len(every)))) for seed in range(ANY_ORDERS)
        ]
        any_f1 = round(statistics.median(one.f1 for one, _more, _used in others), 4)
        any_answered = round(statistics.median(one.f1 for _one, one, _used in others), 4)
        progress(f"{n} answers in any order: {any_f1}, with them {any_answered}")
        figures |= {
            f"{n}_learned_f1": at_least(
                learned.f1, before.f1, any_order=any_f1, precision=learned.precision, recall=learned.recall
            ),
            f"{n}_learned_precision_at_merge": at_least(learned.at_merge, before.at_merge),
            f"{n}_answered_f1": at_least(
                answered.f1, max(before.f1, any_answered), before=before.f1, any_order=any_answered
            ),
        }
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
