"""Recency, frequency and money: which customers are worth how much, each in fifths of all of them."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

COUNTED = ("cancelled",)  # orders in these states are none
GIVEN_BACK = "refunded"  # whole, whether or not somebody told how much


def rfm(orders: ir.Table, *, as_of: date, currency: str) -> ir.Table:
    """Orders → (contact_id, last_on, days, n_orders, money, recency, frequency, monetary): scores from 1 to 5, 5 is best.

    Orders up to `as_of`, in one currency, not cancelled, of somebody known; money is what was paid less what was given back. A score
    is how many of five parts of all customers are worse: who is equal gets the same.
    """
    own = orders.filter(
        orders.contact_id.notnull(),
        orders.currency == currency,
        orders.state.notin(COUNTED),
        orders.day <= as_of,
    )
    kept = (own.state == GIVEN_BACK).ifelse(ibis.literal(0).cast(own.total.type()), own.total - own.refunded)
    customers = own.group_by("contact_id").agg(last_on=own.day.max(), n_orders=own.count(), money=kept.sum())
    counted = customers.mutate(
        days=ibis.literal(as_of).epoch_days().cast("int64") - customers.last_on.epoch_days().cast("int64")
    )
    return counted.mutate(
        recency=_fifth(counted, counted.last_on), frequency=_fifth(counted, counted.n_orders), monetary=_fifth(counted, counted.money)
    ).select("contact_id", "last_on", "days", "n_orders", "money", "recency", "frequency", "monetary")  # fmt: skip


def cells(scored: ir.Table) -> ir.Table:
    """Scores of customers (of `rfm`) → (recency, frequency, monetary, n_customers, n_orders, money): how many stand where."""
    return scored.group_by("recency", "frequency", "monetary").agg(
        n_customers=scored.count(), n_orders=scored.n_orders.sum(), money=scored.money.sum()
    )


def standing(
    scored: ir.Table, *, recency: Sequence[int] = (), frequency: Sequence[int] = (), monetary: Sequence[int] = ()
) -> ir.Table:
    """The customers of `rfm` with these scores; empty asks nothing."""
    asked = {"recency": recency, "frequency": frequency, "monetary": monetary}
    wanted = [scored[name].isin(some) for name, some in asked.items() if some]
    return scored.filter(*wanted) if wanted else scored


def _fifth(customers: ir.Table, value: ir.Value) -> ir.IntegerValue:
    worse = value.rank()  # from 0, the same for equals
    return (worse * 5) // customers.count().over() + 1
