"""Turkish-aware folding of text, the same in Python and in SQL (function fold_tr)."""

import unicodedata

_LOWER = str.maketrans("İI", "iı")
_FOLD = str.maketrans("İIıŞşĞğÜüÖöÇçÂâÎîÛû", "iiissgguuooccaaiiuu")
# Turkish alphabet order; letters outside it keep their own place after it.
_ALPHABET = {letter: chr(ord("a") + place) for place, letter in enumerate("abcçdefgğhıijklmnoöpqrsştuüvwxyz")}


def lower_tr(text: str) -> str:
    """Lower case as Turkish readers expect: İ → i, I → ı."""
    return text.translate(_LOWER).lower()


def upper_tr(text: str) -> str:
    """Upper case as Turkish readers expect: i → İ, ı → I."""
    return text.replace("i", "İ").replace("ı", "I").upper()


def fold(text: str) -> str:
    """For search and comparison: no case, no Turkish accents; 'AYŞE', 'ayse' and 'Ayşe' are one."""
    return unicodedata.normalize("NFC", text).translate(_FOLD).lower()


def sort_key(text: str) -> str:
    """A key that sorts names by the Turkish alphabet in a database without ICU."""
    return "".join(_ALPHABET.get(letter, letter) for letter in lower_tr(unicodedata.normalize("NFC", text)))


def without_nul(text: str) -> str:
    """PostgreSQL text holds neither NUL nor lone surrogates; drop the one, replace the others."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
