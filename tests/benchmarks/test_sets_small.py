"""The bench of public sets, small, over sets of our own making: what was seen in training says so, and no set is missed in silence."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from benchmarks import sets
from benchmarks.learning import Said
from training import texts

TOPICS = {"lamp": "lambanın", "chair": "sandalyenin", "rug": "halının", "mirror": "aynanın"}
ASKED = (
    "colour is best with number",
    "price falls in week",
    "stand holds screws of size",
    "box weighs more than",
    "maker sold lot",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    english = [(f"which {topic} {words} {n}", topic) for topic in TOPICS for words in ASKED for n in range(8)]
    turkish = [(f"{word} {n} numaralı olanı hangisi", topic) for topic, word in TOPICS.items() for n in range(8)]
    strange = [(f"how far away is moon number {n}", sets.OUTSIDE) for n in range(9)]
    _write(tmp_path, "banking77_en", english)
    _write(tmp_path, "clinc150_en", [*english, *strange])
    _write(tmp_path, "xsid_en", english)
    _write(tmp_path, "xsid_tr", [(text, label) for label, text in texts.lent("xsid_tr")[:30]])
    _write(tmp_path, "atis_tr", turkish)
    return tmp_path


def test_what_was_seen_in_training_meets_no_goal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sets", "--size=small", f"--texts={folder}"])
    assert sets.main() == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line, parse_constant=pytest.fail)
    figures = told["figures"]
    assert told["bench"] == "sets"
    assert figures["language_xsid_tr"]["seen"] and not told["met"]["language_xsid_tr"] and not told["meets"]
    assert "seen" not in figures["language_atis_tr"]
    assert figures["banking77_10_a_topic"]["goal"] == 0.84
    assert figures["banking77_10_a_topic"]["learned"] > 0.9
    assert figures["clinc_outside_auroc"]["outside"] == 9
    assert {f"banking77_{n}_a_topic" for n in sets.SHOTS} | {"banking77_all", "xsid_tr_by_english_labels"} <= set(
        figures
    )


def test_without_the_sets_it_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sets", f"--texts={tmp_path}"])
    assert sets.main() == 2
    told = capsys.readouterr()
    assert told.out == "" and str(tmp_path) in told.err


def test_examples_are_judged_by_others_whatever_their_number() -> None:
    some = [Said(f"{topic} {n}", topic) for topic in TOPICS for n in range(14)]
    three, judged = sets.drawn(some, 3, draw=1)
    ten, judged_by_ten = sets.drawn(some, 10, draw=1)
    assert len(three) == 12 and len(ten) == 40
    assert judged == judged_by_ten and len(judged) == 16
    assert not {one.text for one in judged} & {one.text for one in ten}


def _write(folder: Path, name: str, rows: list[tuple[str, str]]) -> None:
    with gzip.open(folder / f"{name}.csv.gz", "wt", encoding="utf-8", newline="") as file:
        told = csv.writer(file)
        told.writerow(["text", "label"])
        told.writerows(rows)
