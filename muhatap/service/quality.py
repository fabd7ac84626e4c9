"""What quality, and its lack, came to: sums of costs by kind, cause, product, team and day. Currencies are never added together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from muhatap.service.models import Cost

FIELDS = {"kind": "kind", "what": "what", "cause": "case__cause_id", "product": "case__product_id", "team": "team_id"}
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What some rows come to: an amount for each currency, minutes, and how many minutes have no rate."""

    amounts: tuple[tuple[str, Decimal], ...] = ()
    minutes: int = 0
    minutes_without_rate: int = 0
    n: int = 0

    def of(self, currency: str) -> Decimal:
        return dict(self.amounts).get(currency, NOTHING)


def between(rows: QuerySet[Cost], start: datetime, end: datetime) -> QuerySet[Cost]:
    """The costs of some days, by when they happened."""
    return rows.filter(at__gte=start, at__lt=end)


def sums(rows: QuerySet[Cost]) -> Sums:
    """What all of them come to."""
    return sums_by(rows).get((), Sums())


def sums_by(rows: QuerySet[Cost], *names: str) -> dict[tuple[Any, ...], Sums]:
    """The sums of each combination of some fields (names in FIELDS)."""
    cells = {f"cell_{name}": F(FIELDS[name]) for name in names}
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    counted = rows.order_by().annotate(**cells).values(*cells, "currency")
    for row in counted.annotate(
        money=Sum("amount"), time=Sum("minutes"), bare=Sum("minutes", filter=Q(amount=None)), n=Count("pk")
    ):
        found.setdefault(tuple(row[cell] for cell in cells), []).append(row)
    return {key: _sums(parts) for key, parts in found.items()}


def by_day(rows: QuerySet[Cost], currency: str) -> dict[date, Decimal]:
    """What each day came to in one currency, days of the firm's zone."""
    days: Any = rows.filter(currency=currency, amount__isnull=False).order_by()
    days = days.annotate(day=TruncDate("at", tzinfo=timezone.get_current_timezone())).values("day")
    return {row["day"]: row["money"] for row in days.annotate(money=Sum("amount"))}


def added(parts: Iterable[Sums]) -> Sums:
    """Several sums together."""
    amounts: dict[str, Decimal] = {}
    minutes = bare = n = 0
    for part in parts:
        minutes, bare, n = minutes + part.minutes, bare + part.minutes_without_rate, n + part.n
        for currency, amount in part.amounts:
            amounts[currency] = amounts.get(currency, NOTHING) + amount
    return Sums(amounts=tuple(sorted(amounts.items())), minutes=minutes, minutes_without_rate=bare, n=n)


def written_later(rows: QuerySet[Cost], end: datetime) -> QuerySet[Cost]:
    """Of the costs of some days, those that were written down after those days were over."""
    return rows.filter(recorded_at__gte=end)


def without_rate(rows: QuerySet[Cost]) -> QuerySet[Cost]:
    """Time that stands in no amount."""
    return rows.filter(amount=None, minutes__isnull=False)


def span_before(start: date, end: date) -> tuple[date, date]:
    """As many days, right before these."""
    length = (end - start) + timedelta(days=1)
    return start - length, end - length


def _sums(parts: list[dict[str, Any]]) -> Sums:
    amounts = sorted((row["currency"], row["money"]) for row in parts if row["money"] is not None)
    return Sums(
        amounts=tuple(amounts),
        minutes=sum(row["time"] or 0 for row in parts),
        minutes_without_rate=sum(row["bare"] or 0 for row in parts),
        n=sum(row["n"] for row in parts),
    )
