"""Which promises a list or a report is about: read from the address, and written into the next one."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from muhatap.accounts.models import Membership, User
from muhatap.accounts.permissions import may
from muhatap.conversations.visibility import scope
from muhatap.flow import promises
from muhatap.insight.valued import SEGMENTS, by_value
from muhatap.service.models import Promise
from muhatap.service.promises import states
from muhatap.web.common.doors import visitor
from muhatap.web.common.reading import number

MINE, TEAM, ALL = "mine", "team", "all"
STANDARD_DAYS = 30
LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whose promises, what became of them, and of which days (by the moment they were due). Team 0 is what has none."""

    whose: str = MINE
    state: str = "open"
    kind: str = ""
    team: int | None = None
    person: int | None = None
    value: str = ""
    start: date | None = None
    end: date | None = None

    def but(self, **changes: Any) -> "Asked":
        return replace(self, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        named: dict[str, Any] = {"whose": self.whose, "state": self.state, "kind": self.kind, "team": self.team}
        named |= {"value": self.value, "person": self.person, "from": self.start, "to": self.end}
        return [(name, str(value)) for name, value in named.items() if value not in (None, "")]

    def url(self, name: str = "list", **more: str) -> str:
        return f"{reverse(f'promises:{name}')}?{urlencode([*self.pairs(), *more.items()])}"


def read(request: HttpRequest, *, state: str = "open", days: int | None = None, now: datetime) -> Asked:
    """What the address asks for; what makes no sense in it is passed over."""
    given, today = request.GET, timezone.localtime(now).date()
    start, end = _day(given.get("from", "")), _day(given.get("to", ""))
    if days and not (start or end):
        start, end = today - timedelta(days=days - 1), today
    whose, kind, asked = given.get("whose", ""), given.get("kind", ""), given.get("state", "")
    return Asked(
        whose=whose if whose in (MINE, TEAM, ALL) else MINE,
        state=asked if asked in states(now) else state,
        kind=kind if kind in Promise.Kind.values else "",
        team=number(given.get("team")),
        person=number(given.get("person")),
        value=given.get("value", "") if given.get("value") in SEGMENTS else "",
        start=start,
        end=end,
    )


def rows(asked: Asked, user: User, *, at: datetime) -> QuerySet[Promise]:
    """The promises asked for, as far as this user may read them; drafts are shown where they are written."""
    return _of(promises.visible_to(user), asked, user, at)


def n_hidden(asked: Asked, user: User, *, at: datetime) -> int:
    """How many of everybody's in some days this user may not read: a figure of the firm counts them, too."""
    if scope(user).sees_all or not _is_of_the_firm(asked, at) or not _may_be_told(asked, user):
        return 0
    unseen = Promise.objects.exclude(Exists(promises.visible_to(user).filter(pk=OuterRef("pk"))))
    return _of(unseen, asked, user, at).count()


def _is_of_the_firm(asked: Asked, at: datetime) -> bool:
    end = asked.end or timezone.localtime(at).date()
    return asked.whose == ALL and asked.start is not None and end - asked.start <= LONGEST


def _may_be_told(asked: Asked, user: User) -> bool:
    """Everybody reads the firm's own figure in the letter of the week; cut any finer it is for whoever reads the report."""
    is_whole = asked.but(whose=ALL, start=None, end=None) == Asked(whose=ALL, state="owed")
    return is_whole or may(user, "insight.read")


def _of(found: QuerySet[Promise], asked: Asked, user: User, at: datetime) -> QuerySet[Promise]:
    found = found.filter(states(at)["said"], states(at)[asked.state])
    if asked.whose == MINE:
        found = found.filter(by=user)
    elif asked.whose == TEAM:
        found = found.filter(Q(team__in=Membership.objects.filter(user=user).values("team_id")) | Q(by=user))
    found = _narrowed(found, asked)
    if asked.value:
        valued: Any = by_value(found)
        found = valued.filter(value=asked.value)
    return found


def _narrowed(rows: QuerySet[Promise], asked: Asked) -> QuerySet[Promise]:
    for field, value in (("kind", asked.kind), ("by_id", asked.person)):
        if value:
            rows = rows.filter(**{field: value})
    if asked.team is not None:
        rows = rows.filter(team=asked.team) if asked.team else rows.filter(team=None)
    if asked.start:
        rows = rows.filter(due_at__gte=_midnight(asked.start))
    if asked.end:
        rows = rows.filter(due_at__lt=_midnight(asked.end + timedelta(days=1)))
    return rows


def for_report(request: HttpRequest, *, now: datetime) -> Asked:
    """The days of a report; whoever may see only their own figures gets those, whatever they ask."""
    found = read(request, state="said", days=STANDARD_DAYS, now=now).but(state="said")
    if not may(visitor(request), "insight.read"):
        return found.but(whose=MINE, team=None, person=None)
    return found if "whose" in request.GET else found.but(whose=ALL)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None
