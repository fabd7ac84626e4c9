"""A week in words: days with the same hours told together."""

from itertools import groupby

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.service.models import BusinessHours
from muhatap.web.service.forms import day


def said(hours: BusinessHours) -> str:
    """Pzt–Cum 09:00–18:00, Cmt 10:00–14:00."""
    days = [(number, day(spans)) for number, spans in enumerate(hours.week)]
    runs = [(text, [number for number, _text in run]) for text, run in groupby(days, key=lambda one: one[1])]
    return ", ".join(f"{_run(numbers)} {text}" for text, numbers in runs if text) or _("closed")


def length(hours: BusinessHours) -> str:
    """How long the week is: 45 hours a week."""
    n = hours.in_a_week.total_seconds() / 3600
    return ngettext("%(n)s hour a week", "%(n)s hours a week", round(n)) % {"n": f"{n:g}"}


def _run(numbers: list[int]) -> str:
    first, last = str(WEEKDAYS_ABBR[numbers[0]]), str(WEEKDAYS_ABBR[numbers[-1]])
    return first if len(numbers) == 1 else f"{first}–{last}"
