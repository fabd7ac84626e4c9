"""What the first survey of a firm asks to be filled in."""

import pytest
from django.utils import translation

from muhatap.channels.models import Inbox
from muhatap.web.feedback.forms import NewForm, SurveyForm
from tests.feedback.asking_shop import survey

pytestmark = pytest.mark.django_db


def test_the_only_inbox_is_chosen_and_of_two_none() -> None:
    Inbox.objects.all().delete()
    only = Inbox.objects.create(kind="email", name="destek")
    assert NewForm()["inbox"].value() == only.pk
    Inbox.objects.create(kind="webchat", name="Web sohbet")
    assert NewForm()["inbox"].value() is None


def test_where_no_inbox_is_the_way_to_one_stands_beside_the_question_for_it() -> None:
    Inbox.objects.all().delete()
    assert 'href="/settings/inboxes/"' in str(NewForm()["inbox"].help_text)


def test_what_is_not_chosen_has_a_name() -> None:
    made = SurveyForm(survey=survey())
    with translation.override("en"):
        assert [dict(made.fields[name].choices)[""] for name in ("inbox", "team")] == ["No inbox", "No team"]
