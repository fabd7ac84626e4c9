"""The composer's promises: offered from the draft, kept only when a person says so, owed when it is sent."""

import pytest
from django.test import Client

from muhatap.conversations.models import Conversation, Message
from muhatap.service.models import Promise
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
WORDS = "Paketinizi yarın 18.00'e kadar kargoya veriyoruz."


@pytest.fixture
def conversation(db: None) -> Conversation:
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


@pytest.fixture
def zeynep(client: Client) -> Client:
    zeynep = cast.zeynep()
    zeynep.language = "en"
    zeynep.save()
    client.force_login(zeynep)
    return client


def types(client: Client, conversation: Conversation, text: str = WORDS) -> str:
    answer = client.post(
        f"/inbox/{conversation.pk}/draft/",
        {"kind": "reply", "html": f"<p>Merhaba Ayşe Hanım.</p><p>{text}</p>", "to": "ayse.yilmaz@ornek.example"},
    )
    checks: str = answer.json()["checks"]
    return checks


def url_of(page: str, what: str) -> str:
    (found,) = (part.split('"')[0] for part in page.split('hx-post="')[1:] if what in part.split('"')[0])
    return found.replace("&amp;", "&")


def test_a_promise_in_the_draft_is_offered_and_kept_only_by_a_person(
    zeynep: Client, conversation: Conversation
) -> None:
    page = types(zeynep, conversation)
    assert "A promise, due" in page and "18:00?" in page
    assert not Promise.objects.exists()

    noted = zeynep.post(url_of(page, "/promises/?key=")).content.decode()
    assert "owed when this is sent" in noted and "A promise, due" not in noted
    assert Promise.objects.get().state == "drafted"

    told = {
        "kind": "reply",
        "html": f"<p>{WORDS}</p>",
        "to": "ayse.yilmaz@ornek.example",
        "seen": conversation.last_inbound_id,
    }
    zeynep.post(f"/inbox/{conversation.pk}/message/", told, headers={"HX-Request": "true"})
    made = Promise.objects.get()
    assert (made.state, made.message_id) == ("open", Message.objects.get(kind="outbound").pk)


def test_what_was_said_to_be_no_promise_is_not_offered_again(zeynep: Client, conversation: Conversation) -> None:
    page = types(zeynep, conversation)
    assert "A promise" not in zeynep.post(url_of(page, "denying")).content.decode()
    assert "A promise" not in types(zeynep, conversation)
    assert "A promise" in types(zeynep, conversation, "Sizi pazartesi arayacağım.")


def test_words_that_were_written_over_say_so_and_can_be_taken_out(zeynep: Client, conversation: Conversation) -> None:
    zeynep.post(url_of(types(zeynep, conversation), "/promises/?key="))
    page = types(zeynep, conversation, "Depoya soruyorum.")
    assert "no longer here" in page
    zeynep.post(url_of(page, "removal"))
    assert not Promise.objects.exists()


def test_an_empty_key_or_anothers_promise_changes_nothing(zeynep: Client, conversation: Conversation) -> None:
    types(zeynep, conversation)
    assert zeynep.post(f"/inbox/{conversation.pk}/promises/").status_code == 200
    assert zeynep.post(f"/inbox/{conversation.pk}/promises/7/removal/").status_code == 404
    assert not Promise.objects.exists()


def test_what_is_offered_can_be_changed_before_it_is_kept(zeynep: Client, conversation: Conversation) -> None:
    key = url_of(types(zeynep, conversation), "/promises/?key=").partition("key=")[2]
    url = f"/inbox/{conversation.pk}/promises/editing/?key={key}"
    assert "kargoya veriyoruz" in zeynep.get(url).content.decode()
    told = {"what": "#10482 kargoya", "kind": "delivery", "expected_cost": "89.90", "expected_minutes": ""}
    refused = zeynep.post(url, told | {"due_at": "2001-01-01T10:00"})
    assert refused["HX-Retarget"] == "#offer-dialog" and not Promise.objects.exists()
    saved = zeynep.post(url, told | {"due_at": "2030-01-07T17:00"}).content.decode()
    assert "owed when this is sent" in saved
    made = Promise.objects.get()
    assert (made.what, f"{made.due_at:%Y-%m-%d %H:%M}", made.state) == ("#10482 kargoya", "2030-01-07 14:00", "drafted")
    assert made.words == WORDS and made.expected_cost is not None
