"""Cases, costs and surveys for programs: listed, opened once, changed, ended; and what other systems hear of them."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from muhatap.conversations.models import Conversation
from muhatap.flow import telling
from muhatap.service import cases as acts
from muhatap.service import causes, rates
from muhatap.service.models import Case, CaseStep, Cause, Compensation, Cost
from muhatap.shared import clock
from muhatap.webhooks.models import WebhookEndpoint, WebhookEvent
from tests import cast
from tests.api.program import program
from tests.conversations.conftest import arrival
from tests.feedback.asking_shop import answered, order, person, question, survey

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


def test_a_case_waits_for_the_carrier_and_goes_on(conversation: Conversation) -> None:
    shop = program(cast.zeynep())
    path = f"/cases/{shop.post('/cases', {'conversation_id': conversation.pk}).json()['id']}"
    assert shop.post(f"{path}/wait").status_code == 422
    sent = {"why": "Kargo şirketi arıyor"}
    waits = shop.post(f"{path}/wait", sent, Idempotency_Key="bekle-1")
    assert waits.json()["state"] == "waiting"
    assert shop.post(f"{path}/wait", sent, Idempotency_Key="bekle-1").json() == waits.json()
    assert Case.objects.get().steps.filter(act="waits", why="Kargo şirketi arıyor").count() == 1
    assert len(shop.get("/cases?state=waiting").json()["data"]) == 1
    assert shop.post(f"{path}/wait", {"why": "\x1f"}).status_code == 422
    steps = CaseStep.objects.count()
    for _again in range(2):
        assert shop.post(f"{path}/go-on").json()["state"] == "open"
    assert CaseStep.objects.count() == steps + 1  # the second found nothing that waits
    shop.post(f"{path}/resolve", {"kind": "fixed", "what": "Bulundu"})
    assert (shop.post(f"{path}/wait", sent).status_code, shop.post(f"{path}/go-on").status_code) == (409, 409)


def test_only_what_is_given_of_a_case_changes(conversation: Conversation) -> None:
    shop, cause = program(cast.zeynep()), Cause.objects.filter(parent__isnull=False).order_by("pk")[0]
    former = shop.post("/cases", {"contact_id": conversation.contact_id, "title": "İlk kez"}).json()
    made = shop.post("/cases", {"conversation_id": conversation.pk, "title": "Eksik havlu"}).json()
    ordered = order(conversation.contact, at=cast.NOW)
    path = f"/cases/{made['id']}"
    told = {"cause_id": cause.pk, "owner_id": cast.can().pk, "order_number": "10482", "former_id": former["id"]}
    changed = shop.patch(path, told).json()
    assert {name: changed[name] for name in told} == told
    assert (changed["title"], changed["kind"]) == ("Eksik havlu", "complaint")
    assert Case.objects.get(pk=made["id"]).order_id == ordered.pk
    off = shop.patch(path, {"owner_id": None, "order_number": None, "former_id": None}).json()
    assert (off["owner_id"], off["order_number"], off["former_id"], off["cause_id"]) == (None, None, None, cause.pk)


@pytest.mark.parametrize(
    "more",
    [
        {"title": ""}, {"due_at": "2001-01-01T10:00:00+03:00"}, {"order_number": "yok"}, {"former_id": 999_999},
        {"cause_id": 999_999}, {"owner_id": 999_999}, {"team_id": 999_999}, {"state": "closed"},
    ],
)  # fmt: skip
def test_a_change_that_makes_no_sense_leaves_the_case_as_it_was(
    conversation: Conversation, more: dict[str, Any]
) -> None:
    shop = program(cast.zeynep())
    made = shop.post("/cases", {"conversation_id": conversation.pk, "title": "Eksik havlu"}).json()
    refused = shop.patch(f"/cases/{made['id']}", {"kind": "request"} | more)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"#/{next(iter(more))}"
    assert shop.get(f"/cases/{made['id']}").json() == made


def test_a_second_conversation_of_the_same_customer_is_about_it_too(conversation: Conversation) -> None:
    shop = program(cast.can())
    made = shop.post("/cases", {"contact_id": conversation.contact_id, "title": "Eksik havlu"}).json()
    path = f"/cases/{made['id']}/conversations"
    for _again in range(2):
        assert shop.post(path, {"conversation_id": conversation.pk}).json()["conversation_ids"] == [conversation.pk]
    assert conversation.messages.filter(event="case_linked").count() == 1
    with transaction.atomic():
        other = arrival(cast.mail(id="<oguz-1@ornek.example>", sender=cast.MEHMET)).conversation
    assert shop.post(path, {"conversation_id": other.pk}).status_code == 422


def test_what_a_customer_is_given_is_written_down_once_and_taken_back(conversation: Conversation) -> None:
    shop = program(cast.can())
    path = f"/cases/{shop.post('/cases', {'conversation_id': conversation.pk}).json()['id']}"
    sent = {"kind": "voucher", "amount": "50.00", "note": "Özür"}
    made = shop.post(f"{path}/compensations", sent, Idempotency_Key="cek-1").json()
    assert shop.post(f"{path}/compensations", sent, Idempotency_Key="cek-1").json() == made
    [given] = made["given"]
    assert (given["kind"], given["amount"], given["note"]) == ("voucher", "50.0000", "Özür")
    for amount in ("0", "-1", "1000000001", "50,00"):
        assert shop.post(f"{path}/compensations", sent | {"amount": amount}).status_code == 422
    for _again in range(2):
        assert shop.delete(f"{path}/compensations/{given['id']}").json()["given"] == []
    assert sum(row.amount or 0 for row in Cost.objects.all()) == 0
    done = {"kind": "refunded", "what": "İade", "given": {"kind": "refund", "amount": "89.90", "note": "Dekont 4711"}}
    [told] = shop.post(f"{path}/resolve", done).json()["given"]
    assert (told["amount"], Compensation.objects.get(amount=Decimal("89.90")).note) == ("89.9000", "Dekont 4711")


def test_what_a_case_took_is_written_down_and_its_money_told_to_whoever_counts_costs(
    conversation: Conversation,
) -> None:
    rates.say(team=None, role="", amount=Decimal(300), currency="TRY", valid_from=date(2020, 1, 1), by=cast.can(), at=clock.now())  # fmt: skip
    agent, lead = program(cast.zeynep()), program(cast.can())
    case = agent.post("/cases", {"conversation_id": conversation.pk}).json()["id"]
    spent = agent.post("/costs", {"case_id": case, "minutes": 20, "note": "Aradık"}, Idempotency_Key="sure-1").json()
    assert (spent["what"], spent["kind"], spent["minutes"], spent["amount"]) == ("time", "external", 20, None)
    [row] = lead.get(f"/costs?case_id={case}").json()["data"]
    assert (row["id"], Decimal(row["amount"]), row["note"]) == (spent["id"], Decimal(100), "Aradık")
    assert program(cast.can(), ["cases:read"]).get("/costs").json()["code"] == "no_scope"
    writer = program(cast.can(), ["cases:write"])  # of a lead's hour it must not learn what a lead earns
    assert writer.post("/costs", {"case_id": case, "minutes": 60}).json()["amount"] is None
    for bad in ({"minutes": 5, "amount": "5"}, {}, {"amount": "1e12"}, {"minutes": 5, "at": "2100-01-01T10:00:00Z"}):
        assert agent.post("/costs", {"case_id": case} | bad).status_code == 422
    against = agent.post(f"/costs/{spent['id']}/take-back", {"why": "Yanlış vaka"}).json()
    assert (against["minutes"], against["reverses_id"]) == (-20, spent["id"])
    assert agent.post(f"/costs/{spent['id']}/take-back", {"why": "Yine"}).status_code == 409
    own = agent.post("/costs", {"minutes": 30, "kind": "prevention"}).json()["id"]
    assert agent.post(f"/costs/{own}/take-back", {"why": "İki kez yazdım"}).json()["minutes"] == -30
