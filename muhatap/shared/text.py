"""Turkish-aware folding of text, the same in Python and in SQL (function fold_tr)."""

import unicodedata

_LOWER = str.maketrans("İI", "iı")
_FOLD = str.maketrans("İIıŞşĞğÜüÖöÇçÂâÎîÛû", "iiissgguuooccaaiiuu")
# What other software leaves of İ when it lowers it without Turkish in mind: i and a dot above it.
_LOOSE_DOT = "\u0307"
# The Turkish alphabet on 32 printable characters in a row; letters outside it keep their own place after it.
_ALPHABET = {letter: chr(ord("A") + place) for place, letter in enumerate("abcçdefgğhıijklmnoöpqrsştuüvwxyz")}
_PLACES = str.maketrans(_ALPHABET)


def lower_tr(text: str) -> str:
    """Lower case as Turkish readers expect: İ → i, I → ı."""
    return text.translate(_LOWER).lower()


def upper_tr(text: str) -> str:
    """Upper case as Turkish readers expect: i → İ, ı → I."""
    return text.replace("i", "İ").replace("ı", "I").upper()


def fold(text: str) -> str:
    """For search and comparison: no case, no Turkish accents; 'AYŞE', 'ayse' and 'Ayşe' are one."""
    lowered = unicodedata.normalize("NFC", text).translate(_FOLD).lower()
    return unicodedata.normalize("NFC", lowered.replace(_LOOSE_DOT, ""))


def sort_key(text: str) -> str:
    """A key whose code points sort names by the Turkish alphabet; columns that hold it have the collation "C"."""
    lowered = lower_tr(unicodedata.normalize("NFC", text)).replace(_LOOSE_DOT, "")
    known = lowered.translate(_PLACES)
    return known if known.isascii() else "".join(map(_place, lowered))


def _place(letter: str) -> str:
    """A Turkish letter by the alphabet, â or é as its bare letter, anything else as it is."""
    if letter in _ALPHABET:
        return _ALPHABET[letter]
    return _ALPHABET.get(unicodedata.normalize("NFD", letter)[0], letter)


def without_nul(text: str) -> str:
    """PostgreSQL text holds neither NUL nor lone surrogates; drop the one, replace the others."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
