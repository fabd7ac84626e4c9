"""Whoever wrote on another site is asked after a resolution by mail, where their address is proved."""

import pytest

from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.conversations import closing
from muhatap.conversations.models import Conversation, Message
from muhatap.feedback import designing
from muhatap.feedback.models import Invitation, Survey
from muhatap.flow import posts, surveying
from muhatap.interactions.models import Outgoing
from muhatap.web.feedback.forms import NewForm
from tests import cast
from tests.flow.test_posts import conversation_of, source, told
from tests.insight.conftest import after

pytestmark = pytest.mark.django_db
AYSES = "ayse.yilmaz@ornek.example"


@pytest.fixture
def forum(db: None) -> Inbox:
    return source("hook")


@pytest.fixture
def survey(forum: Inbox) -> Survey:
    mailbox = cast.support_inbox()
    fields = {"name": "Forum", "kind": "csat", "occasion": "resolved", "inbox": forum, "mailbox": mailbox}
    made = designing.create(fields=fields, by=cast.selin(), at=after(0))
    return designing.change(survey=made, fields={"is_on": True, "delay_minutes": 0}, by=cast.selin(), at=after(0))


def settled(forum: Inbox, *, email: str = "") -> Conversation:
    """A post is answered where it stands and resolved; its writer is proved to have this address."""
    thread = conversation_of(told(forum))
    if email:
        identity.add(contact=thread.contact, kind="email", value=email, is_verified=True, by=cast.zeynep(), at=cast.NOW)
    answer = {"html": "<p>Yarın çıkıyor.</p>", "url": "https://forum.ornek.example/1#2"}
    posts.answered_there(conversation=thread, by=cast.zeynep(), at=cast.NOW, **answer)
    thread.refresh_from_db()
    closing.resolve(conversation=thread, by=cast.zeynep(), at=cast.NOW)
    for message in Message.objects.filter(conversation=thread).select_related("conversation__contact"):
        surveying.follow(message=message, at=cast.NOW)
    return thread


def test_who_has_a_proved_address_is_asked_from_the_mailbox_that_was_chosen(survey: Survey, forum: Inbox) -> None:
    thread = settled(forum, email=AYSES)
    assert surveying.ask_due(at=cast.NOW) == 1

    sent = Outgoing.objects.get()
    assert (sent.inbox, sent.outbound["to"][0]["email"]) == (survey.mailbox, AYSES)
    assert not sent.outbound.get("in_reply_to")  # a mail of its own: there is none to answer
    assert Message.objects.filter(conversation=thread).latest("pk").event == "rating_asked"
    assert Invitation.objects.get().way == "mail"


def test_who_has_none_is_not(survey: Survey, forum: Inbox) -> None:
    settled(forum)
    assert not Invitation.objects.exists()


def test_where_the_mailbox_went_nobody_is_asked(survey: Survey, forum: Inbox) -> None:
    settled(forum, email=AYSES)
    Survey.objects.update(mailbox=None)
    assert surveying.ask_due(at=cast.NOW) == 0
    assert Invitation.objects.get().why == "nowhere"


def test_such_an_inbox_needs_a_mailbox_and_others_take_none(forum: Inbox) -> None:
    mailbox = cast.support_inbox()
    filled = {"name": "Forum", "kind": "csat", "occasion": "resolved"}
    assert "mailbox" in NewForm({**filled, "inbox": forum.pk}).errors
    assert NewForm({**filled, "inbox": forum.pk, "mailbox": mailbox.pk}).is_valid()
    own = NewForm({**filled, "inbox": mailbox.pk, "mailbox": mailbox.pk})
    assert own.is_valid() and own.cleaned_data["mailbox"] is None
