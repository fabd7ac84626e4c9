"""Parts of other areas stand in a page at once, with the rights of whoever reads it, and take nothing with them when they fail."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import ResolverMatch, reverse

from muhatap.accounts.models import User
from muhatap.contacts import identity
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation
from muhatap.web.common import inside
from tests import cast

pytestmark = pytest.mark.django_db
PARTS = ("orders-of-contact", "promises-of-contact", "cases-of-contact")


@pytest.fixture
def conversation() -> Conversation:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=cast.NOW)
    return threads.start(inbox=cast.support_inbox(), contact=ayse, subject="Kargo", at=cast.NOW)


def client(user: User) -> Client:
    found = Client(headers={"HX-Request": "true"})
    found.force_login(user)
    return found


def opened(by: Client, conversation: Conversation) -> str:
    return by.get(reverse("inbox:conversation", args=[conversation.pk])).content.decode()


def test_what_stands_beside_a_conversation_is_what_its_own_address_answers(conversation: Conversation) -> None:
    can = client(cast.can())
    shown = opened(can, conversation)

    addresses = [reverse(f"{area}:of_contact", args=[conversation.contact_id]) for area in ("sales", "promises")]
    for url in [
        *addresses,
        f"{reverse('cases:of_contact', args=[conversation.contact_id])}?conversation={conversation.pk}",
    ]:
        assert can.get(url).content.decode().split("<div", 1)[-1].strip() in shown
    assert 'hx-trigger="load"' not in shown


def test_a_part_that_fails_asks_for_itself_and_stops_nothing(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: str) -> None:
        raise RuntimeError(path)

    monkeypatch.setattr(inside, "resolve", fails)

    shown = opened(client(cast.can()), conversation)

    assert all(f'<div id="{part}" hx-get=' in shown for part in PARTS)
    assert "Kargo" in shown


def test_they_cost_no_second_login_and_what_is_not_there_no_question(conversation: Conversation) -> None:
    can = client(cast.can())
    opened(can, conversation)

    with CaptureQueriesContext(connection) as asked:
        opened(can, conversation)

    tables = ("sales_order", "sales_cart", "service_promise", "service_case")
    assert [sum(f'FROM "{table}"' in one["sql"] for one in asked) for table in tables] == [0, 0, 0, 0]  # there are none
    assert sum("django_session" in one["sql"] for one in asked) == 1
    assert sum('FROM "accounts_user" WHERE "accounts_user"."id"' in one["sql"] for one in asked) == 1


def test_a_part_that_needs_a_token_first_has_the_one_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def part(asked: HttpRequest) -> HttpResponse:
        get_token(asked)
        return HttpResponse(asked.META["CSRF_COOKIE"])

    monkeypatch.setattr(inside, "resolve", lambda path: ResolverMatch(part, (), {}))
    page = RequestFactory().get("/")

    first = inside.inside(page, "/parca/")

    assert first == inside.inside(page, "/parca/") == page.META["CSRF_COOKIE"]
