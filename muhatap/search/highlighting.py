"""Where in a text the words stand that were asked for, pure: found on folded words, told at places in the text as it is."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from muhatap.search.language import WORD, Query
from muhatap.search.suffixes import beginnings
from muhatap.shared.text import fold

LENGTH = 200
BEFORE = 60  # letters before the first find
_DIGITS = re.compile(r"[+(]*[0-9][0-9().\s-]{5,18}[0-9]")
_BEGINNING = 2  # a suffix never changes the first letters
Span = tuple[int, int]
Forms = Mapping[str, frozenset[str]]  # of a word as written: what it is found by


@dataclass(frozen=True)
class Piece:
    text: str
    is_hit: bool = False


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What to mark: words (folded), beginnings, words side by side, ends of phone numbers."""

    words: frozenset[str] = frozenset()
    begun: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    dialled: tuple[str, ...] = ()
    forms: Forms = field(default_factory=dict)


def sought(query: Query, *, forms: Forms | None = None, is_typing: bool = False) -> Sought:
    """What a query asks for; what must not be there is not marked."""
    asked = query.asked
    single = [term.words[0] for term in asked if len(term.words) == 1 and not term.dialled]
    begun = [one for word in single for one in beginnings(word)]
    begun += [fold(term.words[-1]) for term in asked if term.is_prefix or (is_typing and term is asked[-1])]
    return Sought(
        words=frozenset(map(fold, single)),
        begun=tuple(begun),
        phrases=tuple(tuple(map(fold, term.words)) for term in asked if term.is_phrase),
        dialled=tuple(term.dialled for term in asked if term.dialled),
        forms=forms or {},
    )


def kin(texts: Iterable[str], query: Query) -> set[str]:
    """The words whose forms decide: those asked for, and those in the texts that begin like one of them."""
    asked = {word for term in query.asked if len(term.words) == 1 and not term.dialled for word in term.words}
    beginnings = {fold(word)[:_BEGINNING] for word in asked}
    found = {word for text in texts for word in WORD.findall(text) if fold(word)[:_BEGINNING] in beginnings}
    return asked | found


def spans(text: str, wanted: Sought) -> list[Span]:
    """The places of what is sought, in order, none over another."""
    tokens = [(match.start(), match.end(), match[0]) for match in WORD.finditer(text)]
    folded = [fold(word) for _start, _end, word in tokens]
    asked_forms = frozenset().union(
        *(wanted.forms.get(word, frozenset()) for word in wanted.forms if fold(word) in wanted.words)
    )
    found = [
        (start, end)
        for (start, end, word), plain in zip(tokens, folded, strict=True)
        if _is_hit(word, plain, wanted, asked_forms)
    ]
    for phrase in wanted.phrases:
        for place in range(len(folded) - len(phrase) + 1):
            if tuple(folded[place : place + len(phrase)]) == phrase:
                found.append((tokens[place][0], tokens[place + len(phrase) - 1][1]))
    for ending in wanted.dialled:
        found += [match.span() for match in _DIGITS.finditer(text) if re.sub(r"\D", "", match[0]).endswith(ending)]
    return _joined(found)


def excerpt(text: str, wanted: Sought, length: int = LENGTH) -> list[Piece]:
    """A line of about `length` letters around where most is found, in pieces; the text's beginning when nothing is."""
    places = spans(text, wanted)
    start = _start(text, places, length)
    end = _word_end(text, min(start + length, len(text)))
    pieces = _pieces(text, [place for place in places if place[0] >= start and place[1] <= end], start, end)
    if start > 0:
        pieces.insert(0, Piece("… "))
    if end < len(text.rstrip()):
        pieces.append(Piece(" …"))
    return [Piece(re.sub(r"\s+", " ", piece.text), piece.is_hit) for piece in pieces]


def whole(text: str, wanted: Sought) -> list[Piece]:
    """The whole of a short text, a subject or a name, in pieces."""
    return _pieces(text, spans(text, wanted), 0, len(text))


def _is_hit(word: str, plain: str, wanted: Sought, asked_forms: Collection[str]) -> bool:
    if plain in wanted.words or any(plain.startswith(begun) for begun in wanted.begun):
        return True
    return bool(asked_forms) and not wanted.forms.get(word, frozenset()).isdisjoint(asked_forms)


def _joined(found: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _start(text: str, places: list[Span], length: int) -> int:
    """Where to begin so that most places fit, a little before the first of them, at the beginning of a word."""
    if not places:
        return 0
    first = max(
        places, key=lambda place: (sum(place[0] <= p[0] <= place[0] + length - BEFORE for p in places), -place[0])
    )
    start = first[0] - BEFORE
    if start <= 0:
        return 0
    space = re.compile(r"\s").search(text, start, first[0])
    return space.end() if space else first[0]


def _word_end(text: str, end: int) -> int:
    """Not inside a word, as far as words have ends."""
    if end >= len(text) or text[end].isspace():
        return end
    space = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
    return space if end - space < BEFORE and space > 0 else end


def _pieces(text: str, places: list[Span], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    for place in places:
        pieces += [Piece(text[start : place[0]]), Piece(text[place[0] : place[1]], is_hit=True)]
        start = place[1]
    pieces.append(Piece(text[start:end]))
    return [piece for piece in pieces if piece.text]
