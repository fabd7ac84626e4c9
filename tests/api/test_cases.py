"""Cases and surveys for programs: listed, opened once, ended; and what other systems hear of them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from muhatap.conversations.models import Conversation
from muhatap.flow import telling
from muhatap.service import cases as acts
from muhatap.service import causes
from muhatap.service.models import Case, Cause
from muhatap.shared import clock
from muhatap.webhooks.models import WebhookEndpoint, WebhookEvent
from tests import cast
from tests.api.program import program
from tests.conversations.conftest import arrival
from tests.feedback.asking_shop import answered, person, question, survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(db: None) -> Conversation:
    causes.bring_in(at=cast.NOW)
    with transaction.atomic():
        return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


def test_a_case_is_opened_once_found_resolved_closed_and_opened_again(conversation: Conversation) -> None:
    shop, cause = program(cast.zeynep()), Cause.objects.filter(parent__isnull=False).order_by("pk")[0]
    sent = {"conversation_id": conversation.pk, "cause_id": cause.pk}
    made = shop.post("/cases", sent, Idempotency_Key="iade-7").json()
    assert shop.post("/cases", sent, Idempotency_Key="iade-7").json() == made
    assert (made["origin"], made["conversation_ids"], made["state"]) == ("api", [conversation.pk], "open")
    assert conversation.messages.filter(event="case_opened").count() == 1

    assert cause.parent is not None
    for query in (f"cause_id={cause.parent.pk}", f"conversation_id={conversation.pk}", "state=standing"):
        assert [row["id"] for row in shop.get(f"/cases?{query}").json()["data"]] == [made["id"]]
    assert shop.get("/cases?state=closed").json()["data"] == []
    assert cause.pk in [row["id"] for row in shop.get("/causes").json()["data"]]

    path = f"/cases/{made['id']}"
    assert shop.post(f"{path}/close").status_code == 409
    done = {"kind": "refunded", "what": "Parası iade edildi"}
    assert shop.post(f"{path}/resolve", done).json()["resolution"]["kind"] == "refunded"
    assert shop.post(f"{path}/resolve", done).status_code == 409
    assert shop.post(f"{path}/close").json()["state"] == "closed"
    again = shop.post(f"{path}/reopen", {"why": "Yine yazdı"}).json()
    assert (again["state"], again["resolution"]) == ("reopened", None)


@pytest.mark.parametrize(
    "more",
    [
        {"due_at": "2001-01-01T10:00:00+03:00"}, {"conversation_id": 999_999}, {"cause_id": 999_999},
        {"owner_id": 999_999}, {"team_id": 999_999}, {"conversation_id": None},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_opened(conversation: Conversation, more: dict[str, Any]) -> None:
    sent = {"conversation_id": conversation.pk, "title": "Eksik havlu"} | more
    assert program(cast.zeynep()).post("/cases", sent).status_code == 422
    assert not Case.objects.exists()


def test_surveys_are_read_with_their_questions_and_answers(conversation: Conversation) -> None:
    shop, nps = program(cast.ece()), survey()
    why = question(nps, "En çok ne üzdü?", most=6)
    given = answered(nps, 3, by=conversation.contact)
    found = shop.get(f"/surveys/{nps.pk}").json()
    assert (found["highest"], found["questions"][0]["id"]) == (10, why.pk)
    [row] = shop.get(f"/responses?survey_id={nps.pk}&score_up_to=6").json()["data"]
    assert (row["id"], row["score"], row["case_id"]) == (given.pk, 3, Case.objects.get().pk)
    later = (given.at + timedelta(days=1)).isoformat().replace("+", "%2B")
    assert shop.get(f"/responses?updated_since={later}").json()["data"] == []
    assert shop.get(f"/responses/{given.pk}").json() == row


@pytest.mark.django_db(transaction=True)
def test_others_hear_of_answers_and_cases(conversation: Conversation) -> None:
    now = clock.now()
    WebhookEndpoint.objects.create(
        name="ERP", url="https://erp.example/", events=["case.opened", "case.updated", "case.resolved", "survey.answered"],
        secret_sealed="", created_at=now,
    )  # fmt: skip
    telling.tell_audited(at=now)
    answered(survey(), 2, by=person())
    telling.tell_audited(at=now)
    shop = program(cast.zeynep())
    shop.post(f"/cases/{Case.objects.get().pk}/resolve", {"kind": "explained", "what": "Aradık"})
    telling.tell_audited(at=now)
    case = Case.objects.get()
    acts.reopen(case=case, why="Yine eksik", by=cast.zeynep(), at=now)
    acts.change(case=case, owner=cast.zeynep(), due_at=now + timedelta(days=1), by=cast.zeynep(), at=now)
    acts.resolve(case=case, kind="explained", what="Yine aradık", by=cast.zeynep(), at=now)
    acts.close(case=case, by=cast.zeynep(), at=now)
    telling.tell_audited(at=now)
    told = [json.loads(body) for body in WebhookEvent.objects.order_by("pk").values_list("body", flat=True)]
    assert [one["type"] for one in told] == [
        "survey.answered", "case.opened", "case.resolved", "case.updated", "case.updated", "case.resolved", "case.updated",
    ]  # fmt: skip
    assert told[0]["data"]["response"]["score"] == 2
    assert told[2]["data"]["case"]["resolution"]["what"] == "Aradık"
