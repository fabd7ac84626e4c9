"""What is compared, and in which levels: the one definition that Python, DuckDB and Spark all score by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from muhatap.matching.dialects import Dialect
from muhatap.matching.normal import Normal
from muhatap.matching.predicates import (
    All,
    Ends,
    Exchanged,
    Initial,
    Missing,
    Near,
    OnePlace,
    Other,
    Predicate,
    Same,
    Shared,
    Turned,
    Word,
)

MISSING, OTHER = "missing", "other"


@dataclass(frozen=True)
class Comparison:
    """Levels from the strongest to the weakest; before them stands `missing`, after them `other`."""

    field: str
    of: str  # the field whose lack makes it missing
    levels: tuple[tuple[str, Predicate], ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return (MISSING, *(name for name, _ in self.levels), OTHER)

    def level(self, a: Normal, b: Normal) -> int:
        if not getattr(a, self.of) or not getattr(b, self.of):  # as Missing says; most fields of most pairs end here
            return 0
        for number, (_, predicate) in enumerate(self.levels, 1):
            if predicate.holds(a, b):
                return number
        return len(self.levels) + 1

    def sql(self, dialect: Dialect) -> str:
        cases = "".join(f" when {rule.sql(dialect)} then {number}" for number, (_, rule) in enumerate(self.levels, 1))
        return f"case when {Missing(self.of).sql(dialect)} then 0{cases} else {len(self.levels) + 1} end"


_REGISTRY_DAYS = ("-01-01", "-07-01")
COMPARISONS = (
    Comparison("given", "given", (
        ("same", Same("given")),
        ("exchanged", Exchanged("given", "family")),
        ("nickname", Same("call")),
        ("near", Near("given")),
        ("initial", Initial("given")),
        ("word", Word("given", "givens")),
        ("head", Same("given", of=3)),
    )),
    Comparison("family", "family", (
        ("same", Same("family")),
        ("exchanged", Exchanged("given", "family")),
        ("near", Near("family")),
        ("word", Word("family", "family")),
        ("head", Same("family", of=4)),
    )),
    Comparison("born", "born", (
        ("registry_day", All(Same("born"), Ends("born", _REGISTRY_DAYS))),
        ("same", Same("born")),
        ("turned", Turned("born")),
        ("near", OnePlace("born")),
        ("year", Same("born", of=4)),
    )),
    Comparison("email", "email", (
        ("shared_by_many", All(Same("email"), Shared("email_share", 3))),
        ("shared", All(Same("email"), Shared("email_share", 2))),
        ("dotted", All(Same("email"), Other("written"))),  # at Gmail; whether that is one mailbox, the data tell
        ("same", Same("email")),
        ("near", All(Same("domain"), Near("user"))),
        ("user", Same("user")),
    )),
    Comparison("phone", "phone", (
        ("shared_by_many", All(Same("phone"), Shared("phone_share", 3))),
        ("shared", All(Same("phone"), Shared("phone_share", 2))),
        ("same", Same("phone")),
        ("near", OnePlace("phone")),
    )),
    Comparison("national", "national", (("same", Same("national")), ("near", Near("national")))),
    Comparison("address", "street", (
        ("same", All(Same("street"), Same("district"))),
        ("street", Same("street")),
        ("near", Near("street")),
    )),
    Comparison("place", "city", (("district", All(Same("city"), Same("district"))), ("city", Same("city")))),
    Comparison("postcode", "postcode", (("same", Same("postcode")), ("near", Near("postcode")))),
    Comparison("company", "company", (("same", Same("company")), ("near", Near("company")))),
)  # fmt: skip
BY_FIELD: Mapping[str, Comparison] = {each.field: each for each in COMPARISONS}
Levels = tuple[int, ...]


def levels(a: Normal, b: Normal) -> Levels:
    """The level of every comparison, in the order of COMPARISONS."""
    return tuple(comparison.level(a, b) for comparison in COMPARISONS)


def code(found: Levels) -> int:
    """All levels in one number, four bits each."""
    return sum(level << 4 * place for place, level in enumerate(found))


def levels_of(number: int) -> Levels:
    return tuple(number >> 4 * place & 15 for place in range(len(COMPARISONS)))


def code_sql(fields: frozenset[str], dialect: Dialect) -> str:
    """The number of `code` in SQL over rows l and r; fields that no record has are left out, they are 0 anyway."""
    terms = (
        f"cast({comparison.sql(dialect)} as bigint) * {16**place}"
        for place, comparison in enumerate(COMPARISONS)
        if comparison.of in fields
    )
    return " + ".join(terms) or "0"


def named(found: Levels) -> Iterator[tuple[str, str]]:
    """(field, level) of everything that could be compared."""
    for comparison, level in zip(COMPARISONS, found, strict=True):
        if level:
            yield comparison.field, comparison.names[level]
