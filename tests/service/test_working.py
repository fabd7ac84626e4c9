"""The arithmetic of working time, in zones whose clocks change at any hour, over spans past midnight and closed days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muhatap.service.hours import OFFICE
from muhatap.service.working import Calendar, NeverOpen, RoundTheClock, WorkingTime

ISTANBUL = ZoneInfo("Europe/Istanbul")
# Clocks change at 3, at 2, at midnight, by half an hour, and once by a whole day (Apia left out 30 December 2011).
ZONES = ("Europe/Istanbul", "Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia")
YEARS = {"Pacific/Apia": 2011, "Africa/Cairo": 2024}


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[tuple[int, int], ...], ...]:
    days = []
    for _day in range(7):
        edges = sorted(draw(st.lists(st.integers(0, 1439), max_size=6, unique=True)))
        days.append([(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False)])
    if draw(st.booleans()):  # one day runs past midnight, as far as the next day's first span
        opens = max((closes for _opens, closes in days[4]), default=1200)
        days[4].append((opens, 1440 + min((opens for opens, _closes in days[5]), default=120)))
    if not any(days):
        days[0] = [(0, 1440)]
    return tuple(tuple(day) for day in days)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, list[datetime], timedelta]:
    zone = draw(st.sampled_from(ZONES))
    new_year = datetime(YEARS.get(zone, 2026), 1, 1, tzinfo=UTC)
    closed = draw(st.dictionaries(st.integers(0, 380), st.sampled_from([0, 780]), max_size=8))
    calendar = Calendar(
        zone=ZoneInfo(zone),
        week=draw(weeks()),
        closed={new_year.date() + timedelta(days=day): minute for day, minute in closed.items()},
    )
    moments = draw(st.lists(st.integers(0, 366 * 86_400), min_size=3, max_size=3).map(sorted))
    work = timedelta(seconds=draw(st.integers(0, 400_000)))
    return calendar, [new_year + timedelta(seconds=second) for second in moments], work


@given(cases())
@settings(max_examples=60, deadline=None)
def test_working_time_adds_up(case: tuple[Calendar, list[datetime], timedelta]) -> None:
    calendar, (first, second, third), _work = case
    assert calendar.between(first, third) == calendar.between(first, second) + calendar.between(second, third)
    assert timedelta() <= calendar.between(first, third) <= third - first
    assert calendar.between(third, first) == timedelta() or first == third


@given(cases())
@settings(max_examples=60, deadline=None)
def test_the_moment_after_some_work_is_the_first_by_which_it_is_done(
    case: tuple[Calendar, list[datetime], timedelta],
) -> None:
    calendar, (start, later, _third), work = case
    due = calendar.after(start, work)
    assert calendar.between(start, due) == work
    assert due == start or calendar.between(start, due - timedelta(microseconds=1)) < work
    assert calendar.after(start, work + timedelta(minutes=1)) > due
    assert calendar.after(later, work) >= due  # who begins later is not done sooner
    assert calendar.after(start, calendar.between(start, later)) <= later


def office(**closed: int) -> Calendar:
    days = {date.fromisoformat(day.strip("_").replace("_", "-")): minute for day, minute in closed.items()}
    return Calendar(zone=ISTANBUL, week=OFFICE, closed=days)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("calendar", "start", "work", "due"),
    [
        (office(), "2026-11-20 17:30", 1, "2026-11-23 09:30"),  # Friday evening into Monday
        (office(), "2026-11-21 14:32", 1, "2026-11-23 10:00"),  # begun on Saturday
        (office(), "2026-11-20 09:00", 9, "2026-11-20 18:00"),  # done as the door shuts, not on Monday
        (office(_2026_11_23=0), "2026-11-20 17:30", 1, "2026-11-24 09:30"),
        (office(_2026_10_28=780, _2026_10_29=0), "2026-10-28 12:00", 2, "2026-10-30 10:00"),  # the eve ends at 13:00
        (RoundTheClock(), "2026-11-20 17:30", 1, "2026-11-20 18:30"),
    ],
)
def test_promises_as_people_count_them(calendar: WorkingTime, start: str, work: int, due: str) -> None:
    assert calendar.after(at(start), work * HOUR) == at(due)


def test_a_night_shift_ends_at_the_closed_day_it_runs_into() -> None:
    nights = Calendar(
        zone=ISTANBUL, week=((), (), (), (), ((22 * 60, 30 * 60),), (), ()), closed={date(2026, 11, 21): 0}
    )
    assert nights.between(at("2026-11-20 00:00"), at("2026-11-22 00:00")) == 2 * HOUR
    assert nights.between(at("2026-11-27 00:00"), at("2026-11-29 00:00")) == 8 * HOUR


def test_the_night_the_clocks_change_is_as_long_as_it_is() -> None:
    always = Calendar(zone=ZoneInfo("Europe/Berlin"), week=(((0, 1440),),) * 7)
    begins = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert always.between(begins, begins + timedelta(days=7)) == timedelta(days=7)
    office_in_berlin = Calendar(zone=ZoneInfo("Europe/Berlin"), week=((), (), (), (), (), (), ((60, 240),)))
    assert office_in_berlin.between(begins, begins + timedelta(days=1)) == 2 * HOUR  # 1 to 4 o'clock, without the third


def test_who_never_works_says_so() -> None:
    with pytest.raises(NeverOpen):
        Calendar(zone=ISTANBUL, week=((),) * 7).after(at("2026-11-20 09:00"), HOUR)
