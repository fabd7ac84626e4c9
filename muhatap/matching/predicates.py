"""What can be true of two normal records, asked in Python (`holds`) and in SQL over rows l and r."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from muhatap.matching import dialects
from muhatap.matching.dialects import Dialect
from muhatap.matching.normal import Normal
from muhatap.matching.spelling import is_one_edit, is_one_place


class Predicate(Protocol):
    """Symmetric: what holds of a and b holds of b and a."""

    def holds(self, a: Normal, b: Normal) -> bool: ...

    def sql(self, dialect: Dialect) -> str: ...


def value(record: Normal, name: str) -> str:
    return str(getattr(record, name))


@dataclass(frozen=True)
class Missing:
    field: str

    def holds(self, a: Normal, b: Normal) -> bool:
        return not value(a, self.field) or not value(b, self.field)

    def sql(self, dialect: Dialect) -> str:
        return f"(l.{self.field} = '' or r.{self.field} = '')"


@dataclass(frozen=True)
class Same:
    """Both have it and it is the same; `of` letters only, when given."""

    field: str
    of: int = 0

    def holds(self, a: Normal, b: Normal) -> bool:
        x, y = value(a, self.field), value(b, self.field)
        if self.of:
            return len(x) >= self.of and x[: self.of] == y[: self.of]
        return x != "" and x == y

    def sql(self, dialect: Dialect) -> str:
        if self.of:
            head = f"substr(l.{self.field}, 1, {self.of}) = substr(r.{self.field}, 1, {self.of})"
            return f"(length(l.{self.field}) >= {self.of} and {head})"
        return f"(l.{self.field} = r.{self.field} and l.{self.field} <> '')"


@dataclass(frozen=True)
class Other:
    """Both have it and it is not the same."""

    field: str

    def holds(self, a: Normal, b: Normal) -> bool:
        x, y = value(a, self.field), value(b, self.field)
        return x != "" and y != "" and x != y

    def sql(self, dialect: Dialect) -> str:
        return f"(l.{self.field} <> r.{self.field} and l.{self.field} <> '' and r.{self.field} <> '')"


@dataclass(frozen=True)
class Exchanged:
    """Each one's first field is the other's second."""

    first: str
    second: str

    def holds(self, a: Normal, b: Normal) -> bool:
        x, y = (value(a, self.first), value(a, self.second)), (value(b, self.second), value(b, self.first))
        return x == y and all(x)

    def sql(self, dialect: Dialect) -> str:
        first, second = self.first, self.second
        return f"(l.{first} = r.{second} and l.{second} = r.{first} and l.{first} <> '' and l.{second} <> '')"


@dataclass(frozen=True)
class Near:
    """One letter more, less or other, or two neighbours exchanged; of texts of at least four letters."""

    field: str

    def holds(self, a: Normal, b: Normal) -> bool:
        x, y = value(a, self.field), value(b, self.field)
        return len(x) > 3 and len(y) > 3 and is_one_edit(x, y)

    def sql(self, dialect: Dialect) -> str:
        x, y = f"l.{self.field}", f"r.{self.field}"
        return (
            f"case when length({x}) > 3 and length({y}) > 3 then {dialects.is_one_edit(x, y, dialect)} else false end"
        )


@dataclass(frozen=True)
class OnePlace:
    """Of equal length, and different in one place."""

    field: str

    def holds(self, a: Normal, b: Normal) -> bool:
        return is_one_place(value(a, self.field), value(b, self.field))

    def sql(self, dialect: Dialect) -> str:
        return dialects.is_one_place(f"l.{self.field}", f"r.{self.field}", dialect)


@dataclass(frozen=True)
class Word:
    """One is a whole word of the other's several: 'kara' of 'kara demir'."""

    field: str
    within: str

    def holds(self, a: Normal, b: Normal) -> bool:
        return self._is_in(a, b) or self._is_in(b, a)

    def _is_in(self, a: Normal, b: Normal) -> bool:
        word, text = value(a, self.field), value(b, self.within)
        return len(word) > 1 and " " in text and f" {word} " in f" {text} "

    def sql(self, dialect: Dialect) -> str:
        def is_in(a: str, b: str) -> str:
            word, text = f"{a}.{self.field}", f"{b}.{self.within}"
            whole = dialects.contains(f"' ' || {text} || ' '", f"' ' || {word} || ' '", dialect)
            return f"({text} like '% %' and length({word}) > 1 and {whole})"

        return f"({is_in('l', 'r')} or {is_in('r', 'l')})"


@dataclass(frozen=True)
class Initial:
    """One is only the first letter of the other."""

    field: str

    def holds(self, a: Normal, b: Normal) -> bool:
        x, y = value(a, self.field), value(b, self.field)
        return 1 in (len(x), len(y)) and x[0:1] == y[0:1]

    def sql(self, dialect: Dialect) -> str:
        x, y = f"l.{self.field}", f"r.{self.field}"
        return f"((length({x}) = 1 or length({y}) = 1) and substr({x}, 1, 1) = substr({y}, 1, 1))"


@dataclass(frozen=True)
class Turned:
    """The same year, and each one's month is the other's day."""

    field: str

    def holds(self, a: Normal, b: Normal) -> bool:
        x, y = value(a, self.field), value(b, self.field)
        return x != "" and x[:4] == y[:4] and x[5:7] == y[8:] and x[8:] == y[5:7]

    def sql(self, dialect: Dialect) -> str:
        x, y = f"l.{self.field}", f"r.{self.field}"
        halves = " and ".join(f"substr({p}, 6, 2) = substr({q}, 9, 2)" for p, q in ((x, y), (y, x)))
        return f"({x} <> '' and substr({x}, 1, 4) = substr({y}, 1, 4) and {halves})"


@dataclass(frozen=True)
class Ends:
    """Both end with one of these: the 1st of January of people whose day of birth nobody wrote down."""

    field: str
    words: tuple[str, ...]

    def holds(self, a: Normal, b: Normal) -> bool:
        return value(a, self.field).endswith(self.words) and value(b, self.field).endswith(self.words)

    def sql(self, dialect: Dialect) -> str:
        sides = (" or ".join(f"{side}.{self.field} like '%{word}'" for word in self.words) for side in "lr")
        return " and ".join(f"({side})" for side in sides)


@dataclass(frozen=True)
class Shared:
    """How many first names use the value: the larger of both sides' counts is at least this."""

    field: str
    by: int

    def holds(self, a: Normal, b: Normal) -> bool:
        return max(int(getattr(a, self.field)), int(getattr(b, self.field))) >= self.by

    def sql(self, dialect: Dialect) -> str:
        return f"greatest(l.{self.field}, r.{self.field}) >= {self.by}"


class All:
    """Every one of the predicates holds."""

    def __init__(self, *parts: Predicate) -> None:
        self.parts: Sequence[Predicate] = parts

    def holds(self, a: Normal, b: Normal) -> bool:
        return all(part.holds(a, b) for part in self.parts)

    def sql(self, dialect: Dialect) -> str:
        return "(" + " and ".join(part.sql(dialect) for part in self.parts) + ")"
