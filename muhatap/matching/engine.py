"""A batch run's tables and questions in SQL; `duck` and `spark` say how a table is made, filled and read."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muhatap.matching import pairing, tables
from muhatap.matching.blocking import Rule
from muhatap.matching.dialects import Dialect
from muhatap.matching.normal import TEXTS

MOST_IN_A_KEY = 100  # records that may share a key; above it the key finds crowds, not persons
N_RANDOM = 500_000
Columns = dict[str, NDArray[Any]]


class Engine(ABC):
    """Tables: raw → record (normal form, shares, gains) → keyed → pair → compared; `within`: compared inside components."""

    dialect: Dialect

    def __init__(self) -> None:
        self.present: frozenset[str] = frozenset()
        self.fields: frozenset[str] = frozenset()

    @abstractmethod
    def load(self, path: Path, columns: Mapping[str, str], delimiter: str) -> None:
        """Table raw of a CSV: number of the row as `id`, and an expression over the file's columns for each name."""

    @abstractmethod
    def make(self, table: str, query: str) -> None: ...

    @abstractmethod
    def drop(self, *names: str) -> None: ...

    @abstractmethod
    def lend(self, table: str, columns: Columns) -> None:
        """Our numbers as a table."""

    @abstractmethod
    def numbers(self, query: str) -> Columns: ...

    @abstractmethod
    def write(self, query: str, path: Path) -> None:
        """The rows as a CSV."""

    @abstractmethod
    def close(self) -> None: ...

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return list(zip(*(column.tolist() for column in self.numbers(query).values()), strict=True))

    def count(self, table: str) -> int:
        return int(self.rows(f"select count(*) as n from {table}")[0][0])

    def read(self, path: Path, columns: Mapping[str, str], delimiter: str = ",") -> int:
        """Load the file and keep what its rows are called. Gives the number of rows."""
        self.load(path, columns, delimiter)
        self.present = frozenset(columns) - {"rec_id"}
        self.make(
            "called", f"select id, {'rec_id' if 'rec_id' in columns else 'cast(id as varchar(20))'} as rec_id from raw"
        )
        return self.count("raw")

    def doubled(self) -> str | None:
        """What several rows are called, "" where a row is called nothing; None when each has a name of its own."""
        name = "coalesce(rec_id, '')"
        query = f"select {name} as name from called group by {name} having count(*) > 1 or {name} = '' limit 1"
        return next((str(row[0]) for row in self.rows(query)), None)

    def normalise(self) -> None:
        """Normal forms of all records, and how many people share their addresses and numbers."""
        for column in tables.REPEATING:
            if column in self.present:
                self.make(f"spelled_{column}", tables.spellings(column, self.dialect))
        self.make("normalised", tables.normalised(self.present, self.dialect))
        self.fields = frozenset(tables.forms(self.present))
        self.drop("raw", *(f"spelled_{column}" for column in tables.REPEATING))

    def settle(self, gains: Mapping[str, tuple[Mapping[str, float], float]]) -> None:
        """The records to compare: `gains` tells for each name field the bits of known names and of all others."""
        joins: list[str] = []
        more: list[str] = []
        for field in ("email", "phone"):
            more.append(f"{self._share(field, joins)} as {field}_share")
        for field in ("given", "family"):
            if field in self.fields:
                more.append(f"cast({self._gain(field, *gains[field], joins)} as float) as {field}_gain")
        # What no record has is missing everywhere: a first name is compared with last names, a street with districts.
        more += [f"'' as {field}" for field in TEXTS if field not in self.fields]
        self.make("record", f"select n.*, {', '.join(more)} from normalised n {' '.join(joins)}")
        self.drop("normalised", "shared_email", "shared_phone")

    def _share(self, field: str, joins: list[str]) -> str:
        if not {field, "call"} <= self.fields:
            return "1"
        self.make(f"shared_{field}", tables.shares(field))
        joins.append(f"left join shared_{field} on shared_{field}.{field} = n.{field}")
        return f"cast({tables.share_of(field)} as smallint)"

    def _gain(self, field: str, known: Mapping[str, float], other: float, joins: list[str]) -> str:
        if not known:
            return str(other)
        names = np.array(list(known), dtype=object)
        self.lend(f"names_{field}", {"name": names, "gain": np.array(list(known.values()), dtype=np.float32)})
        joins.append(f"left join names_{field} on names_{field}.name = n.{field}")
        return f"coalesce(names_{field}.gain, {other})"

    def key(self, rules: tuple[Rule, ...]) -> list[tuple[int, int, int]]:
        """Index all records under the rules. Gives for each rule: its number, how many records it finds, how many pairs."""
        self.make("keyed", tables.keyed(rules, self.dialect))
        counted = "select k, any_value(rule) as rule, count(*) as n from keyed group by k"
        self.make("crowd", f"select * from ({counted}) c where n between 2 and {MOST_IN_A_KEY}")
        told = "cast(sum(n) as bigint) as found, cast(sum(n * (n - 1) / 2) as bigint) as pairs"
        return [
            (int(a), int(b), int(c))
            for a, b, c in self.rows(f"select rule, {told} from crowd group by rule order by rule")
        ]

    def pair(self, rules: list[int]) -> int:
        """The distinct pairs that the chosen rules find."""
        chosen = f"select k from crowd where rule in ({', '.join(map(str, rules or [-1]))})"
        self.make("found", f"select keyed.k, keyed.id from keyed join ({chosen}) c on c.k = keyed.k")
        self.drop("keyed", "crowd")
        pairs = "select distinct cast(a.id as integer) as l, cast(b.id as integer) as r"
        self.make("pair", f"{pairs} from found a join found b on a.k = b.k and a.id < b.id")
        self.drop("found")
        return self.count("pair")

    def compare(self) -> None:
        self.make("compared", tables.compared("pair", self.fields, self.dialect))
        self.drop("pair")

    def patterns(self) -> Columns:
        """Levels of the candidate pairs, counted."""
        return self.numbers("select code, count(*) as n from compared group by code")

    def random_patterns(self, n_records: int) -> Columns:
        """Levels of random pairs, counted: how strangers compare."""
        rng = np.random.default_rng(1)
        left, right = (rng.integers(1, n_records + 1, N_RANDOM) for _ in range(2))
        self.lend("random_pair", {"l": left[left != right], "r": right[left != right]})
        inner = tables.compared("random_pair", self.fields, self.dialect)
        return self.numbers(f"select code, count(*) as n from ({inner}) c group by code")

    def gains(self) -> Columns:
        """The same with the gains of names in half bits: enough to tell how many pairs are of the same person."""
        g, f = (f"cast(round({name}_gain * 2) as integer)" for name in ("given", "family"))
        return self.numbers(f"select code, {g} as g, {f} as f, count(*) as n from compared group by code, {g}, {f}")

    def codes(self, source: str) -> NDArray[np.int64]:
        return self.numbers(f"select distinct code from {source}")["code"].astype(np.int64)

    def weighed(self, source: str, weights: Columns, prior: tuple[float, float], least: float) -> Columns:
        """Pairs whose weight is at least this: l, r, weight, what speaks against, code."""
        self.lend("weights", weights)
        return self.numbers(tables.weighed(source, prior, least))

    def contradicted(self) -> Columns:
        """Of the pairs inside the components those whom their numbers of identity keep apart, records from 0."""
        if "national" not in self.fields:
            return {name: np.empty(0, np.int64) for name in ("l", "r")}
        return self.numbers(tables.contradicted("within"))

    def compare_within(self, component: NDArray[np.int64], most: int) -> None:
        """All pairs inside the components: those compared already, and those no rule had found, compared now."""
        sizes = np.bincount(component, minlength=len(component))[component]
        chosen = np.flatnonzero((sizes > 1) & (sizes <= most))
        self.lend("hanging", {"id": chosen + 1, "component": component[chosen]})
        both = "join hanging a on a.id = c.l join hanging b on b.id = c.r and b.component = a.component"
        self.make("known", f"select c.* from compared c {both}")
        known = self.numbers("select l, r from known")
        every = pairing.pairs([pairing.sharing(component[chosen], chosen + 1, most)])
        left, right = pairing.parted(pairing.without(every, pairing.joined(known["l"], known["r"])))
        self.lend("within_pair", {"l": left, "r": right})
        self.make(
            "within", f"select * from known union all {tables.compared('within_pair', self.fields, self.dialect)}"
        )
        self.drop("known")
