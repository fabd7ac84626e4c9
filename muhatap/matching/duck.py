"""The batch on one machine: DuckDB reads, normalises, pairs and compares; numbers come back, never the records."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from muhatap.matching import pairing
from muhatap.matching.blocking import Rule
from muhatap.matching.dialects import Dialect
from muhatap.matching.engine import MOST_IN_A_KEY, Columns, Engine
from muhatap.matching.pairing import Groups
from muhatap.shared import machine

_LEAST_MB = 900
_TIMES_THE_FILE = 9  # records, their normal forms and the two sides of a comparison


def room_for(file: Path, share: float) -> int:
    """Megabytes to compare a file's rows in: with less, most goes through the disk, and what cannot go there ends the work. Never more
    than this share of the machine's memory."""
    wanted = max(_LEAST_MB, _TIMES_THE_FILE * file.stat().st_size // 1_000_000)
    return min(wanted, int(machine.memory_mb() * share))


class Duck(Engine):
    dialect = Dialect.DUCKDB

    def __init__(
        self, *, memory: str | None = None, share: float = 0.5, threads: int | None = None, spill: Path | None = None
    ) -> None:
        """Takes so much memory; untold, what its largest file needs, but no more than this share of the machine's."""
        super().__init__()
        self._on = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._lent: set[str] = set()
        self._shared: list[Groups] = []
        self._part = share if memory is None else 0.0
        self._room_mb = 0
        self._on.execute(f"set memory_limit = '{memory or f'{_LEAST_MB}MB'}'; set preserve_insertion_order = false")
        if threads:
            self._on.execute(f"set threads = {threads}")
        if spill:
            self._on.execute(f"set temp_directory = '{spill}'")

    def load(self, path: Path, columns: Mapping[str, str], delimiter: str) -> None:
        self._make_room(path)
        chosen = ", ".join(f"{expression} as {name}" for name, expression in columns.items())
        options = "header = true, all_varchar = true, strict_mode = true, quote = '\"', escape = '\"', parallel = false"
        self._on.execute(
            f"create table raw as select row_number() over () as id, {chosen} from read_csv(?, delim = ?, {options})",
            [str(path), delimiter],
        )

    def _make_room(self, path: Path) -> None:
        """More for a larger file; never less, since what came before is still held."""
        if self._part and (wanted := room_for(path, self._part)) > self._room_mb:
            self._room_mb = wanted
            self._on.execute(f"set memory_limit = '{wanted}MB'")

    def make(self, table: str, query: str) -> None:
        self._on.execute(f"create or replace table {table} as {query}")

    def drop(self, *names: str) -> None:
        for name in names:
            if name in self._lent:
                self._on.unregister(name)
                self._lent.remove(name)
            else:
                self._on.execute(f"drop table if exists {name}")

    def lend(self, table: str, columns: Columns) -> None:
        self._on.register(table, columns)
        self._lent.add(table)

    def numbers(self, query: str) -> Columns:
        return dict(self._on.execute(query).fetchnumpy())

    def write(self, query: str, path: Path) -> None:
        """The rows as a CSV."""
        self._on.execute(f"copy ({query}) to '{str(path).replace(chr(39), chr(39) * 2)}' (header, delimiter ',')")

    def key(self, rules: tuple[Rule, ...]) -> list[tuple[int, int, int]]:
        """The same pairs as in SQL, which sorting numbers finds at a third of the cost."""
        self._shared = [self._sharing(rule) for rule in rules]
        return [(number, len(each.ids), each.n_pairs) for number, each in enumerate(self._shared) if each.n_pairs]

    def _sharing(self, rule: Rule) -> Groups:
        parts = ", ".join(part.sql() for part in rule.parts)
        found = self.numbers(f"select hash({parts}) as k, id from record where {rule.is_there()}")
        return pairing.sharing(found["k"], found["id"], MOST_IN_A_KEY)

    def pair(self, rules: list[int]) -> int:
        found = pairing.pairs([self._shared[number] for number in rules])
        self._shared = []
        left, right = pairing.parted(found)
        self.lend("pair", {"l": left, "r": right})
        return len(found)

    def close(self) -> None:
        self._on.close()
