"""The console tells people what they can mend in a sentence, never in a traceback."""

import pytest

from muhatap.config import command


def test_a_wrong_setting_is_one_line_and_exit_code_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MUHATAP_BIND", "everywhere")

    assert command.main(["serve"]) == 1

    told = capsys.readouterr().err
    assert told.startswith("MUHATAP_BIND: ")
    assert told.count("\n") == 1


def test_without_a_word_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--help"])

    told = capsys.readouterr().out
    for word in ("serve", "demo", "migrate", "doctor", "mail", "replay", "manage", "shell"):
        assert word in told


def test_a_replay_of_nothing_in_particular_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["replay"]) == 1
    assert "--since" in capsys.readouterr().err
