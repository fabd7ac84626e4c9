"""The visitors' door: what the widget asks and what it hears."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from muhatap.channels.models import Inbox
from muhatap.channels.webchat import signed
from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.contacts.models import Contact, Identity
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import chatting, reply
from muhatap.flow import intake as staircase
from muhatap.interactions.models import Outgoing, RawItem
from muhatap.shared import clock, secrets
from muhatap.shared.limits import BUCKETS
from muhatap.visits import sites
from muhatap.visits.models import Refusal, VisitorProof
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
SHOP = "https://ihlamurev.example"
SECRET = "a-secret-of-the-shop-" + "x" * 30
AYSE = {"sub": "20871", "email": "ayse.yilmaz@ornek.example", "name": "Ayşe Yılmaz"}


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    BUCKETS.forget()


@pytest.fixture
def inbox() -> Inbox:
    return cast.chat_inbox(origins=[SHOP], identity_secret_sealed=secrets.seal(SECRET))


class Browser:
    """A visitor's browser as the server knows it: a token and the site it is on."""

    def __init__(self, origin: str = SHOP, lang: str = "tr") -> None:
        self.client, self.origin, self.lang, self.token = Client(), origin, lang, ""

    def ask(self, method: str, path: str, data: object = None, **headers: str) -> Any:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = {"Origin": self.origin, "Accept-Language": self.lang, **headers}
        body = {"data": json.dumps(data), "content_type": "application/json"} if data is not None else {}
        return self.client.generic(method, f"/chat/v1{path}", headers=sent, **body)  # type: ignore[arg-type]

    def start(self, **more: object) -> Any:
        answer = self.ask("POST", "/sessions", {"inbox": "ihlamur-ev", "token": self.token, "lang": self.lang, **more})
        if answer.status_code == 200:
            self.token = answer.json()["token"] or self.token
        return answer

    def say(self, text: str = "Merhaba, makinede yıkanır mı?", id: str = "", **more: object) -> Any:
        return self.ask("POST", "/messages", {"id": id or str(uuid.uuid4()), "text": text, **more})

    def lines(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/messages?after={after}").json()["messages"]
        return found


@pytest.fixture
def visitor(inbox: Inbox) -> Browser:
    visitor = Browser()
    assert visitor.start().status_code == 200
    return visitor


def digest() -> None:
    for item in RawItem.objects.filter(digested_at=None).order_by("id"):
        staircase.digest(item_id=item.pk, at=clock.now())


def answer(text: str = "Yıkanır, 30 derecede.") -> Message:
    """Zeynep answers the newest conversation, and it leaves."""
    conversation = Conversation.objects.order_by("-pk")[0]
    message = reply.send(
        conversation=conversation,
        answer=reply.Answer(html=f"<p>{text}</p>"),
        by=cast.zeynep(),
        at=clock.now(),
        undo=timedelta(0),
    )
    reply.dispatch(outgoing_id=Outgoing.objects.get(interaction=message.interaction).pk, at=clock.now())
    return message


def test_a_visitor_writes_and_becomes_a_conversation_with_a_contact(visitor: Browser) -> None:
    said = visitor.say()
    assert (said.status_code, said.json()["text"]) == (200, "Merhaba, makinede yıkanır mı?")
    digest()
    message = Message.objects.get()
    assert message.text == "Merhaba, makinede yıkanır mı?"
    assert Identity.objects.get(contact=message.contact).kind == "visitor"


def test_a_message_repeated_until_confirmed_exists_once(visitor: Browser) -> None:
    id = str(uuid.uuid4())
    first, second = visitor.say(id=id), visitor.say(id=id)
    assert first.json() == second.json()
    digest()
    assert (RawItem.objects.count(), ChatLine.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_the_answer_stands_in_the_window_and_its_reading_is_told(visitor: Browser) -> None:
    visitor.say()
    digest()
    message = answer()
    own, ours = visitor.lines()
    assert (ours["is_ours"], ours["text"], ours["author"]) == (True, "Yıkanır, 30 derecede.", "Zeynep Arslan")
    outgoing = Outgoing.objects.get(interaction=message.interaction)
    assert outgoing.state == Outgoing.State.ACCEPTED
    for mark, state in (
        ({"delivered": ours["id"]}, Outgoing.State.DELIVERED),
        ({"read": ours["id"]}, Outgoing.State.READ),
    ):
        assert visitor.ask("POST", "/read", mark).status_code == 204
        outgoing.refresh_from_db()
        assert outgoing.state == state
    assert visitor.lines(after=own["id"]) == [ours]


def test_the_visitor_sees_that_we_read(visitor: Browser) -> None:
    line = visitor.say().json()
    digest()
    message = Message.objects.get()
    assert visitor.ask("GET", "/messages").json()["seen"] is None
    chatting.we_read(conversation=message.conversation, message_id=message.pk, by=cast.zeynep(), at=clock.now())
    assert visitor.ask("GET", "/messages").json()["seen"] == {"id": line["id"], "name": "Zeynep Arslan"}


def test_a_returning_browser_finds_its_history_and_another_finds_none(visitor: Browser) -> None:
    visitor.say("Dün yazmıştım")
    assert [m["text"] for m in visitor.start().json()["messages"]] == ["Dün yazmıştım"]
    assert Browser().start().json()["messages"] == []


def test_a_claimed_address_shows_no_history_and_merges_nobody(visitor: Browser) -> None:
    signed_in = Browser()
    signed_in.start(jwt=signed.make(AYSE, secret=SECRET, at=clock.now()))
    signed_in.say("Siparişim nerede?")
    visitor.ask("POST", "/details", {"name": "Ayşe", "email": AYSE["email"]})
    visitor.say("Ben de Ayşe")
    digest()
    assert [m["text"] for m in visitor.lines()] == ["Ben de Ayşe"]
    assert Contact.objects.count() == 2
    assert Identity.objects.filter(kind="email", verified_at__isnull=False).count() == 1


def test_a_signed_customer_is_the_one_we_know_from_mail(visitor: Browser) -> None:
    from muhatap.contacts import identity

    known = identity.resolve(claims=[cast.AYSE], source="email", at=NOW)
    visitor.say("Önce adsız yazdım")
    digest()
    assert visitor.start(jwt=signed.make(AYSE, secret=SECRET, at=clock.now())).json()["visitor"]["is_signed"]
    visitor.say("Şimdi giriş yaptım")
    digest()
    assert Message.objects.get(text="Şimdi giriş yaptım").contact == known


def test_the_token_of_a_signed_customer_opens_nothing_once_the_signature_ran_out(visitor: Browser) -> None:
    visitor.start(jwt=signed.make(AYSE, secret=SECRET, at=clock.now()))
    visitor.say("Siparişim nerede?")
    ChatSession.objects.update(signed_until=clock.now() - timedelta(minutes=2))
    for refused in (visitor.ask("GET", "/messages"), visitor.say("Orada mısınız?")):
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "identity_expired")
    renewed = visitor.start(jwt=signed.make(AYSE, secret=SECRET, at=clock.now()))
    assert [line["text"] for line in renewed.json()["messages"]] == ["Siparişim nerede?"]
    assert visitor.say("Orada mısınız?").status_code == 200


def test_an_expired_signature_says_so_by_its_code(inbox: Inbox) -> None:
    refused = Browser().start(jwt=signed.make(AYSE, secret=SECRET, at=clock.now() - timedelta(hours=3)))
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "identity_expired")


def test_a_details_form_after_the_first_message_reaches_the_contact_as_a_claim(visitor: Browser) -> None:
    visitor.say()
    digest()
    visitor.ask("POST", "/details", {"name": "Elif Şahin", "email": "Elif.Sahin@ornek.example"})
    contact = Message.objects.get().contact
    assert contact is not None
    assert contact.name == "Elif Şahin"
    claim = Identity.objects.get(contact=contact, kind="email")
    assert (claim.value, claim.verified_at) == ("elif.sahin@ornek.example", None)


@pytest.mark.parametrize("token", ["x.y.z", signed.make(AYSE, secret="another-secret-" + "y" * 30, at=NOW)])
def test_a_bad_signature_is_refused_in_words(inbox: Inbox, token: str) -> None:
    refused = Browser(lang="en").start(jwt=token)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "identity_refused")
    assert refused.json()["error"]["message"]


def test_what_the_firm_requires_is_asked_before_the_first_message(inbox: Inbox) -> None:
    inbox.settings |= {"ask_email": "required"}
    inbox.save()
    visitor = Browser()
    visitor.start()
    refused = visitor.say()
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["email"])
    assert visitor.ask("POST", "/details", {"email": "not an address"}).status_code == 422
    visitor.ask("POST", "/details", {"email": "elif.sahin@ornek.example"})
    assert visitor.say().status_code == 200


def test_another_site_may_not_use_the_chat(inbox: Inbox, visitor: Browser) -> None:
    stranger = Browser(origin="https://kotu.example")
    refused = stranger.start()
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    stranger.token = visitor.token
    assert stranger.say().status_code == 403
    assert not ChatLine.objects.exists()


def test_the_firms_own_site_is_let_in_by_name(visitor: Browser) -> None:
    assert visitor.start().headers["Access-Control-Allow-Origin"] == SHOP
    preflight = visitor.ask("OPTIONS", "/messages", **{"Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 204
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]


def test_the_look_is_read_without_starting_anything(inbox: Inbox) -> None:
    inbox.settings |= {"accent": "#7a3b12", "greeting": {"tr": "Merhaba", "en": "Hello"}}
    inbox.save()
    look = Browser(lang="en").ask("GET", "/inboxes/ihlamur-ev?lang=en")
    assert (look.json()["accent"], look.json()["greeting"]) == ("#7a3b12", "Hello")
    assert "max-age" in look.headers["Cache-Control"]
    assert not ChatSession.objects.exists()


def test_an_inbox_that_is_not_there_says_so(inbox: Inbox) -> None:
    assert Browser().start(inbox="nope").json()["error"]["code"] == "no_inbox"
    inbox.is_enabled = False
    inbox.save()
    assert Browser().start().status_code == 404


def test_a_flood_is_held_back_and_told_when_to_come_again(visitor: Browser) -> None:
    answers = [visitor.say(f"{n}") for n in range(25)]
    held = [a for a in answers if a.status_code == 429]
    assert held
    assert int(held[0].headers["Retry-After"]) >= 1
    assert ChatLine.objects.count() == 25 - len(held)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({"id": "not a uuid", "text": "x"}, 422, "mend"),
        ({"text": "x"}, 422, "mend"),
        ({"id": str(uuid.uuid4()), "text": "x" * 5001}, 422, "mend"),
        ({"id": str(uuid.uuid4()), "text": "   "}, 422, "mend"),
        ({"id": str(uuid.uuid4()), "text": "\ud800"}, 422, "mend"),
        ({"id": str(uuid.uuid4()), "text": 5}, 422, "mend"),
        ({"id": str(uuid.uuid4()), "text": "x" * 70_000}, 413, "too_large"),
        ([], 422, "mend"),
    ],
)
def test_a_wrong_message_is_explained_and_breaks_nothing(
    visitor: Browser, data: object, status: int, code: str
) -> None:
    refused = visitor.ask("POST", "/messages", data)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert refused.json()["error"]["message"]


def test_nul_and_line_ends_pass(visitor: Browser) -> None:
    assert visitor.say("bir\x00\niki").json()["text"] == "bir\niki"


def test_without_a_token_nothing_opens(inbox: Inbox) -> None:
    for method, path in (("POST", "/messages"), ("GET", "/messages"), ("POST", "/read"), ("POST", "/typing")):
        refused = Browser().ask(method, path, {})
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "no_session")


def test_errors_come_in_the_visitors_language(inbox: Inbox) -> None:
    said = {lang: Browser(lang=lang).ask("GET", "/messages") for lang in ("tr", "en")}
    assert said["en"].json()["error"]["message"].startswith("This chat is not open")
    assert said["tr"].headers["Content-Language"] == "tr"


def test_two_visitors_read_only_their_own(visitor: Browser) -> None:
    other = Browser()
    other.start()
    visitor.say("birinci")
    other.say("ikinci")
    assert [m["text"] for m in visitor.lines()] == ["birinci"]
    session = ChatSession.objects.get(lines__text="ikinci")
    assert chatting.conversation_of(session) is None


def test_the_trackers_visitor_is_the_customer_whom_the_signature_names(inbox: Inbox) -> None:
    site = sites.create(name="Ihlamur Ev", origins=[SHOP], by=cast.selin(), at=NOW)
    token = signed.make(AYSE, secret=SECRET, at=clock.now())

    def meet(visitor: str, jwt: str = token) -> int:
        told = {"inbox": inbox.public_key, "jwt": jwt, "site": site.write_key, "visitor": visitor}
        answer = Client(headers={"Origin": SHOP}).post(
            "/chat/v1/visitor", json.dumps(told), content_type="application/json"
        )
        return answer.status_code

    assert [meet("tarayici-1"), meet("day:abc"), meet("known:20871")] == [204, 204, 204]
    assert meet("tarayici-1", signed.make(AYSE, secret="x" * 40, at=clock.now())) == 401
    assert meet("tarayici-2") == 204  # copied into another browser: it proves nothing there

    proofs = VisitorProof.objects.values_list("visitor", "how", "subject")
    assert list(proofs) == [("tarayici-1", "chat", "20871")]
    assert Refusal.objects.get().reason == "copied"
