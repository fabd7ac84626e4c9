"""A text that is shown to many: without what points to a person. What is masked leaves a mark, so that nobody takes it for their words."""

import re
from collections.abc import Iterable

from muhatap.shared.text import fold

MARK = "•••"
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w{3,}", re.IGNORECASE)
_NUMBER = re.compile(r"#?\+?\d(?:[\d\s().,/-]*\d){2,}\w*|\b(?=\w*\d\w*\d)(?=\w*[A-Za-z])\w{5,}\b")
_MONEY = re.compile(r"^\d{1,3}(?:[.,]\d{3})*(?:[.,]\d{1,2})?$")
_WORD = re.compile(r"[^\W\d_]+")
_AFTER = re.compile(r"\s*(?:₺|TL\b|lira\b|€|\$|£|EUR\b|USD\b)", re.IGNORECASE)
LEAST_NAME = 3


def masked(text: str, *, names: Iterable[str] = ()) -> str:
    """Addresses and numbers of three digits or more are left out, sums of money stay; of the given names the first letter stays."""
    without = _NUMBER.sub(_number, _ADDRESS.sub(MARK, text))
    hidden = {fold(part) for name in names for part in _WORD.findall(name) if len(part) >= LEAST_NAME}
    return _WORD.sub(lambda word: f"{word.group()[0]}." if fold(word.group()) in hidden else word.group(), without)


def short_name(name: str) -> str:
    """Ayşe Yılmaz → Ayşe Y.; an address or a number says nothing."""
    parts = _WORD.findall(name) if "@" not in name else []
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 else f"{parts[0]} {parts[-1][0]}."


def _number(found: re.Match[str]) -> str:
    number = found.group()
    if _MONEY.match(number) and _AFTER.match(found.string[found.end() :]):
        return number
    return MARK
