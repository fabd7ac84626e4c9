"""Who is asked for a rating, when, and what becomes of the answer."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from muhatap.contacts.models import Identity
from muhatap.conversations import closing, rearranging
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback import answering, asking
from muhatap.feedback.models import Invitation, Response, Survey
from muhatap.flow import measuring, survey_letters, surveying
from muhatap.insight import rollups
from muhatap.interactions.models import Interaction, Outgoing
from tests import cast
from tests.insight.conftest import after, answers, figures, follow_all, writes

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = 30


@pytest.fixture
def survey(db: None) -> Survey:
    fields = {"is_on": True, "scale": "faces", "delay_minutes": HALF_AN_HOUR, "quiet_days": 14, "open_days": 7}
    return asking.set_up(inbox=cast.support_inbox(), fields=fields, by=cast.selin(), at=after(0))


@pytest.fixture
def letter(survey: Survey) -> Message:
    return writes(after(0), id="<1@ornek.example>")


@pytest.fixture
def asked(letter: Message) -> Invitation:
    """Zeynep has answered and resolved, half an hour has passed, and Ayşe is asked."""
    settled(letter, 10)
    assert surveying.ask_due(at=after(41)) == 1
    return Invitation.objects.get()


def settled(letter: Message, minute: float) -> None:
    answers(letter.conversation, after(minute), by=cast.zeynep(), and_resolve=True)
    follow(letter.conversation)


def follow(conversation: Conversation) -> None:
    for message in Message.objects.filter(conversation=conversation).select_related("conversation__contact"):
        surveying.follow(message=message, at=message.at)


def page_of(invitation: Invitation) -> str:
    return f"/rate/{answering.token(invitation)}/"


def test_whoever_was_helped_is_asked_by_mail_after_the_delay(asked: Invitation) -> None:
    mail = Outgoing.objects.latest("pk").outbound

    assert mail["to"] == [{"email": "ayse.yilmaz@ornek.example", "name": "Ayşe Yılmaz"}] or mail["to"][0]["email"]
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert len(re.findall(r"/rate/[^/]+/\?score=[1-5]", mail["html"])) == 5
    assert "/rate/" in mail["text"]
    assert asked.user == cast.zeynep()
    assert Message.objects.latest("pk").event == "rating_asked"


def test_following_and_sending_twice_asks_once(asked: Invitation) -> None:
    follow(Conversation.objects.get())

    assert surveying.ask_due(at=after(60)) == 0
    assert Invitation.objects.count() == 1


def test_opened_again_before_the_delay_nobody_is_asked(letter: Message) -> None:
    settled(letter, 10)
    letter.conversation.refresh_from_db()
    closing.reopen(conversation=letter.conversation, by=cast.can(), at=after(15))

    assert surveying.ask_due(at=after(60)) == 0
    assert Invitation.objects.get().withdrawn_at == after(60)
    assert not Outgoing.objects.filter(interaction__kind="survey").exists()


def test_merged_into_another_before_the_delay_nobody_is_asked_about_it(letter: Message) -> None:
    other = writes(after(1), id="<other@ornek.example>")
    settled(letter, 10)
    letter.conversation.refresh_from_db()
    rearranging.merge(conversation=letter.conversation, target=other.conversation, by=cast.can(), at=after(12))

    assert surveying.ask_due(at=after(60)) == 0


@pytest.mark.parametrize("why", ["spam", "nobody answered", "switched off", "only automatic mail"])
def test_nobody_is_asked_about(why: str, survey: Survey) -> None:
    kind = "auto_reply" if why == "only automatic mail" else "message"
    letter = writes(after(0), id="<1@ornek.example>", kind=kind)
    if why == "switched off":
        Survey.objects.update(is_on=False)
    if why != "nobody answered":
        answers(letter.conversation, after(5), by=cast.zeynep())
    letter.conversation.refresh_from_db()
    close = closing.mark_spam if why == "spam" else closing.resolve
    close(conversation=letter.conversation, by=cast.zeynep(), at=after(10))
    follow(letter.conversation)

    assert not Invitation.objects.exists()


def test_an_address_that_gave_our_mail_back_is_not_asked(letter: Message) -> None:
    bounced = Identity.objects.filter(value="ayse.yilmaz@ornek.example")
    bounced.update(bounced_at=after(1))
    settled(letter, 10)
    assert not Invitation.objects.exists()


def test_an_address_that_gave_our_mail_back_before_the_delay_is_not_asked(letter: Message) -> None:
    settled(letter, 10)
    Identity.objects.filter(value="ayse.yilmaz@ornek.example").update(bounced_at=after(20))

    assert surveying.ask_due(at=after(60)) == 0
    assert Invitation.objects.get().withdrawn_at == after(60)
    assert not Outgoing.objects.filter(interaction__kind="survey").exists()


def test_nobody_is_asked_twice_in_the_quiet_days(asked: Invitation) -> None:
    second = writes(after(60), id="<2@ornek.example>")
    settled(second, 70)
    assert Invitation.objects.count() == 1

    third = writes(after(15 * 24 * 60), id="<3@ornek.example>")
    settled(third, 15 * 24 * 60 + 5)
    assert Invitation.objects.count() == 2


def test_a_program_that_opens_every_link_rates_nothing(asked: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(50))
    page = Client().get(page_of(asked) + "?score=5")

    assert page.status_code == 200
    assert b'value="5" checked' in page.content
    assert not Response.objects.exists()


def test_a_rating_is_kept_told_in_the_thread_and_may_change(asked: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(50))
    client = Client(enforce_csrf_checks=True)  # there is no cookie to check: the link is the proof
    sent = client.post(page_of(asked), {"score": "4", "comment": "Hızlıydı"})
    assert sent.status_code == 302
    assert client.get(sent["Location"]).status_code == 200

    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(55))
    client.post(page_of(asked), {"score": "2", "comment": "Yine bozuldu"})
    client.post(page_of(asked), {"score": "2", "comment": "Yine bozuldu"})

    response = Response.objects.get()
    assert (response.score, response.comment, response.at, response.changed_at) == (
        2,
        "Yine bozuldu",
        after(50),
        after(55),
    )
    told = Message.objects.filter(event__in=["rated", "rating_changed"]).order_by("pk")
    assert [(m.event, m.event_details["score"]) for m in told] == [("rated", 4), ("rating_changed", 2)]
    row = Interaction.objects.get(kind="survey", direction="in")
    assert (row.contact, row.title, row.excerpt) == (response.contact, "2/5", "Yine bozuldu")
    assert row.message.event == "rated"  # so that whoever sees the thread sees it on the timeline
    assert Conversation.objects.get().status == "resolved"


def test_what_was_typed_stays_when_no_score_was_chosen(asked: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(50))
    page = Client().post(page_of(asked), {"comment": "Hızlıydı", "score": "9"})

    assert page.status_code == 422
    assert "Hızlıydı" in page.content.decode()
    assert not Response.objects.exists()


@pytest.mark.parametrize("token", ["x", "MQ:1abc:zzz", "%00", "../../etc", "a" * 3000, "ğüş"])
def test_a_link_that_is_none_of_ours_is_answered_kindly(token: str, asked: Invitation) -> None:
    page = Client().get(f"/rate/{token}/")

    assert page.status_code == 404


def test_after_its_days_the_page_says_so_and_keeps_what_stands(
    asked: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muhatap.shared.clock.now", lambda: after(41) + timedelta(days=7))
    client = Client()

    assert client.get(page_of(asked)).status_code == 410
    assert client.post(page_of(asked), {"score": "5"}).status_code == 410
    assert not Response.objects.exists()
    with pytest.raises(answering.Closed):
        answering.answer(invitation=asked, score=5, comment="", at=after(41) + timedelta(days=8))


def test_ratings_count_for_whoever_resolved_and_follow_a_merge(asked: Invitation) -> None:
    surveying.rate(invitation=asked, score=5, comment="", at=after(60))
    follow_all()
    assert figures("rated", by=("user_id", "bucket")) == {(cast.zeynep().pk, 5): (1, 5)}
    assert figures("asked") == {"asked": (1, 1)}

    surveying.rate(invitation=asked, score=3, comment="", at=after(61))
    other = writes(after(62), id="<other@ornek.example>")
    source = Conversation.objects.get(pk=asked.conversation_id)
    rearranging.merge(conversation=source, target=other.conversation, by=cast.can(), at=after(63))
    follow_all()
    assert figures("rated", by=("user_id", "bucket")) == {(cast.zeynep().pk, 3): (1, 3)}

    rollups.refill()
    list(measuring.rebuild(at=after(64)))
    assert figures("rated", by=("user_id", "bucket")) == {(cast.zeynep().pk, 3): (1, 3)}


def test_an_invitation_that_fails_stops_no_other(letter: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(letter, 10)
    other = writes(after(1), id="<other@ornek.example>", sender=cast.MEHMET)
    settled(other, 11)
    sends = survey_letters.send

    def fails_for_ayse(invitation: Invitation, conversation: Conversation, **more: Any) -> Any:
        if conversation == letter.conversation:
            raise ValueError(invitation)
        return sends(invitation, conversation, **more)

    monkeypatch.setattr(survey_letters, "send", fails_for_ayse)

    assert surveying.ask_due(at=after(60)) == 1
    assert [one.conversation_id for one in Invitation.objects.filter(sent_at=None)] == [letter.conversation_id]
