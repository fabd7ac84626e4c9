"""Which days, inbox, team or person a report is about: read from the address, and written into the next one."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts.models import Team, User
from muhatap.accounts.permissions import may
from muhatap.channels.models import Inbox
from muhatap.insight.rollups import Cut
from muhatap.shared import clock
from muhatap.web.common.charts import days_said as days_said  # for those who ask the filters
from muhatap.web.common.doors import visitor

LONGEST = timedelta(days=2 * 366)
STANDARD = "30d"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`period` names a preset, or is empty when days were given."""

    today: date
    period: str
    start: date
    end: date
    inbox: int | None = None
    team: int | None = None
    person: int | None = None
    is_working: bool = False
    is_own: bool = False  # the reader may see their own figures only

    @property
    def cut(self) -> Cut:
        return Cut(start=self.start, end=self.end, inbox_id=self.inbox, team_id=self.team, user_id=self.person)

    @property
    def n_days(self) -> int:
        return (self.end - self.start).days + 1

    def pairs(self) -> list[tuple[str, str]]:
        """What an address must carry so that it opens the same report tomorrow."""
        days = [("period", self.period)] if self.period else [("from", str(self.start)), ("to", str(self.end))]
        numbers = [(name, str(getattr(self, name))) for name in ("inbox", "team", "person") if getattr(self, name)]
        return [*days, *numbers, *([("hours", "working")] if self.is_working else [])]

    def url(self, name: str, **more: Any) -> str:
        """An address of this area with these filters and more."""
        extra = [(key, str(value)) for key, value in more.items() if value is not None]
        return f"{reverse(f'insight:{name}')}?{urlencode([*self.pairs(), *extra])}"

    def rows(self, figure: str, *, start: date | None = None, end: date | None = None, **more: Any) -> str:
        """The rows behind a figure, of some of the days."""
        some = replace(self, period="", start=start or self.start, end=end or self.end)
        return some.url("rows", figure=figure, **more)

    def but(self, **changes: Any) -> "Filters":
        return replace(self, **changes)


def read(request: HttpRequest) -> Filters:
    """What the address asks for; what makes no sense in it is passed over. Agents get their own figures, whatever they ask."""
    given, user = request.GET, visitor(request)
    today = timezone.localtime(clock.now()).date()
    period, start, end = days(given, today)
    is_own = not may(user, "insight.read")
    return Filters(
        today=today,
        period=period,
        start=start,
        end=end,
        inbox=number(given, "inbox"),
        team=number(given, "team"),
        person=user.pk if is_own else number(given, "person"),
        is_working=given.get("hours") == "working",
        is_own=is_own,
    )


def presets(today: date) -> dict[str, tuple[str, date, date]]:
    """Name, words, first and last day of each preset."""
    month = today.replace(day=1)
    last = month - timedelta(days=1)
    return {
        "today": (_("Today"), today, today),
        "7d": (_("Last 7 days"), today - timedelta(days=6), today),
        "30d": (_("Last 30 days"), today - timedelta(days=29), today),
        "90d": (_("Last 90 days"), today - timedelta(days=89), today),
        "month": (_("This month"), month, today),
        "last_month": (_("Last month"), last.replace(day=1), last),
        "year": (_("Last 12 months"), today - timedelta(days=364), today),
    }


def said(filters: Filters) -> str:
    """The days in words: Son 30 gün, or 1 Kas – 21 Kas."""
    if filters.period:
        return presets(filters.today)[filters.period][0]
    return days_said(filters.start, filters.end)


def choices(filters: Filters) -> dict[str, list[tuple[int, str, bool]]]:
    """(number, name, chosen) of the inboxes, teams and people one can ask about."""
    tables = {
        "inbox": Inbox.objects.order_by("name"),
        "team": Team.objects.order_by("name"),
        "person": User.objects.filter(role__in=["owner", "administrator", "team_lead", "agent"]).order_by("name"),
    }
    return {
        name: [(row.pk, str(row), row.pk == getattr(filters, name)) for row in rows] for name, rows in tables.items()
    }


def number(given: QueryDict, name: str, *, most: int = 2**63 - 1) -> int | None:
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most else None


def days(given: QueryDict, today: date) -> tuple[str, date, date]:
    """The preset that was asked for, or "", and its first and last day."""
    known = presets(today)
    start, end = _day(given.get("from", "")), _day(given.get("to", ""))
    if given.get("period") in known or not (start or end):
        name = given.get("period", "")
        name = name if name in known else STANDARD
        return name, known[name][1], known[name][2]
    start, end = sorted((start or end or today, end or start or today))
    return "", max(start, end - LONGEST), end


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None
