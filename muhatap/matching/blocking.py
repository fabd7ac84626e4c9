"""Under which keys a record is found: two records that share a key become a pair to be weighed."""

import hashlib
from dataclasses import dataclass

from muhatap.matching import dialects
from muhatap.matching.dialects import Dialect
from muhatap.matching.normal import TEXTS, Normal


@dataclass(frozen=True)
class Part:
    """A field, or so many of its letters from a place on (1 is the first)."""

    field: str
    start: int = 1
    length: int = 0

    def of(self, record: Normal) -> str:
        text = str(getattr(record, self.field))
        if not self.length:
            return text
        part = text[self.start - 1 : self.start - 1 + self.length]
        return part if len(part) == self.length else ""

    def sql(self) -> str:
        return f"substr({self.field}, {self.start}, {self.length})" if self.length else self.field

    def is_there(self) -> str:
        return f"length({self.field}) >= {self.start + self.length - 1}" if self.length else f"{self.field} <> ''"


@dataclass(frozen=True)
class Rule:
    name: str
    parts: tuple[Part, ...]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(part.field for part in self.parts)

    def key(self, record: Normal) -> int | None:
        """64 bits, signed; None when a part is missing."""
        texts = [part.of(record) for part in self.parts]
        return _hash("|".join((self.name, *texts))) if all(texts) else None

    def text_sql(self) -> str:
        return " || '|' || ".join((dialects.literal(self.name), *(part.sql() for part in self.parts)))

    def key_sql(self, dialect: Dialect) -> str:
        """The same number as `key`, NULL when a part is missing."""
        return f"case when {self.is_there()} then {dialects.key_hash(self.text_sql(), dialect)} end"

    def is_there(self) -> str:
        return " and ".join(part.is_there() for part in self.parts)


def rule(text: str) -> Rule:
    """'given:3+born' → the first three letters of the first name and the day of birth; 'phone@4:7' → 7 digits from the 4th.

    Raises ValueError when it is no rule.
    """
    return Rule(text, tuple(_part(part) for part in text.split("+")))


def _part(text: str) -> Part:
    name, _, length = text.partition(":")
    name, _, start = name.partition("@")
    if name not in TEXTS:
        raise ValueError(text)
    return Part(name, int(start or 1), int(length or 0))


CATALOGUE = tuple(
    map(
        rule,
        (
            "national",
            "email",
            "phone",
            "user",
            "call+born",
            "family+born",
            "given:3+family:3+born",
            "call+family+district",
            "call+street",
            "call+phone@4:7",
            "given:3+user:6",
            "family+street",
            "given:3+family+born:4",
            "family:3+phone@4:7",
            "call+family+postcode",
            "given:3+postcode",
            "family:3+postcode",
            "given:3+born@6:5",
            "born",
            "street+postcode",
            "street+district",
            "given:3+family:3",
            "call+family",
        ),
    )
)
# What an online index needs: every rule that finds few.
ONLINE = tuple(each for each in CATALOGUE if each.name not in {"born", "given:3+family:3", "street+district"})


def keys(record: Normal, rules: tuple[Rule, ...] = ONLINE) -> tuple[int, ...]:
    """The hashes under which the record is indexed and sought, each once."""
    found = (rule.key(record) for rule in rules)
    return tuple(dict.fromkeys(key for key in found if key is not None))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:8], "big", signed=True)
