"""What answers measures: DuckDB in this process, or a Spark cluster (MUHATAP_ENGINE). Loaded where reports are made, never at the start.

One DuckDB for the process, a cursor for each question: they share its memory limit and threads. A question that takes longer
than ENGINE_SECONDS is cancelled.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

_opening = threading.Lock()
_numbers = count(1)
_opened: dict[str, Any] = {}


class TooLong(Exception):
    """The question was cancelled: it would have taken longer than anybody waits. Ask for fewer days."""


class NoEngine(Exception):
    """The engine that is configured is not there; the text says what to install."""


class Asking(Protocol):
    """One question's connection to the engine."""

    def parquet(self, paths: Sequence[Path]) -> Any:
        """An Ibis table of these files; at least one."""
        ...

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """What the expression comes to. Raises TooLong."""
        ...


@contextmanager
def asking() -> Iterator[Asking]:
    """For one question, or a few that belong together. Raises NoEngine."""
    if settings.ENGINE.startswith(("spark://", "local[", "sc://")):
        yield _Spark(settings.ENGINE)
        return
    cursor = _duckdb().cursor()
    try:
        yield _Duck(cursor)
    finally:
        cursor.close()


def _duckdb() -> Any:
    import duckdb

    with _opening:
        if "duckdb" not in _opened:
            config: dict[str, str | bool | int | float | list[str]] = {
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": f"{settings.ENGINE_MEMORY_MB}MB",
                "temp_directory": str(Path(settings.DATA_DIR) / "engine"),
                "preserve_insertion_order": "false",
            }
            if settings.ENGINE_THREADS:
                config["threads"] = str(settings.ENGINE_THREADS)
            _opened["duckdb"] = duckdb.connect(config=config)
            _opened["duckdb"].execute("set global parquet_metadata_cache = true")
        return _opened["duckdb"]


class _Duck:
    def __init__(self, cursor: Any) -> None:
        import ibis

        self._cursor = cursor
        self._on = ibis.duckdb.from_connection(cursor)

    def parquet(self, paths: Sequence[Path]) -> Any:
        return self._on.read_parquet(
            [str(path) for path in paths], table_name=f"parts_{next(_numbers)}", hive_partitioning=False
        )

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        import duckdb

        watch = threading.Timer(settings.ENGINE_SECONDS, self._cursor.interrupt)
        watch.start()
        try:
            told: list[dict[str, Any]] = self._on.to_pyarrow(expression).to_pylist()
        except duckdb.InterruptException as error:
            raise TooLong from error
        finally:
            watch.cancel()
        return told


class _Spark:
    """The lake has to lie where the workers reach it under the same address."""

    def __init__(self, master: str) -> None:
        import ibis

        self._on = ibis.pyspark.connect(_session(master))

    def parquet(self, paths: Sequence[Path]) -> Any:
        return self._on.read_parquet([str(path) for path in paths], table_name=f"parts_{next(_numbers)}")

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self._on.to_pyarrow(expression).to_pylist()
        return told


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoEngine(_("Spark is not installed: pip install -r requirements/spark.txt.")) from error
    builder = SparkSession.builder.appName("muhatap").config("spark.sql.session.timeZone", "UTC")
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    return builder.getOrCreate()
