"""The list by deadline, its heads and badges, and the way to the next page."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from muhatap.conversations.models import Conversation, Deadline
from muhatap.shared import clock
from muhatap.web.common.due import until
from muhatap.web.inbox import grouping
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def can(client: Client) -> Client:
    can = cast.can()
    can.language = "en"
    can.save()
    client.force_login(can)
    return client


def stands(name: str, due_in: float | None, *, status: str = "open", warn: float = 20) -> Conversation:
    """A conversation whose first answer is due so many minutes from now."""
    conversation, now = conversation_of(name), clock.now()
    moment = now + cast.minutes(due_in) if due_in is not None else None
    Conversation.objects.filter(pk=conversation.pk).update(status=status, next_deadline_at=moment, last_message_at=now)
    if moment:
        Deadline.objects.create(
            conversation=conversation, kind="first_response", policy_id=1, policy_name="Herkes", started_at=now,
            due_at=moment, warn_at=moment - cast.minutes(warn),
        )  # fmt: skip
    return conversation


def heads(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'class="group[^"]*" id="[^"]*">\s*<span>([^<]*)</span><span class="count">([^<]*)</span>', page)
    return [(title, count) for title, count in found]


def test_rows_stand_under_when_they_are_due(can: Client) -> None:
    stands("Hakan Demir", -154)
    stands("Emily Carter", 3 * 24 * 60)
    stands("Oğuz Çelik", None)
    stands("Mehmet Kaya", None, status="waiting")
    page = can.get("/inbox/in/all/").content.decode()
    assert heads(page) == [
        ("Overdue", "1"), ("Due later", "1"), ("Waiting for us", "1"), ("Waiting for the customer", "1"),
    ]  # fmt: skip
    assert "2 h 34 min" in page and "is-late" in page and page.index("Hakan") < page.index("Emily") < page.index("Oğuz")


def test_newest_first_is_a_click_away_and_kept_in_the_address(can: Client) -> None:
    stands("Hakan Demir", -154)
    page = can.get("/inbox/in/all/").content.decode()
    assert "?order=newest" in page and "By deadline" in page
    assert heads(can.get("/inbox/in/all/?order=newest").content.decode()) == [("Waiting for us", "1")]


def test_what_is_due_today_is_told_from_what_is_due_later() -> None:
    noon = datetime.fromisoformat("2026-11-21T12:00:00+03:00")
    asked = grouping.Listed(user=cast.can(), view="all", order="deadline", search="", before=None, now=noon)
    told = [grouping._due(noon + cast.minutes(n), asked) for n in (-1, 0, 1, 719, 720)]
    assert told == ["late", "late", "today", "today", "later"]


def test_a_second_page_goes_on_without_a_second_head_and_counts_what_it_cuts(can: Client) -> None:
    for number in range(43):
        stands(f"Kişi {number}", -1 - number)
    page = can.get("/inbox/in/all/").content.decode()
    assert heads(page) == [("Overdue", "43")]
    more = re.search(r'hx-get="([^"]*more/[^"]*)"', page)
    assert more is not None
    rest = can.get(more[1].replace("&amp;", "&")).content.decode()
    assert heads(rest) == [] and rest.count("data-row=") == 3


@pytest.mark.parametrize("place", ["~0~9", "x~1~1", "~~~", "2026-01-01T00:00:00+00:00~1~77", "~0~1", "~-1~1"])
def test_a_place_nobody_gave_breaks_nothing(can: Client, place: str) -> None:
    assert can.get("/inbox/in/all/more/", {"before": place}).status_code == 200


@pytest.mark.parametrize(("minutes", "state"), [(60, ""), (19, "soon"), (-5, "late")])
def test_the_head_of_a_conversation_says_what_is_due(can: Client, minutes: float, state: str) -> None:
    conversation = stands("Ayşe Yılmaz", minutes)
    part = can.get(f"/inbox/{conversation.pk}/deadline/").content.decode()
    assert ("is-soon" in part, 'is-late"' in part) == (state == "soon", state == "late")
    assert "Reply" in part and "Herkes" in part
    assert 'id="deadline"' in can.get(f"/inbox/{conversation.pk}/").content.decode()


def test_a_quiet_conversation_has_no_badge(can: Client) -> None:
    part = can.get(f"/inbox/{stands('Ayşe Yılmaz', None).pk}/deadline/").content.decode()
    assert "badge" not in part


def test_without_a_warning_half_an_hour_before_is_soon() -> None:
    now = clock.now()
    assert until(now + timedelta(minutes=29), None, now)["state"] == "soon"
