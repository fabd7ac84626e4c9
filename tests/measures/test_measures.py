"""DuckDB and Spark give what plain Python gives, also for nothing, ties, midnight, Turkish and nobody."""

import shutil
from typing import Any

import ibis
import pytest

from tests.measures import asking, worlds

WORLDS = {"some": worlds.everything, "nothing": worlds.nothing}


def disagreements(engine: Any, world: str) -> list[str]:
    found = []
    for name, expression, told in asking.cases(WORLDS[world]()):
        rows = engine.to_pyarrow(expression).to_pylist()
        if not asking.equal(rows, told):
            found.append(f"{name}:\n  {rows}\n  {told}")
    return found


@pytest.mark.parametrize("world", WORLDS)
def test_duckdb_agrees(world: str) -> None:
    assert disagreements(ibis.duckdb.connect(), world) == []


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore")  # Spark's own, and what it thinks of the newest pandas
def test_spark_agrees() -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install -r requirements/spark.txt")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.driver.memory": "1g", "spark.sql.shuffle.partitions": "1",
        # Tables of ten rows: compiling a program for each question would take longer than all questions.
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false",
    }  # fmt: skip
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        engine = ibis.pyspark.connect(session)
        assert [*disagreements(engine, "some"), *disagreements(engine, "nothing")] == []
    finally:
        session.stop()
