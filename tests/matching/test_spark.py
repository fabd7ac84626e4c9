"""Spark gives the groups DuckDB gives; where PySpark and Java are installed (requirements/spark.txt)."""

import shutil
from pathlib import Path

import pytest

from benchmarks import identity_world
from muhatap.matching import batch, reading
from muhatap.matching.duck import Duck
from muhatap.matching.engine import Engine


def groups(engine: Engine, path: Path, scratch: Path) -> list[int]:
    sheet = reading.opened(path, {}, scratch)
    n_records = engine.read(sheet.path, sheet.columns, sheet.delimiter)
    try:
        return batch.resolve(engine, n_records).group.tolist()
    finally:
        engine.close()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_both_engines_give_the_same_groups(tmp_path):
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install -r requirements/spark.txt")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from muhatap.matching.spark import Spark

    identity_world.write(10_000, 1, tmp_path)
    path = tmp_path / "records.csv"
    settings = {"spark.master": "local[1]", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}

    assert groups(Spark(**settings), path, tmp_path) == groups(Duck(), path, tmp_path)
