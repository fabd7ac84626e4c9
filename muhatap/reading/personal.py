"""Personal data in a text: where it stands and what it is. Found by its shape, by a list of first names, and by what is already known."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from muhatap.reading import people, shapes, streets
from muhatap.reading.spans import Span, evenly_folded, groups, matches, without


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of those who take part; found wherever it is written. `words` are addresses, user names and the like."""

    people: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def found(text: str, known: Known) -> list[Span]:
    """Everything personal in the text (NFC), in order, none inside another."""
    folded = evenly_folded(text)
    claimed: list[Span] = []
    kept = [match.span() for pattern in (shapes.DATE, shapes.AMOUNT) for match in pattern.finditer(text)]
    finders: tuple[Callable[[], Iterable[Span]], ...] = (
        lambda: matches(shapes.LINK, text, "link", trim=".,;:!?)]}’'\""),
        lambda: matches(shapes.EMAIL, text, "email", trim="."),
        lambda: _known(folded, known.words, "word"),
        lambda: _known(folded, known.orders, "order"),
        lambda: groups(shapes.BIRTH, text, "birth"),
        lambda: matches(shapes.IBAN, text, "iban"),
        lambda: groups(shapes.PASSWORD, text, "password"),
        lambda: matches(shapes.ORDER, text, "order"),
        lambda: groups(shapes.ORDER_TOLD, text, "order"),
        lambda: matches(shapes.PLATE, text, "plate"),
        lambda: shapes.codes(text),
        lambda: shapes.odd_runs(text, [*kept, *((one.start, one.end) for one in claimed)]),
        lambda: shapes.runs(text, [*kept, *((one.start, one.end) for one in claimed)]),
        lambda: matches(shapes.HANDLE, text, "handle", trim="."),
        lambda: streets.streets(text, folded),
        lambda: matches(shapes.STREET_EN, text, "address"),
        lambda: matches(shapes.POSTCODE, text, "address"),
        lambda: _known(folded, known.firms, "firm"),
        lambda: people.known(folded, known.people),
        lambda: people.likely(text, folded),
    )
    for finder in finders:
        for span in finder():
            claimed += _left_of(span, claimed, text)
    return sorted(claimed)


def _left_of(span: Span, claimed: list[Span], text: str) -> Iterator[Span]:
    """What of a place nobody has claimed yet, where there is a word in it."""
    pieces = without((span.start, span.end), [(one.start, one.end) for one in claimed])
    for start, end in pieces:
        inner = text[start:end]
        bare = inner.strip()
        if any(letter.isalnum() for letter in bare):
            begin = start + len(inner) - len(inner.lstrip())
            yield Span(begin, begin + len(bare), span.kind, span.who)


def _known(folded: str, values: Iterable[str], kind: str) -> Iterator[Span]:
    for value in values:
        words = re.findall(r"\w+", evenly_folded(value))
        if not words or len("".join(words)) < 3:
            continue
        between = r"[\W_]{1,3}".join(re.escape(word) for word in words)
        for match in re.finditer(rf"#?(?<!\w){between}(?!\w)", folded):
            yield Span(match.start(), match.end(), kind)
