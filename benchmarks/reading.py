"""How well messages are read: on the quarter of our labelled messages that nobody trained on, and how fast, on one core.

make bench NAME=reading [SIZE=small]                     the held-out messages (training/messages)
python -m benchmarks.reading --texts labelled.jsonl      a set of one's own: text, and any of kind, urgency, sentiment, language, topic

Each slice (typed without Turkish letters, in capitals, short, long, with emoji, in two languages) is judged beside the whole in each task: how
many points lower it stands. Small sets say little: the number of messages behind every figure is told. Where our table of targets asks for
more than the goal, it stands beside as `table`.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import Figure, at_least, at_most, no_goal, percentile, progress, tell
from muhatap.reading.language import UNKNOWN
from muhatap.reading.model import FOLDER
from muhatap.reading.reader import Reader, Reading
from muhatap.shared.text import fold, upper_tr
from training import judge, texts
from training.texts import Text

GOAL_KIND = {"tr": 0.88, "en": 0.90}
GOAL_SENTIMENT, GOAL_RECALL, GOAL_RECALL_OF_TABLE, MOST_FLAGGED, MOST_OFF = 0.80, 0.90, 0.95, 0.20, 0.05
GOAL_LANGUAGE, GOAL_LANGUAGE_ASCII = 0.99, 0.97
GOAL_SPEED, MOST_MS, MOST_MB, MOST_MODEL_MB, MOST_BELOW = 500, 15, 400, 45, 8.0
SHORT, LONG, LINE = 25, 1_000, 100
FEWEST = 15  # messages; a smaller slice is told, and has no goal
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_ENGLISH = re.compile(
    r"\b(the|order|please|refund|app|update|mail|customer|support|online|delivery|size|link|check|free|hello|thanks|team)\b",
    re.IGNORECASE,
)
SLICES: Mapping[str, Callable[[Text], bool]] = {
    "short": lambda one: len(one.text) <= SHORT,
    "long": lambda one: len(one.text) > LONG,
    "emoji": lambda one: _EMOJI.search(one.text) is not None,
    "mixed": lambda one: one.language == "tr" and _ENGLISH.search(one.text) is not None,
}
TYPED: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "ascii_tr": ("tr", lambda text: _as_ascii(text)),
    "capitals_tr": ("tr", upper_tr),
    "capitals_en": ("en", str.upper),
}
REVIEWS = ("review-tr-", "review7-", "review8-")  # how the ids of reviews of products begin


@dataclass(frozen=True)
class Read:
    """A message, and what was read in it."""

    text: Text
    reading: Reading

    def told(self, task: str) -> str:
        return str(getattr(self.reading, task))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", choices=["small", "full"], default="full")
    parser.add_argument("--texts", type=Path, help="labelled messages of one's own")
    arguments = parser.parse_args()
    given = texts.read(arguments.texts) if arguments.texts else texts.labelled()[1]
    if arguments.size == "small":
        given = given[::5]
    reader = Reader()
    read = _read(reader, given, [one.text for one in given])
    progress(f"{len(read)} messages read")
    found = quality(read) | slices(reader, read) | languages(reader, read) | cost(given)
    figures = {name: figure for name, figure in found.items() if figure.beside.get("n") != 0}
    counts = {"messages": len(read), **{name: sum(map(fits, given)) for name, fits in SLICES.items()}}
    version = json.loads((FOLDER / "reading.json").read_text())["sha256"][:12]
    met = {name: figure.is_met for name, figure in figures.items() if figure.goal is not None}
    met_all = tell(
        "reading", figures, postgres="none", counts=counts, model=version, load=round(os.getloadavg()[0], 1), met=met
    )
    return int(not met_all and arguments.size == "full")


def quality(read: Sequence[Read]) -> dict[str, Figure]:
    figures = {
        f"kind_{spoken}": at_least(_f1(_in(read, spoken, "kind"), "kind"), goal, n=len(_in(read, spoken, "kind")))
        for spoken, goal in GOAL_KIND.items()
        if _in(read, spoken, "kind")
    }
    figures |= sentiment(read)
    if topics := _with(read, "topic"):
        figures["topic"] = no_goal(_f1(topics, "topic"), accuracy=_accuracy(topics, "topic"), n=len(topics))
    figures |= urgency(read)
    for task in texts.TASKS:
        known = _with(read, task)
        sure = [one.reading.confidences[task] for one in known]
        off = judge.calibration_error(sure, [one.told(task) == one.text.labels[task] for one in known])
        figures[f"{task}_calibration_error"] = at_most(round(off, 4), MOST_OFF)
    sure_ones = [one for one in _with(read, "kind") if one.reading.is_sure["kind"]]
    figures["kind_right_where_sure"] = at_least(
        _accuracy(sure_ones, "kind"), 0.85, share=round(len(sure_ones) / len(read), 3)
    )
    return figures


def sentiment(read: Sequence[Read]) -> dict[str, Figure]:
    """Of all, of each language, and of reviews of products, which say it otherwise than messages to a desk."""
    reviews = [one for one in read if one.text.id.startswith(REVIEWS)]
    parts = {"": read, "_tr": _in(read, "tr", "sentiment"), "_en": _in(read, "en", "sentiment"), "_reviews_tr": reviews}
    return {
        f"sentiment{name}": at_least(_f1(known, "sentiment"), GOAL_SENTIMENT, n=len(known))
        for name, some in parts.items()
        if (known := _with(some, "sentiment"))
    }


def urgency(read: Sequence[Read]) -> dict[str, Figure]:
    told = {
        label: [one.told("urgency") for one in read if one.text.labels.get("urgency") == label]
        for label in texts.URGENCIES
    }
    share = {label: round(some.count("urgent") / max(len(some), 1), 3) for label, some in told.items()}
    return {
        "urgent_recall": at_least(share["urgent"], GOAL_RECALL, table=GOAL_RECALL_OF_TABLE, n=len(told["urgent"])),
        "normal_flagged": at_most(share["normal"], MOST_FLAGGED, n=len(told["normal"])),
    }


def slices(reader: Reader, read: Sequence[Read]) -> dict[str, Figure]:
    """Points of accuracy below the whole, in each task (a few dozen messages carry no macro F1). What is typed otherwise is judged beside
    the same messages as they were written.
    """
    figures = dict[str, Figure]()
    for name, fits in SLICES.items():
        some = [one for one in read if fits(one.text)]
        figures |= {f"{task}_{name}_below": _below(read, some, task) for task in texts.TASKS}
    for name, (spoken, typed) in TYPED.items():
        written = [one for one in read if one.text.language == spoken]
        again = _read(reader, [one.text for one in written], [typed(one.text.text) for one in written])
        figures |= {f"{task}_{name}_below": _below(written, again, task) for task in texts.TASKS}
    return figures


def _below(whole: Sequence[Read], some: Sequence[Read], task: str) -> Figure:
    known = _with(some, task)
    points = round(100 * (_accuracy(whole, task) - _accuracy(known, task)), 1) if known else 0.0
    return at_most(points, MOST_BELOW, n=len(known)) if len(known) >= FEWEST else no_goal(points, n=len(known))


def languages(reader: Reader, read: Sequence[Read]) -> dict[str, Figure]:
    """As written; short ones; and short Turkish as it is typed without its letters."""
    short = [one for one in read if len(one.text.text) <= SHORT and one.text.language in ("tr", "en")]
    turkish = [fold(one.text.text) for one in read if one.text.language == "tr"]
    bits = [text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0] for text in turkish]
    bits = [bit for bit in bits if sum(letter.isalpha() for letter in bit) >= 4]
    right = sum(reader.read(bit).language == "tr" for bit in bits)
    elsewhere = [one for one in read if one.text.language not in ("tr", "en", UNKNOWN)]
    lines = texts.lines()[1][:: max(1, 2_000 // len(read))]
    right_elsewhere = sum(reader.read(text[:LINE]).language == spoken for spoken, text in lines)
    return {
        "language": _of_language(_n_right(read), len(read)),
        "language_short": _of_language(_n_right(short), len(short)),
        "language_ascii_turkish_short": _of_language(right, len(bits), GOAL_LANGUAGE_ASCII),
        "language_elsewhere": _of_language(_n_right(elsewhere), len(elsewhere)),
        "language_elsewhere_lines": _of_language(right_elsewhere, len(lines)),
    }


def _of_language(right: int, n: int, goal: float = GOAL_LANGUAGE) -> Figure:
    share = round(right / max(n, 1), 3)
    return at_least(share, goal, n=n) if n >= FEWEST else no_goal(share, n=n)


def _n_right(read: Sequence[Read]) -> int:
    return sum(one.reading.language == one.text.language for one in read)


def cost(given: Sequence[Text]) -> dict[str, Figure]:
    """Short messages a second of processor time, and the milliseconds of it that one takes, by readers that begin cold; what it takes in
    memory and on the disk. For a company's own topics and for what was learned the product also asks what each message is like.
    """
    short = [one.text for one in given if len(one.text) <= 160]
    speed, with_likeness = a_second(Reader().read, short), a_second(like(Reader()), short)
    size = sum(file.stat().st_size for file in FOLDER.iterdir()) / 1e6
    return {
        "short_messages_a_second": at_least(round(speed), GOAL_SPEED, n=len(short)),
        "short_messages_a_second_with_likeness": no_goal(round(with_likeness), n=len(short)),
        "single_message_p95_ms": single(given),
        "peak_mb": at_most(_peak_mb(), MOST_MB),
        "model_mb": at_most(round(size, 1), MOST_MODEL_MB),
    }


def like(reader: Reader) -> Callable[[str], object]:
    return lambda text: (look := reader.look(text)) and look.mood


def a_second(reads: Callable[[str], object], texts: Sequence[str]) -> float:
    begun = time.process_time()
    for text in texts:
        reads(text)
    return len(texts) / (time.process_time() - begun)


def single(given: Sequence[Text]) -> Figure:
    cold, clock, processor = Reader(), list[float](), list[float]()
    for one in given:
        began, begun = time.perf_counter(), time.process_time()
        cold.read(one.text)
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - begun))
    beside = {"median": percentile(processor, 50), "most": round(max(processor), 1), "clock_p95": percentile(clock, 95)}
    return at_most(percentile(processor, 95), MOST_MS, **beside, n=len(given))


def _read(reader: Reader, given: Sequence[Text], written: Sequence[str]) -> list[Read]:
    return [Read(one, reader.read(text)) for one, text in zip(given, written, strict=True)]


def _with(read: Sequence[Read], task: str) -> list[Read]:
    return [one for one in read if task in one.text.labels]


def _in(read: Sequence[Read], spoken: str, task: str) -> list[Read]:
    return [one for one in _with(read, task) if one.text.language == spoken]


def _f1(read: Sequence[Read], task: str) -> float:
    known = _with(read, task)
    return round(judge.macro_f1([one.text.labels[task] for one in known], [one.told(task) for one in known]), 3)


def _peak_mb() -> int:
    """The most memory of this process, as Linux tells it; ru_maxrss would count whoever started it too."""
    told = Path("/proc/self/status").read_text().partition("VmHWM:")[2]
    return round(int(told.split()[0]) / 1024)


def _accuracy(read: Sequence[Read], task: str) -> float:
    known = _with(read, task)
    return round(sum(one.told(task) == one.text.labels[task] for one in known) / max(len(known), 1), 3)


def _as_ascii(text: str) -> str:
    return text.translate(str.maketrans("şğıçöüŞĞİÇÖÜ", "sgicouSGICOU"))


if __name__ == "__main__":
    raise SystemExit(main())
