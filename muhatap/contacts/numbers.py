"""Numbers and money as people type them: '1.249,90 ₺' in Turkish, '₺1,249.90' in English."""

import re
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal, is_currency
from django.utils.translation import get_language

_LONGEST = 40
_PLACES = 6
_DIGITS = 15
_TURKISH = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+)(?:,([0-9]+))?")
_ENGLISH = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
_SPACED = re.compile(r"([0-9]{1,3}(?:[ '\u00a0\u202f][0-9]{3})+)(?:[.,]([0-9]+))?")
_BARE = re.compile(r"([0-9]*)(?:[.,]([0-9]+))?")
_CURRENCY_SIGNS = {"₺": "TRY", "TL": "TRY", "€": "EUR", "$": "USD", "£": "GBP"}
_MONEY = re.compile(r"(?P<before>[^\d\s.,+\-−]*)\s*(?P<number>[+\-−]?[\d.,'\s]+)(?P<after>[^\d\s.,+\-−]*)")


def decimal(text: str, language: str | None = None) -> Decimal | None:
    """The number meant, or None. '1.249' is 1249 where dots part thousands, and 1.249 where they begin the decimals."""
    plain = text.strip().replace("−", "-")
    digits = plain.removeprefix("-").removeprefix("+").strip()
    ours, theirs = (
        (_ENGLISH, _TURKISH) if (language or get_language() or "tr").startswith("en") else (_TURKISH, _ENGLISH)
    )
    found = next(filter(None, (form.fullmatch(digits) for form in (ours, _SPACED, _BARE, theirs))), None)
    if not digits or len(plain) > _LONGEST or found is None:
        return None
    whole, rest = re.sub(r"[^0-9]", "", found[1]).lstrip("0"), (found[2] or "").rstrip("0")
    if len(whole) > _DIGITS or len(rest) > _PLACES:
        return None
    return Decimal(f"{'-' if plain.startswith('-') else ''}{whole or '0'}{'.' if rest else ''}{rest}")


def money(text: str, language: str | None = None, default: str = "TRY") -> tuple[Decimal, str] | None:
    """Amount and ISO currency of '1.249,90 ₺', 'EUR 12' or '1249,90'; None when it is neither."""
    match = _MONEY.fullmatch(text.strip()[: _LONGEST + 1])
    if not match or (match["before"] and match["after"]):
        return None
    amount = decimal(match["number"], language)
    currency = _currency(match["before"] or match["after"], default)
    return (amount, currency) if amount is not None and currency else None


def typed(number: Decimal, places: int = 0) -> str:
    """The number as the active language types it, for a field that holds it; with at least `places` decimals."""
    locale = Locale.parse((get_language() or "tr").replace("-", "_"))
    return str(format_decimal(number, format="#,##0." + "0" * places + "#" * (_PLACES - places), locale=locale))


def _currency(word: str, default: str) -> str:
    code = _CURRENCY_SIGNS.get(word.upper(), word.upper()) or default
    return code if re.fullmatch(r"[A-Z]{3}", code) and is_currency(code, "en") else ""
