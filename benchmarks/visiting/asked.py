"""What is asked: every report, over a month, a quarter and the year, of everybody and of some."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from muhatap.insight import web
from muhatap.measures.asked import EVERYBODY, Conditions, Period, Step

A_WEEK = timedelta(days=7)
EVENTS = [Step("below", "/urun"), Step("event", "Product Added"), Step("event", "Order Completed")]
PAGES = [Step("page", "/"), Step("page", "/sepet"), Step("page", "/odeme")]
SOME = Conditions(source=("search", "social"), device=(1,))
MET = {EVERYBODY: "true", SOME: "source in ('search', 'social') and device = 1"}
REPORTS: dict[str, Callable[[Period, Conditions], Any]] = {
    "funnel_of_events": lambda period, some: web.funnel(period=period, steps=EVENTS, within=A_WEEK),
    "funnel_of_pages": lambda period, some: web.funnel(period=period, steps=PAGES),
    "paths": lambda period, some: web.paths(period=period, path="/sepet", conditions=some),
    "trails": lambda period, some: web.trails(period=period, conditions=some),
    "cohorts_by_week": lambda period, some: web.cohorts(period=period, unit="week"),
    "cohorts_by_month": lambda period, some: web.cohorts(period=period, unit="month"),
    "retention": lambda period, some: web.retention(period=period, unit="day"),
    "pages": lambda period, some: web.pages(period=period, conditions=some),
    "sources": lambda period, some: web.sources(period=period, conditions=some),
    "campaigns": lambda period, some: web.sources(period=period, conditions=some, by=("campaign",)),
    "products": lambda period, some: web.products(period=period, conditions=some),
}
UNITS = {"cohorts_by_week": "week", "cohorts_by_month": "month", "retention": "day"}
OF_EVERYBODY = ("funnel_of_events", "funnel_of_pages", *UNITS)


@dataclass(frozen=True)
class Asked:
    name: str
    period: Period
    conditions: Conditions

    @property
    def met(self) -> str:
        return MET[self.conditions]

    @property
    def unit(self) -> str:
        return UNITS.get(self.name, "day")

    @property
    def since(self) -> date:
        start = self.period.start
        return {"week": start - timedelta(days=start.weekday()), "month": start.replace(day=1)}.get(self.unit, start)

    def ask(self) -> Any:
        return REPORTS[self.name](self.period, self.conditions)


def everything(last: date, n_days: int, only: str) -> Iterator[Asked]:
    for name in REPORTS:
        if only in name:
            for days in (30, 90, 365):
                period = Period(start=last - timedelta(days=min(days, n_days) - 1), end=last)
                for conditions in (EVERYBODY,) if name in OF_EVERYBODY else (EVERYBODY, SOME):
                    yield Asked(name, period, conditions)
