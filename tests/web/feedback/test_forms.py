"""What the first survey of a firm asks to be filled in."""

import pytest

from muhatap.channels.models import Inbox
from muhatap.web.feedback.forms import NewForm

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
