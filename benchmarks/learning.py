"""What corrections teach: a labelled set replayed as if it were a company with topics of its own, in the order of time.

make bench NAME=learning [SIZE=small]               questions to a bank (12 topics) and our own held-back messages (12 topics)
python -m benchmarks.learning --data labelled.csv   a set of one's own: columns text and label, or JSON lines with text and topic

Messages come one after another. Somebody looks at each, corrects what was read wrongly and confirms what was asked, until 200 were
spoken about. What is told is how the next messages, never seen before, are read cold and after. A second company's people answer
at random: what they teach must not be used.
"""

import argparse
import csv
import gzip
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.report import Figure, at_least, at_most, progress, tell
from muhatap.reading.layer import FIRM_OF_TOPICS, Layer
from muhatap.reading.learning import Example, Learned, learn
from muhatap.reading.model import FOLDER
from muhatap.reading.reader import Look, Reader
from muhatap.reading.topics import Topic, Tree

BANK = Path(__file__).with_name("teaching") / "bank.json"
HERE = Path(__file__).resolve().parents[1] / "training"
N_CORRECTIONS, MOST_NEXT = 200, 2_000
GOAL_GAIN, NO_WORSE, MOST_FALLEN, FEWEST_OF_CLASS = 8.0, -0.5, 3.0, 20
SEED = 6
_SAID_BY_NAME = {"topic", "label", "intent"}


@dataclass(frozen=True)
class Said:
    """A message with what it is about."""

    text: str
    topic: str


@dataclass(frozen=True)
class Company:
    """Topics of its own and its messages in the order of time."""

    name: str
    tree: Tree
    messages: Sequence[Said]
    is_known: bool = False  # its topics are the model's own


@dataclass(frozen=True)
class Seen:
    """A message as it was read cold."""

    look: Look
    odds: np.ndarray[tuple[int], np.dtype[np.float32]]
    topic: str


@dataclass(frozen=True)
class Told:
    """What came of one replay; shares in hundredths."""

    learned: Learned
    n_messages: int
    n_next: int
    cold: float
    after: float
    fallen: Mapping[str, float]

    @property
    def worst(self) -> float:
        return max([0.0, *self.fallen.values()])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=["small", "full"], default="full")
    parser.add_argument("--data", type=Path, help="a labelled set of one's own: .csv, .jsonl, also packed with gzip")
    arguments = parser.parse_args()
    companies = [of_file(arguments.data)] if arguments.data else [banking(), our_own()]
    reader, figures, more = one_reader(), dict[str, Figure](), dict[str, object]()
    for company in companies:
        told = replay(reader, company, n_corrections=N_CORRECTIONS, seed=SEED)
        figures |= of_company(company, told)
        more[company.name] = beside(told)
        harmed = replay(reader, company, n_corrections=N_CORRECTIONS, seed=SEED, is_harmful=True)
        figures[f"{company.name}_harm_used"] = at_most(int(harmed.learned.is_used), 0, loss=lost(harmed))
    meets = tell("learning", figures, postgres="none", corrections=N_CORRECTIONS, model=model(), **more)
    return int(not meets and arguments.size == "full")


def of_company(company: Company, told: Told) -> dict[str, Figure]:
    gain = round(told.after - told.cold, 1)
    goal = NO_WORSE if company.is_known else GOAL_GAIN
    return {
        f"{company.name}_gain": at_least(gain, goal, cold=round(told.cold, 1), after=round(told.after, 1)),
        f"{company.name}_worst_class_fall": at_most(round(told.worst, 1), MOST_FALLEN, classes=len(told.fallen)),
    }


def beside(told: Told) -> dict[str, object]:
    learned = told.learned
    fell = {name: round(by, 1) for name, by in told.fallen.items() if by > MOST_FALLEN}
    return {
        "messages_looked_at": told.n_messages,
        "next_messages": told.n_next,
        "held_back": learned.n_held_back,
        "before": round(learned.before, 3),
        "after": round(learned.after, 3),
        "used": learned.is_used,
        "why": learned.why,
        "fell": fell,
    }


def lost(told: Told) -> float:
    """By how many points what was taught at random lowers held-back messages."""
    return round(100 * (told.learned.before - told.learned.after), 1)


def replay(reader: Reader, company: Company, *, n_corrections: int, seed: int, is_harmful: bool = False) -> Told:
    """Read message by message, learn from what was said of them, and judge the rest."""
    chance = random.Random(seed)
    messages, examples, n_spoken, n_looked = iter(company.messages), list[Example](), 0, 0
    sure_from = reader.model.sure_from["topic"]
    for one in messages:
        n_looked += 1
        seen = see(reader, company.tree, one)
        if seen is None:
            continue
        read, confidence = best(seen.odds, company.tree)
        is_spoken = read != one.topic or confidence < sure_from
        answer = chance.choice(company.tree.keys) if is_harmful and is_spoken else one.topic
        examples.append(
            Example(point=seen.look.point, mood=seen.look.mood, base=seen.odds, answer=answer, is_corrected=is_spoken)
        )
        n_spoken += is_spoken
        if n_spoken == n_corrections:
            break
    learned = learn(examples, company.tree.keys, firm=FIRM_OF_TOPICS, by_name=company.tree.told_by_name)
    progress(f"{company.name}: {n_spoken} of {n_looked} messages spoken about; {learned.why}")
    rest = [seen for one in list(messages)[:MOST_NEXT] if (seen := see(reader, company.tree, one))]
    return judge(company.tree, learned, rest, n_looked)


def judge(tree: Tree, learned: Learned, rest: Sequence[Seen], n_looked: int) -> Told:
    wanted = np.array([tree.keys.index(one.topic) for one in rest])
    cold = np.array([int(one.odds.argmax()) for one in rest])
    after = cold
    if learned.is_used and learned.layer is not None:
        layer = learned.layer
        after = np.array([_read(layer, tree, one) for one in rest])
    fallen = {}
    for n, key in enumerate(tree.keys):
        mine = wanted == n
        if mine.sum() >= FEWEST_OF_CLASS:
            fallen[key] = 100 * float((cold[mine] == n).mean() - (after[mine] == n).mean())
    before, now = (100 * float((told == wanted).mean()) for told in (cold, after))
    return Told(learned, n_looked, len(rest), before, now, fallen)


def _read(layer: Layer, tree: Tree, one: Seen) -> int:
    odds = layer.over(dict(zip(tree.keys, one.odds.tolist(), strict=True)), one.look.point, one.look.mood)
    return tree.keys.index(max(odds, key=odds.__getitem__))


def see(reader: Reader, tree: Tree, one: Said) -> Seen | None:
    look = reader.look(one.text)
    return Seen(look, tree.odds(look.chances["topic"], look.words, look.context.likeness), one.topic) if look else None


def best(odds: np.ndarray[tuple[int], np.dtype[np.float32]], tree: Tree) -> tuple[str, float]:
    raised = np.exp(odds - odds.max())
    place = int(odds.argmax())
    return tree.keys[place], float(raised[place] / raised.sum())


@cache
def one_reader() -> Reader:
    """Names of topics are read by the reader that reads messages."""
    return Reader()


def banking() -> Company:
    """A bank: twelve topics of which the model knows none, but for what their names say and mean."""
    topic_of = {label: name for name, labels in json.loads(BANK.read_text("utf-8")).items() for label in labels}
    rows = [json.loads(line) for line in _lines(HERE / "data" / "banking77_en.jsonl.gz")]
    return of_messages("bank", [Said(text, topic_of[label]) for label, text in rows])


def our_own() -> Company:
    """A shop whose topics are the model's own; messages by voices nobody trained on."""
    paths = (HERE / "heldback" / "tr.jsonl", HERE / "heldback" / "en.jsonl")
    rows = [json.loads(line) for path in paths for line in _lines(path)]
    messages = _shuffled([Said(row["text"], row["topic"]) for row in rows])
    keys = one_reader().model.answers["topic"]
    return Company("default", Tree([Topic(key=key, base=key) for key in keys], one_reader()), messages, is_known=True)


def of_file(path: Path) -> Company:
    return of_messages(path.name.split(".")[0], list(_rows(path)))


def of_messages(name: str, messages: Sequence[Said]) -> Company:
    topics = sorted({one.topic for one in messages})
    tree = Tree([Topic(key=topic, names=(topic.replace("_", " "),)) for topic in topics], one_reader())
    return Company(name, tree, _shuffled(messages))


def _rows(path: Path) -> Iterator[Said]:
    if ".csv" in path.name:
        rows: Iterator[Mapping[str, str]] = iter(csv.DictReader(_lines(path)))
    else:
        rows = map(json.loads, _lines(path))
    for row in rows:
        name = next((one for one in row if one in _SAID_BY_NAME), None)
        if name and row.get("text") and row[name]:
            yield Said(str(row["text"]), str(row[name]))


def _lines(path: Path) -> list[str]:
    packed = path.read_bytes()
    return (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8").splitlines()


def _shuffled(messages: Sequence[Said]) -> list[Said]:
    """Sets lie sorted by topic; a company's days do not."""
    some = list(messages)
    random.Random(SEED).shuffle(some)
    return some


def model() -> str:
    return str(json.loads((FOLDER / "reading.json").read_text())["sha256"][:12])


if __name__ == "__main__":
    raise SystemExit(main())
