"""The estimate of lost value: shares, their interval, and silence where too few speak."""

from datetime import timedelta
from decimal import Decimal

import pytest

from muhatap.contacts.models import Contact
from muhatap.insight import lost
from muhatap.insight.lost import Share
from muhatap.sales.models import Order, Shop
from muhatap.service import cases
from tests.cast import NOW

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [  # Newcombe 1998, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_is_the_one_of_the_literature(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    found = lost.newcombe(Share(k=one[0], n=one[1]), Share(k=other[0], n=other[1]))
    assert found == pytest.approx((low, high), abs=5e-4)


@pytest.mark.django_db
def test_who_complained_and_did_not_order_again_is_weighed_against_everybody_else() -> None:
    shop = Shop.objects.create(kind="feed", name="Ihlamur Ev", token="t", created_at=NOW)
    people = [
        Contact.objects.create(name=f"Kişi {n}", created_at=NOW, last_seen_at=NOW, sort_key=str(n), search_text="")
        for n in range(20)
    ]
    numbers = iter(range(1000))

    def ordered(contact: Contact, days_ago: int) -> None:
        at, number = NOW - days_ago * DAY, next(numbers)
        Order.objects.create(
            shop=shop, external_id=str(number), number=str(number), currency="TRY", total=Decimal(200), contact=contact,
            placed_at=at, modified_at=at, recorded_at=at,
        )  # fmt: skip

    for n, person in enumerate(people):
        ordered(person, 60)
        complains = n < 10
        if complains:
            cases.open_case(contact=person, interaction=None, title="Geç geldi", by=None, at=NOW - 55 * DAY)
        if n == 0 or (not complains and n % 2):
            ordered(person, 40)
    span = {"start": NOW - 70 * DAY, "end": NOW, "at": NOW}
    found = lost.estimate(days=30, **span)  # type: ignore[arg-type]
    assert (found.complained, found.others) == (Share(k=1, n=10), Share(k=5, n=10))
    (money,) = found.money
    assert (money.value, money.order_value) == (Decimal("800.00"), Decimal("200.00"))
    assert money.low <= money.value <= money.high
    assert not lost.estimate(days=58, **span).is_known  # type: ignore[arg-type]
