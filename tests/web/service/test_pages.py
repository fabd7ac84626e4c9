"""Working hours, holidays and policies as forms: made in a click or by hand, refused with a reason, nothing typed lost."""

from datetime import date

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.accounts.models import AuditEntry
from muhatap.conversations.models import Deadline
from muhatap.flow.deadlines import RECALCULATE
from muhatap.service import holidays
from muhatap.service.models import BusinessHours, Holiday, SlaPolicy
from tests import cast

pytestmark = pytest.mark.django_db
PAGES = ("policies/", "policies/new/", "hours/", "hours/new/", "holidays/", "holidays/new/")
WEEK = {"name": "Depo", "time_zone": "Europe/Istanbul", "day_0": "09:00-12:30, 13.30–18", "day_4": "22:00-02:00"}
POLICY = {"name": "Acil", "first_response_minutes": "30 dk", "resolution_minutes": "2 gün", "warn_minutes": "10"}


@pytest.fixture
def selin(client: Client) -> Client:
    selin = cast.selin()
    selin.language = "en"
    selin.save()
    client.force_login(selin)
    return client


def path(rest: str) -> str:
    return f"/settings/service/{rest}"


def test_empty_pages_teach_and_agents_stay_outside(selin: Client) -> None:
    assert [selin.get(path(page)).status_code for page in PAGES] == [200] * len(PAGES)
    selin.force_login(cast.zeynep())
    assert {selin.get(path(page)).status_code for page in PAGES} == {403}


def test_office_hours_are_one_click_and_not_made_twice(selin: Client) -> None:
    for _again in range(2):
        page = selin.post(path("hours/office/"), follow=True).content.decode()
    hours = BusinessHours.objects.get()
    assert hours.in_a_week.total_seconds() == 45 * 3600 and "09:00–18:00" in page


def test_a_week_is_written_as_people_write_it(selin: Client) -> None:
    selin.post(path("hours/new/"), WEEK)
    hours = BusinessHours.objects.get()
    assert hours.week[0] == [[540, 750], [810, 1080]] and hours.week[4] == [[1320, 1560]]
    assert 'value="22:00–02:00"' in selin.get(path(f"hours/{hours.pk}/")).content.decode()
    assert AuditEntry.objects.filter(act="hours.create").exists()
    assert ProcrastinateJob.objects.filter(task_name=RECALCULATE).exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day_0": "9 ile 6 arası"}, "day_0"),
        ({"day_0": "09:00-25:00"}, "day_0"),
        ({"day_0": "09:00-09:00"}, "day_0"),
        ({"day_0": "", "day_4": ""}, "day_0"),
        ({"day_0": "09:00-12:00, 11:00-13:00"}, "day_0"),
        ({"day_4": "22:00-08:00", "day_5": "07:00-12:00"}, "day_5"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": ""}, "name"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_stay_typed(selin: Client, typed: dict[str, str], field: str) -> None:
    answer = selin.post(path("hours/new/"), WEEK | typed)
    assert answer.status_code == 422 and f'id="id_{field}_error"' in answer.content.decode()
    assert all(text in answer.content.decode() for text in typed.values() if field != "time_zone")
    assert not BusinessHours.objects.exists()


def test_hours_a_policy_counts_in_stay(selin: Client) -> None:
    selin.post(path("hours/office/"))
    hours = BusinessHours.objects.get()
    selin.post(path("policies/new/"), POLICY | {"hours": hours.pk})
    selin.post(path(f"hours/{hours.pk}/delete/"))
    assert BusinessHours.objects.exists()


def test_the_official_days_of_a_year_come_with_their_half_days_and_leave_own_ones_alone(selin: Client) -> None:
    selin.post(path("holidays/new/"), {"on": "2026-10-29", "name": "Bayram ve sayım"})
    page = selin.post(path("holidays/bring-in/"), {"year": "2026"}, follow=True).content.decode()
    assert Holiday.objects.get(on=date(2026, 10, 29)).name == "Bayram ve sayım"
    assert Holiday.objects.get(on=date(2026, 10, 28)).closes_at_minute == 780
    assert Holiday.objects.get(on=date(2026, 3, 20)).closes_at_minute == 0
    assert "from 13:00" in page
    assert holidays.bring_in(year=2026, by=None, at=cast.NOW) == 0


def test_the_eve_is_called_so() -> None:
    names = {one.on: one.name for one in holidays.official(2026)}
    assert names[date(2026, 3, 19)] == "Ramazan Bayramı arifesi"
    assert names[date(2026, 10, 28)] == "Cumhuriyet Bayramı"


@pytest.mark.parametrize("year", ["1999", "3000"])
def test_a_year_beyond_the_calendar_adds_nothing(selin: Client, year: str) -> None:
    assert selin.post(path("holidays/bring-in/"), {"year": year}, follow=True).status_code == 200
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"on": "2026-13-40"}, "on"),
        ({"name": ""}, "name"),
        ({"closes_at": "25:00"}, "closes_at"),
        ({"on": "2026-01-01"}, "on"),
    ],
)
def test_a_day_that_cannot_be_is_refused(selin: Client, typed: dict[str, str], field: str) -> None:
    holidays.bring_in(year=2026, by=None, at=cast.NOW)
    answer = selin.post(path("holidays/new/"), {"on": "2026-12-31", "name": "Sayım", "closes_at": "12:30"} | typed)
    assert answer.status_code == 422 and f'id="id_{field}_error"' in answer.content.decode()


def test_an_own_day_is_added_changed_and_taken_off(selin: Client) -> None:
    selin.post(path("holidays/new/"), {"on": "2026-12-31", "name": "Sayım", "closes_at": "12:30"})
    day = Holiday.objects.get()
    assert (day.closes_at_minute, day.source) == (750, "own")
    selin.post(path(f"holidays/{day.pk}/"), {"on": "2026-12-31", "name": "Yıl sonu sayımı", "closes_at": ""})
    day.refresh_from_db()
    assert (day.name, day.closes_at_minute) == ("Yıl sonu sayımı", 0)
    selin.post(path(f"holidays/{day.pk}/remove/"))
    assert not Holiday.objects.exists()


def test_a_policy_is_written_in_minutes_hours_or_days(selin: Client) -> None:
    inbox = cast.support_inbox()
    page = selin.post(path("policies/new/"), POLICY | {"inbox_ids": [inbox.pk]}, follow=True).content.decode()
    policy = SlaPolicy.objects.get()
    assert (policy.first_response_minutes, policy.next_response_minutes, policy.resolution_minutes) == (30, None, 2880)
    assert policy.inbox_ids == [inbox.pk] and inbox.name in page
    assert 'value="2 d"' in selin.get(path(f"policies/{policy.pk}/")).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"first_response_minutes": "yarım saat"}, "first_response_minutes"),
        ({"first_response_minutes": "0"}, "first_response_minutes"),
        ({"first_response_minutes": "99999 gün"}, "first_response_minutes"),
        ({"first_response_minutes": "", "resolution_minutes": ""}, "first_response_minutes"),
        ({"warn_minutes": "45 dk"}, "warn_minutes"),
        ({"inbox_ids": "77"}, "inbox_ids"),
        ({"name": ""}, "name"),
        ({"name": "Herkes"}, "name"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_and_stays_typed(selin: Client, typed: dict[str, str], field: str) -> None:
    cast.support_inbox()
    selin.post(path("policies/new/"), POLICY | {"name": "Herkes"})
    answer = selin.post(path("policies/new/"), POLICY | typed)
    assert answer.status_code == 422 and f'id="id_{field}_error"' in answer.content.decode()
    assert SlaPolicy.objects.count() == 1


def test_policies_are_asked_in_an_order_one_changes(selin: Client) -> None:
    for name in ("Bir", "İki", "Üç"):
        selin.post(path("policies/new/"), POLICY | {"name": name})
    third = SlaPolicy.objects.get(name="Üç")
    selin.post(path(f"policies/{third.pk}/move/"), {"to": "up"})
    selin.post(path(f"policies/{third.pk}/move/"), {"to": "up"})
    selin.post(path(f"policies/{third.pk}/move/"), {"to": "up"})
    assert list(SlaPolicy.objects.order_by("position").values_list("name", flat=True)) == ["Üç", "Bir", "İki"]


def test_an_archived_policy_is_gone_from_the_page_and_its_name_is_free(selin: Client) -> None:
    selin.post(path("policies/new/"), POLICY)
    policy = SlaPolicy.objects.get()
    selin.post(path(f"policies/{policy.pk}/archive/"))
    assert selin.get(path(f"policies/{policy.pk}/")).status_code == 404
    selin.post(path("policies/new/"), POLICY)
    assert SlaPolicy.objects.filter(archived_at=None).count() == 1
    assert not Deadline.objects.exists()


def test_what_a_condition_names_may_go_and_the_policy_then_fits_nobody_new(selin: Client) -> None:
    team = cast.destek()
    selin.post(path("policies/new/"), POLICY | {"team_ids": [team.pk]})
    team.delete()
    policy = SlaPolicy.objects.get()
    assert "no longer there" in selin.get(path(f"policies/{policy.pk}/")).content.decode()
    assert not policy.fits(inbox_id=1, team_id=None, tag_ids=(), priority=0)
