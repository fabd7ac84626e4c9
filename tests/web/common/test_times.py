"""How moments, spans and money are written, in both languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from muhatap.web.common import times
from tests.cast import NOW


@pytest.fixture(autouse=True)
def _in_istanbul() -> Iterator[None]:
    with timezone.override("Europe/Istanbul"):
        yield


@pytest.mark.parametrize(
    ("at", "turkish", "english"),
    [
        (datetime(2026, 11, 21, 11, 32, tzinfo=UTC), "14:32", "14:32"),
        (datetime(2026, 11, 20, 21, 5, tzinfo=UTC), "00:05", "00:05"),  # past midnight here, still the 20th in London
        (datetime(2026, 11, 20, 20, 55, tzinfo=UTC), "Dün", "Yesterday"),
        (datetime(2026, 11, 3, 8, 0, tzinfo=UTC), "3 Kas", "3 Nov"),
        (datetime(2025, 11, 20, 8, 0, tzinfo=UTC), "20 Kas 2025", "20 Nov 2025"),
    ],
)
def test_a_list_says_the_shortest_that_is_clear(at: datetime, turkish: str, english: str) -> None:
    with translation.override("tr"):
        assert times.short(at, NOW) == turkish
    with translation.override("en"):
        assert times.short(at, NOW) == english


def test_a_message_says_day_and_time() -> None:
    with translation.override("tr"):
        assert times.stamp(NOW, NOW) == "14:32"
        assert times.stamp(NOW - timedelta(days=1, hours=4, minutes=30), NOW) == "20 Kas 10:02"


@pytest.mark.parametrize(
    ("on", "turkish", "english"),
    [
        (date(2026, 11, 21), "Bugün", "Today"),
        (date(2026, 11, 20), "Dün", "Yesterday"),
        (date(2026, 11, 18), "18 Kasım Çarşamba", "Wednesday 18 November"),
        (date(2025, 1, 1), "1 Ocak 2025 Çarşamba", "Wednesday 1 January 2025"),
    ],
)
def test_a_day_has_its_heading(on: date, turkish: str, english: str) -> None:
    with translation.override("tr"):
        assert times.heading(on, date(2026, 11, 21)) == turkish
    with translation.override("en"):
        assert times.heading(on, date(2026, 11, 21)) == english


@pytest.mark.parametrize(
    ("length", "turkish", "english"),
    [
        (timedelta(seconds=40), "1 dk’dan az", "under 1 min"),
        (timedelta(minutes=18), "18 dk", "18 min"),
        (-timedelta(hours=2, minutes=34, seconds=50), "2 sa 34 dk", "2 h 34 min"),
        (timedelta(hours=3), "3 sa", "3 h"),
        (timedelta(days=3, hours=4, minutes=10), "3 gün 4 sa", "3 d 4 h"),
    ],
)
def test_a_span_says_its_two_largest_units(length: timedelta, turkish: str, english: str) -> None:
    with translation.override("tr"):
        assert times.span(length) == turkish
    with translation.override("en"):
        assert times.span(length) == english


@pytest.mark.parametrize(
    ("amount", "currency", "turkish", "english"),
    [
        (Decimal("1249.9"), "TRY", "1.249,90 ₺", "₺1,249.90"),
        (Decimal("0"), "TRY", "0,00 ₺", "₺0.00"),
        (Decimal("-89.9"), "EUR", "−89,90 €", "−€89.90"),
        (Decimal("1500"), "JPY", "1.500 ¥", "¥1,500"),
    ],
)
def test_money_has_its_sign_where_readers_look_for_it(
    amount: Decimal, currency: str, turkish: str, english: str
) -> None:
    with translation.override("tr"):
        assert times.money(amount, currency) == turkish
    with translation.override("en"):
        assert times.money(amount, currency) == english


def test_figures_follow_the_language() -> None:
    with translation.override("tr"):
        assert (times.count(6412), times.percent(0.78), times.size(3_500_000)) == ("6.412", "%78", "3,3 MB")
    with translation.override("en"):
        assert (times.count(6412), times.percent(0.78), times.size(840)) == ("6,412", "78%", "840 B")
