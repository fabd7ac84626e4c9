"""Questions of a marketplace, told as stories: asked, answered once, answered elsewhere, turned down, closed."""

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.channels.models import Inbox
from muhatap.channels.trendyol.models import Question, QuestionBox
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation, Deadline, Message
from muhatap.flow import happened, intake, questions, reply, sweep
from muhatap.flow import shops as telling
from muhatap.interactions.models import Outgoing, Quarantine
from muhatap.sales import shops
from muhatap.sales.kinds import trendyol
from muhatap.sales.models import Shop
from tests import cast
from tests.channels.trendyol.marketplace import Marketplace, marketplace, question
from tests.sales.payloads import trendyol_package

__all__ = ["marketplace"]
pytestmark = pytest.mark.django_db(transaction=True)
SAID = "Merhaba, soğuk suda yıkarsanız çekmez."
LATER = cast.NOW + cast.minutes(1)


@pytest.fixture
def shop(marketplace: Marketplace) -> Shop:
    values = {"name": "Trendyol", "address": marketplace.url, "account": "99", "api_name": "k", "api_secret": "s"}
    return shops.connect(kind="trendyol", values=values, by=cast.selin(), at=cast.NOW)


@pytest.fixture
def inbox(shop: Shop) -> Inbox:
    return questions.open_box(
        shop=shop, inbox=Inbox(kind="trendyol"), name="Trendyol soruları", team=cast.destek(), agents=[cast.zeynep()],
        is_enabled=True, answer_minutes=480, by=cast.selin(), at=cast.NOW,
    )  # fmt: skip


def fetched(inbox: Inbox, minutes: float = 0) -> None:
    """Questions are asked for, and what came is taken in."""
    at = cast.NOW + cast.minutes(minutes)
    questions.fetch_all(at=at)
    for job in ProcrastinateJob.objects.filter(task_name="digest", status="todo").order_by("id"):
        intake.digest(item_id=job.args["item_id"], at=at)


def answered(conversation: Conversation, html: str = f"<p>{SAID}</p>") -> Outgoing:
    message = reply.send(conversation=conversation, answer=reply.Answer(html=html), by=cast.zeynep(), at=cast.NOW)
    sent = Outgoing.objects.get(interaction__message=message)
    reply.dispatch(outgoing_id=sent.pk, at=LATER, now=lambda: LATER)
    sent.refresh_from_db()
    return sent


def events(conversation: Conversation) -> list[str]:
    return list(conversation.messages.filter(kind=Message.Kind.EVENT).order_by("id").values_list("event", flat=True))


def test_a_question_comes_in_once_with_its_own_clock_and_its_answer_goes_back(
    inbox: Inbox, marketplace: Marketplace
) -> None:
    marketplace.has(question())
    fetched(inbox)
    fetched(inbox, 3)

    conversation = Conversation.objects.get()
    happened.follow(message_id=conversation.messages.get().pk, at=cast.NOW)
    sent = answered(conversation)

    assert (conversation.subject, conversation.contact.name) == ("Keten nevresim, çift kişilik", "Ayşe Yılmaz")
    owed = Deadline.objects.get(conversation=conversation, kind="first_response")
    assert owed.due_at == cast.NOW - cast.minutes(10) + cast.minutes(480)
    assert marketplace.answered == [("456/answers", SAID)]
    assert (sent.state, sent.deliveries.get().provider_id) == (Outgoing.State.ACCEPTED, "77")
    headers = marketplace.asked[0][2]
    assert headers["User-Agent"] == "99 - SelfIntegration" and headers["Authorization"].startswith("Basic ")


def test_our_own_answer_coming_back_changes_nothing(inbox: Inbox, marketplace: Marketplace) -> None:
    marketplace.has(question())
    fetched(inbox)
    answered(Conversation.objects.get())
    marketplace.has(question(status="ANSWERED", answer={"id": 77, "text": f" {SAID}\n"}))
    fetched(inbox, 5)

    conversation = Conversation.objects.get()
    assert (conversation.status, events(conversation)) == ("waiting", [])
    assert Question.objects.get().status == "ANSWERED"


def test_what_was_answered_elsewhere_says_so_and_is_settled(inbox: Inbox, marketplace: Marketplace) -> None:
    marketplace.has(question())
    fetched(inbox)
    marketplace.has(question(status="ANSWERED", answer={"id": 5, "text": "Çekmez, teşekkürler."}))
    for minutes in (5, 8):
        fetched(inbox, minutes)

    conversation = Conversation.objects.get()
    told = conversation.messages.get(event="answered_elsewhere")
    assert conversation.status == "resolved" and told.event_details["said"] == "Çekmez, teşekkürler."
    assert events(conversation) == ["answered_elsewhere", "resolved"]
    assert answered(conversation).state == Outgoing.State.FAILED and marketplace.answered == []


def test_an_older_question_is_asked_for_by_its_number(inbox: Inbox, marketplace: Marketplace) -> None:
    """Whatever the span is about: one that waits is looked at until it is closed."""
    days_ago = int((cast.NOW - cast.minutes(5 * 24 * 60)).timestamp() * 1000)
    marketplace.has(question(creationDate=days_ago))
    fetched(inbox)
    marketplace.has(question(creationDate=days_ago, status="UNANSWERED"))
    fetched(inbox, 3 * 24 * 60)

    assert any(path.endswith("/questions/456") for path, _query, _headers in marketplace.asked)
    conversation = Conversation.objects.get()
    assert (conversation.status, events(conversation)) == ("resolved", ["question_closed", "resolved"])
    n = len(marketplace.asked)
    fetched(inbox, 6 * 24 * 60)
    assert not any(path.endswith("/questions/456") for path, _query, _headers in marketplace.asked[n:])


def test_an_answer_they_turn_down_comes_back_to_whoever_wrote_it(inbox: Inbox, marketplace: Marketplace) -> None:
    marketplace.has(question())
    fetched(inbox)
    sent = answered(Conversation.objects.get())
    refused = {"id": 77, "text": SAID, "reason": "İletişim bilgisi içeriyor"}
    marketplace.has(question(rejectedAnswer=refused))
    for minutes in (5, 8):
        fetched(inbox, minutes)

    sent.refresh_from_db()
    assert (sent.state, sent.detail) == (Outgoing.State.BOUNCED, "İletişim bilgisi içeriyor")
    assert events(Conversation.objects.get()) == ["answer_refused"]
    assert answered(Conversation.objects.get(), "<p>Soğuk suda yıkayınız.</p>").state == Outgoing.State.ACCEPTED


def test_a_line_that_breaks_leaves_it_uncertain_until_they_tell(inbox: Inbox, marketplace: Marketplace) -> None:
    marketplace.has(question())
    fetched(inbox)
    marketplace.drops = True
    sent = answered(Conversation.objects.get())
    assert sent.state == Outgoing.State.UNCERTAIN
    sweep.everything(at=LATER + cast.minutes(5))
    assert len(marketplace.answered) == 1

    marketplace.has(question(status="ANSWERED", answer={"id": 77, "text": SAID}))
    fetched(inbox, 5)
    sent.refresh_from_db()
    assert sent.state == Outgoing.State.ACCEPTED and events(Conversation.objects.get()) == []


@pytest.mark.parametrize(
    ("status", "state"), [(400, Outgoing.State.FAILED), (401, Outgoing.State.QUEUED), (429, Outgoing.State.QUEUED), (502, Outgoing.State.UNCERTAIN)]
)  # fmt: skip
def test_what_they_say_to_an_answer_decides(
    inbox: Inbox, marketplace: Marketplace, status: int, state: Outgoing.State
) -> None:
    marketplace.has(question())
    fetched(inbox)
    marketplace.status, marketplace.says = status, {"errors": [{"message": "Yasaklı kelime"}]}

    sent = answered(Conversation.objects.get())

    assert (sent.state, sent.detail) == (state, f"{status} Yasaklı kelime" if status != 502 else "")


def test_nothing_automatic_takes_the_one_answer(inbox: Inbox, marketplace: Marketplace) -> None:
    marketplace.has(question())
    fetched(inbox)
    message = reply.send(
        conversation=Conversation.objects.get(), answer=reply.Answer(html="<p>Mesajınızı aldık, teşekkürler.</p>"),
        by=None, at=cast.NOW, because={"rule": "Hoş geldiniz"},
    )  # fmt: skip
    sent = Outgoing.objects.get(interaction__message=message)
    reply.dispatch(outgoing_id=sent.pk, at=LATER, now=lambda: LATER)

    sent.refresh_from_db()
    assert (sent.state, marketplace.answered) == (Outgoing.State.FAILED, [])


def test_the_customer_is_the_one_who_ordered_there(inbox: Inbox, shop: Shop, marketplace: Marketplace) -> None:
    told = trendyol.order(trendyol_package(7, customerId=20871))
    assert told
    order = telling.order_in(shop=shop, told=told, at=cast.NOW).order
    marketplace.has(question())
    fetched(inbox)

    assert Conversation.objects.get().contact == order.contact == Contact.objects.get()


def test_pages_are_read_to_the_last_and_one_bad_question_stops_no_other(inbox: Inbox, marketplace: Marketplace) -> None:
    marketplace.per_page = 2
    marketplace.has(question(1), question(2, text=""), question(3, customerId=5), question(4, status="ANSWERED"))
    fetched(inbox)

    assert set(Message.objects.filter(kind="inbound").values_list("external_id", flat=True)) == {"1", "3"}
    assert "text" in Quarantine.objects.get().detail
    box = QuestionBox.objects.get()
    assert (box.read_until, box.trouble) == (cast.NOW, "")
    assert [query["page"] for _path, query, _headers in marketplace.asked] == ["0", "1"]


def test_trouble_is_told_and_the_mark_stays_where_it_was(inbox: Inbox, marketplace: Marketplace) -> None:
    fetched(inbox)
    marketplace.listing_status = 401
    for minutes in (5, 10):
        fetched(inbox, minutes)
    box = QuestionBox.objects.get()
    assert "401" in box.trouble and box.trouble_since == cast.NOW + cast.minutes(5) and box.read_until == cast.NOW

    marketplace.listing_status = 200
    marketplace.has(question(creationDate=int(cast.NOW.timestamp() * 1000) + 60_000))
    fetched(inbox, 60 * 24 * 20)
    assert QuestionBox.objects.get().trouble == "" and Conversation.objects.count() == 1


def test_a_new_key_of_the_shop_is_the_inboxes_too(inbox: Inbox, shop: Shop) -> None:
    before: dict[str, Any] = dict(inbox.settings)
    shops.change(shop=shop, values={"api_name": "k2", "api_secret": "s2"}, by=cast.selin(), at=cast.NOW)
    inbox.refresh_from_db()

    assert inbox.settings["api_name"] == "k2" and inbox.settings["api_secret_sealed"] != before["api_secret_sealed"]
    assert "s2" not in str(inbox.settings)


def test_a_span_with_more_questions_than_we_read_at_once_is_read_in_halves(
    inbox: Inbox, marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_PAGES", 2)
    marketplace.per_page = 1
    day = 86_400_000
    now = int(cast.NOW.timestamp() * 1000)
    marketplace.has(*(question(number, creationDate=now - number * day) for number in range(1, 6)))
    fetched(inbox)

    box = QuestionBox.objects.get()
    assert Question.objects.count() == 5 and box.read_until == cast.NOW and not box.trouble


def test_more_questions_in_a_minute_than_we_read_are_trouble_and_the_mark_stays(
    inbox: Inbox, marketplace: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_PAGES", 2)
    marketplace.per_page = 1
    marketplace.has(*(question(number) for number in range(1, 5)))
    fetched(inbox)

    box = QuestionBox.objects.get()
    assert box.trouble and box.read_until and box.read_until < cast.NOW - cast.minutes(10)
