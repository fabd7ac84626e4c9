"""Every endpoint of the everyday API × every role × their own and other people's conversations.

A new endpoint fails here until it stands in TABLE with how it is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from muhatap.accounts.models import Role, User, Visibility
from muhatap.accounts.permissions import PERMISSIONS
from muhatap.api.everyday import api
from muhatap.automation import opening
from muhatap.contacts import editing, identity
from muhatap.contacts.tagging import named
from muhatap.conversations import tagging, threads
from muhatap.conversations.models import Attachment, Message
from muhatap.feedback import following_up
from muhatap.flow import cases, promises
from muhatap.service import costing, promising
from muhatap.shared import clock, files
from muhatap.shared.limits import BUCKETS
from tests import cast
from tests.api.program import Program, program
from tests.conversations.conftest import arrival
from tests.feedback.asking_shop import answered, survey

pytestmark = pytest.mark.django_db
YES = (200, 201, 204)
EVERYBODY = frozenset(Role.values)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """How an endpoint is asked, what permission lets it, and whether it is about one conversation."""

    permission: str
    sent: Any = None
    of_conversation: bool = False


def _tomorrow() -> str:
    return (clock.now() + timedelta(days=1)).isoformat()


ORGANISE = "conversations.organise"
TABLE: dict[tuple[str, str], Ask] = {
    ("GET", "/conversations"): Ask(permission="conversations.read"),
    ("POST", "/conversations"): Ask(
        permission="conversations.reply",
        sent=lambda n: {"inbox_id": n["inbox"], "contact_id": n["contact"], "subject": "x", "text": "x"},
    ),
    ("GET", "/conversations/{conversation}"): Ask(permission="conversations.read", of_conversation=True),
    ("PATCH", "/conversations/{conversation}"): Ask(
        permission=ORGANISE, sent=lambda n: {"status": "resolved"}, of_conversation=True
    ),
    ("POST", "/conversations/{conversation}/resolve"): Ask(permission=ORGANISE, of_conversation=True),
    ("POST", "/conversations/{conversation}/reopen"): Ask(permission=ORGANISE, of_conversation=True),
    ("POST", "/conversations/{conversation}/snooze"): Ask(
        permission=ORGANISE, sent=lambda n: {"until": _tomorrow()}, of_conversation=True
    ),
    ("POST", "/conversations/{conversation}/assign"): Ask(
        permission="conversations.assign", sent=lambda n: {"assignee_id": n["can"]}, of_conversation=True
    ),
    ("POST", "/conversations/{conversation}/tags"): Ask(
        permission=ORGANISE, sent=lambda n: {"name": "kargo"}, of_conversation=True
    ),
    ("DELETE", "/conversations/{conversation}/tags/{tag}"): Ask(permission=ORGANISE, of_conversation=True),
    ("GET", "/conversations/{conversation}/messages"): Ask(permission="conversations.read", of_conversation=True),
    ("POST", "/conversations/{conversation}/messages"): Ask(
        permission="conversations.note", sent=lambda n: {"kind": "note", "text": "x"}, of_conversation=True
    ),
    ("GET", "/messages/{message}"): Ask(permission="conversations.read", of_conversation=True),
    ("POST", "/files"): Ask(permission="conversations.note"),
    ("GET", "/files/{file}"): Ask(permission="conversations.read", of_conversation=True),
    ("GET", "/contacts"): Ask(permission="contacts.read"),
    ("POST", "/contacts"): Ask(permission="contacts.edit", sent=lambda n: {"name": "Oğuz Çelik"}),
    ("GET", "/contacts/{contact}"): Ask(permission="contacts.read"),
    ("PATCH", "/contacts/{contact}"): Ask(permission="contacts.edit", sent=lambda n: {"city": "İzmir"}),
    ("GET", "/contacts/{contact}/identities"): Ask(permission="contacts.read"),
    ("POST", "/contacts/{contact}/identities"): Ask(
        permission="contacts.edit", sent=lambda n: {"kind": "phone", "value": "0532 123 41 18"}
    ),
    ("DELETE", "/contacts/{contact}/identities/{identity}"): Ask(permission="contacts.edit"),
    ("POST", "/contacts/{contact}/tags"): Ask(permission="contacts.edit", sent=lambda n: {"name": "kargo"}),
    ("DELETE", "/contacts/{contact}/tags/{tag}"): Ask(permission="contacts.edit"),
    ("POST", "/contacts/{contact}/merge"): Ask(permission="contacts.merge", sent=lambda n: {"drop_id": n["twin"]}),
    ("GET", "/promises"): Ask(permission="promises.read"),
    ("POST", "/promises"): Ask(
        permission="promises.make", sent=lambda n: {"contact_id": n["contact"], "what": "x", "due_at": _tomorrow()}
    ),
    ("GET", "/promises/{promise}"): Ask(permission="promises.read", of_conversation=True),
    ("POST", "/promises/{promise}/put-off"): Ask(
        permission="promises.make", sent=lambda n: {"due_at": _tomorrow(), "why": "x"}, of_conversation=True
    ),
    ("POST", "/promises/{promise}/end"): Ask(
        permission="promises.make", sent=lambda n: {"outcome": "kept"}, of_conversation=True
    ),
    ("POST", "/promises/{ended_promise}/reopen"): Ask(permission="promises.make", of_conversation=True),
    ("GET", "/cases"): Ask(permission="cases.read"),
    ("POST", "/cases"): Ask(permission="cases.edit", sent=lambda n: {"contact_id": n["contact"], "title": "x"}),
    ("GET", "/cases/{case}"): Ask(permission="cases.read", of_conversation=True),
    ("PATCH", "/cases/{case}"): Ask(permission="cases.edit", sent=lambda n: {"title": "y"}, of_conversation=True),
    ("POST", "/cases/{case}/conversations"): Ask(
        permission="cases.edit", sent=lambda n: {"conversation_id": n["conversation"]}, of_conversation=True
    ),
    ("POST", "/cases/{case}/wait"): Ask(permission="cases.edit", sent=lambda n: {"why": "x"}, of_conversation=True),
    ("POST", "/cases/{case}/go-on"): Ask(permission="cases.edit", of_conversation=True),
    ("POST", "/cases/{case}/compensations"): Ask(
        permission="cases.edit", sent=lambda n: {"kind": "voucher", "amount": "50"}, of_conversation=True
    ),
    ("DELETE", "/cases/{case}/compensations/{given}"): Ask(permission="cases.edit", of_conversation=True),
    ("GET", "/costs"): Ask(permission="costs.read"),
    ("POST", "/costs"): Ask(permission="cases.edit", sent=lambda n: {"minutes": 5, "kind": "prevention"}),
    ("POST", "/costs/{cost}/take-back"): Ask(
        permission="cases.edit", sent=lambda n: {"why": "x"}, of_conversation=True
    ),
    ("POST", "/cases/{case}/resolve"): Ask(
        permission="cases.edit", sent=lambda n: {"kind": "fixed", "what": "x"}, of_conversation=True
    ),
    ("POST", "/cases/{ended_case}/close"): Ask(permission="cases.edit", of_conversation=True),
    ("POST", "/cases/{ended_case}/reopen"): Ask(
        permission="cases.edit", sent=lambda n: {"why": "x"}, of_conversation=True
    ),
    ("GET", "/causes"): Ask(permission="cases.read"),
    ("GET", "/surveys"): Ask(permission="surveys.read"),
    ("GET", "/surveys/{survey}"): Ask(permission="surveys.read"),
    ("GET", "/responses"): Ask(permission="surveys.read"),
    ("GET", "/responses/{response}"): Ask(permission="surveys.read"),
    ("GET", "/follow-ups"): Ask(permission="surveys.follow_up"),
    ("POST", "/follow-ups/{follow_up}/called"): Ask(permission="surveys.follow_up", sent=lambda n: {"note": "x"}),
    ("POST", "/follow-ups/{called_one}/solved"): Ask(permission="surveys.follow_up"),
    ("POST", "/follow-ups/{called_one}/undo"): Ask(permission="surveys.follow_up"),
    ("GET", "/me"): Ask(permission="account.own"),
    ("GET", "/tags"): Ask(permission="conversations.read"),
    ("POST", "/tags"): Ask(permission="contacts.edit", sent=lambda n: {"name": "yeni"}),
    ("GET", "/inboxes"): Ask(permission="conversations.read"),
    ("GET", "/teams"): Ask(permission="conversations.read"),
    ("GET", "/staff"): Ask(permission="conversations.read"),
}
NOUNS = (
    "conversations", "messages", "contacts", "files", "promises", "cases", "costs", "surveys", "responses", "follow-ups",
)  # fmt: skip
OTHERS = {
    "/{case}/close": "/{ended_case}/close",
    "/{case}/reopen": "/{ended_case}/reopen",
    "/{promise}/reopen": "/{ended_promise}/reopen",
    "/{follow_up}/solved": "/{called_one}/solved",
    "/{follow_up}/undo": "/{called_one}/undo",
}
NEEDS_REPLY = ("POST", "/conversations/{conversation}/messages")


def described() -> dict[tuple[str, str], dict[str, Any]]:
    """What the description holds, with the gaps named as in the table."""
    found = {}
    for path, operations in api.get_openapi_schema()["paths"].items():
        for method, told in operations.items():
            short = path.removeprefix("/api/v1")
            for noun in NOUNS:
                short = short.replace(f"/{noun}/{{number}}", f"/{noun}/{{{noun[:-1].replace('-', '_')}}}")
            for here, there in OTHERS.items():
                short = short.replace(here, there)
            short = short.replace("{tag_id}", "{tag}").replace("{identity_id}", "{identity}")
            found[method.upper(), short] = told
    return found


def test_every_endpoint_stands_in_the_table_with_its_permission() -> None:
    there = described()
    assert set(there) == set(TABLE)
    assert {key: told["x-permission"] for key, told in there.items()} == {
        key: ask.permission for key, ask in TABLE.items()
    }
    writing = {key: told["x-scope"] for key, told in there.items() if key[0] != "GET"}
    assert all(scope.endswith(":write") for scope in writing.values())


@pytest.fixture
def numbers() -> dict[str, int]:
    """A conversation in Zeynep's inbox with a tag, a note's file, and the numbers to ask with."""
    message = arrival(cast.mail(id="<1@ornek.example>"))
    conversation, by = message.conversation, cast.can()
    tag = named("vip")
    tagging.tag(conversation=conversation, tag=tag, by=by, at=cast.NOW)
    sha256, size = files.store_bytes(b"fatura")
    file = Attachment.objects.create(message=message, name="fatura.txt", type="text/plain", size=size, sha256=sha256)
    contact = message.contact
    assert contact is not None
    contact.taggings.create(tag=tag, by=by, at=cast.NOW)
    twin = editing.create(facts={"name": "Ayşe Y."}, by=by, at=cast.NOW)
    own = identity.add(contact=contact, kind="phone", value="0532 123 41 00", is_verified=False, by=by, at=cast.NOW)
    terms = promising.Terms(what="Kargoya", due_at=clock.now() + timedelta(days=1), time_zone="Europe/Istanbul")
    promise = promises.make(contact=contact, conversation=conversation, terms=terms, by=by, at=clock.now())
    kept = promises.make(contact=contact, conversation=conversation, terms=terms, by=by, at=clock.now())
    promises.end(promise=kept, outcome="kept", by=by, at=clock.now())
    told = opening.Told(title="Eksik havlu", team=cast.destek())
    case = cases.open_from(conversation=conversation, told=told, by=by, at=clock.now())
    done = cases.open_from(conversation=conversation, told=opening.Told(title="Renk"), by=by, at=clock.now())
    cases.resolve(case=done, kind="fixed", what="Değişti", by=by, at=clock.now())
    asked = survey()
    answer, again = answered(asked, 3, by=contact), answered(asked, 2, by=twin)
    called = again.follow_up
    following_up.called(follow_up=called, note="", by=by, at=clock.now())
    given = costing.compensate(
        case=case, kind="goodwill", amount=Decimal(20), currency="TRY", said="", by=by, at=clock.now()
    )
    cost = costing.write(
        kind="external", what="time", happened_at=cast.NOW, minutes=15, case=case, by=by, at=clock.now()
    )
    return {
        "ended_promise": kept.pk, "given": given.pk, "cost": cost.pk, "follow_up": answer.follow_up.pk, "called_one": called.pk,
        "case": case.pk, "ended_case": done.pk, "survey": answer.survey_id or 0, "response": answer.pk,
        "promise": promise.pk, "conversation": conversation.pk, "message": message.pk, "file": file.pk, "tag": tag.pk, "contact": contact.pk,
        "twin": twin.pk, "identity": own.pk, "inbox": cast.support_inbox().pk, "can": by.pk,
    }  # fmt: skip


def ask(shop: Program, key: tuple[str, str], numbers: dict[str, int]) -> Any:
    method, path = key
    if key == ("POST", "/files"):
        return shop.upload(SimpleUploadedFile("x.txt", b"x"))
    sent: Callable[[dict[str, int]], Any] | None = TABLE[key].sent
    call = getattr(shop, method.lower())
    address = path.format(**numbers)
    return call(address, sent(numbers)) if sent else call(address)


ROLES: dict[str, Callable[[], User]] = {
    Role.OWNER: cast.deniz, Role.ADMINISTRATOR: cast.selin, Role.TEAM_LEAD: cast.can,
    Role.AGENT: cast.zeynep, Role.MARKETER: cast.mert, Role.ANALYST: cast.ece,
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_exactly_what_the_table_says(numbers: dict[str, int], role: str) -> None:
    user = ROLES[role]()
    User.objects.filter(pk=user.pk).update(visibility=Visibility.ALL)
    wrong = {}
    for key, told in TABLE.items():
        with transaction.atomic():
            status = ask(program(user), key, numbers).status_code
            transaction.set_rollback(True)
        may = role in PERMISSIONS[told.permission]
        if (status in YES) != may or (not may and status != 403):
            wrong[key] = (status, may)
    assert wrong == {}


@pytest.mark.parametrize("visibility", Visibility.values)
def test_other_peoples_conversations_are_not_there(numbers: dict[str, int], visibility: str) -> None:
    """Somebody of another inbox and another team finds nothing under the number, whatever they ask for."""
    stranger = cast.staff("gul@ihlamurev.example", "Gül Taş", Role.AGENT, visibility)
    sees = visibility == Visibility.ALL
    of_one = [key for key, told in TABLE.items() if told.of_conversation]
    wrong = {}
    for key in of_one:
        status = ask(program(stranger), key, numbers).status_code
        if (status in YES) != sees or (not sees and status != 404):
            wrong[key] = status
    assert wrong == {}
    shop = program(stranger)
    assert len(shop.get("/conversations").json()["data"]) == sees
    assert len(shop.get("/inboxes").json()["data"]) == sees


def test_their_own_are(numbers: dict[str, int]) -> None:
    own = cast.staff("gul@ihlamurev.example", "Gül Taş", Role.AGENT, Visibility.OWN)
    conversation = threads.start(
        inbox=cast.support_inbox(), contact=Message.objects.get(pk=numbers["message"]).conversation.contact,
        subject="Gül’ün", at=cast.NOW,
    )  # fmt: skip
    conversation.assignee = own
    conversation.save()
    shop = program(own)
    assert [row["id"] for row in shop.get("/conversations").json()["data"]] == [conversation.pk]
    assert shop.post(f"/conversations/{conversation.pk}/resolve").status_code == 200


def test_a_marketer_writes_notes_and_no_replies(numbers: dict[str, int]) -> None:
    shop = program(cast.mert())
    path = f"/conversations/{numbers['conversation']}/messages"
    assert shop.post(path, {"kind": "note", "text": "x"}).status_code == 201
    refused = shop.post(path, {"kind": "reply", "text": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_permission")


def test_without_a_key_every_endpoint_is_closed(numbers: dict[str, int]) -> None:
    statuses = {}
    for method, path in TABLE:
        BUCKETS.forget()
        statuses[method, path] = Client().generic(method, f"/api/v1{path.format(**numbers)}").status_code
    assert set(statuses.values()) == {401}


def test_the_description_itself_is_open_and_tells_nothing_of_anybody() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert "ihlamurev" not in answer.content.decode()
