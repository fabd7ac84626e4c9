"""How often a page of the inbox asks the database: never more for more rows, and not often at all."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from muhatap.conversations.models import Conversation
from tests import cast
from tests.conversations.conftest import arrival, conversation_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def zeynep(client: Client) -> Client:
    arrival(cast.mail(cast.STRANGER, id="<1@baska.example>"))
    client.force_login(cast.zeynep())
    return client


def n_questions(client: Client, path: str) -> int:
    client.get(path, headers={"HX-Request": "true"})  # whatever is asked only once
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path, headers={"HX-Request": "true"}).status_code == 200
    return len(asked)


def test_a_list_asks_few_questions_however_many_rows(zeynep: Client) -> None:
    few = n_questions(zeynep, "/inbox/in/all/")
    for number in range(5):
        conversation_of(f"Kişi {number}")
    assert n_questions(zeynep, "/inbox/in/all/") == few <= 12


def test_an_open_conversation_asks_no_more_for_more_entries(zeynep: Client) -> None:
    number = Conversation.objects.get().pk
    few = n_questions(zeynep, f"/inbox/{number}/")
    for line in range(5):
        arrival(cast.mail(cast.STRANGER, id=f"<more-{line}@baska.example>", in_reply_to="<1@baska.example>"))
    number = Conversation.objects.latest("last_message_at").pk
    assert n_questions(zeynep, f"/inbox/{number}/") <= few + 2 <= 35
