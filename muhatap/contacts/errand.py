"""What a file's rows say and what becomes of them, as one call of `taking` carries them from hand to hand."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muhatap.accounts.models import User
from muhatap.contacts import writing
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one row says. `key` is the value by which a contact is looked for, "" for none; `warning` goes back as it came.

    `words` are what the record keeps, as it was given, under the names of contact fields; of several addresses the first. They, and
    the texts of them and of the facts, are made by whoever reads the row, who has time while others write.
    """

    number: int
    facts: dict[str, Any]
    handles: tuple[Handle, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    key: str = ""
    warning: str = ""
    words: dict[str, str] = field(init=False)
    texts: tuple[str, str] = field(init=False)

    def __post_init__(self) -> None:
        said: dict[str, object] = {name: told for name, told in self.facts.items() if not isinstance(told, dict)}
        said |= {str(handle.kind): handle.told for handle in reversed(self.handles)}
        said |= {"tags": ", ".join(self.tags), "note": self.note}
        words = writing.kept(said)
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "texts", (writing.as_json(words), writing.as_json(self.facts)))


@dataclass(slots=True, kw_only=True)
class Taken:
    """What became of a row. `before` is what it takes to give it back, None when the contact came with it and nothing else.

    While rows are taken, one that is left out has no `contact`, so that nothing of it lands; `known` is whom it speaks of,
    `rivals` are those of whom it may speak.
    """

    number: int
    outcome: str
    contact: int | None = None
    reason: str = ""
    detail: str = ""
    key: str = ""
    before: dict[str, Any] | None = None
    known: int | None = None
    rivals: frozenset[int] = frozenset()

    def remember(self, name: str, *what: Any) -> None:
        self.before = self.before or {}
        self.before.setdefault(name, []).extend(what)


@dataclass(kw_only=True)
class Errand:
    """One call: where it comes from, how it is to be done, and what it came to."""

    source: str
    match: str
    mode: str
    is_overwriting: bool
    by: User | None
    at: datetime
    rules: Graph
    tells_consent: bool = False
    rows: list[tuple[Told, Taken]] = field(default_factory=list)
    new: set[int] = field(default_factory=set)
    known: dict[int, Contact] = field(default_factory=dict)

    @property
    def stamp(self) -> tuple[int | None, datetime]:
        """Who did it and when, as rows keep it."""
        return self.by.pk if self.by else None, self.at

    def standing(self) -> list[tuple[Told, Taken, int]]:
        """The rows that have a contact, with its number."""
        return [(told, taken, taken.contact) for told, taken in self.rows if taken.contact is not None]
