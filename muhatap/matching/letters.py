"""Letters written bare: marks taken off, Cyrillic, Greek and a few Latin letters in their nearest Latin one."""

import unicodedata

from muhatap.shared.text import fold

_FOREIGN = {
    **dict(zip("абвгдезийклмнопрстуфхцчшщыэюя", "abvgdeziiklmnoprstufhcccciyeuya"[:29], strict=True)),
    **dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "avgdeziticlmnxoprsstyfhpo"[:25], strict=True)),
    **dict(zip("əøłđðþœæħŋĸſ", "eolddtoahnks", strict=True)),
    "ж": "j",
    "ш": "s",
    "щ": "s",
    "ч": "c",
    "ц": "c",
    "ы": "i",
    "э": "e",
    "ю": "u",
    "я": "a",
    "х": "h",
    "й": "i",
    "κ": "k",
    "і": "i",
    "є": "e",
    "ґ": "g",
}
FOREIGN = "".join(_FOREIGN)
FOREIGN_BARE = "".join(_FOREIGN.values())
_LATIN = _FOREIGN_TABLE = str.maketrans(_FOREIGN)


def bare(text: str) -> str:
    """'Şükrü' → 'sukru', 'José' → 'jose'; case and every mark gone."""
    letters = unicodedata.normalize("NFD", fold(text))
    return unicodedata.normalize("NFC", "".join(c for c in letters if unicodedata.category(c)[0] != "M"))


def latinised(text: str) -> str:
    """'иван' → 'ivan': letter for letter, enough to recognise a name by, not to print it."""
    return text.translate(_FOREIGN_TABLE)


def _composed() -> dict[str, str]:
    """Latin letters with marks and their bare small letters, for engines that cannot take a letter apart."""
    spans = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    letters = ((chr(code), bare(chr(code))) for code in spans)
    return {letter: plain for letter, plain in letters if len(plain) == 1 and plain.isascii() and plain.isalpha()}


COMPOSED = "".join(_composed())
COMPOSED_BARE = "".join(_composed().values())
