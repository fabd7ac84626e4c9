"""The tables of a batch hold what the normaliser says, and groups of a small world are mostly right."""

import tempfile
from pathlib import Path

from benchmarks import identity_world
from muhatap.matching import normal, reading
from muhatap.matching.duck import Duck


def test_every_row_of_the_batch_is_the_normal_form_in_python(tmp_path):
    identity_world.write(300, 5, tmp_path)
    engine = Duck(threads=1)
    with tempfile.TemporaryDirectory() as scratch:
        sheet = reading.opened(tmp_path / "records.csv", {}, Path(scratch))
        engine.read(sheet.path, sheet.columns, sheet.delimiter)
    names = sorted(engine.present)
    raw = {
        id: dict(zip(names, row, strict=True)) for id, *row in engine.rows(f"select id, {', '.join(names)} from raw")
    }
    engine.normalise()
    fields = sorted(engine.fields)
    rows = engine.rows(f"select id, {', '.join(fields)} from normalised")
    engine.close()

    assert len(rows) == 300
    for id, *row in rows:
        record = normal.of({name: value for name, value in raw[id].items() if isinstance(value, str)})
        assert [getattr(record, field) for field in fields] == row
