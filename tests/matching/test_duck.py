"""The engine of one machine takes the memory that its files need."""

from pathlib import Path

import pytest

from muhatap.matching import duck
from muhatap.shared import machine

_MB = 1_000_000


def _file(folder: Path, megabytes: int) -> Path:
    path = folder / f"customers-{megabytes}.csv"
    with path.open("wb") as sparse:
        sparse.write(b"name\nAy\xc5\x9fe\n")
        sparse.truncate(max(megabytes * _MB, 11))
    return path


@pytest.mark.parametrize(
    ("megabytes", "granted"),
    [(0, 900), (110, 990), (1_100, 9_900), (11_000, 12_000)],
    ids=["hardly anything", "a million rows", "ten million rows", "more than half of the machine"],
)
def test_a_larger_file_gets_more_memory_but_never_more_than_half_of_the_machine(
    megabytes: int, granted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "memory_mb", lambda: 24_000)

    assert duck.room_for(_file(tmp_path, megabytes), 0.5) == granted


def test_a_small_file_after_a_large_one_takes_no_memory_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "memory_mb", lambda: 24_000)
    wanted = {"large": 3_000, "small": 950}
    monkeypatch.setattr(duck, "room_for", lambda file, share: wanted[file.stem])
    engine = duck.Duck(threads=1)
    for name in ("large", "small"):
        path = tmp_path / f"{name}.csv"
        path.write_text("name\nAyşe\n", "utf-8")
        engine.load(path, {"name": "name"}, ",")
        engine.drop("raw")

    limit = engine.rows("select current_setting('memory_limit') as held")[0][0]
    engine.close()
    assert limit == "2.7 GiB"
