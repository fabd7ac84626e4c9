"""The page of what was learned says which week differs, in what, by how much, in the reader's language."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tests import cast
from tests.insight.voice_world import topic
from tests.understanding.test_differing import NOW, USUAL, eight_usual, week

pytestmark = pytest.mark.django_db
MORE = "%(what)s: %(share)s (%(part)s of %(n)s messages), in the weeks before %(before)s. %(points)s points more."


@pytest.fixture(autouse=True)
def _after_that_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: NOW)


def shown(language: str) -> str:
    return read(language, "/understanding/learned/").split('id="differs"')[1].split("</section>")[0]


def read(language: str, url: str) -> str:
    can = cast.can()
    can.language = language
    can.save(update_fields=["language"])
    client = Client()
    client.force_login(can)
    page: str = client.get(url).content.decode()
    return page


@pytest.mark.parametrize(
    ("language", "share", "before", "day"), [("en", "45%", "20%", "16 November"), ("tr", "%45", "%20", "16 Kasım")]
)
def test_a_week_says_what_was_written_more_and_by_how_much(language: str, share: str, before: str, day: str) -> None:
    with translation.override(language):
        same, more, what = _("No week differs from those before it."), _(MORE), pgettext("message", "Complaint")
    assert same not in shown(language)

    eight_usual()
    assert same in shown(language)
    week(0, kinds=(45, 20, 20, 10, 5))
    page = shown(language)
    assert more % {"what": what, "share": share, "part": 45, "n": 100, "before": before, "points": 25} in page
    assert day in page


def test_points_are_told_of_the_shares_themselves_not_of_what_they_are_rounded_to() -> None:
    eight_usual(kinds=(41, 60, 60, 30, 10))  # 20.4 of a hundred
    week(0, kinds=(72, 61, 48, 16, 4))  # 35.8
    assert "Complaint: 36% (72 of 201 messages), in the weeks before 20%. 15 points more." in shown("en")


def test_a_topic_stands_with_its_name_and_a_language_with_its_own() -> None:
    kargo = topic("Kargo")
    eight_usual(about=kargo, n_about=40, n_english=10)
    week(0, kinds=USUAL, about=kargo, n_about=10, n_english=40)

    page = shown("en")
    assert "“Kargo”: 10% (10 of 100 messages), in the weeks before 40%. 30 points less." in page
    assert "No topic: 90% (90 of 100 messages), in the weeks before 60%. 30 points more." in page
    assert "English: 40% (40 of 100 messages), in the weeks before 10%. 30 points more." in page
    links = [unescape(url) for url in re.findall(r'href="([^"]+)"', page)]
    for what, n in ((f"topic={kargo.pk}", 10), ("topic=0", 90), ("language=en", 40), ("language=tr", 60)):
        (link,) = [url for url in links if url.endswith(f"week=2026-11-16&{what}")]
        assert f"{n} messages" in read("en", link)
