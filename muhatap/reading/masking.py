"""Personal data is taken out of texts before they go elsewhere, and put back into what comes in return.

What is found gets a placeholder such as [KİŞİ_1], the same for the same words in all texts of one asking. What comes back may
hold placeholders of ours, which become what they stood for, and others, which stay and are told. Nothing is guaranteed of what
has no shape and nobody knows: a name in small letters of somebody who takes no part, digits spelled as words, a story that only
one person can have lived.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from muhatap.reading import people, personal
from muhatap.reading.personal import Known
from muhatap.reading.spans import Span
from muhatap.shared.text import fold, without_nul

KINDS = {
    "tr": {
        "person": "KİŞİ", "firm": "FİRMA", "email": "E-POSTA", "phone": "TELEFON", "iban": "IBAN", "card": "KART",
        "id": "KİMLİK-NO", "order": "SİPARİŞ", "number": "NUMARA", "address": "ADRES", "link": "BAĞLANTI", "handle": "HESAP",
        "plate": "PLAKA", "password": "ŞİFRE", "birth": "DOĞUM-TARİHİ", "word": "VERİ", "text": "METİN",
    },
    "en": {
        "person": "PERSON", "firm": "COMPANY", "email": "EMAIL", "phone": "PHONE", "iban": "IBAN", "card": "CARD",
        "id": "ID-NUMBER", "order": "ORDER", "number": "NUMBER", "address": "ADDRESS", "link": "LINK", "handle": "ACCOUNT",
        "plate": "PLATE", "password": "PASSWORD", "birth": "BIRTH-DATE", "word": "DATA", "text": "TEXT",
    },
}  # fmt: skip
# As people and models may write one: other case, missing accents, a space too many.
PLACEHOLDER = re.compile(r"\[\s*[^\W\d_]+(?:-[^\W\d_]+)?[\s_]*_[\s_]*\d{1,4}[A-Za-z]?\s*\]")
GAP = re.compile(r"\[[^\]\[\n]{1,60}\]|\b[^\W\d_]+(?:-[^\W\d_]+)?_\d{1,4}[A-Z]?\b")
_BESIDES = ("link", "email", "iban", "phone", "card", "id")  # what an answer has no business to bring along
_FORMAT = {"Cf", "Cc", "Cs", "Co"}
_LETTERS = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHORTEST_ANYWHERE = 5


@dataclass(frozen=True, kw_only=True)
class Masked:
    """The texts with placeholders, and what each placeholder stands for."""

    texts: tuple[str, ...]
    given: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A text with ours put back. `gaps` are placeholders we never gave; `besides` what it names that nobody had sent."""

    text: str
    gaps: tuple[str, ...]
    besides: tuple[str, ...]


def mask(texts: Sequence[str], known: Known, *, language: str = "tr") -> Masked:
    """All texts of one asking, tidied and without what is personal in them."""
    masks = _Masks(KINDS.get(language, KINDS["en"]))
    plain = [tidy(text) for text in texts]
    for name in known.people:
        if words := people.person(name):
            masks.number_of(" ".join(words))
    masked = [masks.cover(text, _spans(text, known)) for text in plain]
    return Masked(texts=tuple(masks.sweep(text) for text in masked), given=masks.given)


def unmask(text: str, given: Mapping[str, str]) -> Restored:
    """What came back, with our own placeholders put back into words."""
    meant = {_plain(placeholder): original for placeholder, original in given.items()}
    whole = PLACEHOLDER.sub(lambda match: meant.get(_plain(match[0]), match[0]), text)
    theirs = PLACEHOLDER.sub(lambda match: " " if _plain(match[0]) in meant else match[0], text)
    besides = [theirs[one.start : one.end] for one in personal.found(theirs, Known()) if one.kind in _BESIDES]
    gaps = [match[0] for match in GAP.finditer(theirs)]
    return Restored(text=whole, gaps=tuple(dict.fromkeys(gaps)), besides=tuple(dict.fromkeys(besides)))


def tidy(text: str) -> str:
    """One way of writing each letter, and none of those nobody sees: a number with a soft hyphen in it is a number."""
    composed = unicodedata.normalize("NFC", without_nul(text).replace("\r\n", "\n").replace("\r", "\n"))
    kept = (one for one in composed if one in "\n\t\u200d" or unicodedata.category(one) not in _FORMAT)
    return unicodedata.normalize("NFC", "".join(kept))


def _spans(text: str, known: Known) -> list[Span]:
    """What looks like a placeholder of ours is covered too, or it would be taken for one when it comes back."""
    theirs = [Span(match.start(), match.end(), "text") for match in PLACEHOLDER.finditer(text)]
    apart = PLACEHOLDER.sub(lambda match: "\n" * len(match[0]), text)  # what stands around one does not run through it
    return sorted([*theirs, *personal.found(apart, known)])


def _plain(placeholder: str) -> str:
    return re.sub(r"[\s_]+", "_", fold(placeholder.strip("[] \t\n")).strip())


class _Masks:
    """The placeholders given so far."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words
        self.given: dict[str, str] = {}
        self._of: dict[tuple[str, str], str] = {}
        self._people: dict[str, int] = {}
        self._variants: dict[int, int] = {}
        self._counts: dict[str, int] = {}

    def cover(self, text: str, spans: Sequence[Span]) -> str:
        parts, at = [], 0
        for span in spans:
            parts += [text[at : span.start], self._placeholder(text[span.start : span.end], span)]
            at = span.end
        return "".join([*parts, text[at:]])

    def sweep(self, text: str) -> str:
        """What was found once is covered wherever else it stands, also glued to other letters; names as whole words."""
        for (kind, original), placeholder in self._of.items():
            if kind == "text" or len(original) < _SHORTEST_ANYWHERE or original not in text:
                continue
            plain = re.escape(original)
            again = re.compile(rf"(?<!\w){plain}(?!\w)" if kind == "person" else plain)
            pieces = re.split(f"({PLACEHOLDER.pattern})", text)
            text = "".join(
                piece if PLACEHOLDER.fullmatch(piece) else again.sub(lambda _found, by=placeholder: by, piece)
                for piece in pieces
            )
        return text

    def number_of(self, who: str) -> int:
        """The number of a person: of whoever is known by these words already, else the next."""
        if who not in self._people:
            words = set(who.split())
            same = next((number for name, number in self._people.items() if words <= set(name.split())), None)
            self._people[who] = same or max(self._people.values(), default=0) + 1
        return self._people[who]

    def _placeholder(self, original: str, span: Span) -> str:
        key = (span.kind, original)
        if key not in self._of:
            name = self._next(span)
            self._of[key] = name
            self.given[name] = original
        return self._of[key]

    def _next(self, span: Span) -> str:
        word = self.words[span.kind]
        if span.kind != "person":
            self._counts[span.kind] = self._counts.get(span.kind, 0) + 1
            return f"[{word}_{self._counts[span.kind]}]"
        number = self.number_of(span.who)
        n_before = self._variants.get(number, 0)
        if n_before > len(_LETTERS):  # nobody is called in so many ways: whoever tries becomes another
            self._people[span.who] = number = max(self._people.values()) + 1
            n_before = self._variants.get(number, 0)
        self._variants[number] = n_before + 1
        return f"[{word}_{number}{_LETTERS[n_before - 1] if n_before else ''}]"
