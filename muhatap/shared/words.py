"""Translations for what is said before Django is awake: the start, the console, the database server."""

import gettext as catalogues
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def gettext(message: str) -> str:
    """The message in the language of this installation, or as written when it has no translation."""
    return _catalogue(_language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The message for so many things."""
    return _catalogue(_language()).ngettext(one, many, n)


def _language() -> str:
    return os.environ.get("MUHATAP_LANGUAGE", "").strip() or "tr"


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    return catalogues.translation("django", LOCALE, languages=[language], fallback=True)
