"""What we train on: our labelled messages, of which a quarter is held out for good, and licensed sets that say a part of it."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from muhatap.shared.text import fold

HERE = Path(__file__).parent
KINDS = ("complaint", "other", "praise", "question", "request")
URGENCIES = ("normal", "urgent")
SENTIMENTS = ("negative", "neutral", "positive")
TOPICS = (
    "account", "delivery", "invoice", "order", "other", "payment", "price", "privacy", "product", "quality", "returns", "service",
)  # fmt: skip
LEFT_OUT = frozenset(
    ["tk", "sk", "sl", "et", "lt", "lv", "id", "vi", "ca", "sw", "mk", "ckb", "no"]
)  # languages nearly never met, and like one that is
TASKS: Mapping[str, tuple[str, ...]] = {"kind": KINDS, "urgency": URGENCIES, "sentiment": SENTIMENTS, "topic": TOPICS}


@dataclass(frozen=True)
class Text:
    """One text and what is known of it: the labels of some tasks, and how much each counts beside a message of our own."""

    id: str
    text: str
    language: str
    labels: Mapping[str, str]
    weight: Mapping[str, float] = field(default_factory=dict)
    voice: str = ""

    def weighs(self, task: str) -> float:
        return self.weight.get(task, 1.0)


def is_held(id: str) -> bool:
    """Whether a message belongs to the quarter nobody trains on: by its id, so that it stays there when others come."""
    return hashlib.sha256(id.encode()).digest()[0] % 4 == 0


def messages() -> list[Text]:
    """All messages of our own, labelled; second passes aside."""
    paths = sorted((HERE / "messages").glob("*.jsonl"))
    return [one for path in paths if path.name.count(".") == 1 for one in read(path)]


def read(path: Path) -> list[Text]:
    """Labelled messages of a file."""
    with path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    return [_message(row, voice(path)) for row in rows if any(task in row for task in TASKS)]


def labelled() -> tuple[list[Text], list[Text]]:
    """Those to train on, and those held out. Nothing is trained on that says the same as one held out, here or in heldback/."""
    all_of_them = messages()
    held = [one for one in all_of_them if is_held(one.id)]
    judged_by = {said(one.text) for one in [*held, *heldback()]}
    return [one for one in all_of_them if not is_held(one.id) and said(one.text) not in judged_by], held


def heldback() -> list[Text]:
    """Messages by other voices, to judge by alone."""
    return [one for path in sorted((HERE / "heldback").glob("*.jsonl")) for one in read(path)]


def said(text: str) -> str:
    """The letters and digits of a text, bare: two texts that differ in nothing else say the same."""
    return "".join(letter for letter in fold(text) if letter.isalnum()) or text


def voice(path: Path) -> str:
    """Who wrote a file's messages: files of one making belong together ("tr_third" and "en_third")."""
    return path.stem.partition("_")[2] or "first"


def _message(row: Mapping[str, str], voice: str) -> Text:
    labels = {task: row[task] for task in TASKS if row.get(task)}
    return Text(row.get("id", ""), row["text"], row.get("language", ""), labels, voice=voice)


def lent(name: str) -> list[tuple[str, str]]:
    """Label and text of a licensed set (training/data)."""
    with gzip.open(HERE / "data" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [(row[0], row[1]) for row in map(json.loads, file)]


def lines() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Language and text of lines in forty languages: those to train on, and a tenth of those neither Turkish nor English, held out by what they say."""
    rows = [row for row in lent("languages") if row[0] not in LEFT_OUT]
    held = {row for row in rows if crc32(row[1].encode()) % 10 == 0}
    return [row for row in rows if row not in held], sorted(row for row in held if row[0] not in ("tr", "en"))
