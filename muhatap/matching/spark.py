"""The batch on a cluster: the same SQL on Spark (`pip install -r requirements/spark.txt`, and Java)."""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from muhatap.matching.arguments import CannotDedupe
from muhatap.matching.dialects import Dialect
from muhatap.matching.engine import Columns, Engine
from muhatap.shared.words import gettext as _

# The cluster itself comes from Spark's own configuration (SPARK_REMOTE, spark-defaults.conf); without any: this machine.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.parser.escapedStringLiterals": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


class Spark(Engine):
    dialect = Dialect.SPARK

    def __init__(self, **settings: str) -> None:
        """Raises CannotDedupe when PySpark is not installed."""
        super().__init__()
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise CannotDedupe(_("Spark is not installed: pip install -r requirements/spark.txt.")) from error
        builder = SparkSession.builder.appName("muhatap dedupe")
        for name, value in (_SETTINGS | settings).items():
            builder = builder.config(name, value)
        self._on = builder.getOrCreate()

    def load(self, path: Path, columns: Mapping[str, str], delimiter: str) -> None:
        read = self._on.read.csv(
            str(path), header=True, sep=delimiter, escape='"', multiLine=True, mode="FAILFAST", encoding="UTF-8"
        )
        numbered = read.rdd.zipWithIndex().map(lambda row: (row[1] + 1, *row[0]))
        rows = self._on.createDataFrame(
            numbered, ", ".join(["id bigint", *(f"`{name.strip()}` string" for name in read.columns)])
        )
        rows.createOrReplaceTempView("file")
        chosen = ", ".join(f"{expression} as {name}" for name, expression in columns.items())
        self.make("raw", f"select id, {chosen} from file")

    def make(self, table: str, query: str) -> None:
        # Cut off from what it was made of: plans of plans would fill the driver before the first row is read.
        self._on.sql(query).localCheckpoint().createOrReplaceTempView(table)

    def drop(self, *names: str) -> None:
        for name in names:
            self._on.catalog.dropTempView(name)

    def lend(self, table: str, columns: Columns) -> None:
        import pyarrow

        self._on.createDataFrame(pyarrow.table(dict(columns))).createOrReplaceTempView(table)

    def numbers(self, query: str) -> Columns:
        told = self._on.sql(query).toArrow()
        return {name: np.asarray(told[name].to_numpy(zero_copy_only=False)) for name in told.column_names}

    def write(self, query: str, path: Path) -> None:
        rows = self._on.sql(query)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows.columns)
            writer.writerows(rows.toLocalIterator())

    def close(self) -> None:
        self._on.stop()
