"""The batch on one machine: DuckDB reads, normalises, pairs and compares; numbers come back, never the records."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from muhatap.matching.dialects import Dialect
from muhatap.matching.engine import Columns, Engine


class Duck(Engine):
    dialect = Dialect.DUCKDB

    def __init__(self, *, memory: str = "900MB", threads: int | None = None, spill: Path | None = None) -> None:
        super().__init__()
        self._on = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._on.execute(f"set memory_limit = '{memory}'; set preserve_insertion_order = false")
        if threads:
            self._on.execute(f"set threads = {threads}")
        if spill:
            self._on.execute(f"set temp_directory = '{spill}'")

    def load(self, path: Path, columns: Mapping[str, str], delimiter: str) -> None:
        chosen = ", ".join(f"{expression} as {name}" for name, expression in columns.items())
        options = "header = true, all_varchar = true, strict_mode = true, quote = '\"', escape = '\"', parallel = false"
        self._on.execute(
            f"create table raw as select row_number() over () as id, {chosen} from read_csv(?, delim = ?, {options})",
            [str(path), delimiter],
        )

    def make(self, table: str, query: str) -> None:
        self._on.execute(f"create or replace table {table} as {query}")

    def drop(self, *names: str) -> None:
        for name in names:
            self._on.execute(f"drop table if exists {name}")

    def lend(self, table: str, columns: Columns) -> None:
        self._on.register(table, columns)

    def numbers(self, query: str) -> Columns:
        return dict(self._on.execute(query).fetchnumpy())

    def write(self, query: str, path: Path) -> None:
        """The rows as a CSV."""
        self._on.execute(f"copy ({query}) to '{str(path).replace(chr(39), chr(39) * 2)}' (header, delimiter ',')")

    def close(self) -> None:
        self._on.close()
