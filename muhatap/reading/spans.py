"""Places in a text, and what is left of one when others are taken."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from muhatap.shared.text import fold

CAPITAL = "A-ZÇĞİÖŞÜÂÎÛ"


class Span(NamedTuple):
    """A place in a text, what stands there, and of a person the words they are known by."""

    start: int
    end: int
    kind: str
    who: str = ""


def evenly_folded(text: str) -> str:
    """The text folded, letter for letter at the same place."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=5000)
def _folded(letter: str) -> str:
    return (fold(letter) or letter)[0]


def without(whole: tuple[int, int], taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a place without those taken."""
    pieces = [whole]
    for first, last in taken:
        pieces = [
            piece
            for start, end in pieces
            for piece in ((start, min(end, first)), (max(start, last), end))
            if piece[0] < piece[1]
        ]
    return pieces


def matches(pattern: re.Pattern[str], text: str, kind: str, *, trim: str = "") -> Iterator[Span]:
    """Wherever the pattern stands, without what is trimmed from its end."""
    for match in pattern.finditer(text):
        yield Span(match.start(), match.start() + len(match[0].rstrip(trim) if trim else match[0]), kind)


def groups(pattern: re.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    """The first group of the pattern, wherever it stands."""
    for match in pattern.finditer(text):
        yield Span(match.start(1), match.end(1), kind)
