"""What may be lost with those who complained: an estimate, never a sum of rows, with its assumptions beside it.

Of customers who complained in some days, and of those who ordered in the same days and did not complain, we look who ordered
again within n days: after the complaint, and after the order. The share by which the first come back less often than the
second, times how many complained, times what such an order comes to, is the estimate. It holds if both would otherwise come
back alike, and counts one order each; its interval (Newcombe, 95 %) is that of the difference of the two shares alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import sqrt
from typing import Any

from django.db.models import Avg, Exists, OuterRef, Q, QuerySet, Subquery

from muhatap.sales.models import Order, State
from muhatap.service.models import Case

Z = 1.959964
STANDARD_DAYS = 30  # of the last 90 days, two thirds of the complaints can be told of
FEWEST = 5  # of each side: below that we say that it cannot be said
PLACES = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of how many."""

    k: int
    n: int

    @property
    def value(self) -> float:
        return self.k / self.n if self.n else 0.0


@dataclass(frozen=True, kw_only=True)
class Money:
    """An estimate in one currency, and its interval."""

    currency: str
    order_value: Decimal
    n: int
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Shares of those who came back, of complainers and of others; an estimate for each currency, none when too few."""

    days: int
    complained: Share
    others: Share
    difference: float
    low: float
    high: float
    money: tuple[Money, ...]

    @property
    def is_known(self) -> bool:
        return min(self.complained.n, self.others.n) >= FEWEST


def estimate(*, start: datetime, end: datetime, days: int, at: datetime) -> Lost:
    """The estimate for complaints of these days whose n days are over."""
    rows: Any = complaints(start=start, end=end, days=days, at=at)
    complained = Share(k=rows.filter(came_back=True).count(), n=rows.count())
    buyers: Any = others(start=start, end=end, days=days, at=at)
    rest = Share(k=buyers.filter(came_back=True).count(), n=buyers.count())
    low, high = newcombe(rest, complained)
    difference = rest.value - complained.value
    known = min(complained.n, rest.n) >= FEWEST
    return Lost(
        days=days,
        complained=complained,
        others=rest,
        difference=difference,
        low=low,
        high=high,
        money=_money(rows, max(difference, 0.0), max(low, 0.0), max(high, 0.0)) if known else (),
    )


def complaints(*, start: datetime, end: datetime, days: int, at: datetime) -> QuerySet[Case]:
    """The first complaint, in these days, of each customer who had ordered before; `came_back` within n days of it, at `again_at`."""
    length = timedelta(days=days)
    rows = Case.objects.filter(kind=Case.Kind.COMPLAINT, opened_at__gte=start, opened_at__lt=min(end, at - length))
    sooner = Q(opened_at__lt=OuterRef("opened_at")) | Q(opened_at=OuterRef("opened_at"), pk__lt=OuterRef("pk"))
    earlier = rows.filter(sooner, contact=OuterRef("contact"))
    bought = _orders().filter(contact=OuterRef("contact"))
    before = bought.filter(placed_at__lt=OuterRef("opened_at"))
    after = bought.filter(placed_at__gt=OuterRef("opened_at"), placed_at__lte=OuterRef("opened_at") + length)
    found = rows.filter(~Exists(earlier), Exists(before)).annotate(came_back=Exists(after), again_at=_first(after))
    return found.order_by("opened_at", "pk")


def others(*, start: datetime, end: datetime, days: int, at: datetime) -> QuerySet[Order]:
    """The first order, in these days, of each customer who has no complaint; `came_back` within n days of it, at `again_at`."""
    length = timedelta(days=days)
    rows = _orders().filter(placed_at__gte=start, placed_at__lt=min(end, at - length), contact__isnull=False)
    firsts = rows.order_by("contact", "placed_at", "pk").distinct("contact").values("pk")
    complained = Case.objects.filter(contact=OuterRef("contact"), kind=Case.Kind.COMPLAINT)
    after = _orders().filter(
        contact=OuterRef("contact"), placed_at__gt=OuterRef("placed_at"), placed_at__lte=OuterRef("placed_at") + length
    )
    found = rows.filter(~Exists(complained), pk__in=firsts)
    return found.annotate(came_back=Exists(after), again_at=_first(after))


def _first(orders: QuerySet[Order]) -> Subquery:
    return Subquery(orders.order_by("placed_at").values("placed_at")[:1])


def newcombe(one: Share, other: Share) -> tuple[float, float]:
    """The interval of the difference of two shares, from the intervals of each (Newcombe 1998, method 10)."""
    (low_1, high_1), (low_2, high_2) = wilson(one), wilson(other)
    difference = one.value - other.value
    down = sqrt((one.value - low_1) ** 2 + (high_2 - other.value) ** 2)
    up = sqrt((high_1 - one.value) ** 2 + (other.value - low_2) ** 2)
    return max(difference - down, -1.0), min(difference + up, 1.0)


def wilson(share: Share) -> tuple[float, float]:
    """The 95 % interval of one share."""
    if not share.n:
        return 0.0, 1.0
    p, n = share.value, share.n
    middle, around = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return (middle - around) / (1 + Z * Z / n), (middle + around) / (1 + Z * Z / n)


def _orders() -> QuerySet[Order]:
    return Order.objects.exclude(state=State.CANCELLED)


def _money(rows: QuerySet[Case], difference: float, low: float, high: float) -> tuple[Money, ...]:
    """By the currency in which each complainer had ordered last, at the mean of what they had ordered in it."""
    by_currency: dict[str, list[int]] = {}
    for contact_id, currency in _currencies(list(rows.values_list("contact_id", flat=True))):
        by_currency.setdefault(currency, []).append(contact_id)
    found = []
    for currency, contacts in sorted(by_currency.items()):
        mean = _orders().filter(contact__in=contacts, currency=currency).aggregate(mean=Avg("total"))["mean"]
        each = (mean or Decimal(0)).quantize(PLACES, ROUND_HALF_EVEN)
        value, least, most = (
            (each * len(contacts) * Decimal(str(part))).quantize(PLACES) for part in (difference, low, high)
        )
        found.append(Money(currency=currency, order_value=each, n=len(contacts), value=value, low=least, high=most))
    return tuple(found)


def _currencies(contacts: Sequence[int]) -> list[tuple[int, str]]:
    rows = _orders().filter(contact__in=contacts).order_by("contact_id", "-placed_at", "-pk")
    return [(row[0], row[1]) for row in rows.distinct("contact_id").values_list("contact_id", "currency")]
