"""Promises for programs: listed, made, ended; and what other systems hear of them, once and not before it is said."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from muhatap.conversations.models import Conversation
from muhatap.flow import promises, telling
from muhatap.service import promising
from muhatap.service.models import Promise
from muhatap.shared import clock
from muhatap.webhooks.models import WebhookEndpoint, WebhookEvent
from tests import cast
from tests.api.program import program
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(db: None) -> Conversation:
    with transaction.atomic():
        return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


def told(conversation: Conversation, **more: Any) -> dict[str, Any]:
    due_at = (clock.now() + timedelta(days=2)).isoformat()
    return {"conversation_id": conversation.pk, "what": "Kargoya", "due_at": due_at, "kind": "delivery"} | more


def test_made_listed_and_ended(conversation: Conversation) -> None:
    shop = program(cast.zeynep())
    made = shop.post("/promises", told(conversation, expected_cost="89.90")).json()
    assert (made["state"], made["expected_cost"], made["by_id"]) == ("open", "89.90", cast.zeynep().pk)
    assert [row["id"] for row in shop.get("/promises?state=open").json()["data"]] == [made["id"]]
    assert shop.get("/promises?state=overdue").json()["data"] == []
    assert shop.post(f"/promises/{made['id']}/end", {"outcome": "broken"}).status_code == 422
    ended = shop.post(f"/promises/{made['id']}/end", {"outcome": "kept", "minutes": 20, "cost": "5"}).json()
    assert (ended["state"], ended["minutes"], ended["cost"]) == ("kept", 20, "5.0000")
    assert shop.post(f"/promises/{made['id']}/end", {"outcome": "kept"}).status_code == 409


def test_a_program_says_when_it_was_kept(conversation: Conversation) -> None:
    shop = program(cast.zeynep())
    made = shop.post("/promises", told(conversation)).json()
    Promise.objects.update(made_at=clock.now() - timedelta(hours=9))
    path, before = f"/promises/{made['id']}/end", (clock.now() - timedelta(hours=2)).isoformat()
    for never in ("2001-01-01T10:00:00+03:00", (clock.now() + timedelta(days=1)).isoformat()):
        assert "ended_at" in str(shop.post(path, {"outcome": "kept", "ended_at": never}).json())
    ended = shop.post(path, {"outcome": "kept", "ended_at": before}).json()
    assert ended["state"] == "kept" and ended["ended_at"][:19] == before[:19].replace("+00:00", "")


def test_put_off_and_opened_again(conversation: Conversation) -> None:
    shop = program(cast.zeynep())
    made = shop.post("/promises", told(conversation)).json()
    path, later = f"/promises/{made['id']}", (clock.now() + timedelta(days=5)).isoformat()
    assert shop.post(f"{path}/put-off", {"due_at": later}).status_code == 422
    assert shop.post(f"{path}/put-off", {"due_at": "2001-01-01T10:00:00+03:00", "why": "x"}).status_code == 422
    sent = {"due_at": later, "why": "Kargo gecikti"}
    moved = shop.post(f"{path}/put-off", sent, Idempotency_Key="ertele-1").json()
    assert shop.post(f"{path}/put-off", sent, Idempotency_Key="ertele-1").json() == moved
    assert moved["due_at"] > moved["first_due_at"] == made["due_at"]
    assert conversation.messages.filter(event="promise_put_off").count() == 1
    assert shop.post(f"{path}/reopen").status_code == 409
    shop.post(f"{path}/end", {"outcome": "kept"})
    assert shop.post(f"{path}/put-off", sent).status_code == 409
    assert shop.post(f"{path}/reopen").json()["state"] == "open"


@pytest.mark.parametrize(
    "more",
    [{"due_at": "2001-01-01T10:00:00+03:00"}, {"what": ""}, {"time_zone": "Mars/Base"}, {"conversation_id": 999_999}],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_promised(
    conversation: Conversation, more: dict[str, Any]
) -> None:
    assert program(cast.zeynep()).post("/promises", told(conversation, **more)).status_code == 422
    assert not Promise.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_others_hear_of_a_promise_when_it_is_made_and_when_it_ends(conversation: Conversation) -> None:
    now = clock.now()
    WebhookEndpoint.objects.create(
        name="ERP", url="https://erp.example/", events=["promise.made", "promise.updated", "promise.ended"],
        secret_sealed="", created_at=now,
    )  # fmt: skip
    telling.tell_audited(at=now)
    terms = promising.Terms(what="Arayacağız", due_at=now + timedelta(days=1), time_zone="Europe/Istanbul")
    made = promises.make(contact=conversation.contact, terms=terms, by=cast.zeynep(), at=now)
    noted = promises.note(conversation=conversation, terms=terms, by=cast.zeynep(), at=now)
    telling.tell_audited(at=now)
    promises.end(promise=made, outcome="kept", by=cast.zeynep(), at=now)
    telling.tell_audited(at=now)
    telling.tell_audited(at=now)
    assert list(WebhookEvent.objects.order_by("pk").values_list("type", flat=True)) == ["promise.made", "promise.ended"]
    assert f'"id": {noted.pk},' not in "".join(WebhookEvent.objects.values_list("body", flat=True))
