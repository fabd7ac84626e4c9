"""Until when, in the words people write: 'yarın 18.00'e kadar', 'haftaya salı', '3 iş günü içinde', 'by Friday noon'. Pure.

A moment without a time of day is the end of that day's work. What has no day is today, or tomorrow when that time is over. Letters
may be typed without their marks; whatever is found is given with its place in the text, so that the words can be shown.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from muhatap.shared.text import fold

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
EVENING = 18 * 60  # the end of a day on which nobody works
LAST_MINUTE = 23 * 60 + 59
FARTHEST_WORKDAY = 400
Week = Sequence[Sequence[tuple[int, int]]]
OFFICE: Week = (*(((9 * 60, 18 * 60),),) * 5, (), ())

DAYS_TR = ("pazartesi", "sali", "carsamba", "persembe", "cuma", "cumartesi", "pazar")
DAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = {**{name: n for n, name in enumerate(DAYS_TR)}, **{name: n for n, name in enumerate(DAYS_EN)}}
WEEKDAYS |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
MONTHS_TR = (
    "ocak", "subat", "mart", "nisan", "mayis", "haziran", "temmuz", "agustos", "eylul", "ekim", "kasim", "aralik",
)  # fmt: skip
MONTHS_EN = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
MONTHS = {name: n for some in (MONTHS_TR, MONTHS_EN) for n, name in enumerate(some, 1)}
MONTHS |= {name[:3]: n for n, name in enumerate(MONTHS_EN, 1)} | {"sept": 9}
NUMBERS = {
    "bir": 1, "iki": 2, "uc": 3, "dort": 4, "bes": 5, "alti": 6, "yedi": 7, "sekiz": 8, "dokuz": 9, "on": 10,
    "yirmi": 20, "otuz": 30, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3,
    "birkac": 3, "next": 1, "the next": 1, "fifteen": 15, "twenty": 20, "thirty": 30, "half an": 0.5, "yarim": 0.5,
    "bir bucuk": 1.5, "kirk bes": 45,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When we work: seven days (Monday first) of spans in minutes of the wall clock; `closed`: the minute a day ends early."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Istanbul"))
    week: Week = OFFICE
    closed: Mapping[date, int] = field(default_factory=dict)

    def closing(self, day: date) -> int | None:
        """The minute at which work ends on a day; None on a day off."""
        shuts = self.closed.get(day, MIDNIGHT)
        ends = [min(closes, shuts, LAST_MINUTE) for opens, closes in self.week[day.weekday()] if opens < shuts]
        return max(ends, default=None)

    def end_of(self, day: date) -> datetime:
        """The end of work on a day, of the evening on a day off."""
        closing = self.closing(day)
        return self.at(day, EVENING if closing is None else closing)

    def at(self, day: date, minute: int) -> datetime:
        return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=self.zone)

    def workday(self, day: date, n: int) -> date:
        """The n-th working day after a day; plain days where nobody ever works."""
        found = day
        for _step in range(FARTHEST_WORKDAY):
            if n <= 0:
                break
            found += DAY
            n -= self.closing(found) is not None
        return found if n <= 0 else day + n * DAY


@dataclass(frozen=True, kw_only=True)
class Due:
    """The moment, where its words stand in the text, and whether a time of day (or a count of hours) was said."""

    at: datetime
    start: int
    end: int
    is_exact: bool = False


@dataclass(frozen=True)
class _Day:
    """A day, or a moment already; `minute` when the words for the day tell it too ('bu akşam')."""

    day: date
    start: int
    end: int
    minute: int | None = None
    moment: datetime | None = None


def bare(text: str) -> str:
    """The text folded letter by letter: what is found in it stands at the same place in the (NFC) text."""
    return "".join(map(_bare, unicodedata.normalize("NFC", text)))


def find(text: str, *, as_of: datetime, hours: Hours | None = None) -> Due | None:
    """The moment a sentence speaks of; None when it speaks of none that is still to come. Raises nothing."""
    hours, line = hours or Hours(), bare(text)
    now = as_of.astimezone(hours.zone)
    try:
        return _found(line, now, hours)
    except (OverflowError, ValueError):
        return None  # the 31st of February, a year nobody lives in


def _found(line: str, now: datetime, hours: Hours) -> Due | None:
    day = next((found for look in LOOKS if (found := look(line, now, hours))), None)
    if day and day.moment is None and _is_before(line, day):
        day = replace(day, day=max(day.day - DAY, now.date()))
    if day and day.moment:
        return Due(at=day.moment, start=day.start, end=day.end, is_exact=True) if day.moment > now else None
    clock = _clock(line, day)
    if day is None and clock is None:
        return None
    start = min(one[0] for one in ((day.start,) if day else (), clock[1:2] if clock else ()) if one)
    end = max(one[0] for one in ((day.end,) if day else (), clock[2:3] if clock else ()) if one)
    if clock:
        on = day.day if day else now.date()
        at = hours.at(on, min(clock[0], LAST_MINUTE))
        at = at + DAY if day is None and at <= now else at
    elif day and day.minute is not None:
        at = hours.at(day.day, day.minute)
    else:
        at = hours.end_of(day.day if day else now.date())
    if at <= now and at.date() == now.date() and not clock:
        at = hours.at(now.date(), LAST_MINUTE)
    return Due(at=at, start=start, end=end, is_exact=clock is not None) if at > now else None


BEFORE_TR = re.compile(r"\w*(?:'?\w*)\s+(?:gunu\w*\s+)?once(?:ki\w*|sin\w*)?\b")

# Counts: within 48 hours, 3 iş günü içinde, yarım saate kadar, in ten minutes.
_N = r"(?P<n>\d{1,3}(?:\s*[-–]\s*(?P<upto>\d{1,3}))?|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
_UNIT_TR = r"(?P<unit>is\s*gunu?|gun|saat|sa|dakika|dk|hafta|ay)"
_TAIL_TR = (
    r"(?P<tail>(?:\s*'?\s*(?:lik|luk)?\s*(?:ic(?:in|eris?in)de|zarfinda|sonra|dolmadan|gecmeden))|(?:n?[yi]?[ae])(?:\s+kadar)?\b"
    r"|\s+y[ae]\b(?:\s+kadar)?)"
)
COUNT_TR = re.compile(rf"\b{_N}\s*{_UNIT_TR}{_TAIL_TR}")
COUNT_EN = re.compile(
    rf"\b(?:(?:with)?in|inside|no later than|give (?:us|me))\s+(?:about\s+|under\s+|the\s+)?{_N}\s*"
    r"(?P<work>business|working)?\s*(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|months?|fortnight)\b"
)
FROM_NOW = re.compile(
    rf"\b{_N}\s*(?P<work>business|working)?\s*(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s+from\s+now\b"
)


def _is_before(line: str, day: _Day) -> bool:
    """'Before Friday' is over when Friday begins; 'before Friday noon' is told by its hour."""
    is_before = line[: day.start].endswith("before ") or BEFORE_TR.match(line[day.end :]) is not None
    return is_before and _clock(line, day) is None and "weekend" not in line[day.start : day.end]


def _count(line: str, now: datetime, hours: Hours) -> _Day | None:
    for pattern in (COUNT_TR, COUNT_EN, FROM_NOW):
        if found := pattern.search(line):
            return _counted(found, now, hours)
    return None


def _counted(found: re.Match[str], now: datetime, hours: Hours) -> _Day:
    told = found.groupdict()
    n, unit = _number(told["upto"] or told["n"]), told["unit"]
    place: dict[str, Any] = {"start": found.start(), "end": found.end()}
    if unit.startswith(("saat", "sa", "hour", "hr")):
        return _Day(now.date(), moment=now + timedelta(hours=n), **place)
    if unit.startswith(("dakika", "dk", "min")):
        return _Day(now.date(), moment=now + timedelta(minutes=n), **place)
    if unit.startswith("is") or told.get("work"):
        return _Day(hours.workday(now.date(), round(n)), **place)
    if unit.startswith(("hafta", "week", "fortnight")):
        return _Day(now.date() + DAY * round(n * (14 if unit == "fortnight" else 7)), **place)
    if unit.startswith(("ay", "month")):
        return _Day(_months_later(now.date(), round(n)), **place)
    return _Day(now.date() + DAY * round(n), **place)


# Dates: 14 Mart'ta, 22.04.2026, June 3rd, the 12th of May, ayın 15'ine kadar.
_YEAR = r"(?:\s*,?\s*(?P<year>20\d\d))?"
DATE_NAMED = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?:\b|(?='))(?:a|e|da|de|ta|te)?{_YEAR}"
)
DATE_AMERICAN = re.compile(
    rf"\b(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*:){_YEAR}"
)
DATE_SUFFIXED = re.compile(
    rf"\b(?P<day>\d{{1,2}})\s+(?P<month>{'|'.join(MONTHS_TR)})(?:'?(?:a|e|da|de|ta|te|ya|ye|i|u|in|un))\b{_YEAR}"
)
DATE_NUMBERS = re.compile(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>20\d\d)\b")
DATE_SHORT = re.compile(r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})\b(?!/)")
OF_MONTH = re.compile(
    r"\b(?P<which>gelecek |onumuzdeki |bu )?ayin\s+(?P<day>\d{1,2})\b|\b(?:on|by|before|until)\s+the\s+(?P<the>\d{1,2})(?:st|nd|rd|th)\b"
)
IN_MONTH = re.compile(rf"\b(?P<month>{'|'.join(MONTHS_TR)})\s+ay(?:i|in)\w*\b")


def _date(line: str, now: datetime, hours: Hours) -> _Day | None:
    for pattern in (DATE_NUMBERS, DATE_SUFFIXED, DATE_NAMED, DATE_AMERICAN, DATE_SHORT):
        if found := pattern.search(line):
            told = found.groupdict()
            month = MONTHS.get(told["month"]) or int(told["month"])
            return _Day(_on(now.date(), int(told["day"]), month, told.get("year")), found.start(), found.end())
    if found := OF_MONTH.search(line):
        day, which = int(found["day"] or found["the"]), (found["which"] or "").strip()
        first = now.date().replace(day=1)
        if which in ("gelecek", "onumuzdeki") or (not which and day < now.day):
            first = _months_later(first, 1)
        return _Day(first.replace(day=day), found.start(), found.end())
    if found := IN_MONTH.search(line):
        return _Day(_last_of(_on(now.date(), 1, MONTHS[found["month"]], None, whole=True)), found.start(), found.end())
    return None


# Days: bugün, yarın, haftaya salı, next Friday, bu hafta sonu, ay sonuna kadar.
_SOON: tuple[tuple[str, int, int | None], ...] = (
    (r"\b(?:obur gun\w*|yarindan sonra|yarin degil obur gun|the day after tomorrow|day after tomorrow)\b", 2, None),
    (r"\b(?:bu aksam\w*|bugun aksam\w*|this evening|tonight)\b|\baksama\b", 0, 20 * 60),
    (r"\b(?:bu gece\w*)\b", 0, LAST_MINUTE),
    (r"\b(?:bu sabah|this morning)\b", 0, 12 * 60),
    (r"\b(?:this afternoon)\b", 0, 18 * 60),
    (r"\b(?:yarin sabah\w*|tomorrow morning)\b", 1, 12 * 60),
    (r"\b(?:yarin oglen\w*|yarin ogle(?:ye)?)\b", 1, 13 * 60),
    (r"\b(?:yarin aksam\w*|tomorrow (?:evening|night))\b", 1, 20 * 60),
    (r"\b(?:yarin\w{0,3}|tomorrow|tmrw|tmr|ertesi gun)\b", 1, None),
    (r"\b(?:sabaha|in the morning)\b", 1, 12 * 60),
    (r"\b(?:bugun\w{0,3}|gun icinde|gun sonu\w*|gun bitmeden|mesai bitimi\w*|mesai sonu\w*|today|later today|eod|cob|end of (?:the |business )?day|"
     r"close of (?:business|play)|right away|straight away|immediately|hemen|derhal|simdi|as we speak)\b", 0, None),
)  # fmt: skip
SOON = [(re.compile(pattern), days, minute) for pattern, days, minute in _SOON]
_NAMES = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
WEEKDAY = re.compile(
    rf"\b(?P<which>haftaya|gelecek hafta|onumuzdeki hafta|gelecek|onumuzdeki|bu hafta|bu|next week|next|this coming|coming|this)?\s*"
    rf"(?:on\s+)?(?P<name>{_NAMES})(?:y?[aei]|ni?n|ye|ya|den|dan|si|si?n[ae])?\b(?!\s*(?:leri|lari))(?P<next>\s+next week|\s+week)?"
)
NEXT_WEEK = re.compile(r"\b(?:haftaya|gelecek hafta(?!\s*sonu)\w*|onumuzdeki hafta\w*|next week)\b")
WEEKEND = re.compile(r"\b(?:bu |this |over the |by the |before the |the )?(?:hafta sonu\w*|week-?end)\b")
BEFORE_WEEKEND = re.compile(r"\b(?:before the weekend|hafta sonundan once)\b")
THIS_WEEK = re.compile(
    r"\b(?:bu hafta\w*|hafta icinde|hafta bitmeden|haftanin sonu\w*|this week|(?:the )?end of (?:the |this )?week)\b"
)
MONTH_END = re.compile(
    r"\b(?:(?:bu )?ay(?:in)? sonu\w*|ay bitmeden|bu ay(?: icinde)?|(?:the )?end of (?:the |this )?month|within the month|this month)\b"
)
NEXT_MONTH = re.compile(r"\b(?:gelecek ay|onumuzdeki ay|next month)(?P<early>\s*(?:in\s*)?bas\w*)?")
YEAR_END = re.compile(r"\b(?:yil sonu\w*|yilbasi\w*|(?:the )?end of (?:the |this )?year)\b")


def _near(line: str, now: datetime, hours: Hours) -> _Day | None:
    """Weekdays before 'next week', since 'haftaya salı' holds both."""
    for found in WEEKDAY.finditer(line):
        if found["name"] in ("sun", "sat", "wed", "mon") and not found["which"] and "on " not in found[0]:
            continue  # short names are words of their own, too
        start = found.end() - len(found[0].lstrip())
        return _Day(_weekday(now.date(), WEEKDAYS[found["name"]], found), start, found.end())
    for pattern, days, minute in SOON:
        if found_day := pattern.search(line):
            return _Day(now.date() + days * DAY, found_day.start(), found_day.end(), minute)
    return None


def _weekday(today: date, wanted: int, found: re.Match[str]) -> date:
    """'Cuma' is the next one that comes; 'haftaya', 'gelecek hafta' and 'next' mean the one of next week."""
    which = " ".join((found["which"] or "").split())
    is_next_week = which in ("haftaya", "gelecek hafta", "onumuzdeki hafta", "next week", "next") or found["next"]
    monday = today - today.weekday() * DAY
    if is_next_week:
        return monday + (7 + wanted) * DAY
    return today + ((wanted - today.weekday() - 1) % 7 + 1) * DAY


def _wide(line: str, now: datetime, hours: Hours) -> _Day | None:
    today = now.date()
    monday = today - today.weekday() * DAY
    looks: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
        (BEFORE_WEEKEND, lambda _found: monday + 4 * DAY),
        (WEEKEND, lambda _found: monday + 6 * DAY),
        (NEXT_WEEK, lambda _found: monday + 11 * DAY),
        (THIS_WEEK, lambda _found: max(monday + 4 * DAY, today)),
        (NEXT_MONTH, lambda found: _next_month(today, is_early=bool(found["early"]))),
        (MONTH_END, lambda _found: _last_of(today)),
        (YEAR_END, lambda _found: date(today.year, 12, 31)),
    )
    for pattern, on in looks:
        if found := pattern.search(line):
            return _Day(on(found), found.start(), found.end())
    return None


LOOKS: tuple[Callable[[str, datetime, Hours], _Day | None], ...] = (_count, _date, _near, _wide)

# Times of day: 17.00'ye kadar, saat 9'da, 10-12 arası, 5 pm, noon, öğleden sonra.
CLOCK = re.compile(
    r"(?<![\d.,/])(?:(?P<from>\d{1,2})(?:[:.]\d{2})?\s*[-–]\s*)?(?P<h>\d{1,2})[:.](?P<m>[0-5]\d)(?![\d]|[.,/]\d)(?!\s*(?:tl|lira|₺|eur|usd|kg|cm|%))\s*(?P<half>am|pm)?"
)
HOUR = re.compile(
    r"\b(?:saat|sabah|aksam|oglen|gece|ogleden sonra)\s+(?P<h>\d{1,2})(?:'?\w{1,3})?\b|\b(?P<en>\d{1,2})\s*(?P<half>am|pm)\b"
    r"|\b\d{1,2}\s*[-–]\s*(?P<to>\d{1,2})\s+aras\w+|\b(?:at|by|before|until|till)\s+(?P<word>\d{1,2}|eight|nine|ten|one|two|three|four|five|six|seven)\b"
    r"(?!\s*(?:st|nd|rd|th|:|\.|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|business|working|days?|hours?|min|weeks?|%|am|pm))"
)
PARTS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\b(?:ogleden once|oglene kadar|ogleye kadar|oglen\w*|noon|midday|lunch(?:time)?)\b"), 12 * 60),
    (re.compile(r"\b(?:ogleden sonra|in the afternoon|afternoon)\b"), 18 * 60),
    (re.compile(r"\b(?:sabah\w*|in the morning|morning)\b"), 12 * 60),
    (re.compile(r"\b(?:aksam\w*|in the evening|evening)\b"), 20 * 60),
    (re.compile(r"\b(?:gece yarisi\w*|midnight)\b"), LAST_MINUTE),
)


def _clock(line: str, day: _Day | None) -> tuple[int, int, int] | None:
    """The minute of the day that is said, and where; digits that told the day tell no time."""
    free = line if day is None else line[: day.start] + " " * (day.end - day.start) + line[day.end :]
    if found := CLOCK.search(free):
        minute = _minute(int(found["h"]), int(found["m"]), found["half"], line)
        if minute is not None:
            return minute, found.start(), found.end()
    # Where the day's own words hold a part of the day ('yarın sabah 9'da'), the hour after them is looked for with them.
    if found := HOUR.search(line):
        said = found["h"] or found["en"] or found["to"] or found["word"]
        minute = _minute(round(_number(said)), 0, found["half"], found[0] if found["word"] is None else f"{line} at")
        if minute is not None:
            return minute, found.start(), found.end()
    for pattern, minute in PARTS:
        if (day is None or day.minute is None) and (found_part := pattern.search(free)):
            return minute, found_part.start(), found_part.end()
    return None


def _minute(hour: int, minute: int, half: str | None, around: str) -> int | None:
    """Five in the evening is seventeen; 'before six' in a shop is eighteen."""
    if half == "pm" and hour < 12:
        hour += 12
    is_late = re.search(r"\baksam|\bogleden sonra|\bevening|\bafternoon|\btonight", around)
    if half is None and ((hour < 8 and around.endswith(" at")) or (0 < hour < 12 and is_late)):
        hour += 12
    return hour * 60 + minute if hour < 24 else LAST_MINUTE if (hour, minute) == (24, 0) else None


def _number(text: str) -> float:
    text = " ".join(text.split())
    return float(NUMBERS[text]) if text in NUMBERS else float(re.findall(r"\d+", text)[-1])


def _on(today: date, day: int, month: int, year: str | None, *, whole: bool = False) -> date:
    """The date of this year, or of the next when it is over."""
    if year:
        return date(int(year), month, day)
    found = date(today.year, month, day)
    is_over = _last_of(found) < today if whole else found < today
    return date(today.year + 1, month, day) if is_over else found


def _last_of(day: date) -> date:
    return _months_later(day.replace(day=1), 1) - DAY


def _months_later(day: date, n: int) -> date:
    """The same day n months on; the month's last where it has none."""
    month = day.month - 1 + n
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    return date(year, month, min(day.day, last))


def _next_month(today: date, *, is_early: bool) -> date:
    first = _months_later(today.replace(day=1), 1)
    return first + 4 * DAY if is_early else _last_of(first)


@lru_cache(maxsize=4096)
def _bare(letter: str) -> str:
    if letter in "’`´":
        return "'"
    found = fold(letter)
    return found if len(found) == 1 else letter
