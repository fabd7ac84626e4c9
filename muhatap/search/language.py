"""The query language, pure: what somebody typed becomes words and filters. Nothing typed is an error; what is not
understood is told as a hint and searched for as words."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from muhatap.search import vocabulary
from muhatap.shared import phone
from muhatap.shared.text import fold, without_nul

LONGEST = 400
MOST = 20
WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(
    r"(?P<no>-)?(?:(?P<name>[^\W\d_]{1,20}):(?!//))?"
    r"(?:[\"“”„«](?P<quoted>[^\"“”„»]*)(?:[\"“”»]|$)|(?P<plain>\S+))"
)
_DIALLED = re.compile(r"[+()]*[0-9][0-9()./-]*")
_SUFFIX = re.compile(r"^([^\W_]{2,})['’`´][^\W\d_]{1,5}$")
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})"), (3, 2, 1)),
)
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
_LOCAL, _NATIONAL, _MOST_DIGITS = 7, 10, 15


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word, several that stand side by side, or a phone number (`dialled`: its last ten or seven digits)."""

    words: tuple[str, ...]
    written: str
    is_not: bool = False
    is_prefix: bool = False
    dialled: str = ""

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1 and not self.dialled

    @property
    def plain(self) -> str:
        """What was typed, without quotes and signs around it."""
        return self.written.strip("-+#*\"'“”„«»()[]{}<>,.;:!?")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`name` is one of vocabulary.FILTERS' values; `days` is what a date filter means: first day and the day after the last."""

    name: str
    value: str
    written: str
    is_not: bool = False
    days: tuple[date, date] | None = None


@dataclass(frozen=True)
class Hint:
    """What was not understood: unknown_filter, no_value, bad_date, unknown_value, too_long; `value` says which."""

    kind: str
    value: str = ""


@dataclass(frozen=True)
class Query:
    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    hints: tuple[Hint, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.terms and not self.filters

    @property
    def pieces(self) -> tuple[Term | Filter, ...]:
        return (*self.terms, *self.filters)

    @property
    def asked(self) -> tuple[Term, ...]:
        """The words that must be there."""
        return tuple(term for term in self.terms if not term.is_not)

    def without(self, piece: "Term | Filter") -> str:
        """The query as one would type it without this piece."""
        return " ".join(other.written for other in self.pieces if other is not piece)


def parse(text: str, *, today: date) -> Query:
    """Words and filters of what was typed. Never raises; what is longer than LONGEST letters or MOST pieces is cut with a hint."""
    typed = unicodedata.normalize("NFC", without_nul(text)).strip()
    hints = [Hint("too_long")] if len(typed) > LONGEST else []
    terms: list[Term] = []
    filters: list[Filter] = []
    pending: re.Match[str] | None = None
    for match in _PIECE.finditer(typed[:LONGEST]):
        if len(terms) + len(filters) >= MOST:
            hints.append(Hint("too_long"))
            break
        if pending:
            filters += _filter(pending, match["quoted"] or match["plain"] or "", hints, today, also=match[0])
            pending = None
        elif _is_open(match):
            pending = match
        elif match["name"] and fold(match["name"]) in vocabulary.FILTERS:
            filters += _filter(match, match["quoted"] if match["quoted"] is not None else match["plain"], hints, today)
        else:
            if match["name"] and not match["quoted"] and WORD.search(match["plain"] or ""):
                hints.append(Hint("unknown_filter", match["name"]))
            terms += _terms(match)
    if pending:
        hints.append(Hint("no_value", pending[0]))
    return Query(_weeded(_with_phones(terms)), tuple(filters), tuple(dict.fromkeys(hints)))


def _is_open(match: re.Match[str]) -> bool:
    """'from:' with a space after it: what comes next is its value."""
    plain = match["plain"] or ""
    return plain.endswith(":") and not match["name"] and fold(plain[:-1]) in vocabulary.FILTERS


def _filter(match: re.Match[str], value: str, hints: list[Hint], today: date, also: str = "") -> list[Filter]:
    name = vocabulary.FILTERS[fold(match["name"] or match["plain"][:-1])]
    value = value.strip()
    if not WORD.search(value):
        hints.append(Hint("no_value", match[0]))
        return []
    days = None
    if name in ("before", "after", "on"):
        days = _days(value, today)
        if days is None:
            hints.append(Hint("bad_date", value))
            return []
    return [Filter(name=name, value=value, written=match[0] + also, is_not=bool(match["no"]), days=days)]


def _terms(match: re.Match[str]) -> list[Term]:
    """One term: a word, or words side by side when they were quoted or joined by a sign."""
    is_not = bool(match["no"])
    if match["quoted"] is not None and not match["name"]:
        words = tuple(WORD.findall(match["quoted"]))
        return [Term(words=words, written=match[0], is_not=is_not)] if words else []
    plain = match[0].removeprefix("-") if is_not else match[0]
    if suffixed := _SUFFIX.match(plain):
        plain = suffixed[1]
    words = tuple(WORD.findall(plain))
    is_prefix = plain.endswith("*") and len(words) == 1
    return [Term(words=words, written=match[0], is_not=is_not, is_prefix=is_prefix)] if words else []


def _with_phones(terms: list[Term]) -> list[Term]:
    """Numbers side by side that can be dialled become one term: 0532 123 41 18."""
    found: list[Term] = []
    run: list[Term] = []
    for term in [*terms, None]:
        if term and not term.is_not and _DIALLED.fullmatch(term.written):
            run.append(term)
            continue
        found += _phone(run)
        run = []
        if term:
            found.append(term)
    return found


def _phone(run: list[Term]) -> list[Term]:
    written = " ".join(term.written for term in run)
    digits = "".join(letter for letter in written if letter.isdecimal() and letter.isascii())
    is_whole = _NATIONAL <= len(digits) <= _MOST_DIGITS and phone.e164(written) is not None
    if not is_whole and len(digits) != _LOCAL:
        return run
    dialled = (phone.e164(written) or digits).removeprefix("+")
    dialled = dialled[2:] if dialled.startswith("90444") else dialled
    words = tuple(word for term in run for word in term.words)
    return [Term(words=words, written=written, dialled=dialled[-_NATIONAL:])]


def _weeded(terms: list[Term]) -> tuple[Term, ...]:
    """Without words that say little, as long as others remain."""
    telling = [
        term for term in terms if term.is_not or len(term.words) > 1 or fold(term.words[0]) not in vocabulary.LITTLE
    ]
    return tuple(telling if any(not term.is_not for term in telling) else terms)


def _days(value: str, today: date) -> tuple[date, date] | None:
    """The days a date means: 2026-11-21, 21.11.2026, 2026-11, 2026, today, dün."""
    word = fold(value)
    if word in vocabulary.TODAY:
        return today, today + timedelta(days=1)
    if word in vocabulary.YESTERDAY:
        return today - timedelta(days=1), today
    told = re.search(r"\d{4}", word)
    if not told or not 1900 <= int(told[0]) < 3000:
        return None
    try:
        for form, places in _DATES:
            if match := form.fullmatch(word):
                day = date(*(int(match[place]) for place in places))
                return day, day + timedelta(days=1)
        if match := _MONTH.fullmatch(word):
            return _span(int(match[1]), int(match[2] or 0))
    except ValueError:  # the 31st of November
        return None
    return None


def _span(year: int, month: int) -> tuple[date, date]:
    """A month, or a year when the month is 0."""
    first = date(year, month or 1, 1)
    return first, date(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1)
