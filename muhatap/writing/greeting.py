"""Whom a text greets by name. Pure; Turkish and English, the first line only."""

import re
from collections.abc import Iterable

from muhatap.shared.text import fold

UPPER, LETTERS = "A-ZÇĞİIÖŞÜÂÎÛ", "a-zçğıiöşüâîû"
WORD = rf"[{UPPER}][{LETTERS}]+"
GREETS = (
    r"(?:[Ss]ayın|[Mm]erhaba(?:lar)?|[Ss]elam(?:lar)?|[Gg]ünaydın|[İi]yi (?:günler|akşamlar|çalışmalar)|[Dd]eğerli|[Ss]evgili"
    r"|[Dd]ear|[Hh]ello|[Hh]i|[Hh]ey|[Gg]ood (?:morning|afternoon|evening))"
)
TITLE = r"(?:Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Prof\.?|Av\.?)"
POLITE = r"(?: (?:[Hh]anım|[Bb]ey))"
ENDS = r"(?=\s*[,!:.;–-]|\s*$)"  # "Merhaba Siparişiniz yolda" greets nobody by name
NAMED = re.compile(rf"{GREETS},? (?:{TITLE} )?({WORD}(?: {WORD}){{0,2}}){POLITE}?{ENDS}")
BARE = re.compile(rf"({WORD}(?: {WORD})?){POLITE}(?:{ENDS}| merhaba| selam| iyi günler)")
# Who is greeted by what they are.
_THEIRS = (
    "hanim bey hanimefendi beyefendi efendim musteri musterimiz musterilerimiz yetkili yetkililer ekip ekibi arkadaslar herkes"
    " herkese hepinize sir madam customer team all everyone everybody both there colleagues friends mr mrs ms miss dr prof av"
)
NOBODYS_NAME = frozenset(_THEIRS.split())


def named(text: str) -> str:
    """The name in the greeting a text begins with ("Merhaba Ayşe Hanım," → "Ayşe"), or nothing."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    found = NAMED.match(first) or BARE.match(first)
    words = [word for word in found[1].split() if fold(word) not in NOBODYS_NAME] if found else []
    return " ".join(words)


def is_of(name: str, known: Iterable[str]) -> bool:
    """Whether a greeted name is among the names that are known: one word in common is enough, nobody is greeted by all of them."""
    words = {part for one in known for part in re.findall(r"\w+", fold(one))}
    return any(fold(word) in words for word in name.split())
