"""Reading what comes in a request: numbers that are numbers, text the database can hold."""

from muhatap.shared.text import without_nul


def number(text: str | None) -> int | None:
    """'42' → 42; None for anything that is no 64-bit row number ('²' and Arabic digits are digits to Python, not to us)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def words(text: str | None, longest: int) -> str:
    """Trimmed text of bounded length without characters PostgreSQL refuses."""
    return without_nul(text or "").strip()[:longest]
