"""The question after a resolution, in the visitor's window."""

import json
from typing import Any

import pytest
from django.test import Client

from muhatap.channels.webchat.models import ChatSession
from muhatap.conversations import closing
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback import asking
from muhatap.feedback.models import Response, Survey
from muhatap.flow import intake, reply, surveying
from muhatap.interactions.models import RawItem
from muhatap.shared import clock
from tests import cast

pytestmark = pytest.mark.django_db
SITE = {"HTTP_ORIGIN": "https://ihlamurev.example"}
LINE = "3f2f1b1e-6f0e-4d0b-9d7c-0123456789a1"


def call(client: Client, method: str, path: str, data: dict[str, Any] | None = None, token: str = "") -> Any:
    headers = SITE | ({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {})
    return client.generic(method, f"/chat/v1{path}", json.dumps(data or {}), content_type="application/json", **headers)


@pytest.fixture
def token(client: Client) -> str:
    """A visitor who wrote, was answered, and whose matter was resolved and asked about."""
    inbox = cast.chat_inbox(origins=["https://ihlamurev.example"])
    asking.set_up(inbox=inbox, fields={"is_on": True, "delay_minutes": 0}, by=cast.selin(), at=clock.now())
    opened = call(client, "POST", "/sessions", {"inbox": inbox.public_key, "lang": "tr"}).json()
    call(client, "POST", "/messages", {"id": LINE, "text": "Havlu var mı?"}, opened["token"])
    for item in RawItem.objects.all():
        intake.digest(item_id=item.pk, at=clock.now())
    conversation = Conversation.objects.get()
    reply.send(conversation=conversation, answer=reply.Answer(html="<p>Var.</p>"), by=cast.zeynep(), at=clock.now())
    conversation.refresh_from_db()
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=clock.now())
    surveying.follow(message=Message.objects.get(event="resolved"), at=clock.now())
    surveying.ask_due(at=clock.now())
    return str(opened["token"])


def test_the_question_comes_with_the_messages_and_one_press_answers_it(client: Client, token: str) -> None:
    asked = call(client, "GET", "/messages", token=token).json()["rating"]
    assert (len(asked["words"]), asked["score"]) == (5, None)

    assert call(client, "POST", "/rating", {"score": 4}, token).json()["score"] == 4
    assert call(client, "POST", "/rating", {"score": 5}, token).json()["score"] == 5

    assert Response.objects.get().score == 5
    assert call(client, "GET", "/messages", token=token).json()["rating"]["score"] == 5
    assert client.get(asked["url"]).status_code == 200


def test_a_survey_that_is_full_before_the_answer_is_kept_is_over(client: Client, token: str) -> None:
    Survey.objects.update(most_answers=0)
    assert call(client, "POST", "/rating", {"score": 4}, token).status_code == 410
    assert not Response.objects.exists()


@pytest.mark.parametrize("score", [0, 6, "viel", None, 2**70])
def test_a_score_that_is_none_is_refused(client: Client, token: str, score: Any) -> None:
    assert call(client, "POST", "/rating", {"score": score}, token).status_code == 422
    assert not Response.objects.exists()


def test_writing_again_puts_the_question_away(client: Client, token: str) -> None:
    call(client, "POST", "/messages", {"id": LINE.replace("a1", "a2"), "text": "Bir şey daha"}, token)
    for item in RawItem.objects.filter(digested_at=None):
        intake.digest(item_id=item.pk, at=clock.now())

    assert call(client, "GET", "/messages", token=token).json()["rating"] is None
    assert call(client, "POST", "/rating", {"score": 4}, token).status_code == 410


def test_another_visitor_is_not_asked(client: Client, token: str) -> None:
    inbox = ChatSession.objects.get().inbox
    other = call(client, "POST", "/sessions", {"inbox": inbox.public_key, "lang": "en"}).json()

    assert other["rating"] is None
    assert call(client, "POST", "/rating", {"score": 1}, other["token"]).status_code == 410
