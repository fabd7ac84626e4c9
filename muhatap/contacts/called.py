"""Contacts of one key by what they are called, so that a row is compared with names and not with everybody who bears one."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from muhatap.contacts import comparable
from muhatap.matching.comparing import BY_FIELD, OTHER
from muhatap.matching.normal import Normal
from muhatap.shared.text import fold

CROWD = 50  # more people than any household has


class Called:
    """`exactly`: only who is called the same agrees with a row; else who has no other first name altogether. In a crowd, too, only
    who is called the same: it is no household, and comparing each with all would cost more with each."""

    def __init__(self, *, exactly: bool) -> None:
        self._exactly = exactly
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_first: dict[str, set[int]] = defaultdict(set)
        self._turned: dict[str, set[int]] = defaultdict(set)

    def add(self, name: str, contact: int) -> None:
        self._by_name[name].add(contact)
        self._by_first[_given(name)].add(contact)
        self._turned[" ".join(reversed(_ends(name)))].add(contact)

    def agreeing(self, name: str) -> set[int]:
        """Who may be the one a row calls so; no name is no other name."""
        if self._exactly or len(self._by_first) > CROWD:
            return self._by_name.get(name, set())
        own = _given(name)
        found = set(self._turned.get(" ".join(_ends(name)), ()))
        for other, contacts in self._by_first.items():
            if not _is_another(own, other):
                found |= contacts
        return found


def plain(name: object) -> str:
    return " ".join(fold(str(name or "")).split())


def squeezed(names: Iterable[str]) -> list[str]:
    """The same without spaces."""
    return sorted({name.replace(" ", "") for name in names})


def _given(name: str) -> str:
    """The first names: all but the last word, or the only one."""
    given, _, last = name.rpartition(" ")
    return given or last


def _ends(name: str) -> list[str]:
    """A first name and the last; each may have been written in the other's place."""
    words = name.split(" ")
    return [words[0], words[-1]] if len(words) > 1 else words


@lru_cache(maxsize=1 << 16)
def _is_another(one: str, other: str) -> bool:
    """Another first name altogether: no nickname, no slip, no initial of it."""
    if not one or not other or one == other:
        return False
    given = BY_FIELD["given"]
    return given.names[given.level(_normal(one), _normal(other))] == OTHER


@lru_cache(maxsize=4096)
def _normal(names: str) -> Normal:
    return comparable.of({"first_name": names})
