"""The no-loss bench, small: the product's own processes are killed while mails, chats and answers go through them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.report import at_least, at_most, no_goal, seen, tell
from tests import installed

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_nothing_is_lost_or_doubled_while_everything_dies_at_random(tmp_path: Path) -> None:
    installed.copy_to(tmp_path / "data")
    command = [sys.executable, "-m", "benchmarks.crash", "--size=small", "--seed=2", f"--data={tmp_path / 'data'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    lines = done.stdout.splitlines()
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert told["meets"]
    assert told["figures"]["kills"]["value"] >= 5


def test_a_report_meets_only_when_every_figure_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell("some", {"a": at_most(1, 2), "b": at_least(5, 5, floor=3)}, postgres="18")
    assert not tell("some", {"a": at_most(3, 2), "b": at_least(5, 5)}, postgres="18")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["figures"]["b"] == {"value": 5, "goal": 5, "floor": 3}
    assert [first["meets"], second["meets"]] == [True, False]
    assert set(first["machine"]) == {"cores", "python", "postgres"}


def test_what_was_learned_from_meets_no_goal_and_what_has_none_misses_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert not tell("some", {"a": seen(at_least(1, 0.9))}, postgres="none")
    assert tell("some", {"a": no_goal(0.1, n=3)}, postgres="none")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["figures"]["a"] == {"value": 1, "goal": 0.9, "seen": True}
    assert second["figures"]["a"] == {"value": 0.1, "goal": None, "n": 3}
