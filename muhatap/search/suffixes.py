"""Beginnings that stand for a Turkish word, pure. The database's stemmer leaves faturalar and kargosu as they are and makes
ür of ürünü; since Turkish only adds at the end, what begins like the word, or like the word without its plural and its
possessive, is taken for it too."""

import re

from muhatap.shared.text import fold

SHORTEST = 4  # letters; what begins like a shorter word is mostly another word
_CASE = r"(?:n?[iu]n?|n?d[ae]n?|n?[ae]|yl[ae])"
_ENDINGS = (
    re.compile(rf"l[ae]r(?:[iu]m[iu]z|[iu]n[iu]z|[iu]m|[iu])?{_CASE}?$"),
    re.compile(rf"(?<=[aeiou])s[iu]{_CASE}?$"),
    re.compile(r"(?<=[aeiou])(?:n[iu]n|y[iuae]|yl[ae]|d[ae]n?)$"),
)


def beginnings(word: str) -> tuple[str, ...]:
    """'faturası' → ('faturasi', 'fatura'), folded; nothing for what is short or no word."""
    whole = fold(word)
    if not whole.isalpha() or len(whole) < SHORTEST:
        return ()
    roots = (ending.sub("", whole) for ending in _ENDINGS)
    return tuple(dict.fromkeys([whole, *(root for root in roots if len(root) >= SHORTEST)]))
