"""Which language a text is in: by its script where that says it, else by the parts of its words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

N_PLACES = 1 << 16
UNKNOWN = "und"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MOST_WORDS, _MOST_LETTERS = 120, 12
_LONGEST = 4
_OF_WORD = 1.5
_SCRIPTS = {
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "GREEK": "el", "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi",
    "GEORGIAN": "ka", "ARMENIAN": "hy", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "MALAYALAM": "ml", "GUJARATI": "gu", "KHMER": "km",
    "LAO": "lo", "MYANMAR": "my", "SINHALA": "si", "ETHIOPIC": "am", "LATIN": "", "CYRILLIC": "", "ARABIC": "",
}  # fmt: skip
_LETTERS = {
    "ə": "az",
    "ß": "de",
    "ї": "uk",
    "қ": "kk",
    "ң": "kk",
    "ү": "kk",
    "ұ": "kk",
    "ә": "kk",
    "і": "uk",
    "ы": "ru",
    "э": "ru",
    "ё": "ru",
    "ł": "pl",
    "ñ": "es",
}
OF_SCRIPT = {
    "CYRILLIC": frozenset({"ru", "uk", "bg", "sr", "mk", "kk"}),
    "ARABIC": frozenset({"ar", "fa", "ur", "ckb"}),
}

Places = tuple[NDArray[np.int64], NDArray[np.float32]]


def words_of(text: str) -> list[str]:
    return [_lowered(word) for word in _WORD.findall(text)[:_MOST_WORDS]]


def script(words: Sequence[str]) -> str:
    """The script most letters are of; kana beside Chinese signs is Japanese; empty without letters."""
    counts = Counter(_script_of(letter) for word in words for letter in word[:_MOST_LETTERS])
    if counts["CJK"] and counts["HIRAGANA"] + counts["KATAKANA"]:
        return "HIRAGANA"
    return counts.most_common(1)[0][0] if counts else ""


def told_by_letters(words: Sequence[str]) -> str:
    """The language of a letter that no other one here has, or nothing."""
    letters = set("".join(words))
    return next((spoken for letter, spoken in _LETTERS.items() if letter in letters), "")


def told_by_script(name: str) -> str:
    """The language of a script that only one writes here, or nothing."""
    return _SCRIPTS.get(name, UNKNOWN)


@lru_cache(maxsize=30_000)
def of_word(word: str) -> Places:
    """Where the table keeps what this word and its parts say, and how much each counts."""
    framed = f" {word[:24]} "
    parts = [framed[start : start + n] for n in range(1, _LONGEST + 1) for start in range(len(framed) - n + 1)]
    names = ["w" + word, *parts]
    weights = np.full(len(names), len(parts) ** -0.5, dtype=np.float32)
    weights[0] = _OF_WORD
    return np.fromiter((crc32(name.encode()) % N_PLACES for name in names), dtype=np.int64, count=len(names)), weights


def _lowered(word: str) -> str:
    return unicodedata.normalize("NFC", word).replace("İ", "i").lower().replace("\u0307", "").replace("’", "'")


@lru_cache(maxsize=4_096)
def _script_of(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    return name if name in _SCRIPTS else "CJK" if name == "IDEOGRAPHIC" else name
