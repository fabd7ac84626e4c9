"""The moments offered for sending later: among them the morning on which we next open."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from muhatap.service import hours
from muhatap.service.models import BusinessHours, Holiday
from muhatap.service.working import Week
from muhatap.web.inbox import scheduling
from tests import cast

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
SHOP: Week = ((), *(((10 * 60, 19 * 60),),) * 5, ())  # Tuesday to Saturday, from ten
SATURDAY = datetime(2026, 11, 21, 14, 32, tzinfo=ISTANBUL)


@pytest.fixture
def inbox_id() -> int:
    return cast.support_inbox().pk


def opens(week: Week) -> None:
    hours.save(
        hours=BusinessHours(), name="Dükkân", time_zone="Europe/Istanbul", week=week, keeps_holidays=True,
        by=cast.can(), at=cast.NOW,
    )  # fmt: skip


def offered(inbox_id: int) -> list[str]:
    return [choice.url for choice in scheduling.choices(SATURDAY, inbox_id)]


def test_without_hours_nothing_of_opening_is_offered(inbox_id: int) -> None:
    assert offered(inbox_id) == ["hour", "tomorrow", "monday"]


def test_the_next_day_we_open_is_offered_and_chosen(inbox_id: int) -> None:
    opens(SHOP)

    assert offered(inbox_id) == ["hour", "tomorrow", "monday", "working"]
    assert scheduling.chosen("working", "", SATURDAY, inbox_id) == datetime(2026, 11, 24, 10, tzinfo=ISTANBUL)


def test_a_holiday_puts_it_off(inbox_id: int) -> None:
    Holiday.objects.create(on=datetime(2026, 11, 24).date(), name="Sayım")
    opens(SHOP)

    assert scheduling.chosen("working", "", SATURDAY, inbox_id) == datetime(2026, 11, 25, 10, tzinfo=ISTANBUL)


def test_a_morning_that_is_offered_anyway_is_offered_once(inbox_id: int) -> None:
    opens(hours.OFFICE)

    assert offered(inbox_id) == ["hour", "tomorrow", "monday"]
