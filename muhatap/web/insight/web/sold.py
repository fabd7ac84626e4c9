"""What was sold on the days of a report, from the orders themselves, and why visits tell another number."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.sales.models import Order, State
from muhatap.web.common import times
from muhatap.web.insight.web.asking import Asked


@dataclass(frozen=True, kw_only=True)
class Sold:
    """Orders of the days that were not cancelled; `n_of_visits` of them were told by a visitor's browser too."""

    n: int
    n_of_visits: int
    money: str
    url: str


def during(asked: Asked) -> Sold:
    """The orders placed on these days."""
    start, end = (
        timezone.make_aware(datetime.combine(on, time())) for on in (asked.start, asked.end + timedelta(days=1))
    )
    found = Order.objects.filter(placed_at__gte=start, placed_at__lt=end).exclude(state=State.CANCELLED)
    # What was given back whole came to nothing, whether or not somebody told how much (as in measures.worth).
    kept = Sum(F("total") - F("refunded"), filter=~Q(state=State.REFUNDED))
    rows = found.values("currency").annotate(n=Count("id"), n_of_visits=Count("id", filter=~Q(visitor="")), kept=kept)
    by_currency = sorted(rows, key=lambda row: -row["n"])
    money = [times.money(row["kept"] or Decimal(), row["currency"]) for row in by_currency]
    days = urlencode({"from": str(asked.start), "to": str(asked.end), "state": "sold"})
    return Sold(
        n=sum(row["n"] for row in by_currency),
        n_of_visits=sum(row["n_of_visits"] for row in by_currency),
        money=" + ".join(money),
        url=f"{reverse('sales:orders')}?{days}",
    )


def difference(sold: Sold, n_visits: int) -> str:
    """Why orders and visits that ordered are not the same number; nothing where they are."""
    if not sold.n or (sold.n == sold.n_of_visits == n_visits):
        return ""
    elsewhere = sold.n - sold.n_of_visits
    said = ngettext(
        "%(n)s order was told by the shop alone: it came from elsewhere, or its visitor allowed no counting.",
        "%(n)s orders were told by the shop alone: they came from elsewhere, or their visitors allowed no counting.",
        elsewhere,
    ) % {"n": times.count(elsewhere)}
    visits = ngettext("Visits tell of %(n)s order.", "Visits tell of %(n)s orders.", n_visits) % {
        "n": times.count(n_visits)
    }
    return f"{visits} {said}" if elsewhere else _("%(visits)s Cancelled ones are among them.") % {"visits": visits}
