"""How public sets are read, so that our figures stand beside published ones: a few examples a topic, messages of one language by what was
learned from another, what is about no topic, and the language of short commands.

make bench NAME=sets [SIZE=small]
python -m benchmarks.sets --texts FOLDER      banking77_en, clinc150_en, xsid_tr, xsid_en, atis_tr as .csv.gz with the columns text and label

Topics are known by their names and learned as a company teaches them (muhatap/reading/learning.py). `value` is how the product then reads:
cold, where it would not use what was learned; `learned` is what was learned, used or not. The model was trained on parts of these sets.
Nothing is judged by texts it has seen; where there are no others (xSID is seen whole) the figure says so, and meets no goal.
"""

import argparse
import os
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from benchmarks.learning import Said, Seen, model, of_file, of_messages, one_reader, see
from benchmarks.report import Figure, at_least, no_goal, progress, seen, tell
from muhatap.reading.layer import FIRM_OF_TOPICS, Layer
from muhatap.reading.learning import MOST, Example, learn
from muhatap.reading.reader import Reader
from muhatap.reading.topics import NONE, Tree
from training import texts

SETS = Path(__file__).resolve().parents[2] / "shared" / "data" / "text"
NAMES = ("banking77_en", "clinc150_en", "xsid_tr", "xsid_en", "atis_tr")
SHOTS = (1, 3, 5, 10)
GOAL_OF_SHOTS: Mapping[int, float] = {10: 0.84}
GOAL_ALL, GOAL_CROSSING, GOAL_OUTSIDE, GOAL_LANGUAGE = 0.935, 0.92, 0.95, 0.96
OUTSIDE = "oos"  # how CLINC150 calls what is about none of its topics


@dataclass(frozen=True)
class Size:
    """How many topics of a set, messages to judge by, draws of examples, and messages where all may be learned from."""

    topics: int
    judged: int
    draws: int
    all: int


SIZES = {
    "full": Size(topics=1_000, judged=1_000, draws=3, all=MOST),
    "small": Size(topics=5, judged=60, draws=1, all=60),
}


@dataclass(frozen=True)
class Judged:
    """Log odds of each topic for messages: cold, by what was learned, and as the product reads; and the topics that are right."""

    keys: Sequence[str]
    right: NDArray[np.int64]
    cold: NDArray[np.float32]
    after: NDArray[np.float32]
    is_used: bool

    @property
    def told(self) -> NDArray[np.float32]:
        return self.after if self.is_used else self.cold

    def share(self, odds: NDArray[np.float32]) -> float:
        return float((odds.argmax(axis=1) == self.right).mean())

    @property
    def sure(self) -> NDArray[np.float32]:
        """How likely the likeliest topic is, where naming none is no topic."""
        raised = np.exp(self.told - self.told.max(axis=1, keepdims=True))
        chances: NDArray[np.float32] = raised / raised.sum(axis=1, keepdims=True)
        best: NDArray[np.float32] = chances[:, [key != NONE for key in self.keys]].max(axis=1)
        return best


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=["small", "full"], default="full")
    parser.add_argument("--texts", type=Path, default=SETS, help="the folder of the sets")
    arguments = parser.parse_args()
    if missing := [name for name in NAMES if not (arguments.texts / f"{name}.csv.gz").is_file()]:
        print(f"{arguments.texts} lacks {', '.join(missing)}. Say where the sets are: --texts FOLDER", file=sys.stderr)
        return 2
    reader, size = one_reader(), SIZES[arguments.size]
    figures = languages(reader, arguments.texts, size)
    figures |= crossing(reader, arguments.texts, size)
    figures |= outside(reader, arguments.texts, size)
    figures |= few(reader, arguments.texts, size)
    figures |= many(reader, arguments.texts, size)
    met = {name: figure.is_met for name, figure in figures.items() if figure.goal is not None}
    meets = tell("sets", figures, postgres="none", model=model(), load=round(os.getloadavg()[0], 1), met=met)
    return int(not meets and arguments.size == "full")


def languages(reader: Reader, folder: Path, size: Size) -> dict[str, Figure]:
    """Short commands: those of xSID, all of which the model has seen, and others of their kind that it has not."""
    told = {}
    for name in ("xsid_tr", "xsid_en", "atis_tr", "clinc150_en"):
        some = [one.text for one in unseen(folder, name) or rows(folder, name)][: size.judged]
        right = sum(reader.read(text).language == name[-2:] for text in some)
        figure = at_least(round(right / len(some), 3), GOAL_LANGUAGE, n=len(some))
        told[f"language_{name}"] = figure if unseen(folder, name) else seen(figure)
    progress("languages")
    return told


def crossing(reader: Reader, folder: Path, size: Size) -> dict[str, Figure]:
    """Turkish commands, where only English ones were labelled."""
    judged = unseen(folder, "xsid_tr") or rows(folder, "xsid_tr")
    found = judge(reader, rows(folder, "xsid_en")[: size.all], judged[: size.judged])
    progress("Turkish by English labels")
    figure = at_least(round(found.share(found.told), 3), GOAL_CROSSING, **_beside([found]))
    return {"xsid_tr_by_english_labels": figure if unseen(folder, "xsid_tr") else seen(figure)}


def outside(reader: Reader, folder: Path, size: Size) -> dict[str, Figure]:
    """How well what is about no topic is told from the rest by how sure the reading is: the area under the ROC curve."""
    known = _of_topics([one for one in unseen(folder, "clinc150_en") if one.topic != OUTSIDE], size.topics)
    none = [one for one in unseen(folder, "clinc150_en") if one.topic == OUTSIDE]
    inside, taught = known[: size.judged], known[size.judged :][: size.all]
    found = judge(reader, taught, [*inside, *none])
    n_inside = int((found.right >= 0).sum())
    within, without = found.sure[found.right >= 0], found.sure[found.right < 0]
    higher = (within[:, None] > without).mean() + (within[:, None] == without).mean() / 2
    progress("about no topic")
    of_topics = (found.told.argmax(axis=1) == found.right)[found.right >= 0].mean()
    return {
        "clinc_outside_auroc": at_least(round(float(higher), 3), GOAL_OUTSIDE, n=n_inside, outside=len(without)),
        "clinc_inside": no_goal(round(float(of_topics), 3), taught=len(taught), used=int(found.is_used), n=n_inside),
    }


def few(reader: Reader, folder: Path, size: Size) -> dict[str, Figure]:
    """Questions to a bank by 1, 3, 5 and 10 examples of each of its topics, drawn some times."""
    questions = _of_topics(unseen(folder, "banking77_en"), size.topics)
    told = {}
    for n in SHOTS:
        found = []
        for draw in range(size.draws):
            taught, rest = drawn(questions, n, draw)
            found.append(judge(reader, taught, rest[: size.judged]))
        progress(f"{n} examples a topic")
        shares = [one.share(one.told) for one in found]
        beside = _beside(found) | {"least": round(min(shares), 3), "most": round(max(shares), 3), "draws": size.draws}
        told[f"banking77_{n}_a_topic"] = Figure(round(mean(shares), 3), GOAL_OF_SHOTS.get(n), "be at least", beside)
    return told


def many(reader: Reader, folder: Path, size: Size) -> dict[str, Figure]:
    """The same by as many as the product learns from."""
    questions = _of_topics(unseen(folder, "banking77_en"), size.topics)
    judged, taught = questions[: size.judged], questions[size.judged :][: size.all]
    found = judge(reader, taught, judged)
    progress("all")
    figure = at_least(round(found.share(found.told), 3), GOAL_ALL, taught=len(taught), **_beside([found]))
    return {"banking77_all": figure}


def judge(reader: Reader, taught: Sequence[Said], judged: Sequence[Said]) -> Judged:
    """Teach topics by messages, and read others; -1 is what is about none of them."""
    tree = of_messages("set", taught).tree
    examples = [
        Example(point=one.look.point, mood=one.look.mood, base=one.odds, answer=one.topic)
        for one in _looked(reader, tree, taught)
    ]
    learned = learn(examples, tree.keys, firm=FIRM_OF_TOPICS, by_name=tree.told_by_name)
    looked = _looked(reader, tree, judged)
    cold = np.stack([one.odds for one in looked])
    after = cold if learned.layer is None else np.stack([_over(learned.layer, tree, one) for one in looked])
    right = np.array([tree.keys.index(one.topic) if one.topic in tree.keys else -1 for one in looked])
    return Judged(tree.keys, right, cold, after, learned.is_used)


@cache
def rows(folder: Path, name: str) -> list[Said]:
    """The messages of a set, each once, in an order of chance that is always the same."""
    each = {texts.said(one.text): one for one in of_file(folder / f"{name}.csv.gz").messages}
    return list(each.values())


@cache
def unseen(folder: Path, name: str) -> list[Said]:
    """Those of a set that the model was not trained on, in any way."""
    return [one for one in rows(folder, name) if texts.said(one.text) not in _trained_on()]


def drawn(questions: Sequence[Said], n: int, draw: int) -> tuple[list[Said], list[Said]]:
    """So many examples of each topic, in any order, and what may be judged by: the same for every number of examples."""
    some = list(questions)
    random.Random(draw).shuffle(some)
    of_topic = defaultdict[str, list[Said]](list)
    for one in some:
        of_topic[one.topic].append(one)
    taught = {id(one) for mine in of_topic.values() for one in mine[:n]}
    kept = {id(one) for mine in of_topic.values() for one in mine[: max(SHOTS)]}
    return [one for one in some if id(one) in taught], [one for one in some if id(one) not in kept]


@cache
def _trained_on() -> frozenset[str]:
    lent = (path.name.partition(".")[0] for path in (texts.HERE / "data").glob("*.jsonl.gz"))
    said = [text for name in lent for _label, text in texts.lent(name)]
    return frozenset(map(texts.said, [*said, *(one.text for one in texts.messages())]))


def _of_topics(some: Sequence[Said], most: int) -> list[Said]:
    topics = sorted({one.topic for one in some})[:most]
    return [one for one in some if one.topic in topics]


def _looked(reader: Reader, tree: Tree, some: Sequence[Said]) -> list[Seen]:
    return [looked for one in some if (looked := see(reader, tree, one))]


def _over(layer: Layer, tree: Tree, one: Seen) -> NDArray[np.float32]:
    odds = layer.over(dict(zip(tree.keys, one.odds.tolist(), strict=True)), one.look.point, one.look.mood)
    return np.array([odds[key] for key in tree.keys], dtype=np.float32)


def _beside(found: Sequence[Judged]) -> dict[str, float]:
    """Over all draws: read cold, read by what was learned whether the product uses it or not, how often it does, and of how many."""
    return {
        "cold": round(mean(one.share(one.cold) for one in found), 3),
        "learned": round(mean(one.share(one.after) for one in found), 3),
        "used": round(mean(one.is_used for one in found), 2),
        "n": len(found[0].right),
    }


if __name__ == "__main__":
    raise SystemExit(main())
