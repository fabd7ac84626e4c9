"""The everyday API as a shop's own program uses it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from muhatap.accounts import api_keys
from muhatap.accounts.models import ApiKey, User
from muhatap.api import contacts, keyed
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Message
from muhatap.duplicates.models import Answer
from muhatap.interactions.models import Outgoing
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS, Limit
from muhatap.writing import signing
from tests import cast
from tests.api.program import Program, program
from tests.conversations.conftest import arrival, ayses_letter, conversation_of
from tests.duplicates.test_running import look, twins

__all__ = ["ayses_letter"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(ayses_letter: Message) -> Program:
    """The shop's program, with a key that acts as Zeynep."""
    return program(cast.zeynep())


def test_it_says_whom_a_key_acts_as(shop: Program) -> None:
    told = shop.get("/me").json()
    assert (told["name"], told["role"], told["scopes"]) == ("Zeynep Arslan", "agent", list(api_keys.SCOPES))


def test_a_conversation_is_listed_read_and_answered(shop: Program, ayses_letter: Message) -> None:
    [row] = shop.get("/conversations").json()["data"]
    assert row["contact"]["name"] == "Ayşe Yılmaz"
    [letter] = shop.get(f"/conversations/{row['id']}/messages").json()["data"]
    assert letter["text"] == "Siparişim gelmedi."
    answer = shop.post(f"/conversations/{row['id']}/messages", {"text": "Bugün yola çıktı."})
    assert answer.status_code == 201
    assert answer.json()["to"] == [{"name": "Ayşe Yılmaz", "email": "ayse.yilmaz@ornek.example"}]
    assert answer.json()["sending"] == "queued"
    assert Outgoing.objects.count() == 1
    assert shop.get(f"/conversations/{row['id']}").json()["status"] == "waiting"


def test_a_note_stays_inside(shop: Program, ayses_letter: Message) -> None:
    number = ayses_letter.conversation_id
    answer = shop.post(f"/conversations/{number}/messages", {"kind": "note", "html": "<p>Kargo <b>aradı</b></p>"})
    assert (answer.status_code, answer.json()["kind"]) == (201, "note")
    assert not Outgoing.objects.exists()


def test_a_reply_is_held_when_the_customer_wrote_again(shop: Program, ayses_letter: Message) -> None:
    arrival(cast.mail(id="<ayse-2@ornek.example>", in_reply_to=ayses_letter.external_id))
    sent = {"text": "Bugün yola çıktı.", "seen_message_id": ayses_letter.pk}
    answer = shop.post(f"/conversations/{ayses_letter.conversation_id}/messages", sent)
    assert (answer.status_code, answer.json()["code"]) == (409, "something_new")
    assert not Outgoing.objects.exists()


def test_a_conversation_is_begun_with_somebody_new(shop: Program) -> None:
    sent = {
        "inbox_id": cast.support_inbox().pk,
        "contact": {"name": "İpek Güneş", "email": "ipek@gunesotel.example", "company": "Güneş Otel"},
        "subject": "Toptan fiyat listesi",
        "text": "Merhaba İpek Hanım,\n\nListemiz ekte.",
    }
    made = shop.post("/conversations", sent)
    assert made.status_code == 201
    assert made.json()["assignee_id"] == cast.zeynep().pk
    assert Contact.objects.get(pk=made.json()["contact"]["id"]).company.name == "Güneş Otel"  # type: ignore[union-attr]
    again = shop.post("/conversations", sent | {"subject": "Bir soru daha"})
    assert again.json()["contact"]["id"] == made.json()["contact"]["id"]


def test_it_is_changed_by_what_is_given_only(shop: Program, ayses_letter: Message) -> None:
    number, can = ayses_letter.conversation_id, cast.can()
    told = shop.patch(f"/conversations/{number}", {"assignee_id": can.pk, "priority": "high"}).json()
    assert (told["assignee_id"], told["priority"], told["status"]) == (can.pk, "high", "open")
    told = shop.patch(f"/conversations/{number}", {"assignee_id": None, "status": "resolved"}).json()
    assert (told["assignee_id"], told["priority"], told["status"]) == (None, "high", "resolved")
    told = shop.patch(f"/conversations/{number}", {"status": "open"}).json()
    assert told["status"] == "open"
    assert told["team_id"] == cast.destek().pk


def test_a_change_that_comes_too_late_does_nothing(shop: Program, ayses_letter: Message) -> None:
    path = f"/conversations/{ayses_letter.conversation_id}"
    read = shop.get(path).headers["ETag"]
    assert shop.patch(path, {"priority": "urgent"}, If_Match=read).status_code == 200
    late = shop.patch(path, {"priority": "low"}, If_Match=read)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert shop.get(path).json()["priority"] == "urgent"


def test_it_is_snoozed_tagged_and_resolved(shop: Program, ayses_letter: Message) -> None:
    path = f"/conversations/{ayses_letter.conversation_id}"
    until = (clock.now() + timedelta(days=1)).isoformat()
    assert shop.post(f"{path}/snooze", {"until": until}).json()["snoozed_until"] is not None
    assert shop.post(f"{path}/reopen").json()["status"] == "open"
    assert shop.post(f"{path}/tags", {"name": "kargo"}).json()["tags"] == ["kargo"]
    [tag] = shop.get("/tags").json()["data"]
    assert shop.delete(f"{path}/tags/{tag['id']}").json()["tags"] == []
    assert shop.post(f"{path}/resolve").json()["status"] == "resolved"
    assert shop.post(f"{path}/snooze", {"until": until}).status_code == 409


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 2), ("status=open", 2), ("status=resolved", 0), ("unassigned=true", 2), ("tag=KARGO", 1),
        ("updated_since=2026-11-21T14:31:00%2B03:00", 1), ("updated_since=2027-01-01T00:00:00Z", 0), ("limit=1", 1),
    ],
)  # fmt: skip
def test_a_list_is_narrowed(shop: Program, ayses_letter: Message, query: str, n: int) -> None:
    conversation_of("Mehmet Kaya")
    shop.post(f"/conversations/{ayses_letter.conversation_id}/tags", {"name": "kargo"})
    Message.objects.update(recorded_at=cast.NOW)
    assert len(shop.get(f"/conversations?{query}").json()["data"]) == n


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"--x\r\n" + b"a" * 2_000 + b"\r\n--x--\r\n", 400),  # heads longer than any reader takes
        (b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\n1\r\n" * 1_001 + b"--x--\r\n", 400),
        (b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\n" + b"1" * 9_000 + b"\r\n--x--\r\n", 413),
    ],
)
def test_a_form_that_cannot_be_read_is_answered_as_such(shop: Program, settings: Any, body: bytes, status: int) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 8_000
    answer = shop.raw("POST", "/files", body, content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, answer.json()["code"]) == (status, "unreadable")


def test_files_are_put_up_sent_and_fetched(shop: Program, ayses_letter: Message) -> None:
    kept = shop.upload(SimpleUploadedFile("fatura.pdf", b"%PDF-1.7 fatura")).json()
    assert (kept["name"], kept["type"], kept["size"]) == ("fatura.pdf", "application/pdf", 15)
    sent = shop.post(f"/conversations/{ayses_letter.conversation_id}/messages", {"files": [kept["id"]]}).json()
    [file] = sent["files"]
    answer = shop.get(f"/files/{file['id']}")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 fatura"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = program(cast.can()).post(f"/conversations/{ayses_letter.conversation_id}/messages", {"files": [kept["id"]]})
    assert other.json()["errors"][0]["pointer"] == "#/files/0"


def test_a_contact_is_added_found_changed_and_merged() -> None:
    shop = program(cast.can())
    made = shop.post("/contacts", {"name": "Oğuz Çelik", "phone": "0532 123 41 99", "city": "Bursa"})
    assert (made.status_code, made.json()["phone"]) == (201, "+905321234199")
    number = made.json()["id"]
    assert [row["id"] for row in shop.get("/contacts?q=oguz").json()["data"]] == [number]
    assert [row["id"] for row in shop.get("/contacts?phone=0532+123+4199").json()["data"]] == [number]
    assert shop.patch(f"/contacts/{number}", {"city": "İzmir", "phone": ""}).json()["city"] == "İzmir"
    added = shop.post(f"/contacts/{number}/identities", {"kind": "email", "value": "oguz@ornek.example"})
    assert added.status_code == 201
    assert len(shop.get(f"/contacts/{number}/identities").json()["data"]) == 2
    assert shop.delete(f"/contacts/{number}/identities/{added.json()['id']}").status_code == 204
    twin = shop.post("/contacts", {"name": "O. Çelik"}).json()
    merged = shop.post(f"/contacts/{number}/merge", {"drop_id": twin["id"]})
    assert merged.json()["contact"]["id"] == number
    assert shop.get(f"/contacts/{twin['id']}").json()["merged_into_id"] == number
    assert shop.patch(f"/contacts/{twin['id']}", {"city": "Van"}).status_code == 409
    assert shop.post(f"/contacts/{number}/tags", {"name": "toptan"}).json()["tags"] == ["toptan"]


def test_a_merge_answers_the_open_question_and_keeps_what_was_said_of_it() -> None:
    one, other = twins()
    look()
    merged = program(cast.can()).post(f"/contacts/{other.pk}/merge", {"drop_id": one.pk, "reason": "aynı kart"})
    assert (merged.status_code, merged.json()["contact"]["id"]) == (200, other.pk)
    given = Answer.objects.select_related("proposal", "merge").get()
    assert (given.proposal.state, given.merge and given.merge.reason) == ("same", "aynı kart")


def test_no_identity_is_told_in_the_words_of_the_form(shop: Program, ayses_letter: Message) -> None:
    sent = {"kind": "national", "value": "10000000147"}
    answer = shop.post(f"/contacts/{ayses_letter.contact_id}/identities", sent)
    assert answer.status_code == 422 and "T.C." in answer.json()["errors"][0]["detail"]


def test_a_contact_deleted_meanwhile_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Contact(pk=1)
    monkeypatch.setattr(contacts, "find", lambda number: gone)
    answer = program(cast.can()).post("/contacts/1/identities", {"kind": "email", "value": "oguz@ornek.example"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("sent", "status", "pointers"),
    [
        ({}, 422, ["#/name"]),
        ({"name": "x" * 201}, 422, ["#/name"]),
        ({"email": "ayse@"}, 422, ["#/email"]),
        ({"phone": "12", "email": "x"}, 422, ["#/email", "#/phone"]),
        ({"email": "ayse.yilmaz@ornek.example"}, 409, ["#/email"]),
        ({"nmae": "Ayşe"}, 422, ["#/nmae"]),
        ({"name": "Ayşe", "fields": {"beden": "L"}}, 422, ["#/fields/beden"]),
        ({"name": 7}, 422, ["#/name"]),
        ([], 422, ["#"]),
    ],
)
def test_what_cannot_be_taken_is_pointed_at(
    shop: Program, ayses_letter: Message, sent: Any, status: int, pointers: list[str]
) -> None:
    answer = shop.post("/contacts", sent)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert sorted(error["pointer"] for error in answer.json()["errors"]) == pointers
    assert Contact.objects.count() == 1


def test_a_broken_body_is_answered_in_words(shop: Program) -> None:
    answer = shop.raw("POST", "/contacts", b"{")
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


def test_problems_speak_the_language_of_the_keys_user(ayses_letter: Message) -> None:
    User.objects.filter(pk=cast.zeynep().pk).update(language="en")
    told = program(cast.zeynep()).get("/conversations/999999").json()
    assert told["title"] == "Not found"
    assert told["status"] == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer mhtp_x", "Basic x", "Bearer \x00", "Bearer " + "ı" * 90])
def test_without_a_valid_key_nothing_opens(db: None, header: str) -> None:
    BUCKETS.forget()
    answer = Client().get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "no_key"


def test_a_key_ends_by_revoking_by_time_and_with_its_user(shop: Program) -> None:
    key = ApiKey.objects.get()
    api_keys.revoke(key=key, by=cast.deniz(), at=clock.now())
    assert shop.get("/me").status_code == 401
    ApiKey.objects.update(
        revoked_at=None, expires_at=clock.now() - timedelta(seconds=1), created_at=cast.NOW - timedelta(days=9999)
    )
    assert shop.get("/me").status_code == 401
    ApiKey.objects.update(expires_at=None)
    assert shop.get("/me").status_code == 200
    User.objects.filter(pk=cast.zeynep().pk).update(is_active=False)
    assert shop.get("/me").status_code == 401


def test_a_key_does_no_more_than_its_scopes(ayses_letter: Message) -> None:
    reader = program(cast.zeynep(), scopes=["conversations:read"])
    number = ayses_letter.conversation_id
    assert reader.get(f"/conversations/{number}").status_code == 200
    refused = reader.post(f"/conversations/{number}/resolve")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_scope")
    assert reader.get("/contacts").status_code == 403
    begun = {"inbox_id": cast.support_inbox().pk, "contact": {"name": "x"}, "subject": "x", "text": "x"}
    writer = program(cast.zeynep(), scopes=["conversations:write"])
    assert writer.post("/conversations", begun).json()["code"] == "no_scope"


def test_too_many_requests_are_told_when_to_come_again(shop: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyed, "REQUESTS", Limit(burst=3, per_minute=1))
    assert [shop.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    late = shop.get("/me")
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    assert late.json()["code"] == "too_many"


def test_use_is_noted_at_most_once_a_minute(shop: Program, django_assert_num_queries: Any) -> None:
    shop.get("/me")
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    with django_assert_num_queries(1):  # the key itself
        shop.get("/me")
    assert ApiKey.objects.get().last_used_at == first


def test_a_longer_list_asks_no_more_questions(shop: Program) -> None:
    def n_queries(path: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert shop.get(path).status_code == 200
        return len(told)

    shop.get("/me")  # notes the key's first use
    paths = ["/conversations", "/contacts", f"/conversations/{Conversation.objects.get().pk}/messages"]
    paths += ["/teams", "/staff", "/inboxes", "/tags"]
    before = {path: n_queries(path) for path in paths}
    for n in range(5):
        message = arrival(cast.mail(id=f"<m{n}@ornek.example>", sender=cast.MEHMET, subject=f"Soru {n}"))
        shop.post(f"/conversations/{message.conversation_id}/tags", {"name": f"etiket {n}"})
        shop.post(f"/contacts/{message.contact_id}/tags", {"name": f"etiket {n}"})
        shop.post(f"/conversations/{Conversation.objects.earliest('pk').pk}/messages", {"text": f"Yanıt {n}"})
    assert {path: n_queries(path) for path in paths} == before


def test_only_what_is_there_is_answered(shop: Program) -> None:
    answer = shop.get("/no/such/thing")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_address")


def test_a_large_body_is_refused_unread(shop: Program) -> None:
    answer = shop.raw("POST", "/contacts", json.dumps({"name": "x" * 1_100_000}).encode())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_conversation_is_called_otherwise(shop: Program, ayses_letter: Message) -> None:
    told = shop.patch(f"/conversations/{ayses_letter.conversation_id}", {"subject": "Nevresim iadesi"})
    assert (told.status_code, told.json()["subject"]) == (200, "Nevresim iadesi")
    assert shop.patch(f"/conversations/{ayses_letter.conversation_id}", {"subject": " "}).status_code == 422


@pytest.mark.parametrize(("sent", "n"), [({}, 1), ({"sign": False}, 0)])
def test_a_reply_is_signed_unless_said_otherwise(
    shop: Program, ayses_letter: Message, sent: dict[str, bool], n: int
) -> None:
    signing.save(inbox=None, user=None, language="", html="<p>Ihlamur Ev</p>", by=cast.can(), at=cast.NOW)
    shop.post(f"/conversations/{ayses_letter.conversation_id}/messages", {"text": "Yola çıktı."} | sent)
    assert Outgoing.objects.get().outbound["text"].count("Ihlamur Ev") == n
