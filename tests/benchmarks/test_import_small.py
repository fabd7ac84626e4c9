"""The import bench, small: rows go in and out, and every figure is told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import installed

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_rows_go_in_and_out_and_nothing_of_them_is_left(tmp_path: Path) -> None:
    installed.copy_to(tmp_path / "data")
    command = [sys.executable, "-m", "benchmarks.import", "--size=small", f"--data={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-4000:]
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert told["figures"]["contacts_left"]["value"] == 0
    assert told["counts"]["taken"]["created"] + told["counts"]["taken"]["updated"] > 1_000
    assert set(told["counts"]["given_back"]) == {"reversed"}
