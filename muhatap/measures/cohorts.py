"""Who came first in a day, week or month, and how many of them came back how much later."""

from datetime import date, timedelta

import ibis.expr.types as ir

from muhatap.measures.asked import EVERYBODY, Conditions, Period
from muhatap.measures.conditions import during, meeting

EPOCH = date(1970, 1, 1)
MONDAY = 3  # 1 January 1970 was a Thursday


def cohorts(
    visits: ir.Table, *, period: Period, unit: str, wanted: Conditions = EVERYBODY, links: ir.Table | None = None
) -> ir.Table:
    """All visits there are → (cohort, later, n_visitors): spans are numbered (`number_of`), `later` 0 is the first span itself.

    Nameless visitors are left out: they are known for a day, so that each would be new and never come back. Who is not belongs to the
    span of their first visit ever, if that visit meets the conditions; whatever visit comes later counts. Cohorts from that in which the
    period begins; nothing after the period is looked at.
    """
    known = visits.filter(visits.day <= period.end, ~visits.is_nameless)
    first = known.group_by("visitor").agg(first=known.day.min())
    since = first_day(number_of(period.start, unit), unit)
    begun = first.filter(first.first >= since)
    if not wanted.is_empty:
        begun = begun.semi_join(_beginnings(known, wanted, links), ["visitor"])
    recent = known.filter(known.day >= since)
    spans = recent.select("visitor", span=_number(recent.day, unit)).distinct()
    both = spans.join(begun.select("visitor", cohort=_number(begun.first, unit)), "visitor")
    return both.group_by("cohort", later=both.span - both.cohort).agg(n_visitors=both.count())


def nameless(
    visits: ir.Table, *, period: Period, wanted: Conditions = EVERYBODY, links: ir.Table | None = None
) -> ir.Table:
    """Visits → (n_visitors): the nameless of these days that cohorts leave out, each day's for themselves."""
    found = meeting(during(visits, period), wanted, links)
    left_out = found.filter(found.is_nameless)
    return left_out.agg(n_visitors=left_out.visitor.nunique())


def _beginnings(visits: ir.Table, wanted: Conditions, links: ir.Table | None) -> ir.Table:
    """The visitors whose first visit (the lowest number of those that began at one moment) meets the conditions."""
    first = visits.group_by("visitor").agg(began_at=visits.began_at.min())
    firsts = visits.semi_join(first, ["visitor", "began_at"])
    lowest = firsts.group_by("visitor").agg(visit_id=firsts.visit_id.min())
    return meeting(firsts.semi_join(lowest, ["visitor", "visit_id"]), wanted, links).select("visitor")


def _number(day: ir.DateValue, unit: str) -> ir.IntegerValue:
    if unit == "month":
        return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
    days = day.epoch_days().cast("int64")
    return days if unit == "day" else (days + MONDAY) // 7


def number_of(day: date, unit: str) -> int:
    """The number of the day, week (from Monday) or month in which a day lies."""
    if unit == "month":
        return day.year * 12 + day.month - 1
    days = (day - EPOCH).days
    return days if unit == "day" else (days + MONDAY) // 7


def first_day(number: int, unit: str) -> date:
    """The day on which the span of this number begins."""
    if unit == "month":
        return date(number // 12, number % 12 + 1, 1)
    return EPOCH + timedelta(days=number if unit == "day" else number * 7 - MONDAY)
