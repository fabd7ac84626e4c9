"""Personal data in a text: where it stands and what it is. Found by its shape, by a list of first names, and by what is already known."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from muhatap.shared.phone import e164
from muhatap.shared.text import fold

_LISTS = json.loads(Path(__file__).with_name("names.json").read_text("utf-8"))
FIRST_NAMES = frozenset[str](_LISTS["tr"].split()) | frozenset[str](_LISTS["en"].split())
NOBODY = frozenset[str](_LISTS["nobody"].split())

_BETWEEN = r"[ \t\u00a0().\-–/]{0,3}"
_CAPITAL = "A-ZÇĞİÖŞÜÂÎÛ"
_NAME = rf"[{_CAPITAL}][^\W\d_]*"
_CURRENCY = r"(?:₺|€|£|\$|%|(?:tl|try|usd|eur|gbp|lira|kuruş|dolar|euro|adet|cm|mm|kg|gr)\b)"
# Endings that people write onto a name without an apostrophe; the name alone is covered, the ending stays.
_ENDING = r"(?:y?[aei]|y?u|n[iu]n|[iu]n|[dt][ae]n?|y?l[ae]|s[iu]|l[ae]r|m|c[iu]?m|[cg][iu]g[iu]m|hanim|bey)?"

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/[^\s<>\"“”]+", re.IGNORECASE)
EMAIL = re.compile(
    r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+|[\w.+-]+\s?[(\[](?:at|a|et)[)\]]\s?[\w-]+(?:\s?(?:\.|[(\[]?\b(?:dot|nokta)\b[)\]]?)\s?[\w-]+)+",
    re.IGNORECASE,
)
IBAN = re.compile(
    r"(?<!\w)(?:[Tt][Rr]\d{2}(?:[ \u00a0-]?\d){16,24}|[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?)(?!\w)"
)
HANDLE = re.compile(r"(?<!\w)[\w.+-]*@[\w.-]{2,}")
CODE = re.compile(r"(?<![\w#])(?=[\w-]*[^\W\d_])[\w-]*\d[\w-]*(?![\w])")
RUN = re.compile(rf"[+(]{{0,2}}\d(?:{_BETWEEN}\d)+")
DATE = re.compile(r"(?<![\d.\-/])(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})(?!\d|[./-]\d)")
AMOUNT = re.compile(
    rf"(?<!\d)(?<!\d[ .\-/(])(?:(?:\d{{1,3}}(?:[.,]\d{{3}}){{0,2}}|\d{{1,6}})(?:[.,]\d{{1,2}})?\s?{_CURRENCY}"
    rf"|[₺€£$]\s?(?:\d{{1,3}}(?:[.,]\d{{3}}){{1,2}}|\d{{1,6}})(?:[.,]\d{{1,2}})?(?!\d))",
    re.IGNORECASE,
)
BIRTH = re.compile(rf"(?:do[ğg]um|born|birth)\w*[^\d\n]{{0,25}}({DATE.pattern})", re.IGNORECASE)
ORDER = re.compile(r"(?<!\w)#\s?[\w-]*\d[\w-]*")
ORDER_TOLD = re.compile(
    r"(?:sipari[şs]\w*|order)\s*(?:no|numaras[ıi]|numaram|number|nr)?\s*[:.#]*\s*((?=(?:[\w-]*\d){4})[\w-]+)",
    re.IGNORECASE,
)
PLATE = re.compile(r"(?<!\w)(?:0[1-9]|[1-7]\d|8[01]) ?[A-ZÇĞİÖŞÜ]{1,3} ?\d{2,4}(?!\w)")
PASSWORD = re.compile(r"(?:şifre|sifre|parola|password|passwd|pin)\w*\s*(?:[:=]|is\b)\s*(\S{3,})", re.IGNORECASE)
STREET_EN = re.compile(
    rf"(?:(?:Flat|Apt|Unit)\.? \w+,? )?(?<!\w)\d{{1,5}}[A-Za-z]? (?:[{_CAPITAL}][\w'.-]* ){{1,4}}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Close|Square|Sq|Boulevard|Blvd|Place|Terrace|Gardens|Crescent|Way)\b\.?"
    r"(?:,? (?:Flat|Apt|Apartment|Unit|Suite|Floor) ?\w+)?(?:, [A-Z]\w+(?: [A-Z]\w+)?){0,2}"
)
POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}(?!\w)")

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

_TITLED = re.compile(rf"({_NAME}(?: {_NAME})?) (?:[Hh]anım|HANIM|[Bb]ey|BEY)(?!\w)")
_TITLE = re.compile(rf"(?<!\w)(?:[Ss]ayın|[Ss]n\.|[Mm]r\.?|[Mm]rs\.?|[Mm]s\.?|[Dd]r\.) ?({_NAME}(?: {_NAME}){{0,2}})")
_TOLD = re.compile(
    rf"(?i:ad[ıi]?[ -]*soyad\w*|ad[ıi]m|ismim|al[ıi]c[ıi]|my name is|name)\s*[:=]?\s*((?:{_NAME})(?: {_NAME}){{0,2}})"
)
_CAPITALS = re.compile(rf"(?<!\w){_NAME}(?:[ \t]{_NAME}){{0,2}}")
_FAREWELL = re.compile(
    r"(?im:^[ \t]*(?:sayg[ıi]lar\w*|sevgiler\w*|te[şs]ekk[üu]r\w*(?: ederim)?|iyi (?:g[üu]nler|[çc]al[ıi][şs]malar|ak[şs]amlar)"
    r"|kolay gelsin|selamlar\w*|(?:kind |best |warm )?regards|best wishes|best|thanks|thank you|sincerely|cheers)[^\n]{0,12}$)"
    rf"\s*\n+[ \t]*({_NAME}(?:[ \t]{_NAME}){{0,3}})[ \t]*(?:\n|$)"
)


class Span(NamedTuple):
    """A place in a text, what stands there, and of a person the words they are known by."""

    start: int
    end: int
    kind: str
    who: str = ""


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
    kept = [match.span() for pattern in (DATE, AMOUNT) for match in pattern.finditer(text)]
    finders: tuple[Callable[[], Iterable[Span]], ...] = (
        lambda: _matches(LINK, text, "link", trim=".,;:!?)]}’'\""),
        lambda: _matches(EMAIL, text, "email", trim="."),
        lambda: _known(folded, known.words, "word"),
        lambda: _known(folded, known.orders, "order"),
        lambda: _groups(BIRTH, text, "birth"),
        lambda: _matches(IBAN, text, "iban"),
        lambda: _groups(PASSWORD, text, "password"),
        lambda: _matches(ORDER, text, "order"),
        lambda: _groups(ORDER_TOLD, text, "order"),
        lambda: _matches(PLATE, text, "plate"),
        lambda: _codes(text),
        lambda: _runs(text, [*kept, *((one.start, one.end) for one in claimed)]),
        lambda: _matches(HANDLE, text, "handle", trim="."),
        lambda: _streets(text, folded),
        lambda: _matches(STREET_EN, text, "address"),
        lambda: _matches(POSTCODE, text, "address"),
        lambda: _known(folded, known.firms, "firm"),
        lambda: _people(folded, known.people),
        lambda: _likely_people(text, folded),
    )
    for finder in finders:
        for span in finder():
            claimed += _left_of(span, claimed, text)
    return sorted(claimed)


def evenly_folded(text: str) -> str:
    """The text folded, letter for letter at the same place."""
    return "".join(map(_folded, text))


@lru_cache(maxsize=5000)
def _folded(letter: str) -> str:
    return (fold(letter) or letter)[0]


def person(name: str) -> list[str]:
    """The folded words a name is known by; none where it names nobody."""
    words = re.findall(r"[^\W\d_]{2,}", evenly_folded(name))
    return [word for word in words if word not in NOBODY]


def _left_of(span: Span, claimed: list[Span], text: str) -> Iterator[Span]:
    """What of a place nobody has claimed yet, where there is a word in it."""
    pieces = [(span.start, span.end)]
    for one in claimed:
        pieces = [
            piece
            for start, end in pieces
            for piece in ((start, min(end, one.start)), (max(start, one.end), end))
            if piece[0] < piece[1]
        ]
    for start, end in pieces:
        inner = text[start:end]
        bare = inner.strip()
        if any(letter.isalnum() for letter in bare):
            begin = start + len(inner) - len(inner.lstrip())
            yield Span(begin, begin + len(bare), span.kind, span.who)


def _matches(pattern: re.Pattern[str], text: str, kind: str, *, trim: str = "") -> Iterator[Span]:
    for match in pattern.finditer(text):
        yield Span(match.start(), match.start() + len(match[0].rstrip(trim) if trim else match[0]), kind)


def _groups(pattern: re.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        yield Span(match.start(1), match.end(1), kind)


def _known(folded: str, values: Iterable[str], kind: str) -> Iterator[Span]:
    for value in values:
        words = re.findall(r"\w+", evenly_folded(value))
        if not words or len("".join(words)) < 3:
            continue
        between = r"[\W_]{1,3}".join(re.escape(word) for word in words)
        for match in re.finditer(rf"#?(?<!\w){between}(?!\w)", folded):
            yield Span(match.start(), match.end(), kind)


def _runs(text: str, kept: list[tuple[int, int]]) -> Iterator[Span]:
    """Digits that belong together, however they are set apart; dates and amounts are nobody's."""
    for match in RUN.finditer(text):
        pieces = [match.span()]
        for first, last in kept:
            pieces = [
                piece
                for start, end in pieces
                for piece in ((start, min(end, first)), (max(start, last), end))
                if piece[0] < piece[1]
            ]
        for start, end in pieces:
            written = text[start:end]
            if kind := _kind_of(written):
                begin = start + len(written) - len(written.lstrip(" \t\u00a0).-–/"))
                yield Span(begin, start + len(written.rstrip(" \t\u00a0(.-–/")), kind)


def _kind_of(written: str) -> str:
    digits = "".join(str(int(letter)) for letter in written if letter.isdecimal())
    if len(digits) < (5 if written.strip().isdecimal() else 7):
        return ""
    if is_tckn(digits) and digits == written.strip():
        return "id"
    if 13 <= len(digits) <= 19 and is_card(digits):
        return "card"
    return "phone" if e164(written) else "number"


def is_tckn(digits: str) -> bool:
    """Whether eleven digits can be a Turkish identity number, by its two check digits."""
    if len(digits) != 11 or digits[0] == "0":
        return False
    ten = [int(digit) for digit in digits]
    tenth = (7 * sum(ten[0:9:2]) - sum(ten[1:8:2])) % 10
    return ten[9] == tenth and ten[10] == sum(ten[:10]) % 10


def is_card(digits: str) -> bool:
    """Luhn's sum."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0


def _codes(text: str) -> Iterator[Span]:
    """Letters and at least five digits in one: tracking numbers, passports, customer numbers."""
    for match in CODE.finditer(text):
        if sum(letter.isdecimal() for letter in match[0]) >= 5:
            yield Span(match.start(), match.end(), "number")


def _streets(text: str, folded: str) -> Iterator[Span]:
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


def _people(folded: str, names: Iterable[str]) -> Iterator[Span]:
    for name in names:
        words = person(name)
        if not words or len("".join(words)) < 3:
            continue
        one = "|".join(sorted(map(re.escape, set(words)), key=len, reverse=True))
        for match in re.finditer(rf"(?<!\w)(?:{one})(?:[ \t\u00a0]+(?:{one}))*(?={_ENDING}(?!\w))", folded):
            if len(match[0]) >= 3:
                yield Span(match.start(), match.end(), "person", " ".join(words))


def _likely_people(text: str, folded: str) -> Iterator[Span]:
    """Names nobody told us: before Hanım and Bey, after Sayın and “my name is”, under a farewell, and first names we know."""
    for pattern in (_TITLED, _TITLE, _TOLD, _FAREWELL):
        for match in pattern.finditer(text):
            yield from _somebody(folded, *match.span(1))
    for match in _CAPITALS.finditer(text):
        words = re.finditer(r"[^\W\d_]+", folded[match.start() : match.end()])
        if first := next((one for one in words if one[0] in FIRST_NAMES), None):
            yield from _somebody(folded, match.start() + first.start(), match.end())


def _somebody(folded: str, start: int, end: int) -> Iterator[Span]:
    """The name without greetings and titles before and behind it."""
    words = [one for one in re.finditer(r"[^\W\d_]+", folded[start:end]) if one[0] not in NOBODY]
    if words and len(words[0][0]) > 1:
        yield Span(start + words[0].start(), start + words[-1].end(), "person", " ".join(one[0] for one in words))
