"""Customers by what their orders come to: the dearest tenth, the rest of the dearer half, the other half, those without an order.

Each currency is ranked by itself; whoever orders in several stands where they stand highest. What was cancelled or given back counts not,
and an order that was given back whole comes to nothing, whether or not somebody told how much (as in measures.worth).
"""

from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Case, CharField, DecimalField, F, Q, QuerySet, Sum, Value, When

from muhatap.sales.models import Order, State

TOP, UPPER, LOWER, NONE = "top", "upper", "lower", "none"
SEGMENTS = (TOP, UPPER, LOWER, NONE)
THRESHOLDS = """
select currency, percentile_cont(0.5) within group (order by total), percentile_cont(0.9) within group (order by total)
from (select currency, sum(case when state = 'refunded' then 0 else total - refunded end) as total from sales_order
      where contact_id is not null and state <> 'cancelled' group by contact_id, currency) as customers
group by currency
"""


Rows = TypeVar("Rows", bound="QuerySet[Any]")


def by_value(rows: Rows, column: str = "contact_id", *, name: str = "value") -> Rows:
    """The rows with the segment of the contact in a column of theirs."""
    with connection.cursor() as cursor:
        cursor.execute(THRESHOLDS)
        edges = cursor.fetchall()
    top, upper, any_order = Q(), Q(), Q()
    for currency, half, tenth in edges:
        totals = _totals(currency)
        top |= Q(**{f"{column}__in": _above(totals, tenth)})
        upper |= Q(**{f"{column}__in": _above(totals, half)})
        any_order |= Q(**{f"{column}__in": totals.values("contact_id")})
    whens = [When(one, then=Value(said)) for one, said in ((top, TOP), (upper, UPPER), (any_order, LOWER)) if one]
    segment: Any = Case(*whens, default=Value(NONE), output_field=CharField())
    return rows.annotate(**{name: segment})


def _above(totals: Any, edge: float) -> Any:
    return totals.filter(sum_of_all__gt=Decimal(str(edge))).values("contact_id")


def _totals(currency: str) -> Any:
    """What the orders of each customer come to in one currency."""
    rows = Order.objects.filter(contact__isnull=False, currency=currency).exclude(state=State.CANCELLED)
    kept: Any = Case(When(state=State.REFUNDED, then=Value(Decimal(0))), default=F("total") - F("refunded"))
    return rows.order_by().values("contact_id").annotate(sum_of_all=Sum(kept, output_field=DecimalField()))
