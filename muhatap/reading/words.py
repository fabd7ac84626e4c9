"""A message as words, each bare of case and marks, so that 'ÜRÜN', 'ürün' and 'urun' are one; emoji and punctuation are words too."""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from muhatap.reading.hashing import BREAK
from muhatap.shared.text import fold

HEAD, TAIL = 6_000, 2_000  # characters; of a longer text the beginning and the end are read
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_TAG = re.compile(r"<(?:script|style)\b[^<>]*>[^<]*</(?:script|style)\s*>|</?[a-zA-Z!][^<>]{0,500}>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.]+", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*|[:;=]-?[()DPp|/]+|<3|\n+|[^\w\s]")
_ENGLISH_TAILS = frozenset({"t", "s", "re", "ve", "ll", "d", "m"})
REPEATED = re.compile(r"([^\W\d])\1\1+")
_DIGITS = re.compile(r"\d+")
LONGEST_WORD = 40


@dataclass(frozen=True)
class Words:
    """The words as they were written, and bare; the same number of each."""

    written: tuple[str, ...]
    bare: tuple[str, ...]

    @property
    def line(self) -> str:
        """All bare words with a space around each: what phrases are looked for in."""
        return f" {' '.join(self.bare)} "


def cleaned(text: str) -> str:
    """Without tags, addresses of the net and what nobody sees; of a very long text its beginning and end."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    text = (
        unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    return _ADDRESS.sub(" xaddressx ", _INVISIBLE.sub("", text).replace("\u0307", ""))


def cut(text: str) -> Words:
    """The words of a text that was cleaned."""
    written = tuple(_TOKEN.findall(text))
    return Words(written, tuple(map(bare, written)))


@lru_cache(maxsize=65_536)
def bare(word: str) -> str:
    """'Çoook' → 'cok', 'İzmir’e' → 'izmir', "don't" → 'dont', '10482' → '000'."""
    if word[0] == "\n":
        return BREAK
    word = unicodedata.normalize("NFKC", word[:LONGEST_WORD]).replace("’", "'").replace("`", "'").replace("´", "'")
    if "'" in word and len(word) > 1:
        head, *tails = word.split("'")
        word = head + "".join(tail for tail in tails if tail.lower() in _ENGLISH_TAILS) or word.strip("'")
    if not word.isascii():
        letters = unicodedata.normalize("NFD", fold(word))
        word = unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))
    return _DIGITS.sub(_size, REPEATED.sub(r"\1", word.lower())).replace(" ", "") or "·"


def _size(digits: re.Match[str]) -> str:
    """How long a number is says more than which it is."""
    n = len(digits.group())
    return "0" if n <= 2 else "00" if n <= 4 else "000"
