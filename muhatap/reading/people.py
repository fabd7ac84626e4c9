"""Names in a text: of those we know, with every ending they are written with, and of those that only look like a name."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from muhatap.reading.spans import CAPITAL, Span, evenly_folded

_LISTS = json.loads(Path(__file__).with_name("names.json").read_text("utf-8"))
FIRST_NAMES = frozenset[str](_LISTS["tr"].split()) | frozenset[str](_LISTS["en"].split())
NOBODY = frozenset[str](_LISTS["nobody"].split())
_WITH_ENDINGS = frozenset(name for name in FIRST_NAMES if name in _LISTS["tr"].split() or len(name) > 4)
_PLAIN_WORDS = frozenset[str](_LISTS["words"].split())

_NAME = rf"[{CAPITAL}][^\W\d_]*"
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
    rf"((?![{CAPITAL}])[^\W\d_]+(?:[ \t][^\W\d_]+){{0,2}})"
)
# Two names, or one alone on its line: transcripts begin every line like this.
_SPEAKER = re.compile(
    rf"(?i:m[üu][şs]teri(?: ad[ıi])?|g[öo]nderen|yetkili|recipient|customer|contact)[ \t]*[:=][ \t]*"
    rf"({_NAMES}{{1,2}}|{_NAME}(?=[ \t]*[.,;]?[ \t]*(?:\n|\Z)))"
)
_MYSELF = re.compile(rf"(?<!\w)(?:[Bb]en|I['’]m|I am|[Tt]his is) ({_NAMES}{{0,2}})")
_CAPITALS = re.compile(rf"(?<!\w){_NAME}(?:[ \t]{_NAME})*")
_FAREWELL = re.compile(
    r"(?im:^[ \t]*(?:sayg[ıi]lar\w*|sevgiler\w*|te[şs]ekk[üu]r\w*(?: ederim)?|iyi (?:g[üu]nler|[çc]al[ıi][şs]malar|ak[şs]amlar)"
    r"|kolay gelsin|selamlar\w*|(?:kind |best |warm )?regards|best wishes|best|thanks|thank you|sincerely|cheers)[^\n]{0,12}$)"
    rf"\s*\n+[ \t]*({_NAME}(?:\.?[ \t]{_NAME}|\.{_NAME}){{0,3}})[ \t]*[.,]?[ \t]*(?:\n|$)"
)


def person(name: str) -> list[str]:
    """The folded words a name is known by; none where it names nobody."""
    words = re.findall(r"[^\W\d_]{2,}", evenly_folded(name))
    return [word for word in words if word not in NOBODY]


def known(folded: str, names: Iterable[str]) -> Iterator[Span]:
    """These people by any of their names, with or without endings."""
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


def likely(text: str, folded: str) -> Iterator[Span]:
    """Names nobody told us: before Hanım and Bey, after Sayın and “my name is”, under a farewell, and first names we know."""
    for pattern in (_TITLED, _TITLE, _TOLD, _TOLD_SMALL, _SPEAKER, _MYSELF, _FAREWELL):
        for match in pattern.finditer(text):
            yield from _somebody(folded, *match.span(1))
    for match in _TITLED_SMALL.finditer(folded):
        yield from _somebody(folded, *match.span(1))
    for match in _CAPITALS.finditer(text):
        yield from _first_named(folded, *match.span())


def _first_named(folded: str, start: int, end: int) -> Iterator[Span]:
    """A first name we know with two more capitals; one with an ending stands for itself, and the ending stays."""
    words = list(re.finditer(r"[^\W\d_]+", folded[start:end]))
    covered = start
    for place, one in enumerate(words):
        begin, n = start + one.start(), _n_of_first_name(one[0])
        if not n or begin < covered:
            continue
        last = words[min(place + 2, len(words) - 1)]
        covered = start + last.end() if n == len(one[0]) else begin + n
        yield from _somebody(folded, begin, covered)


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
