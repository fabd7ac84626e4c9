"""How long data is kept, as choices."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MONTHS, DAYS = (1, 3, 6, 12, 24, 36, 60, 120), (1, 7, 30, 90, 180, 365)
FOR_EVER = 0  # among the choices


def _months(n: int) -> str:
    if n % 12 == 0:
        return ngettext("%(n)d year", "%(n)d years", n // 12) % {"n": n // 12}
    return ngettext("%(n)d month", "%(n)d months", n) % {"n": n}


def _days(n: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


class HowLong(forms.TypedChoiceField):
    """A number of months or days; None for ever."""

    def __init__(self, numbers: tuple[int, ...], said: Callable[[int], str], **words: Any) -> None:
        super().__init__(
            choices=lambda: [*((number, said(number)) for number in numbers), (FOR_EVER, _("For ever"))],
            coerce=lambda told: int(told) or None,
            **words,
        )


class HowLongForm(forms.Form):
    months = HowLong(
        MONTHS,
        _months,
        label=_("In the database"),
        help_text=_("Visits show single clicks and searches for as long. A day goes only when it lies in the lake."),
    )
    lake_months = HowLong(
        MONTHS,
        _months,
        label=_("In the lake"),
        help_text=_(
            "Funnels, interest scores and clicks of chosen visits are counted from these. No shorter than in the database;"
            " whole months go."
        ),
    )
    days = HowLong(
        DAYS,
        _days,
        label=_("After an import has ended"),
        help_text=_("Or after a file was put up and never imported. Imports can be taken back without their file."),
    )
