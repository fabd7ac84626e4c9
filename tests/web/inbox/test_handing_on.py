"""Giving a conversation out of one's own sight is answered with a word; and calling a conversation otherwise."""

import pytest
from django.test import Client

from muhatap.accounts.models import AuditEntry, Visibility
from muhatap.automation import macros
from muhatap.conversations import assigning, lists
from muhatap.conversations.models import Conversation, Message
from tests import cast
from tests.automation.conftest import action
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(client: Client) -> Conversation:
    """Ayşe's conversation, given to Zeynep, who sees only her own and reads English."""
    zeynep = cast.zeynep()
    zeynep.visibility, zeynep.language = Visibility.OWN, "en"
    zeynep.save(update_fields=["visibility", "language"])
    client.force_login(zeynep)
    conversation = arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation
    assigning.assign(conversation=conversation, to=zeynep, by=cast.can(), at=cast.NOW)
    return conversation


def test_whoever_sees_only_their_own_is_told_that_it_is_in_other_hands(client: Client, own: Conversation) -> None:
    answer = client.post(f"/inbox/{own.pk}/assignee/?to=user:{cast.can().pk}")

    assert answer.status_code == 200
    assert "Handed over" in answer.content.decode()
    own.refresh_from_db()
    assert own.assignee == cast.can()
    assert client.get(f"/inbox/{own.pk}/").status_code == 404


def test_a_macro_that_gives_it_on_says_so_and_goes_back(client: Client, own: Conversation) -> None:
    wording = macros.Wording(name="Can'a ver", actions=[action("assign", cast.can().pk)])
    macro = macros.create(wording=wording, by=cast.zeynep(), at=cast.NOW)

    assert (
        "/inbox/handed-on/"
        in client.post(f"/settings/automation/conversations/{own.pk}/macros/{macro.pk}/").content.decode()
    )
    assert client.get("/inbox/handed-on/").status_code == 200
    undone = client.post(f"/settings/automation/macro-runs/{macro.runs.get().pk}/undoing/").content.decode()
    assert f"/inbox/{own.pk}/" in undone
    own.refresh_from_db()
    assert own.assignee == cast.zeynep()


def test_a_conversation_is_called_otherwise_and_found_so(client: Client, own: Conversation) -> None:
    answer = client.post(f"/inbox/{own.pk}/subject/", {"subject": "  Nevresim   iadesi "})

    assert answer.status_code == 302
    own.refresh_from_db()
    assert own.subject == "Nevresim iadesi"
    assert lists.numbers(cast.zeynep(), "all", search="nevresim iadesi") == [own.pk]
    assert Message.objects.get(event="renamed").event_details["after"] == "Nevresim iadesi"
    assert AuditEntry.objects.filter(act="conversation.rename").count() == 1
    assert "which was" in client.get(f"/inbox/{own.pk}/").content.decode()


@pytest.mark.parametrize("typed", ["", "   ", "x" * 301])
def test_a_subject_that_is_none_is_refused_and_stays_as_typed(client: Client, own: Conversation, typed: str) -> None:
    assert client.post(f"/inbox/{own.pk}/subject/", {"subject": typed}).status_code == 422
    before = own.subject
    own.refresh_from_db()
    assert own.subject == before
