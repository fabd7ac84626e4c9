"""The settings of a widget: sites, colours, hours."""

from datetime import UTC, datetime, timedelta

import pytest

from muhatap.channels.webchat import hours
from muhatap.channels.webchat.widget import WEEK, WidgetSettings, contrast, is_allowed, origin_of, settings_of
from tests.cast import NOW

OWN = "https://destek.ihlamurev.example"


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Ihlamurev.example/sofra?x=1", "https://ihlamurev.example"),
        ("ihlamurev.example", "https://ihlamurev.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("https://ihlamurev.example:443", "https://ihlamurev.example"),
        ("https://*.ihlamurev.example", "https://*.ihlamurev.example"),
        ("javascript://alert", None),
        ("https://", None),
        ("https://a.example:99999", None),
        ("https://[", None),
        ("*", None),
    ],
)
def test_an_address_is_brought_into_the_form_browsers_send(written: str, origin: str | None) -> None:
    assert origin_of(written) == origin


@pytest.mark.parametrize(
    ("origin", "is_in"),
    [
        ("https://ihlamurev.example", True),
        ("https://shop.ihlamurev.example", True),
        (OWN, True),
        ("http://ihlamurev.example", False),
        ("https://ihlamurev.example.kotu.example", False),
        ("https://kotuihlamurev.example", False),
        ("https://.ihlamurev.example", False),
        ("null", False),
    ],
)
def test_only_the_firms_own_sites_are_let_in(origin: str, is_in: bool) -> None:
    assert is_allowed(origin, ("https://ihlamurev.example", "https://*.ihlamurev.example"), OWN) is is_in


def test_without_sites_only_our_own_pages_are_let_in() -> None:
    assert not is_allowed("https://ihlamurev.example", (), OWN)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#0a6661", "#ffffff") == pytest.approx(6.8, abs=0.05)


def test_the_office_is_open_on_a_weekday_and_closed_on_saturday() -> None:
    widget = WidgetSettings(hours=WEEK)
    monday = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 09:00 in Istanbul
    assert not hours.is_open(widget, NOW)
    assert hours.opens_at(widget, NOW) == monday
    assert hours.is_open(widget, monday)
    assert hours.opens_at(widget, monday) is None
    assert not hours.is_open(widget, monday + timedelta(hours=9))


def test_without_hours_it_is_always_open_and_with_none_at_all_never() -> None:
    assert hours.is_open(WidgetSettings(), NOW)
    assert hours.opens_at(WidgetSettings(hours=(None,) * 7), NOW) is None


def test_old_or_foreign_settings_break_nothing() -> None:
    widget = settings_of(
        {"accent": "#123456", "unknown": 1, "greeting": None, "hours": [["09:00", "18:00"], *[None] * 6]}
    )
    assert widget.accent == "#123456"
    assert widget.greets("tr") == ""
    assert widget.hours[0] == ("09:00", "18:00")
