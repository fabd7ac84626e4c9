"""The bench of reading, small: every figure is told, and what was promised of cost holds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(120)
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
        "sentiment",
        "urgent_recall",
        "normal_flagged",
        "language",
        "short_messages_a_second",
    } <= set(figures)
    assert figures["peak_mb"]["value"] <= figures["peak_mb"]["goal"]
    assert figures["model_mb"]["value"] <= 12
