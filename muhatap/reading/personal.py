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
_WITH_ENDINGS = frozenset(name for name in FIRST_NAMES if name in _LISTS["tr"].split() or len(name) > 4)
_PLAIN_WORDS = frozenset[str](_LISTS["words"].split())

_BETWEEN = r"[ \t\u00a0().\-–/]{0,3}"
_CAPITAL = "A-ZÇĞİÖŞÜÂÎÛ"
_NAME = rf"[{_CAPITAL}][^\W\d_]*"
_CURRENCY = r"(?:₺|€|£|\$|%|(?:tl|try|usd|eur|gbp|lira|kuruş|dolar|euro|adet|cm|mm|kg|gr)\b)"
# Endings that people write onto a name without an apostrophe; the name alone is covered, the ending stays. On a name that
# only a list knows fewer are believed: “ulaştı” is no Ulaş.
_CASE = r"(?:y?[aeiu]|n?[iu]n|[dt][ae]n?|y?l[ae])?"
_MANY = r"(?:g[iu]l)?(?:l[ae]r)?"
_OURS = r"(?:[iu]?[mn][iu]z|[iu]?m|s[iu]n?|[iu]n|c[iu]?m|[cg][iu]g[iu]m|hanim|bey)?"
_WAS = r"(?:y?[dt][iu]|y?m[iu]s|y?s[ae]|[dt][iu]r|ki)?"
_ENDINGS = f"{_MANY}{_OURS}{_CASE}{_WAS}"
_ENDING = re.compile(f"{_MANY}{_CASE}")
# Zeynep, Zeynebin; ç and c fold alike.
_SOFT = {"p": "[pb]", "b": "[pb]", "t": "[td]", "d": "[td]", "k": "[kg]", "g": "[kg]"}
_HARD = {"b": "p", "d": "t", "g": "k"}

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/[^\s<>\"“”]+", re.IGNORECASE)
EMAIL = re.compile(
    r"[\w.+%'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+|[\w.+-]+\s?[(\[](?:at|a|et)[)\]]\s?[\w-]+(?:\s?(?:\.|[(\[]?\b(?:dot|nokta)\b[)\]]?)\s?[\w-]+)+",
    re.IGNORECASE,
)
IBAN = re.compile(
    r"(?<!\w)(?:[Tt][Rr]\d{2}(?:[ \u00a0-]?\d){16,24}|[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{4}){3,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?)(?!\w)"
)
HANDLE = re.compile(r"(?<!\w)[\w.+-]*@[\w.-]{2,}")
CODE = re.compile(r"(?<![\w#])(?=[\w-]*[^\W\d_])[\w-]*\d[\w-]*(?![\w])")
RUN = re.compile(rf"[+(]{{0,2}}\d(?:{_BETWEEN}\d)+")
_ODD = r"_*:,\n"
_ODD_SIGNS = frozenset("_*:,\n")
ODD_RUN = re.compile(rf"[+(]{{0,2}}\d(?:[ \t\u00a0().\-–/{_ODD}]{{0,3}}\d)+")
_GROUP = re.compile(r"[+(]{0,2}\d+")
_TURKISH = re.compile(r"(?:0090|90|0)?([2-58]\d{9})")
_MOST_GROUPS = 13
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

_NAMES = rf"{_NAME}(?: {_NAME})"  # how many follow the first is said where it is used
_LADY = rf"(?:[Hh]anım|HANIM|[Bb]ey|BEY)(?i:{_ENDINGS})(?!\w)"
_TITLED = re.compile(rf"({_NAMES}?) {_LADY}")
_NO_NAME = (
    r"(?:bir|hangi|her|diger|ilgili|yetkili|gorevli|baska|bayan|sevgili|degerli|ayni|hicbir|butun|genc|yasli|selam|selamlar|tesekkurler"
    r"|gunaydin|kurye|kargocu|mudur|doktor|sofor|satici)\b"
)
_TITLED_SMALL = re.compile(rf"(?<!\w)(?!{_NO_NAME})([^\W\d_]{{3,}}) (?:hanim|bey){_ENDINGS}(?!\w)")  # folded
_TITLE = re.compile(
    rf"(?<!\w)(?:(?:[Ss]ayın|[Ss][Nn]\.|[Mm]rs?\.?|[Mm]s\.?|[Dd]r\.) ?|(?:SAYIN|S[Nn]|[Dd]ear) )({_NAMES}{{0,2}})"
)
_TOLD = re.compile(
    rf"(?i:ad[ıi]?[ -]*soyad\w*|ad[ıi]m|ismim|al[ıi]c[ıi](?:n[ıi]n)?(?: (?:ad[ıi]|ismi))?|teslim alan\w*(?: ki[şs]i)?|my name is|name)"
    rf"\s*[:=]?\s*({_NAMES}{{0,2}})"
)
_TOLD_SMALL = re.compile(
    r"(?i:ad[ıi]?[ -]*soyad\w*|al[ıi]c[ıi](?:n[ıi]n)? (?:ad[ıi]|ismi)|teslim alan\w*(?: ki[şs]i)?)[ \t]*[:=][ \t]*"
    rf"((?![{_CAPITAL}])[^\W\d_]+(?:[ \t][^\W\d_]+){{0,2}})"
)
# Two names, or one alone on its line: transcripts begin every line like this.
_SPEAKER = re.compile(
    rf"(?i:m[üu][şs]teri(?: ad[ıi])?|g[öo]nderen|yetkili|recipient|customer|contact)[ \t]*[:=][ \t]*"
    rf"({_NAMES}{{1,2}}|{_NAME}(?=[ \t]*[.,;]?[ \t]*(?:\n|\Z)))"
)
_MYSELF = re.compile(rf"(?<!\w)(?:[Bb]en|I['’]m|I am|[Tt]his is) ({_NAMES}{{0,2}})")
_CAPITALS = re.compile(rf"(?<!\w){_NAME}(?:[ \t]{_NAME}){{0,2}}")
_FAREWELL = re.compile(
    r"(?im:^[ \t]*(?:sayg[ıi]lar\w*|sevgiler\w*|te[şs]ekk[üu]r\w*(?: ederim)?|iyi (?:g[üu]nler|[çc]al[ıi][şs]malar|ak[şs]amlar)"
    r"|kolay gelsin|selamlar\w*|(?:kind |best |warm )?regards|best wishes|best|thanks|thank you|sincerely|cheers)[^\n]{0,12}$)"
    rf"\s*\n+[ \t]*({_NAME}(?:\.?[ \t]{_NAME}|\.{_NAME}){{0,3}})[ \t]*[.,]?[ \t]*(?:\n|$)"
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
        lambda: _odd_runs(text, [*kept, *((one.start, one.end) for one in claimed)]),
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
    pieces = _without((span.start, span.end), [(one.start, one.end) for one in claimed])
    for start, end in pieces:
        inner = text[start:end]
        bare = inner.strip()
        if any(letter.isalnum() for letter in bare):
            begin = start + len(inner) - len(inner.lstrip())
            yield Span(begin, begin + len(bare), span.kind, span.who)


def _without(whole: tuple[int, int], taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
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
        for start, end in _without(match.span(), kept):
            written = text[start:end]
            if kind := _kind_of(written):
                begin = start + len(written) - len(written.lstrip(" \t\u00a0).-–/"))
                yield Span(begin, start + len(written.rstrip(" \t\u00a0(.-–/")), kind)


def _odd_runs(text: str, kept: list[tuple[int, int]]) -> Iterator[Span]:
    """Telephones and cards whose digits are set apart as those of sums, times, lists and lines are; nothing else is taken so."""
    for match in ODD_RUN.finditer(text):
        for whole in _without(match.span(), kept):
            yield from _odd_in(text, list(_GROUP.finditer(text, *whole)))


def _odd_in(text: str, groups: list[re.Match[str]]) -> Iterator[Span]:
    place = 0
    while place < len(groups):
        last, kind = _longest_odd(text, groups, place)
        start, end = groups[place].start(), groups[last].end()
        if kind and not _ODD_SIGNS.isdisjoint(text[start:end]):
            yield Span(start, end, kind)
        place = last + 1


def _longest_odd(text: str, groups: list[re.Match[str]], place: int) -> tuple[int, str]:
    """The last group that with this one makes a telephone or a card, and which; itself where none does."""
    for last in range(min(place + _MOST_GROUPS, len(groups)) - 1, place, -1):
        if kind := _odd_kind(text[groups[place].start() : groups[last].end()]):
            return last, kind
    return place, ""


def _odd_kind(written: str) -> str:
    if len({sign for sign in written if sign in _ODD_SIGNS}) > 1:
        return ""
    groups = ["".join(str(int(letter)) for letter in one if letter.isdecimal()) for one in _GROUP.findall(written)]
    digits = "".join(groups)
    if all(len(group) == 4 for group in groups[:-1]) and 13 <= len(digits) <= 19 and is_card(digits):
        return "card"
    turkish = _TURKISH.fullmatch(digits)
    dialled = f"+90{turkish[1]}" if turkish else f"+{digits}" if written.lstrip("(").startswith("+") else ""
    return "phone" if dialled and e164(dialled) else ""


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
        one = "|".join(map(_written, sorted(set(words), key=len, reverse=True)))
        for match in re.finditer(rf"(?<!\w)(?:{one})(?:[ \t\u00a0]+(?:{one}))*(?={_ENDINGS}(?!\w))", folded):
            if len(match[0]) >= 3:
                yield Span(match.start(), match.end(), "person", " ".join(words))


def _written(word: str) -> str:
    """A pattern of a name as it stands before endings too."""
    return word[:-1] + _SOFT.get(word[-1], word[-1])


def _likely_people(text: str, folded: str) -> Iterator[Span]:
    """Names nobody told us: before Hanım and Bey, after Sayın and “my name is”, under a farewell, and first names we know."""
    for pattern in (_TITLED, _TITLE, _TOLD, _TOLD_SMALL, _SPEAKER, _MYSELF, _FAREWELL):
        for match in pattern.finditer(text):
            yield from _somebody(folded, *match.span(1))
    for match in _TITLED_SMALL.finditer(folded):
        yield from _somebody(folded, *match.span(1))
    for match in _CAPITALS.finditer(text):
        yield from _first_named(folded, *match.span())


def _first_named(folded: str, start: int, end: int) -> Iterator[Span]:
    """From a first name we know to the last of the capitals; one with an ending stands for itself, and the ending stays."""
    for one in re.finditer(r"[^\W\d_]+", folded[start:end]):
        begin, n = start + one.start(), _n_of_first_name(one[0])
        if n == len(one[0]):
            yield from _somebody(folded, begin, end)
            return
        if n:
            yield from _somebody(folded, begin, begin + n)


def _n_of_first_name(word: str) -> int:
    """How many letters at its beginning are a first name we know, before an ending; 0 where none is."""
    if word in FIRST_NAMES:
        return len(word)
    if word in _PLAIN_WORDS:
        return 0
    return next((n for n in range(len(word) - 1, 2, -1) if _is_name_before(word[:n], word[n:])), 0)


def _is_name_before(stem: str, ending: str) -> bool:
    hard = stem[:-1] + _HARD.get(stem[-1], stem[-1]) if ending[0] in "aeiu" else stem
    return bool(_ENDING.fullmatch(ending)) and (stem in _WITH_ENDINGS or hard in _WITH_ENDINGS)


def _somebody(folded: str, start: int, end: int) -> Iterator[Span]:
    """The name without greetings and titles before and behind it."""
    words = [one for one in re.finditer(r"[^\W\d_]+", folded[start:end]) if one[0] not in NOBODY]
    if any(len(one[0]) > 1 for one in words):
        yield Span(start + words[0].start(), start + words[-1].end(), "person", " ".join(one[0] for one in words))
