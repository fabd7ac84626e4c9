"""Which cases a list is about: read from the address, kept for the next visit, and written into the next address."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from muhatap.accounts.models import Membership, User
from muhatap.flow import cases
from muhatap.service import case_figures, casework
from muhatap.service.models import Case, Cause
from muhatap.shared.text import fold
from muhatap.web.common.reading import number, words

NONE = 0  # in the address: what has no cause, product or team
MINE, TEAM, ALL = "mine", "team", "all"
ORDERS = {"due": ("ends_at", False), "newest": ("opened_at", True), "oldest": ("opened_at", False)}  # column, downwards
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # where no moment was given: after all others
KEPT = "cases_order"  # in the session: in which order somebody looks at cases


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Whose cases, in which state, of which kind, cause, product, team, person and days; in which order.

    `cause` means the cause and all under it, `only_cause` the cause alone; NONE in it, in product and team means "without".
    `others`: all but some values of a cut of the report, its name first.
    """

    whose: str = ALL
    state: str = "standing"
    kind: str = ""
    cause: int | None = None
    only_cause: int | None = None
    product: int | None = None
    team: int | None = None
    person: int | None = None
    start: date | None = None
    end: date | None = None
    words: str = ""
    others: tuple[str, ...] = ()
    order: str = "due"

    def but(self, **changes: Any) -> "Asked":
        return replace(self, **changes)

    def pairs(self) -> list[tuple[str, str]]:
        named: dict[str, Any] = {"whose": self.whose, "state": self.state, "kind": self.kind, "cause": self.cause}
        named |= {"team": self.team, "person": self.person, "from": self.start, "to": self.end}
        named |= {"only_cause": self.only_cause, "product": self.product, "others": ",".join(self.others)}
        named |= {"q": self.words, "order": self.order}
        return [(name, str(value)) for name, value in named.items() if value not in (None, "")]

    def url(self, name: str = "list", **more: str) -> str:
        return f"{reverse(f'cases:{name}')}?{urlencode([*self.pairs(), *more.items()])}"


def read(request: HttpRequest, *, now: datetime) -> Asked:
    """What the address asks for; what makes no sense in it is passed over. The order stays until another is asked for."""
    if request.GET.get("order") in ORDERS:
        request.session[KEPT] = request.GET["order"]
    return of(request.GET, order=request.session.get(KEPT, "due"), now=now)


def of(given: QueryDict, *, order: str, now: datetime) -> Asked:
    """What is asked for by these names, in this order."""
    whose, kind, state = given.get("whose", ""), given.get("kind", ""), given.get("state", "")
    return Asked(
        whose=whose if whose in (MINE, TEAM, ALL) else ALL,
        state=state if state in casework.states(now) else "standing",
        kind=kind if kind in Case.Kind.values else "",
        cause=number(given.get("cause")),
        only_cause=number(given.get("only_cause")),
        product=number(given.get("product")),
        team=number(given.get("team")),
        person=number(given.get("person")),
        start=day(given.get("from", "")),
        end=day(given.get("to", "")),
        words=words(given.get("q"), 100),
        others=_others(given.get("others", "")),
        order=order if order in ORDERS else "due",
    )


def rows(asked: Asked, user: User, *, at: datetime) -> QuerySet[Case]:
    """The cases asked for, as far as this user may read them; `ends_at` is their moment, or the end of time."""
    found = cases.visible_to(user).filter(casework.states(at)[asked.state])
    if asked.whose == MINE:
        found = found.filter(owner=user)
    elif asked.whose == TEAM:
        found = found.filter(Q(team__in=Membership.objects.filter(user=user).values("team_id")) | Q(owner=user))
    found = _narrowed(found, asked)
    if asked.words:
        found = found.filter(Q(title__icontains=asked.words) | Q(contact__search_text__contains=fold(asked.words)))
    found = found.annotate(ends_at=Coalesce("due_at", Value(NEVER)))
    return found.select_related("contact", "cause", "owner", "team")


def _narrowed(rows: QuerySet[Case], asked: Asked) -> QuerySet[Case]:
    conditions: dict[str, Any] = {"kind": asked.kind, "owner_id": asked.person}
    if asked.start:
        conditions["opened_at__gte"] = midnight(asked.start)
    if asked.end:
        conditions["opened_at__lt"] = midnight(asked.end + timedelta(days=1))
    if asked.cause and (cause := Cause.objects.filter(pk=asked.cause).first()):
        conditions["cause_id__in"] = casework.under(cause)
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    for column, value in (("cause_id", asked.only_cause), ("product_id", asked.product), ("team_id", asked.team)):
        if value is not None:
            rows = rows.filter(**({f"{column}__isnull": True} if value == NONE else {column: value}))
    if asked.others:
        name, *keys = asked.others
        rows = case_figures.but(rows, name, [int(key) or None for key in keys])
    return rows


def _others(text: str) -> tuple[str, ...]:
    """A cut and what of it is left out; nothing where one of them makes no sense."""
    name, *keys = text.split(",")
    return (name, *keys) if name in case_figures.FIELDS and keys and None not in map(number, keys) else ()


def midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


def day(text: str) -> date | None:
    """A day of an address; None for what is none."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2200, 1, 1) else None
