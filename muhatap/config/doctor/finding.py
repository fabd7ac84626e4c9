"""What a check says: fine, worth a look, or wrong; and how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from muhatap.config.environment import Environment


class Health(Enum):
    """`LOOK` is for a person to decide; only `WRONG` makes the doctor's exit code 1."""

    FINE = "✓"
    LOOK = "!"
    WRONG = "✗"


@dataclass(frozen=True)
class Finding:
    """One sentence about one part, and, unless it is fine, one about mending it."""

    health: Health
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.health.value} {self.what}" + (f"\n  → {self.mend}" if self.mend else "")


Check = Callable[[Environment], Iterator[Finding]]


def fine(what: str) -> Finding:
    return Finding(Health.FINE, what)


def look(what: str, mend: str) -> Finding:
    return Finding(Health.LOOK, what, mend)


def wrong(what: str, mend: str) -> Finding:
    return Finding(Health.WRONG, what, mend)
