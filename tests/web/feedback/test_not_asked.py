"""Whom a survey was to ask and did not: counted by the reason, each count leading to its people."""

import re

import pytest
from django.test import Client

from muhatap.contacts import tagging
from muhatap.feedback import asking
from muhatap.feedback.models import Invitation, Survey
from tests import cast
from tests.feedback.asking_shop import person, survey
from tests.insight.conftest import after
from tests.web.english import page, reader

pytestmark = pytest.mark.django_db
DAY = 24 * 60
DAYS = "from=2026-11-16&to=2026-12-31&lang=en"
Why = Invitation.Why


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(20 * DAY))


@pytest.fixture
def selin() -> Client:
    return reader(cast.selin())


def passed_over(about: Survey, who: cast.Claim, why: str, *, days: float = 2, way: str = "mail") -> None:
    due_at = after(days * DAY)
    made = Invitation.objects.create(survey=about, contact=person(who), way=way, due_at=due_at)
    asking.withdraw(invitation=made, at=due_at, why=why)


@pytest.fixture
def about() -> Survey:
    """Two had no address, one said no; of one it was not noted; and one of another survey, and one of other days."""
    made = survey(quiet_days=14)
    passed_over(made, cast.AYSE, Why.NOWHERE)
    passed_over(made, cast.ELIF, Why.NOWHERE, days=3)
    passed_over(made, cast.EMILY, Why.OPTED_OUT, way="chat")
    passed_over(made, cast.MEHMET, "")
    passed_over(survey("csat"), cast.AYSE, Why.FULL)
    passed_over(made, cast.AYSE, Why.FULL, days=-40)
    tagging.tag(contacts=[person(cast.ELIF).pk], name="Sadık", by=cast.selin(), at=after(0))
    return made


def test_each_count_leads_to_as_many_people_with_the_reason(selin: Client, about: Survey) -> None:
    shown = page(selin, f"/surveys/{about.pk}/?{DAYS}")
    section = shown.split('id="t-not-asked"')[1]
    told = re.findall(r'rowheader">([^<]+)</th>\s*<td[^>]*><a class="link" href="([^"]+)">(\d+)<', section)
    assert [(name, int(n)) for name, _link, n in told] == [
        ("No address that takes mail", 2),
        ("The reason was not noted", 1),
        ("They do not want to be asked", 1),
    ]
    for name, link, n in told:
        rows = page(selin, link)
        assert rows.count('<li class="surveys-answer">') == int(n)
        assert rows.count(f'<span class="ink-2">{name}</span>') == int(n)
        assert f"Who was not asked: {n}" in rows


def test_a_reason_is_left_for_all_and_kept_on_other_days(selin: Client, about: Survey) -> None:
    shown = page(selin, f"/surveys/{about.pk}/not-asked/?{DAYS}&why=nowhere&score=3")
    assert names(shown) == ["Elif Şahin", "Ayşe Yılmaz"]  # the last first
    assert '<input type="hidden" name="why" value="nowhere">' in shown and 'name="score"' not in shown
    [every] = re.findall(r'href="([^"]+)">All who were not asked<', shown)
    assert len(names(page(selin, every))) == 4
    assert len(names(page(selin, f"/surveys/{about.pk}/not-asked/?{DAYS}&why=nonsense"))) == 4


def test_it_is_narrowed_by_way_and_tag_as_the_other_numbers_are(selin: Client, about: Survey) -> None:
    path, tag = f"/surveys/{about.pk}/not-asked/?{DAYS}", person(cast.ELIF).tags.get()
    assert names(page(selin, f"{path}&way=chat")) == ["Emily Carter"]
    assert names(page(selin, f"{path}&tag={tag.pk}")) == ["Elif Şahin"]


def test_where_everybody_was_asked_nothing_is_said(selin: Client) -> None:
    assert "Who was not asked" not in page(selin, f"/surveys/{survey().pk}/?{DAYS}")


def test_of_an_order_nothing_is_opened_again(selin: Client) -> None:
    about = survey(inbox=cast.support_inbox())
    Survey.objects.filter(pk=about.pk).update(occasion="delivered")
    passed_over(about, cast.AYSE, Why.REOPENED)
    assert "The order was sent back or cancelled" in page(selin, f"/surveys/{about.pk}/?{DAYS}")


def test_whoever_answered_unasked_was_not_asked_because_of_that() -> None:
    about, ayse = survey(quiet_days=30), person()
    waiting = Invitation.objects.create(survey=about, contact=ayse, way="mail", due_at=after(DAY))
    asking.let_rest(contact=ayse, at=after(1))
    waiting.refresh_from_db()
    assert waiting.why == Why.RESTS


def test_it_is_taken_as_a_file(selin: Client, about: Survey) -> None:
    told = b"".join(selin.get(f"/surveys/{about.pk}/export/?{DAYS}&table=not-asked")).decode()
    assert "No address that takes mail" in told


def names(shown: str) -> list[str]:
    return re.findall(r'class="lines-name" href="[^"]+">([^<]+)<', shown)
