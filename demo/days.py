"""The demo always happened just now: its moments count back from today, and days that people wrote move along."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

HERE = ZoneInfo("Europe/Istanbul")
FIRST_TOLD = date(2026, 11, 21)
REACH = 40  # days before and after the first telling that may be spoken of
MOMENT = re.compile(r"(?P<days>[+-]\d+)d (?P<hour>\d\d):(?P<minute>\d\d)|-(?P<ago>\d+)m")
AS_WRITTEN = [
    ("tr", "d MMM y EEE"),  # Gmail
    ("tr", "d MMMM y EEEE"),  # Outlook
    ("tr", "d MMM y"),  # Apple
    ("tr", "d MMMM EEEE"),
    ("en", "EEE, MMM d, y"),
    ("en", "EEE, dd MMM y"),  # headers
]
LOCATIVE = ["ta", "ta", "ta", "da", "ta", "da", "da", "ta", "de", "de", "da", "ta"]  # Ocak’ta … Aralık’ta


def moment(written: str, now: datetime) -> datetime:
    """ "-3d 11:20" (days from today, the shop's clock) or "-20m" (before now) as a moment. Raises ValueError."""
    match = MOMENT.fullmatch(written)
    if match is None:
        raise ValueError(f"not a moment: {written}")
    if match["ago"]:
        return now - timedelta(minutes=int(match["ago"]))
    day = now.astimezone(HERE).date() + timedelta(days=int(match["days"]))
    return datetime(day.year, day.month, day.day, int(match["hour"]), int(match["minute"]), tzinfo=HERE)


def moved(text: str, today: date) -> str:
    """The text with every day it names as far from `today` as it was from the first telling."""
    forms = _forms(today)
    return _pattern().sub(lambda found: forms[found[0]], text) if today != FIRST_TOLD else text


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_forms(FIRST_TOLD), key=len, reverse=True)
    return re.compile(rf"(?<!\d)(?:{'|'.join(map(re.escape, words))})")


@cache
def _forms(today: date) -> dict[str, str]:
    """Each way of writing each day near the first telling, and how its day near `today` is written."""
    found: dict[str, str] = {}
    for ahead in range(-REACH, REACH + 1):
        told, meant = FIRST_TOLD + timedelta(days=ahead), today + timedelta(days=ahead)
        for locale, pattern in AS_WRITTEN:
            found[format_date(told, pattern, locale)] = format_date(meant, pattern, locale)
        found[_on(told)] = _on(meant)
    return found


def _on(day: date) -> str:
    """“12 Kasım’da”."""
    return f"{format_date(day, 'd MMMM', 'tr')}’{LOCATIVE[day.month - 1]}"
