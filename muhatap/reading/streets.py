"""Turkish postal addresses: from the word before a street's or quarter's word to the last that belongs to it."""

import re
from collections.abc import Iterator

from muhatap.reading.spans import Span

# Folded, each with what may hang on it.
_STREET = re.compile(
    r"(?:mahalle|cadde|soka[kg]|bulvar|apartman|koyu)\w{0,6}|sites[i]\w{0,4}|(?:mah|mh|sk|apt|blv)|(?:cad|cd|sok|bul)(?=\.)"
)
_WORDS_OF_ADDRESS = (
    "no numara d daire kat k blok ic dis kapi mah mh sk apt blv cad cd sok bul posta kodu merkez ilce il mahallesi caddesi sokak sokagi"
    " bulvari apartmani sitesi"
)
_STREET_MORE = frozenset(_WORDS_OF_ADDRESS.split())
_WORD = re.compile(r"[^\s,;/:]+")
_WORDS_OF_STREET = 16


def streets(text: str, folded: str) -> Iterator[Span]:
    """From the word before a street's or quarter's word to the last that still belongs to an address, within a line."""
    at = 0
    for line in folded.split("\n"):
        words = list(_WORD.finditer(line))
        place = 0
        while place < len(words):
            if _is_street(words, place):
                first, last = _begins(text[at:], words, place), _ends(text[at:], words, place)
                yield Span(at + words[first].start(), at + words[last].end(), "address")
                place = last
            place += 1
        at += len(line) + 1


def _is_street(words: list[re.Match[str]], place: int) -> bool:
    word = words[place][0]
    bare = word.strip(".'’()").partition("'")[0].partition("’")[0]
    if bare.startswith("sites") and place and words[place - 1][0] in ("web", "internet"):
        return False
    return bool(_STREET.fullmatch(bare) or (_STREET.match(word) and word.endswith(".")))


def _begins(line: str, words: list[re.Match[str]], place: int) -> int:
    """Up to three words that are written as names or numbers; one of any kind where people write all in small letters."""
    first = place
    while first and place - first < 3 and _is_name_or_number(line, words[first - 1]):
        first -= 1
    return first if first < place or not place else place - 1


def _ends(line: str, words: list[re.Match[str]], place: int) -> int:
    last = place
    while last + 1 < len(words) and last - place < _WORDS_OF_STREET:
        if words[last][0].endswith(".") and len(words[last][0]) > 5:
            break  # the end of a sentence
        word = words[last + 1]
        bare = word[0].strip(".'’()")
        belongs = bare in _STREET_MORE or _STREET.fullmatch(bare) or _is_name_or_number(line, word)
        if not belongs:
            break
        last += 1
    return last


def _is_name_or_number(line: str, word: re.Match[str]) -> bool:
    written = line[word.start() : word.end()]
    return written[0].isupper() or written[0].isdecimal() or written[-1].isdecimal()
