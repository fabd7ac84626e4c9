"""Reading what comes in a request: numbers that are numbers, text the database can hold."""

from datetime import date

from muhatap.shared.text import without_nul


def number(text: str | None) -> int | None:
    """'42' → 42; None for anything that is no 64-bit row number ('²' and Arabic digits are digits to Python, not to us)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def words(text: str | None, longest: int) -> str:
    """Trimmed text of bounded length without characters PostgreSQL refuses."""
    return without_nul(text or "").strip()[:longest]


def day(text: str | None) -> str:
    """'2026-11-22' as it is; nothing for what is no day of our times."""
    try:
        on = date.fromisoformat(text or "")
    except ValueError:
        return ""
    return str(on) if 2000 <= on.year <= 2200 else ""
