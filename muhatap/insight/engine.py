"""What answers measures: DuckDB in this process, or a Spark cluster (MUHATAP_ENGINE). Loaded where reports are made, never at the start.

One DuckDB for the process, a cursor for each question: they share its memory limit and threads. A question that takes longer
than ENGINE_SECONDS is cancelled.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePath
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from muhatap.insight import bucket, lake

_opening = threading.Lock()
_opened: dict[str, Any] = {}


class Unanswered(Exception):
    """A question that gets no answer, rather than a wrong one; the text says why and what to do."""


class TooLong(Unanswered):
    """The question was cancelled: it would have taken longer than anybody waits. Ask for fewer days."""


class TooMuch(Unanswered):
    """More happened since the last export than a report reads at once. Ask for days up to yesterday."""


class Gone(Unanswered):
    """Events of some of these days are no longer kept, and the question counts them. Ask for days from then on."""


class Moved(Unanswered):
    """The store of the lake did not give what it had listed: it cannot be reached, or a day was being written. Ask again."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The store of closed days does not give what we asked for. Ask again; if it stays so, tell an administrator."
            )
        )


class NoEngine(Unanswered):
    """The engine that is configured is not there; the text says what to install."""


class Asking(Protocol):
    """One question's connection to the engine."""

    def lay(
        self, name: str, paths: Sequence[PurePath], told: Any, *, start: date | None = None, end: date | None = None
    ) -> None:
        """A table of this name: the rows of these files and of an Arrow table (or None) that lie within these days."""
        ...

    def rows(self, question: str, *asked: Any) -> list[dict[str, Any]]:
        """What a question of `insight.questions` comes to. Raises TooLong, Moved."""
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
        self._cursor = cursor
        self._paths: list[PurePath] = []

    def lay(
        self, name: str, paths: Sequence[PurePath], told: Any, *, start: date | None = None, end: date | None = None
    ) -> None:
        pieces = []
        if paths:
            pieces.append(lake.readable(self._cursor, name, paths))
            self._paths += paths
        if told is not None and (told.num_rows or not paths):
            self._cursor.register(f"told_{name}", told)
            pieces.append(f"told_{name}")
        within = " and ".join(_within(start, end)) or "true"
        columns = ", ".join(f'"{column}"' for column in _columns(name))
        selects = [f"select {columns} from {piece} where {within}" for piece in pieces]  # noqa: S608 (ours)
        with self._moved():
            self._cursor.execute(f"create or replace temporary view {name} as {' union all '.join(selects)}")

    def rows(self, question: str, *asked: Any) -> list[dict[str, Any]]:
        import duckdb

        watch = threading.Timer(settings.ENGINE_SECONDS, self._cursor.interrupt)
        watch.start()
        try:
            with self._moved():
                found = self._cursor.execute(_statement("duckdb", question, *asked))
                names = [column[0] for column in found.description]
                return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        except duckdb.InterruptException as error:
            raise TooLong(
                _(
                    "We stopped counting, so that nothing else waits. Choose fewer days, or ask again when it is quieter."
                )
            ) from error
        finally:
            watch.cancel()

    @contextmanager
    def _moved(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            if self._is_moved(error):
                raise Moved from error
            raise

    def _is_moved(self, error: Exception) -> bool:
        """The store failed, or files that were listed have gone from their folder."""
        if bucket.is_meant():
            return "arrow" in str(error).lower()
        return any(not Path(path).exists() for path in self._paths)


class _Spark:
    """The lake has to lie where the workers reach it under the same address."""

    def __init__(self, master: str) -> None:
        self._on = _session(master).newSession()  # so that views of one question are not those of another

    def lay(
        self, name: str, paths: Sequence[PurePath], told: Any, *, start: date | None = None, end: date | None = None
    ) -> None:
        before = "s3a://" if bucket.is_meant() else ""
        files = [f"{before}{path}" for path in paths]
        pieces = [self._on.read.parquet(*files).select(*_columns(name))] if files else []
        if told is not None and (told.num_rows or not paths):
            pieces.append(self._on.createDataFrame(told))
        whole = pieces[0] if len(pieces) == 1 else pieces[0].union(pieces[1])
        for condition in _within(start, end):
            whole = whole.where(condition)
        whole.createOrReplaceTempView(name)

    def rows(self, question: str, *asked: Any) -> list[dict[str, Any]]:
        return [row.asDict() for row in self._on.sql(_statement("pyspark", question, *asked)).collect()]


def _statement(dialect: str, question: str, *asked: Any) -> str:
    from muhatap.insight import questions

    return questions.statement(dialect, getattr(questions, question), *asked)


def _columns(name: str) -> list[str]:
    from muhatap.measures.tables import FACTS

    return list(FACTS[name].names)


def _within(start: date | None, end: date | None) -> list[str]:
    return [f"day {sign} date '{day}'" for sign, day in ((">=", start), ("<=", end)) if day is not None]


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoEngine(_("Spark is not installed: pip install -r requirements/spark.txt.")) from error
    builder = SparkSession.builder.appName("muhatap").config("spark.sql.session.timeZone", "UTC")
    if bucket.is_meant() and not master.startswith("sc://"):  # a server of Spark Connect has its own settings
        for option, value in bucket.hadoop().items():
            builder = builder.config(option, value)
    builder = builder.remote(master) if master.startswith("sc://") else builder.master(master)
    return builder.getOrCreate()
