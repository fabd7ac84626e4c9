"""How figures are written where no page writes them: in letters."""

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.insight.intervals import Span


def count(n: int) -> str:
    return str(format_decimal(n, locale=_locale()))


def share(span: Span) -> str:
    """%31"""
    return str(format_percent(span.value, format=_percent(), locale=_locale())) if span.value is not None else "–"


def between(span: Span) -> str:
    if span.low is None or span.high is None:
        return ""
    low, high = (format_percent(value, format=_percent(), locale=_locale()) for value in (span.low, span.high))
    return f"{low}–{high}"


def score(value: float | None) -> str:
    """An NPS with its sign."""
    if value is None:
        return "–"
    sign = "+" if round(value) > 0 else "−" if round(value) < 0 else ""
    return f"{sign}{count(abs(round(value)))}"


def days(start: date, end: date) -> str:
    """16–22 Kasım 2026."""
    if start.month == end.month:
        return f"{start.day}–{format_date(end, 'd MMMM y', locale=_locale())}"
    return f"{format_date(start, 'd MMMM', locale=_locale())} – {format_date(end, 'd MMMM y', locale=_locale())}"


def change(now: int, before: int) -> str:
    """What became of a count against the week before."""
    if now == before:
        return _("as the week before")
    told = {"n": count(abs(now - before))}
    return _("%(n)s more than the week before") % told if now > before else _("%(n)s fewer than the week before") % told


def _percent() -> str:
    return "%#,##0" if _locale() == "tr" else "#,##0%"


def _locale() -> str:
    return (get_language() or "tr").replace("-", "_")
