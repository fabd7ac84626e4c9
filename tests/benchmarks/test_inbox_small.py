"""The inbox bench, small: a firm is filled in, every click is clicked, every figure has its goal and its floor."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import installed

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_click_is_measured_beside_its_floor(tmp_path: Path) -> None:
    installed.copy_to(tmp_path / "small")
    command = [sys.executable, "-m", "benchmarks.inbox", "--size=small", f"--data={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-4000:]
    (line,) = done.stdout.splitlines()
    figures = json.loads(line)["figures"]
    assert {"list_mine_p95_ms", "open_longest_p95_ms", "search_word_p95_ms", "assign_p95_ms"} <= set(figures)
    assert all(figure["value"] > 0 and figure["goal"] > 0 for figure in figures.values())
    assert all(figure["floor"] > 0 for name, figure in figures.items() if not name.startswith("search"))
