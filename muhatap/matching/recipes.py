"""Texts in steps that run in Python and are said in SQL: one definition of a normal form, for every engine."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from muhatap.matching import dialects
from muhatap.matching.dialects import Dialect
from muhatap.matching.letters import bare, latinised


class Step(Protocol):
    """Takes a text and gives a text, never NULL; in SQL an expression of an expression."""

    def run(self, text: str) -> str: ...

    def sql(self, x: str, dialect: Dialect) -> str: ...


def _run(steps: Iterable[Step], text: str) -> str:
    for step in steps:
        text = step.run(text)
    return text


def _sql(steps: Iterable[Step], x: str, dialect: Dialect) -> str:
    for step in steps:
        x = step.sql(x, dialect)
    return x


@dataclass(frozen=True)
class Fold:
    """Small letters without marks."""

    def run(self, text: str) -> str:
        return bare(text)

    def sql(self, x: str, dialect: Dialect) -> str:
        return dialects.fold(x, dialect)


@dataclass(frozen=True)
class Latinise:
    """Cyrillic and Greek in Latin letters."""

    def run(self, text: str) -> str:
        return latinised(text)

    def sql(self, x: str, dialect: Dialect) -> str:
        return dialects.latinise(x)


@dataclass(frozen=True)
class Replace:
    """Every place of a pattern; patterns hold to what RE2, PostgreSQL, Java and Python understand alike, without backslashes."""

    pattern: str
    by: str = ""
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", _compiled(self.pattern))

    def run(self, text: str) -> str:
        return self._compiled.sub(self.by, text)

    def sql(self, x: str, dialect: Dialect) -> str:
        return dialects.replaced(x, self.pattern, self.by, dialect)


@dataclass(frozen=True)
class Extract:
    """What the pattern's one group caught; an empty text when it caught nothing."""

    pattern: str
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", _compiled(self.pattern))

    def run(self, text: str) -> str:
        found = self._compiled.search(text)
        return found.group(1) or "" if found else ""

    def sql(self, x: str, dialect: Dialect) -> str:
        return dialects.extracted(x, self.pattern, dialect)


@dataclass(frozen=True)
class Trim:
    def run(self, text: str) -> str:
        return text.strip(" ")

    def sql(self, x: str, dialect: Dialect) -> str:
        return f"trim({x})"


@dataclass(frozen=True)
class Pad:
    """A space at both ends and two between words, so that whole words are found by ' word '."""

    def run(self, text: str) -> str:
        return " " + text.replace(" ", "  ") + " "

    def sql(self, x: str, dialect: Dialect) -> str:
        return f"(' ' || replace({x}, ' ', '  ') || ' ')"


@dataclass(frozen=True, eq=False)
class LookUp:
    table: Mapping[str, str]

    def run(self, text: str) -> str:
        return self.table.get(text, text)

    def sql(self, x: str, dialect: Dialect) -> str:
        return dialects.looked_up(x, dict(self.table), dialect)


@dataclass(frozen=True)
class Without:
    """An empty text in place of a word that says nothing."""

    words: frozenset[str]

    def run(self, text: str) -> str:
        return "" if text in self.words else text

    def sql(self, x: str, dialect: Dialect) -> str:
        return f"case when {dialects.is_one_of(x, self.words)} then '' else {x} end"

    guarded_sql = sql  # in a stage of its own, since x stands twice


@dataclass(frozen=True)
class Part:
    """What stands before the first of these marks (1) or between it and the next (2)."""

    mark: str
    number: int

    def run(self, text: str) -> str:
        return [*text.split(self.mark), ""][self.number - 1]

    def sql(self, x: str, dialect: Dialect) -> str:
        return f"split_part({x}, {dialects.literal(self.mark)}, {self.number})"


@dataclass(frozen=True)
class Drop:
    """These letters left out."""

    letters: str

    def run(self, text: str) -> str:
        return text.translate(dict.fromkeys(map(ord, self.letters)))

    def sql(self, x: str, dialect: Dialect) -> str:
        return f"translate({x}, {dialects.literal(self.letters)}, '')"


@dataclass(frozen=True)
class Unless:
    """Steps that change only texts whose part after the mark is not one of these words: looking them up is cheaper than patterns."""

    mark: str
    words: frozenset[str]
    steps: tuple[Step, ...]

    def run(self, text: str) -> str:
        if text.partition(self.mark)[2] in self.words:
            return text
        return _run(self.steps, text)

    def sql(self, x: str, dialect: Dialect) -> str:
        """The steps alone: they leave other texts as they are, and x stands once."""
        return _sql(self.steps, x, dialect)

    def guarded_sql(self, column: str, dialect: Dialect) -> str:
        word = Part(self.mark, 2).sql(column, dialect)
        return f"case when {dialects.is_one_of(word, self.words)} then {column} else {self.sql(column, dialect)} end"


@dataclass(frozen=True)
class Where:
    """Steps that change only texts in which these parts stand one after the other: looking for them is cheaper than a pattern."""

    parts: tuple[str, ...]
    steps: tuple[Step, ...]

    def run(self, text: str) -> str:
        place = 0
        for part in self.parts:
            place = text.find(part, place) + len(part)
            if place < len(part):
                return text
        return _run(self.steps, text)

    def sql(self, x: str, dialect: Dialect) -> str:
        """The steps alone: they leave other texts as they are, and x stands once."""
        return _sql(self.steps, x, dialect)

    def guarded_sql(self, column: str, dialect: Dialect) -> str:
        looked_for = dialects.literal(f"%{'%'.join(self.parts)}%")
        return f"case when {column} like {looked_for} then {self.sql(column, dialect)} else {column} end"


@dataclass(frozen=True)
class Recipe:
    steps: tuple[Step, ...]

    def run(self, text: str) -> str:
        return _run(self.steps, text)

    def sql(self, x: str, dialect: Dialect) -> str:
        return _sql(self.steps, x, dialect)

    def stages(self, x: str, column: str, dialect: Dialect) -> list[str]:
        """The same in expressions, the first over x, the others each over the column that the one before has made."""
        found = [x]
        for step in self.steps:
            if isinstance(step, Where | Unless | Without):
                found += [step.guarded_sql(column, dialect)]
            else:
                found[-1] = step.sql(found[-1], dialect)
        return found


def recipe(*steps: Step) -> Recipe:
    return Recipe(steps)


def any_of(words: list[str]) -> str:
    return "(?:" + "|".join(sorted(set(words), key=lambda word: (-len(word), word))) + ")"


def _compiled(pattern: str) -> re.Pattern[str]:
    """`$` means the end in every engine, not the place before a last line break."""
    return re.compile(pattern.replace("$", r"\Z"), re.ASCII)
