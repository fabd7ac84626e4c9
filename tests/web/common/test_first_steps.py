"""A firm that begins is told what to do first, where conversations will stand."""

import pytest
from django.test import Client

from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.web.common import first_steps
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db


def looks(client: Client, who: User, path: str = "/inbox/") -> str:
    who.language = "en"
    who.save()
    client.force_login(who)
    return client.get(path, follow=True).content.decode()


@pytest.mark.parametrize("path", ["/inbox/", "/today/"])
def test_the_owner_of_an_empty_firm_is_led_to_the_first_inbox_customers_and_colleagues(
    client: Client, path: str
) -> None:
    page = looks(client, cast.deniz(), path)
    for address in (
        "/settings/inboxes/new/",
        "/settings/inboxes/new-chat/",
        "/contacts/imports/new/",
        "/account/staff/invite/",
    ):
        assert f'href="{address}"' in page


def test_an_agent_of_an_empty_firm_is_told_who_connects_an_inbox(client: Client) -> None:
    page = looks(client, cast.zeynep())
    assert "Owners and administrators connect one in the settings." in page
    assert "/settings/inboxes/new/" not in page


def test_a_step_that_was_taken_is_done_and_all_go_with_the_first_conversation() -> None:
    deniz = cast.deniz()
    Inbox.objects.all().delete()
    Inbox.objects.create(kind="email", name="destek")
    assert [step.is_done for step in first_steps.steps(deniz)] == [True, False, False, False]
    conversation_of("Elif Şahin")
    assert first_steps.steps(deniz) == ()
