"""A post that is answered by mail: the mail quotes it, each thread knows the other, and the public one waits no more."""

from typing import Any

import pytest
from django.test import Client

from muhatap.accounts.models import User, Visibility
from muhatap.channels.models import Desk, Inbox
from muhatap.contacts import identity
from muhatap.conversations.models import Conversation, Deadline, Message
from muhatap.flow import deadlines, listening
from muhatap.flow import intake as staircase
from muhatap.interactions.models import Outgoing, RawItem
from muhatap.shared import clock
from tests import cast
from tests.flow.test_deadlines import policy

pytestmark = pytest.mark.django_db
POST = "İki haftadır siparişim gelmedi.\nFaturam ektedir."
SECRET = "Komşunuz Hakan Bey teslim almış, kapı numarası 14."


@pytest.fixture
def post() -> Conversation:
    """What Elif wrote in the guest book of the shop, with an address that is hers; a first answer is promised."""
    policy()
    cast.support_inbox()
    book = Inbox.objects.create(kind="manual", name="Ziyaretçi defteri")
    Desk.objects.create(inbox=book, user=cast.zeynep())
    told = {"name": "Elif Şahin", "email": "elif.sahin@ornek.example", "phone": "", "is_sure": True}
    told |= {"title": "Siparişim nerede?", "text": POST, "place": "", "url": "https://defter.ornek.example/7"}
    listening.write_down(inbox=book, by=cast.zeynep(), at=clock.now(), **told)
    for number in RawItem.objects.values_list("pk", flat=True):
        staircase.digest(item_id=number, at=clock.now())
    conversation = Conversation.objects.get()
    follow(conversation)
    return conversation


@pytest.fixture
def zeynep(client: Client) -> Client:
    return logged_in(client, cast.zeynep())


def logged_in(client: Client, user: User) -> Client:
    user.language = "en"
    user.save(update_fields=["language"])
    client.force_login(user)
    return client


def desk_of(email: str, inbox: Inbox) -> Client:
    """Somebody who sees one inbox and no other."""
    user = cast.staff(email, "Naz Er", "agent", Visibility.INBOX)
    Desk.objects.create(inbox=inbox, user=user)
    return logged_in(Client(), user)


def follow(conversation: Conversation) -> None:
    for message in conversation.messages.order_by("id"):
        deadlines.follow(message=message, at=clock.now())


def url(post: Conversation) -> str:
    return f"/inbox/new/{post.contact_id}/?public={post.pk}"


def answers(client: Client, post: Conversation, **more: object) -> Any:
    form = client.get(url(post)).context["form"]
    typed = {"inbox": cast.support_inbox().pk, "to": form["to"].value(), "subject": form["subject"].value()}
    written = f"Merhaba Elif Hanım,\n{SECRET}\n\n{form['text'].value().strip()}".replace("\n", "\r\n")
    return client.post(url(post), typed | {"text": written} | more)


def test_the_letter_begins_with_the_subject_and_a_quote_of_the_post(zeynep: Client, post: Conversation) -> None:
    offered = zeynep.get(f"/inbox/{post.pk}/").content.decode()
    page = zeynep.get(url(post))

    assert f'href="{url(post)}"' in offered
    form = page.context["form"]
    assert (form["to"].value(), form["subject"].value()) == ("elif.sahin@ornek.example", "Siparişim nerede?")
    line, *quoted = form["text"].value().strip().split("\n")
    assert "Elif Şahin" in line and quoted == [f"> {one}" for one in POST.split("\n")]


def test_sending_it_answers_the_post_and_keeps_its_deadline(zeynep: Client, post: Conversation) -> None:
    assert answers(zeynep, post).status_code == 302  # what they wrote of an invoice asks us for no file
    follow(post)

    post.refresh_from_db()
    assert (post.status, post.waiting_since) == ("waiting", None)
    first = Deadline.objects.get(conversation=post, kind="first_response")
    assert first.met_at is not None and first.breached_at is None
    sent = Outgoing.objects.get().outbound
    assert sent["subject"] == "Siparişim nerede?" and "> Faturam ektedir." in sent["text"].split("\n")
    assert "&#13;" not in sent["html"]


def test_each_thread_leads_to_the_other(zeynep: Client, post: Conversation) -> None:
    private = int(answers(zeynep, post)["Location"].strip("/").split("/")[-1])
    there, here = (zeynep.get(f"/inbox/{number}/").content.decode() for number in (post.pk, private))

    assert "answered this privately by e-mail" in there and f'<a href="/inbox/{private}/">Open it</a>' in there
    assert "the private answer to a public post" in here and f'<a href="/inbox/{post.pk}/">Open it</a>' in here


def test_who_sees_only_one_of_them_learns_nothing_of_the_other(zeynep: Client, post: Conversation) -> None:
    private = Conversation.objects.get(pk=int(answers(zeynep, post)["Location"].strip("/").split("/")[-1]))
    public_page = desk_of("naz@ihlamurev.example", post.inbox).get(f"/inbox/{post.pk}/").content.decode()
    private_page = desk_of("su@ihlamurev.example", private.inbox).get(f"/inbox/{private.pk}/").content.decode()

    assert "answered this privately by e-mail" in public_page and f"/inbox/{private.pk}/" not in public_page
    assert "Hakan Bey" not in public_page and "Hakan Bey" in private_page
    assert "the private answer to a public post" in private_page and f"/inbox/{post.pk}/" not in private_page


def test_who_does_not_see_the_post_begins_a_letter_of_its_own(post: Conversation) -> None:
    naz = desk_of("naz@ihlamurev.example", cast.support_inbox())
    page = naz.get(url(post))

    assert page.context["form"]["subject"].value() == "" and "siparişim" not in page.content.decode()
    assert answers(naz, post, subject="Merhaba").status_code == 302
    assert not post.messages.filter(kind="outbound").exists()


def test_a_post_of_somebody_else_is_not_what_a_letter_answers(zeynep: Client, post: Conversation) -> None:
    other = identity.resolve(claims=[cast.MEHMET], source="email", at=cast.NOW)

    assert zeynep.get(f"/inbox/new/{other.pk}/?public={post.pk}").context["public"] is None
    assert zeynep.get(f"/inbox/new/{other.pk}/?public=x").context["public"] is None


def test_a_quote_alone_is_no_answer(zeynep: Client, post: Conversation) -> None:
    text = zeynep.get(url(post)).context["form"]["text"].value().replace("\n", "\r\n")

    assert answers(zeynep, post, text=text).status_code == 422
    assert not Message.objects.filter(kind="outbound").exists()


def test_taken_back_in_time_the_post_waits_again_until_it_is_sent(zeynep: Client, post: Conversation) -> None:
    answers(zeynep, post)
    letter = Message.objects.get(kind="outbound", conversation__inbox__kind="email")
    zeynep.post(f"/inbox/messages/{letter.pk}/taking-back/")
    follow(post)

    post.refresh_from_db()
    assert post.status == "open" and post.waiting_since is not None
    assert Deadline.objects.get(conversation=post, kind="first_response").is_open
    private = letter.conversation_id
    send = {"kind": "reply", "html": "<p>Paketiniz yola çıktı.</p>", "to": "elif.sahin@ornek.example"}
    zeynep.post(f"/inbox/{private}/message/", send)
    post.refresh_from_db()
    assert post.waiting_since is None


def test_what_they_write_in_public_later_waits_although_the_letters_go_on(zeynep: Client, post: Conversation) -> None:
    private = answers(zeynep, post)["Location"]
    Conversation.objects.filter(pk=post.pk).update(status="open", waiting_since=cast.NOW)
    send = {"kind": "reply", "html": "<p>Paketiniz yola çıktı.</p>", "to": "elif.sahin@ornek.example"}
    zeynep.post(f"{private}message/", send)

    post.refresh_from_db()
    assert Outgoing.objects.count() == 2
    assert post.waiting_since == cast.NOW and post.messages.filter(kind="outbound").count() == 1
