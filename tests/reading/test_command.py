"""`muhatap read` on small files, and on files nobody should send."""

import io
import json
import sys

import pytest

from muhatap.config import command


def read(tmp_path, *lines: bytes | str) -> tuple[int, list[dict[str, object]]]:
    source, target = tmp_path / "texts.jsonl", tmp_path / "readings.jsonl"
    source.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    code = command.main(["read", "--in", str(source), "--out", str(target)])
    return code, [json.loads(line) for line in target.read_text("utf-8").splitlines()]


def test_fields_pass_through_and_the_order_is_kept(tmp_path, capsys):
    code, rows = read(
        tmp_path,
        '{"id": 7, "text": "Kargom gelmedi", "from": {"name": "Ayşe"}}',
        "",
        '{"text": "Teşekkürler", "id": "b"}',
    )

    assert code == 0
    assert [(row["id"], row["kind"]) for row in rows] == [(7, "complaint"), ("b", "praise")]
    assert rows[0]["from"] == {"name": "Ayşe"}
    assert {"kind", "urgency", "sentiment", "language", "topic", "confidences", "reasons", "is_sure", "model"} <= rows[
        0
    ].keys()
    assert set(rows[0]["confidences"]) == {"kind", "urgency", "sentiment", "language", "topic"}
    assert json.loads(capsys.readouterr().out)["texts"] == 2


HOSTILE = {
    "no JSON": b"{text: hello}",
    "half of it": b'{"text": "abc',
    "a list": b'["text"]',
    "no text": b'{"id": 1}',
    "a number": b'{"text": 5}',
    "nothing": b'{"text": null}',
    "empty": b'{"text": "  "}',
    "not UTF-8": b'{"text": "\xff\xfe"}',
    "too deep": b'{"text": ' + b"[" * 200_000 + b"}",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_line_nobody_can_read_says_why_and_the_others_go_on(tmp_path, capsys, hostile):
    code, rows = read(tmp_path, '{"text": "Kargom gelmedi"}', hostile, '{"text": "Thank you"}')

    assert code == 0
    assert [("error" in row) for row in rows] == [False, True, False]
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "2" in told and "Traceback" not in told


def test_strange_texts_are_read_like_any_other(tmp_path):
    texts = [
        "x" * 10_000_000,
        "😡😡",
        "a\x00b",
        "\ud800 yarım",
        "Привет merhaba 你好",
        "<script>alert(1)</script>kargom nerede",
    ]

    code, rows = read(tmp_path, *(json.dumps({"text": text}) for text in texts))

    assert code == 0
    assert [row["text"] for row in rows] == texts
    assert all("error" not in row for row in rows)


def test_when_no_line_can_be_read_the_command_fails(tmp_path):
    assert read(tmp_path, "nonsense")[0] == 1
    assert read(tmp_path)[0] == 0


def test_a_pipe_goes_through(monkeypatch, capfdbinary):
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO('{"text": "Adresimi değiştirir misiniz?"}\n'.encode()))
    )

    assert command.main(["read", "--in", "-", "--out", "-"]) == 0

    out, told = capfdbinary.readouterr()
    assert json.loads(out)["kind"] == "request"
    assert json.loads(told)["texts"] == 1


def test_files_that_cannot_be_opened_are_said(tmp_path, capsys):
    assert command.main(["read", "--in", str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "x")]) == 1
    (tmp_path / "a.jsonl").write_text('{"text": "a"}')
    assert command.main(["read", "--in", str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "a.jsonl")]) == 1

    assert capsys.readouterr().err.count("\n") == 2
    assert (tmp_path / "a.jsonl").read_text() == '{"text": "a"}'


def test_many_lines_keep_their_order_and_their_numbers(tmp_path, capsys):
    lines = [json.dumps({"id": n, "text": "Teşekkürler" if n % 3 else "x" * 300_000}) for n in range(150)]
    lines[100], lines[140] = "{half", json.dumps({"id": 140, "text": " "})

    code, rows = read(tmp_path, *lines)

    assert code == 0 and len(rows) == 150
    assert [row.get("id") for row in rows] == [None if n == 100 else n for n in range(150)]
    assert [n for n, row in enumerate(rows) if "error" in row] == [100, 140]
    out, told = capsys.readouterr()
    assert [line.split(":")[0] for line in told.splitlines()] == ["Satır 101", "Satır 141"]
    assert json.loads(out)["unread"] == 2


class BrokenPipe(io.RawIOBase):
    """Gives its lines one by one, and then breaks off."""

    def __init__(self, *lines: bytes) -> None:
        self.lines = list(lines)

    def readable(self) -> bool:
        return True

    def readinto(self, room) -> int:
        if not self.lines:
            raise OSError("the pipe broke")
        line = self.lines.pop(0)
        room[: len(line)] = line
        return len(line)


def test_what_came_before_the_source_broke_off_is_answered(tmp_path, monkeypatch, capsys):
    pipe = BrokenPipe(b'{"id": 1, "text": "Kargom gelmedi"}\n', b'{"id": 2, "text": "Thank you"}\n')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(pipe)))
    target = tmp_path / "readings.jsonl"

    assert command.main(["read", "--in", "-", "--out", str(target)]) == 1

    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert [(row["id"], row["kind"]) for row in rows] == [(1, "complaint"), (2, "praise")]
    assert "the pipe broke" in capsys.readouterr().err


def test_a_field_named_error_is_a_field_like_any_other(tmp_path, capsys):
    _code, (row,) = read(tmp_path, '{"text": "Kargom gelmedi", "error": "theirs"}')

    assert (row["kind"], row["error"]) == ("complaint", "theirs")
    assert json.loads(capsys.readouterr().out)["unread"] == 0
