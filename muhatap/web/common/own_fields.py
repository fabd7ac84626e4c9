"""Values of the firm's own fields, as one reads them and as one would type them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.dateparse import parse_date
from django.utils.translation import get_language

from muhatap.contacts import numbers
from muhatap.contacts.models import CustomField
from muhatap.web.common import times

_SIGNS = {"TRY": "₺", "EUR": "€", "USD": "$", "GBP": "£"}


def shown(kind: str, told: Any) -> str:
    """A value as people of this language read it; '' when there is none."""
    if told in (None, ""):
        return ""
    if kind == CustomField.Kind.MONEY and isinstance(told, Mapping):
        return times.money(Decimal(str(told["amount"])), str(told["currency"]))
    if kind == CustomField.Kind.NUMBER:
        return numbers.typed(Decimal(str(told)))
    on = parse_date(str(told)) if kind == CustomField.Kind.DATE else None
    return str(format_date(on, "d MMMM y", locale=_locale())) if on else plain(told)


def typed(kind: str, told: Any) -> str:
    """The same as one would type it into a field."""
    if told in (None, ""):
        return ""
    if isinstance(told, Mapping):
        sign = _SIGNS.get(str(told["currency"]), str(told["currency"]))
        return f"{numbers.typed(Decimal(str(told['amount'])), places=2)} {sign}"
    if kind == CustomField.Kind.NUMBER:
        return numbers.typed(Decimal(str(told)))
    on = parse_date(str(told)) if kind == CustomField.Kind.DATE else None
    return f"{on:%d.%m.%Y}" if on and _locale().language == "tr" else str(told)


def plain(told: Any) -> str:
    return f"{told.get('amount', '')} {told.get('currency', '')}" if isinstance(told, Mapping) else str(told)


def _locale() -> Locale:
    return Locale.parse((get_language() or "tr").replace("-", "_"))
