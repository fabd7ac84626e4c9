"""How moments, spans, counts and money are written, in the active language. Nothing here reads the clock: `now` is given."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent, get_currency_precision, get_currency_symbol
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def short(at: datetime, now: datetime) -> str:
    """For lists: 14:32 today, Dün yesterday, 20 Kas this year, 20 Kas 2025 before."""
    there, here = timezone.localtime(at), timezone.localtime(now)
    if there.date() == here.date():
        return clock(at)
    if there.date() == here.date() - DAY:
        return gettext("Yesterday")
    return _day_and_month(there.date(), here.date())


def stamp(at: datetime, now: datetime) -> str:
    """For messages: 14:32 today, 20 Kas 10:02 otherwise."""
    there, here = timezone.localtime(at), timezone.localtime(now)
    if there.date() == here.date():
        return clock(at)
    return f"{_day_and_month(there.date(), here.date())} {clock(at)}"


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def heading(on: date, today: date) -> str:
    """For the line above a day: Bugün, Dün, 20 Kasım Cuma, 20 Kasım 2025 Perşembe."""
    if on == today:
        return gettext("Today")
    if on == today - DAY:
        return gettext("Yesterday")
    return _weekday(on, with_year=on.year != today.year)


def day(on: date) -> str:
    """A day with its year: 21 Kasım 2026 Cumartesi."""
    return _weekday(on, with_year=True)


def full(at: datetime) -> str:
    """For titles and hints: 21 Kasım 2026 Cumartesi 14:32."""
    there = timezone.localtime(at)
    return f"{_weekday(there.date(), with_year=True)} {clock(at)}"


def span(length: timedelta) -> str:
    """How long: 18 dk, 2 sa 34 dk, 3 gün 4 sa. Never negative, never seconds; below a minute it says so."""
    length = abs(length)
    if length < MINUTE:
        return pgettext("span", "under 1 min")
    if length < DAY:
        hours, minutes = length // HOUR, length % HOUR // MINUTE
        return _two(hours, pgettext("hours", "h"), minutes, pgettext("minutes", "min"))
    return _two(length // DAY, pgettext("days", "d"), length % DAY // HOUR, pgettext("hours", "h"))


def precise(length: timedelta) -> str:
    """How long to the second: 40 sn, 11 dk 4 sn; from an hour on 1 sa 2 dk. For what is measured, not for what is promised."""
    length = abs(length)
    if length >= HOUR:
        return span(length)
    whole = round(length.total_seconds())
    seconds = pgettext("seconds", "s")
    return _two(whole // 60, pgettext("minutes", "min"), whole % 60, seconds) or f"0 {seconds}"


def count(number: int) -> str:
    """6412 as 6.412 or 6,412."""
    return str(format_decimal(number, locale=_locale()))


def percent(share: float) -> str:
    """0.78 as %78 or 78%."""
    return str(format_percent(share, locale=_locale()))


def decimal(number: float) -> str:
    """4.68 as 4,7 or 4.7."""
    return str(format_decimal(number, format="0.0", locale=_locale()))


def money(amount: Decimal, currency: str) -> str:
    """1249.9 TRY as 1.249,90 ₺ or ₺1,249.90: the sign stands where people of the language write it, which CLDR does not."""
    locale = _locale()
    places = "0" * get_currency_precision(currency)
    digits = format_decimal(abs(amount), format=f"#,##0.{places}" if places else "#,##0", locale=locale)
    # CLDR knows ₺ only in Turkish; elsewhere it would write TRY.
    sign = get_currency_symbol(currency, locale="tr" if currency == "TRY" else locale)
    minus = "−" if amount < 0 else ""
    return f"{minus}{digits} {sign}" if locale.language == "tr" else f"{minus}{sign}{digits}"


def size(n_bytes: int) -> str:
    """File sizes as people read them: 840 B, 12 KB, 3,4 MB."""
    if n_bytes < 1024:
        return f"{n_bytes} B"
    if n_bytes < 1024**2:
        return f"{format_decimal(n_bytes // 1024, locale=_locale())} KB"
    return f"{format_decimal(n_bytes / 1024**2, format='#,##0.#', locale=_locale())} MB"


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    parts = [f"{large} {large_unit}" if large else "", f"{small} {small_unit}" if small else ""]
    return " ".join(part for part in parts if part)


def _day_and_month(on: date, today: date) -> str:
    return _written(on, "d MMM" if on.year == today.year else "d MMM y", _locale())


@lru_cache(maxsize=2000)
def _written(on: date, pattern: str, locale: Locale) -> str:
    """A day as it is written: lists show the same few again and again."""
    return str(format_date(on, pattern, locale=locale))


def _weekday(on: date, *, with_year: bool) -> str:
    """Turkish puts the weekday last, English first."""
    year = " y" if with_year else ""
    pattern = f"d MMMM{year} EEEE" if _locale().language == "tr" else f"EEEE d MMMM{year}"
    return _written(on, pattern, _locale())


def _locale() -> Locale:
    return _parsed(get_language() or "tr")


@cache
def _parsed(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))
