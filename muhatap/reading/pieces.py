"""Words cut into the pieces the encoder of the second look knows: of all cuts the likeliest, each piece with a chance of its own.

The unigram language model of Kudo, "Subword Regularization" (2018); the cut is found as Viterbi finds the best path.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from muhatap.reading.hashing import BREAK
from muhatap.reading.words import LONGEST_WORD, REPEATED, Words

BEGIN, END, UNKNOWN = 0, 1, 2  # rows before the first piece
FIRST = 3
HEAD, TAIL = 160, 62  # pieces; of a longer message the beginning and the end are looked at
_BEFORE_A_WORD = "▁"
_FAR = -1e30
_WORSE_THAN_ANY = 10.0


def spelled(word: str) -> str:
    """A word as the encoder is shown it: small letters, a mark before what is no punctuation; 'ÇOOOK' → '▁çok'."""
    small = unicodedata.normalize("NFKC", word[:LONGEST_WORD].replace("İ", "i").lower())
    small = REPEATED.sub(r"\1", small).replace(" ", "")
    return _BEFORE_A_WORD + small if small[:1].isalnum() else small


class Pieces:
    """Cuts words; `scores` are the log chances of the pieces."""

    def __init__(self, names: Sequence[str], scores: Sequence[float]) -> None:
        self._known = {name: (n, score) for n, (name, score) in enumerate(zip(names, scores, strict=True), FIRST)}
        self._longest = max(map(len, names))
        self._unknown = min(scores) - _WORSE_THAN_ANY
        self._of_word = lru_cache(40_000)(self._cut)

    def of(self, words: Words) -> tuple[list[int], list[int]]:
        """The pieces of a message, and which word each belongs to; beginning and end belong to none (-1)."""
        pieces, places = list[int](), list[int]()
        for place, (written, bare) in enumerate(zip(words.written, words.bare, strict=True)):
            if bare != BREAK:
                cut = self._of_word(spelled(written))
                pieces += cut
                places += [place] * len(cut)
        if len(pieces) > HEAD + TAIL:
            pieces, places = pieces[:HEAD] + pieces[-TAIL:], places[:HEAD] + places[-TAIL:]
        return [BEGIN, *pieces, END], [-1, *places, -1]

    def _cut(self, word: str) -> tuple[int, ...]:
        best, came = [0.0] + [_FAR] * len(word), [(0, UNKNOWN)] * (len(word) + 1)
        for start in range(len(word)):
            for end, piece, score in self._from(word, start):
                if best[start] + score > best[end]:
                    best[end], came[end] = best[start] + score, (start, piece)
        found, end = [], len(word)
        while end:
            end, piece = came[end]
            found.append(piece)
        return tuple(reversed(found))

    def _from(self, word: str, start: int) -> Iterator[tuple[int, int, float]]:
        """Where each piece that begins here ends; a letter nobody knows is a piece of its own."""
        yield start + 1, UNKNOWN, self._unknown
        for end in range(start + 1, min(len(word), start + self._longest) + 1):
            if known := self._known.get(word[start:end]):
                yield end, *known
