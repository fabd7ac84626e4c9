"""How figures are written: counts, lengths of time, shares, scores, days, and how they moved."""

from datetime import timedelta

from babel.dates import get_day_names
from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.insight.figures import LENGTH, SCORE, SHARE, Figure
from muhatap.insight.reports import Value
from muhatap.web.common import times
from muhatap.web.common.tables import Trend

WORTH_TELLING = 0.1  # of a change for the worse


def written(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == LENGTH:
        return times.span(timedelta(seconds=value))
    if unit == SHARE:
        return times.percent(value)
    return score(value) if unit == SCORE else times.count(round(value))


def score(value: float) -> str:
    return str(format_decimal(value, format="0.0", locale=_language()))


def trend(figure: Figure, now: Value, then: Value) -> Trend | None:
    """None while one of the two is unknown."""
    if now.value is None or then.value is None or not (now.n and then.n):
        return None
    if now.value == then.value:
        return Trend(text=_("as before"), icon="minus")
    if figure.unit == SHARE:
        change = now.value - then.value
        points = format_decimal(abs(change) * 100, format="0.#", locale=_language())
        text = _("%(n)s points") % {"n": points}
    elif not then.value:
        return None
    else:
        change = (now.value - then.value) / then.value
        text = times.percent(abs(change)) if figure.unit != SCORE else score(abs(now.value - then.value))
    is_worse = bool(figure.better) and (change > 0) == (figure.better == "less")
    return Trend(
        text=text,
        icon="arrow-up" if change > 0 else "arrow-down",
        tone="soon" if is_worse and abs(change) >= WORTH_TELLING else "",
    )


def weekday(number: int) -> str:
    """0 is Monday."""
    return str(get_day_names("wide", locale=_language())[number])


def _language() -> str:
    return (get_language() or "tr").replace("-", "_")
