"""The benches of words, small: each prints one line, whose figures have goals or say that there are none."""

import json

import pytest

from benchmarks import promises, quotes, themes


@pytest.mark.parametrize(
    ("bench", "name", "figures"),
    [
        (quotes, "quotes", {"turkish_exact", "turkish_html_exact", "labelled_exact", "wanted_text_lost", "ms_a_mail"}),
        (promises, "promises", {"precision", "recall", "precision_tr", "recall_en", "moment_found"}),
        (themes, "themes", {"purity_tr", "in_a_theme_en", "found_of_12_people", "false_alarms_a_week"}),
    ],
)
def test_it_tells_its_figures(
    bench: object, name: str, figures: set[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", [name, "--size=small"])
    assert bench.main() == 0  # type: ignore[attr-defined]
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line, parse_constant=pytest.fail)
    assert told["bench"] == name
    assert figures <= set(told["figures"])
    assert all({"value", "goal"} <= set(figure) for figure in told["figures"].values())
    assert told["meets"]
