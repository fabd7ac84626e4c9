"""The page of who waits for a word: customers, and answers of people nobody knows."""

import re

import pytest
from django.test import Client

from muhatap.accounts.models import AuditEntry
from muhatap.feedback.models import FollowUp
from muhatap.notices import telling, words
from muhatap.notices.models import Notice
from tests import cast
from tests.feedback.asking_shop import answered, person, survey
from tests.insight.conftest import after
from tests.web.english import page, reader

pytestmark = pytest.mark.django_db
DAYS = "from=2026-11-16&to=2026-12-31&lang=en"


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(60))


@pytest.fixture
def selin() -> Client:
    return reader(cast.selin())


def test_the_answer_of_somebody_unknown_waits_with_its_words_until_somebody_has_looked(selin: Client) -> None:
    about = survey()
    response = answered(about, 2, comment="Kargo geç geldi")
    [told] = telling.grouped(cast.selin())
    path, _hash, place = words.path(told.notice).partition("#")

    shown = page(selin, path)
    assert "1 low score of somebody we do not know waits to be looked at." in shown
    line = shown.split(f'id="{place}"')[1].split("</li>")[0]
    assert "Somebody we do not know" in line and "Kargo geç geldi" in line and "Looked at" in line
    assert "/contacts/" not in line and "Spoken to" not in line
    assert not Notice.objects.filter(seen_at=None).exists()
    assert "Waits to be looked at" in page(selin, f"/surveys/{about.pk}/answers/?{DAYS}")

    [form] = re.findall(r'action="(/surveys/waiting/\d+/)"', line)
    selin.post(form, {"act": "called", "note": "Depoya söylendi"})

    assert "Kargo geç geldi" not in page(selin, path)
    answers = page(selin, f"/surveys/{about.pk}/answers/?{DAYS}")
    assert " looked at it, " in answers and "Solved" not in answers
    assert AuditEntry.objects.get(act="survey.answer_seen").object_id == str(response.pk)


def test_both_kinds_are_counted_apart(selin: Client) -> None:
    about = survey()
    answered(about, 2, by=person())
    for minute in (2, 3):
        answered(about, 1, minute=minute)

    shown = page(selin, "/surveys/waiting/")
    assert "1 still wait for a word from us. 2 low scores of people we do not know wait to be looked at." in shown
    assert FollowUp.objects.filter(case_number=None).count() == 2
    assert "2 of " not in page(selin, f"/surveys/{about.pk}/?{DAYS}")
