"""The estimate of lost value: shares, their interval, and silence where too few speak."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from muhatap.contacts.models import Contact
from muhatap.insight import lost
from muhatap.insight.lost import Share
from muhatap.insight.valued import by_value
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


def ordered(shop: Shop, contact: Contact, number: str, at: datetime, **told: object) -> Order:
    return Order.objects.create(
        shop=shop, external_id=number, number=number, currency="TRY", total=Decimal(200), contact=contact,
        placed_at=at, modified_at=at, recorded_at=NOW, **told,
    )  # fmt: skip


def person(name: str) -> Contact:
    return Contact.objects.create(name=name, created_at=NOW, last_seen_at=NOW, sort_key=name, search_text="")


@pytest.mark.django_db
def test_what_was_read_in_newest_first_is_still_told_from_its_first() -> None:
    shop = Shop.objects.create(kind="feed", name="Ihlamur Ev", token="t", created_at=NOW)
    ayse, hakan = person("Ayşe"), person("Hakan")
    for days in (40, 60):
        ordered(shop, ayse, f"a{days}", NOW - days * DAY)
    ordered(shop, hakan, "h", NOW - 90 * DAY)
    for days in (40, 50):
        cases.open_case(contact=hakan, interaction=None, title=f"{days}", by=None, at=NOW - days * DAY)
    span = {"start": NOW - 70 * DAY, "end": NOW, "days": 30, "at": NOW}
    assert [(row.external_id, row.came_back) for row in lost.others(**span)] == [("a60", True)]  # type: ignore[arg-type, attr-defined]
    assert [row.title for row in lost.complaints(**span)] == ["50"]  # type: ignore[arg-type]


@pytest.mark.django_db
def test_an_order_given_back_whole_is_worth_nothing_even_where_nobody_told_how_much() -> None:
    shop = Shop.objects.create(kind="feed", name="Ihlamur Ev", token="t", created_at=NOW)
    people = [person(name) for name in ("Ayşe", "Hakan", "Elif")]
    for n, contact in enumerate(people):
        ordered(shop, contact, f"{n}", NOW, state="refunded" if n == 0 else "delivered")
    found = dict(by_value(Contact.objects.all(), "pk").values_list("name", "value"))
    assert (found["Ayşe"], found["Hakan"]) == ("lower", "lower")
    Order.objects.filter(contact=people[2]).update(total=Decimal(150))
    found = dict(by_value(Contact.objects.all(), "pk").values_list("name", "value"))
    assert (found["Ayşe"], found["Hakan"]) == ("lower", "top")


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
