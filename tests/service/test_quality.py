"""Sums of costs: each part together is the whole, whatever it is cut by, and no currency is added to another."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muhatap.contacts.models import Contact
from muhatap.flow.gathering import split
from muhatap.sales.models import Order
from muhatap.service import cases, causes, costing, quality
from muhatap.service.models import Cause, Cost
from tests import cast
from tests.cast import NOW

MONEY = st.decimals(min_value=0, max_value=10_000, places=2)


@given(total=MONEY, shipping=MONEY, parts=st.lists(MONEY.filter(bool), max_size=6))
def test_goods_and_shipping_are_together_each_refund_and_never_less_than_nothing(
    total: Decimal, shipping: Decimal, parts: list[Decimal]
) -> None:
    order, before, shipped = Order(total=total, shipping=min(shipping, total)), Decimal(0), Decimal(0)
    for amount in parts:
        goods, for_shipping = split(order, amount, before=before)
        assert goods + for_shipping == amount
        assert goods >= 0 and for_shipping >= 0
        before, shipped = before + amount, shipped + for_shipping
    assert shipped <= order.shipping


@pytest.mark.parametrize(
    ("amount", "before", "goods", "shipping"),
    [("100", "0", "100", "0"), ("250", "0", "200", "50"), ("50", "200", "0", "50"), ("60", "250", "60", "0")],
)
def test_goods_are_given_back_first_and_then_the_shipping(amount: str, before: str, goods: str, shipping: str) -> None:
    order = Order(total=Decimal(250), shipping=Decimal(50))
    assert split(order, Decimal(amount), before=Decimal(before)) == (Decimal(goods), Decimal(shipping))


@pytest.mark.django_db
def test_the_parts_of_every_cut_are_the_whole_in_each_currency() -> None:
    causes.bring_in(at=NOW)
    dice, tree = Random(20231), list(Cause.objects.all())
    ayse = Contact.objects.create(name="Ayşe", created_at=NOW, last_seen_at=NOW, sort_key="a", search_text="")
    some = [
        cases.open_case(contact=ayse, interaction=None, title=f"Vaka {n}", cause=dice.choice([None, *tree]), by=None, at=NOW,
                        product_id=dice.choice([None, 4, 5]))
        for n in range(6)
    ]  # fmt: skip
    Cost.objects.bulk_create(
        Cost(
            kind=dice.choice(Cost.Kind.values),
            what=dice.choice(Cost.What.values),
            case=dice.choice([None, *some]),
            team=dice.choice([None, cast.destek()]),
            amount=dice.choice([None, Decimal(dice.randrange(0, 999_999)) / 10_000]),
            minutes=dice.randrange(0, 90),
            currency=dice.choice(["TRY", "EUR"]),
            at=NOW - timedelta(hours=dice.randrange(0, 2_000)),
            recorded_at=NOW,
        )
        for _n in range(80)
    )
    rows = Cost.objects.all()
    whole = quality.sums(rows)
    assert dict(whole.amounts) == {
        currency: sum((row.amount or Decimal(0) for row in rows if row.currency == currency), Decimal(0))
        for currency in ("EUR", "TRY")
    }
    for names in [(name,) for name in quality.FIELDS] + [("cause", "kind"), ("product", "kind"), ("team", "what")]:
        assert quality.added(quality.sums_by(rows, *names).values()) == whole
    for currency, amount in whole.amounts:
        assert sum(quality.by_day(rows, currency).values()) == amount
    assert sum(cost.minutes or 0 for cost in rows if cost.amount is None) == whole.minutes_without_rate


@pytest.mark.django_db
def test_the_words_of_a_cost_go_with_its_case_and_its_amount_stays() -> None:
    ayse = Contact.objects.create(name="Ayşe", created_at=NOW, last_seen_at=NOW, sort_key="a", search_text="")
    case = cases.open_case(contact=ayse, interaction=None, title="Lekeli", by=None, at=NOW)
    cost = costing.write(
        case=case, kind="external", what="other", amount=Decimal(80), happened_at=NOW, by=cast.can(), at=NOW,
        said="Ayşe Hanım’a çiçek",
    )  # fmt: skip
    ayse.delete()
    cost.refresh_from_db()
    assert (cost.case, cost.note, cost.amount) == (None, "", Decimal(80))
