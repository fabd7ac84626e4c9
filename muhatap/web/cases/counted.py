"""Which costs a report or a list is about: read from the address, and written into the next one."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from muhatap.insight.lost import STANDARD_DAYS
from muhatap.service import casework, quality
from muhatap.service.models import Cause, Cost
from muhatap.web.cases.asked import NONE, day, midnight
from muhatap.web.common.reading import number

DAYS = 90
LONGEST = timedelta(days=5 * 366)
CUTS = ("cause", "product", "team", "what")


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The days, and what of the costs: kind, what for, cause, product, team, currency; `later`: written down afterwards;
    `bare`: time that had no rate; `others`: all but some values of one of CUTS, its name first.

    `cause` means the cause and all under it, `only_cause` the cause alone; NONE in any of them means "without".
    """

    start: date
    end: date
    kind: str = ""
    what: str = ""
    cause: int | None = None
    only_cause: int | None = None
    product: int | None = None
    team: int | None = None
    currency: str = ""
    later: str = ""
    bare: str = ""
    others: tuple[str, ...] = ()
    lost_days: int = STANDARD_DAYS

    @property
    def n_days(self) -> int:
        return (self.end - self.start).days + 1

    def but(self, **changes: Any) -> "Counted":
        return replace(self, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        named: dict[str, Any] = {"from": self.start, "to": self.end, "kind": self.kind, "what": self.what}
        named |= {"cause": self.cause, "only_cause": self.only_cause, "product": self.product, "team": self.team}
        named |= {"currency": self.currency, "later": self.later, "bare": self.bare, "others": ",".join(self.others)}
        named |= {"lost": self.lost_days if self.lost_days != STANDARD_DAYS else ""}
        return [(name, str(value)) for name, value in named.items() if value not in (None, "")]

    def url(self, name: str = "costs", **more: str) -> str:
        return f"{reverse(f'cases:{name}')}?{urlencode([*self.pairs(), *more.items()])}"

    @property
    def before(self) -> "Counted":
        """The same of as many days before these."""
        start, end = quality.span_before(self.start, self.end)
        return self.but(start=start, end=end, later="")

    @property
    def begins(self) -> datetime:
        return midnight(self.start)

    @property
    def ends(self) -> datetime:
        return midnight(self.end + timedelta(days=1))


def read(request: HttpRequest, *, now: datetime) -> Counted:
    """What the address asks for; what makes no sense in it is passed over."""
    given, today = request.GET, timezone.localtime(now).date()
    end = day(given.get("to", "")) or today
    start = day(given.get("from", "")) or end - timedelta(days=DAYS - 1)
    if start > end or end - start > LONGEST:
        start, end = today - timedelta(days=DAYS - 1), today
    numbers = {name: number(given.get(name)) for name in ("cause", "only_cause", "product", "team")}
    kind, what, currency = given.get("kind", ""), given.get("what", ""), given.get("currency", "")
    return Counted(
        start=start,
        end=end,
        kind=kind if kind in Cost.Kind.values else "",
        what=what if what in Cost.What.values else "",
        currency=currency if len(currency) == 3 and currency.isascii() and currency.isupper() else "",
        later="1" if given.get("later") else "",
        bare="1" if given.get("bare") else "",
        others=_others(given.get("others", "")),
        lost_days=min(max(number(given.get("lost")) or STANDARD_DAYS, 7), 730),
        **numbers,
    )


def rows(asked: Counted) -> QuerySet[Cost]:
    """The costs asked for."""
    found = quality.between(Cost.objects.all(), asked.begins, asked.ends)
    for name in ("kind", "what", "currency"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    for column, value in (
        ("case__cause_id", asked.only_cause),
        ("case__product_id", asked.product),
        ("team_id", asked.team),
    ):
        if value is not None:
            found = found.filter(**({f"{column}__isnull": True} if value == NONE else {column: value}))
    if asked.cause is not None:
        found = _of_cause(found, asked.cause)
    if asked.bare:
        found = quality.without_rate(found)
    if asked.others:
        found = _but(found, *asked.others)
    return quality.written_later(found, asked.ends) if asked.later else found


def _of_cause(found: QuerySet[Cost], number: int) -> QuerySet[Cost]:
    cause = Cause.objects.filter(pk=number).first()
    return found.filter(case__cause_id__in=casework.under(cause)) if cause else found.filter(case__cause=None)


def _others(text: str) -> tuple[str, ...]:
    """A cut and what of it is left out; nothing where one of them makes no sense."""
    name, *keys = text.split(",")
    known = Cost.What.values if name == "what" else [key for key in keys if number(key) is not None]
    return (name, *keys) if name in CUTS and keys and set(keys) <= set(known) else ()


def _but(found: QuerySet[Cost], name: str, *keys: str) -> QuerySet[Cost]:
    column = quality.FIELDS[name]
    if name == "what":
        return found.exclude(what__in=keys)
    if str(NONE) in keys:
        found = found.filter(**{f"{column}__isnull": False})
    return found.exclude(**{f"{column}__in": keys})
