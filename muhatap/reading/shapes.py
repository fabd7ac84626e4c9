"""What is personal by its shape: addresses of the net, accounts, and digits that belong together."""

import re
from collections.abc import Iterator

from muhatap.reading.spans import CAPITAL, Span, without
from muhatap.shared.phone import e164

_BETWEEN = r"[ \t\u00a0().\-–/]{0,3}"
_CURRENCY = r"(?:₺|€|£|\$|%|(?:tl|try|usd|eur|gbp|lira|kuruş|dolar|euro|adet|cm|mm|kg|gr)\b)"

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
    rf"(?:(?:Flat|Apt|Unit)\.? \w+,? )?(?<!\w)\d{{1,5}}[A-Za-z]? (?:[{CAPITAL}][\w'.-]* ){{1,4}}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Close|Square|Sq|Boulevard|Blvd|Place|Terrace|Gardens|Crescent|Way)\b\.?"
    r"(?:,? (?:Flat|Apt|Apartment|Unit|Suite|Floor) ?\w+)?(?:, [A-Z]\w+(?: [A-Z]\w+)?){0,2}"
)
POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}(?!\w)")


def runs(text: str, kept: list[tuple[int, int]]) -> Iterator[Span]:
    """Digits that belong together, however they are set apart; dates and amounts are nobody's."""
    for match in RUN.finditer(text):
        for start, end in without(match.span(), kept):
            written = text[start:end]
            if kind := _kind_of(written):
                begin = start + len(written) - len(written.lstrip(" \t\u00a0).-–/"))
                yield Span(begin, start + len(written.rstrip(" \t\u00a0(.-–/")), kind)


def odd_runs(text: str, kept: list[tuple[int, int]]) -> Iterator[Span]:
    """Telephones and cards whose digits are set apart as those of sums, times, lists and lines are; nothing else is taken so."""
    for match in ODD_RUN.finditer(text):
        for whole in without(match.span(), kept):
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


def codes(text: str) -> Iterator[Span]:
    """Letters and at least five digits in one: tracking numbers, passports, customer numbers."""
    for match in CODE.finditer(text):
        if sum(letter.isdecimal() for letter in match[0]) >= 5:
            yield Span(match.start(), match.end(), "number")
