"""How figures of web sites are written, and what sources are called."""

from datetime import timedelta
from urllib.parse import unquote

from babel.numbers import format_decimal, format_percent
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.insight.engine import Gone, TooLong, TooMuch, Unanswered
from muhatap.web.common import times

SOURCES = ("search", "social", "ai", "mail", "campaign", "site", "direct")


def lasted(seconds: float) -> str:
    """41 sn, 2 dk 41 sn, 3 sa 28 dk."""
    return times.precise(timedelta(seconds=seconds))


def unanswered(error: Unanswered) -> dict[str, str]:
    """Instead of the figures: what happened, and what to do."""
    titles = {TooLong: _("That took too long"), TooMuch: _("Too much is new"), Gone: _("No longer kept")}
    return {"title": titles.get(type(error), _("This cannot be counted here")), "text": str(error)}


def points(change: float) -> str:
    """+0,4 or −0,2: how many points a share moved."""
    sign = "−" if change < 0 else "+"
    locale = (get_language() or "tr").replace("-", "_")
    return f"{sign}{format_decimal(abs(change) * 100, format='0.0', locale=locale)}"


def source(key: str) -> str:
    return {
        "search": _("Search engines"),
        "social": _("Social networks"),
        "ai": _("AI assistants"),
        "mail": _("E-mail"),
        "campaign": _("Campaigns"),
        "site": _("Other sites"),
        "direct": _("Direct"),
    }.get(key, _("Not told"))


def path(key: str) -> str:
    """As people read it."""
    return unquote(key, errors="replace")


def share(value: float) -> str:
    """%2,9 where a whole percent would say too little."""
    locale = (get_language() or "tr").replace("-", "_")
    return str(format_percent(value, format=_pattern(locale), locale=locale)) if value < 0.1 else times.percent(value)


def _pattern(locale: str) -> str:
    return "%0.#" if locale.startswith("tr") else "0.#%"
