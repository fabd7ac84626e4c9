"""Until when: the words people write for a moment, in Turkish and English, with and without their marks."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from muhatap.reading import due
from muhatap.reading.due import Hours

SATURDAY = datetime.fromisoformat("2026-11-21T14:32:00+03:00")
WEDNESDAY = datetime.fromisoformat("2026-01-07T10:00:00+03:00")


def when(text: str, as_of: datetime = SATURDAY, hours: Hours | None = None) -> str:
    found = due.find(text, as_of=as_of, hours=hours)
    return f"{found.at:%Y-%m-%d %H:%M}" if found else ""


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("yarın kargoya veriyoruz", "2026-11-22 18:00"),
        ("yarin kargoya veriyoruz", "2026-11-22 18:00"),
        ("YARIN kargoya veriyoruz", "2026-11-22 18:00"),
        ("yarın 17.30'a kadar yazarım", "2026-11-22 17:30"),
        ("yarın sabah 9'da oradayız", "2026-11-22 09:00"),
        ("yarın akşam 8'de arayacağım", "2026-11-22 20:00"),
        ("bu akşam dönerim", "2026-11-21 20:00"),
        ("saat 17'ye kadar yazacağım", "2026-11-21 17:00"),
        ("saat 10.00'da arayacağım", "2026-11-22 10:00"),
        ("pazartesi sizi arayacağız", "2026-11-23 18:00"),
        ("haftaya salı teslim ederiz", "2026-11-24 18:00"),
        ("cumartesi getiririz", "2026-11-28 18:00"),
        ("3 iş günü içinde", "2026-11-25 18:00"),
        ("3-5 iş günü içinde", "2026-11-27 18:00"),
        ("üç gün içinde", "2026-11-24 18:00"),
        ("yarım saate yazarım", "2026-11-21 15:02"),
        ("48 saat icinde", "2026-11-23 14:32"),
        ("ayın 25'ine kadar", "2026-11-25 18:00"),
        ("ayın 15'ine kadar", "2026-12-15 18:00"),
        ("ay sonuna kadar", "2026-11-30 18:00"),
        ("14 Mart'ta", "2027-03-14 18:00"),
        ("30 Kasım'a kadar", "2026-11-30 18:00"),
        ("22.12.2026 tarihinde", "2026-12-22 18:00"),
        ("hafta sonuna kadar", "2026-11-22 18:00"),
        ("by Friday noon", "2026-11-27 12:00"),
        ("before Friday", "2026-11-26 18:00"),
        ("within 48 hours", "2026-11-23 14:32"),
        ("on Monday", "2026-11-23 18:00"),
        ("next Tuesday at 5 pm", "2026-11-24 17:00"),
        ("by tomorrow morning", "2026-11-22 12:00"),
        ("in 5 business days", "2026-11-27 18:00"),
        ("June 3rd", "2027-06-03 18:00"),
        ("the 12th of May", "2027-05-12 18:00"),
        ("by the end of the month", "2026-11-30 18:00"),
    ],
)
def test_words_for_a_moment(text: str, at: str) -> None:
    assert when(text) == at


@pytest.mark.parametrize(
    "text", ["2.849,90 ₺ iade edilecek", "#10482 yolda", "teşekkür ederiz", "", "🙂", "31 Şubat'ta"]
)
def test_no_moment_is_found_where_there_is_none(text: str) -> None:
    assert when(text) == ""


@pytest.mark.parametrize(("day", "at"), [("pazartesi", "12"), ("salı", "13"), ("çarşamba", "14"), ("perşembe", "08"),
                                         ("cuma", "09"), ("cumartesi", "10"), ("pazar", "11")])  # fmt: skip
def test_a_weekday_is_the_next_that_comes(day: str, at: str) -> None:
    assert when(f"{day} günü ararız", WEDNESDAY) == f"2026-01-{at} 18:00"


def test_a_month_without_the_day_ends_before_it() -> None:
    january = datetime.fromisoformat("2027-01-31T10:00:00+03:00")
    assert when("bir ay içinde", january) == "2027-02-28 18:00"


def test_working_days_leave_out_holidays_and_end_when_work_ends_that_day() -> None:
    feast = Hours(zone=ZoneInfo("Europe/Istanbul"), closed={date(2026, 10, 28): 13 * 60, date(2026, 10, 29): 0})
    tuesday = datetime.fromisoformat("2026-10-27T10:00:00+03:00")
    assert when("1 iş günü içinde", tuesday, feast) == "2026-10-28 13:00"
    assert when("2 iş günü içinde", tuesday, feast) == "2026-10-30 18:00"


def test_the_words_are_found_at_their_place_whatever_the_letters() -> None:
    text = "İyi günler, ŞİMDİLİK bekliyor; 14 Aralık'ta geliyoruz."
    found = due.find(text, as_of=SATURDAY)
    assert found and text[found.start : found.end] == "14 Aralık'ta"
