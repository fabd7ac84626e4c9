"""The bench of reading, small: every figure is told, and what was promised of cost holds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from training import texts as labelled

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(240)
def test_every_figure_of_reading_is_told() -> None:
    command = [sys.executable, "-m", "benchmarks.reading", "--size=small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    figures = told["figures"]
    assert {
        "kind_tr",
        "kind_en",
        "sentiment_tr",
        "sentiment_en",
        "sentiment_reviews_tr",
        "urgent_recall",
        "normal_flagged",
        "language",
        "short_messages_a_second",
        "single_message_p95_ms",
    } <= set(figures)
    for task in labelled.TASKS:
        for slice in ("short", "long", "emoji", "mixed", "ascii_tr", "capitals_tr", "capitals_en"):
            assert f"{task}_{slice}_below" in figures
    assert figures["peak_mb"]["value"] <= figures["peak_mb"]["goal"]
    assert figures["model_mb"]["value"] <= 45


@pytest.mark.timeout(120)
def test_of_texts_in_one_language_nothing_is_told_of_the_other(tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(
        json.dumps({"text": "Where is my parcel?", "language": "en", "kind": "question", "urgency": "normal"}), "utf-8"
    )
    command = [sys.executable, "-m", "benchmarks.reading", "--size=small", "--texts", str(texts)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    figures = json.loads(done.stdout, parse_constant=pytest.fail)["figures"]
    assert figures["kind_en"]["value"] == 1.0
    assert not {"kind_tr", "sentiment_tr", "sentiment_en", "kind_capitals_tr_below", "urgent_recall"} & set(figures)
