"""The e-commerce events of the protocol, read purely: all 28 by both names, and what clients really send."""

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from muhatap.sales import events, playing
from muhatap.sales.kinds import shopify, trendyol, woocommerce
from muhatap.sales.told import Unreadable, amount, day, quantity
from tests.sales.payloads import shopify_order, trendyol_package, woo_order

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THING = {"product_id": 501, "name": "Keten nevresim", "price": "2849.90", "quantity": 2, "currency": "try"}
SPECIFIED = """
Products Searched|Product List Viewed|Product List Filtered|Promotion Viewed|Promotion Clicked|Product Clicked|Product Viewed
Product Added|Product Removed|Cart Viewed|Checkout Started|Checkout Step Viewed|Checkout Step Completed|Payment Info Entered
Order Completed|Order Updated|Order Refunded|Order Cancelled|Coupon Entered|Coupon Applied|Coupon Denied|Coupon Removed
Product Added to Wishlist|Product Removed from Wishlist|Wishlist Product Added to Cart|Product Shared|Cart Shared|Product Reviewed
"""


def meant(name: str, said: object = None) -> events.Meaning:
    found = events.meaning(name=name, properties=THING if said is None else said, at=NOON, key="k1")
    assert found is not None
    return found


def test_all_events_of_the_specification_are_known_and_no_others() -> None:
    names = [name for line in SPECIFIED.strip().splitlines() for name in line.split("|")]

    assert len(names) == 28
    assert {events.called(name) for name in names} == events.V2
    assert events.called("Page Engaged") == ""


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Completed Order", "order completed"),
        ("viewed_product", "product viewed"),
        ("Viewed Product Category", "product list viewed"),
        (" ORDER-COMPLETED ", "order completed"),
    ],
)
def test_old_names_and_other_spellings_mean_the_same(written: str, known: str) -> None:
    assert events.called(written) == known


def test_a_price_as_text_is_the_price() -> None:
    assert meant("Product Viewed").things[0].price == Decimal("2849.90")


def test_an_event_that_adds_is_an_entry_of_a_cart() -> None:
    assert meant("Product Added").cart == {
        "verb": "add", "currency": "TRY",
        "items": [{"id": "501", "name": "Keten nevresim", "variant": "", "price": "2849.9000", "quantity": "2.000"}],
    }  # fmt: skip


def test_revenue_leaves_tax_and_shipping_out() -> None:
    order = meant(
        "Order Completed", {"order_id": 10482, "revenue": "100", "tax": 18, "shipping": "9,90", "products": [THING]}
    ).order
    assert order and (order.external_id, order.total) == ("10482", Decimal("127.90"))


def test_an_order_without_a_number_ends_the_cart_and_is_no_order() -> None:
    said = meant("Order Completed", {"total": 5})
    assert said.order is None and said.cart == {"verb": "ordered"}


@pytest.mark.parametrize(
    "odd", [None, [], "metin", {"products": "yok"}, {"products": [None, 3, {}]}, {"price": {"a": 1}}]
)
def test_odd_properties_say_nothing_and_break_nothing(odd: object) -> None:
    for name in events.NAMES:
        events.meaning(name=name, properties=odd if odd is not None else [], at=NOON, key="k")


def played(*entries: tuple[str, object]) -> playing.Played:
    told = [(NOON, meant(name, said).cart or {}) for name, said in entries]
    return playing.play(told)


def test_a_cart_is_what_its_entries_come_to() -> None:
    cart = played(("Product Added", THING), ("Product Added", THING), ("Product Removed", THING | {"quantity": 1}))

    assert (cart.total, cart.n_items, cart.currency) == (Decimal("8549.70"), 3, "TRY")


def test_removing_without_a_number_takes_all_of_it_out() -> None:
    without = {name: value for name, value in THING.items() if name != "quantity"}
    assert played(("Product Added", THING), ("Product Removed", without)).items == {}


def test_a_list_of_the_whole_cart_stands_over_what_was_known() -> None:
    cart = played(("Product Added", THING), ("Cart Viewed", {"products": [{"product_id": "9", "price": 5}]}))
    assert [item.id for item in cart.items.values()] == ["9"]
    assert played(("Product Added", THING), ("Cart Viewed", {})).n_items == 2


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("2.849,90", "2849.90"),
        ("2,849.90 TL", "2849.90"),
        ("249,90", "249.90"),
        ("1,249", "1249"),
        ("1.249.000", "1249000"),
        (19.99, "19.99"),
        ("12.5", "12.5"),
    ],
)
def test_amounts_are_read_as_shops_write_them(said: object, is_: str) -> None:
    assert amount(said) == Decimal(is_)


@pytest.mark.parametrize("said", ["", "yok", None, True, [], float("nan"), float("inf"), "1e30", 10**30])
def test_what_is_no_amount_is_none(said: object) -> None:
    assert amount(said) is None


def test_quantities_and_days() -> None:
    assert [quantity(said) for said in ("3", 0, -1, None, 1.5)] == [3, 1, 1, 1, Decimal("1.5")]
    assert str(day("24.11.2026")) == str(day("2026-11-24T09:00:00Z")) == "2026-11-24"
    assert day("bir gün") is None
    assert [str(day(said)) for said in ("1795467600", 1795467600, "2026-11-23T21:00:00Z")] == ["2026-11-24"] * 3


ODD: list[Any] = [
    None,
    "",
    "yok",
    -1,
    10**40,
    1e308,
    float("nan"),
    float("inf"),
    [],
    {},
    [None, 7, "x", {}],
    {"a": {"b": []}},
    True,
    "\x00\ud800",
    "0001-01-01",
]


@pytest.mark.parametrize("kind", [woocommerce, shopify, trendyol])
def test_whatever_a_shop_sends_is_an_order_or_unreadable(kind: Any) -> None:
    whole = {woocommerce: woo_order, shopify: shopify_order, trendyol: trendyol_package}[kind]()
    tried = [whole | {name: odd} for name in whole for odd in ODD]
    for name in ("line_items", "lines", "refunds", "fulfillments", "packageHistories", "meta_data"):
        for part in whole.get(name) or [{}]:
            tried += [whole | {name: [part | {inner: odd}]} for inner in part for odd in ODD]
    for said in [*tried, {}]:
        with contextlib.suppress(Unreadable):
            told = kind.order(said)
            assert told is None or (told.external_id and (told.total is None or told.total >= 0))
