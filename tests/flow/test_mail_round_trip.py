"""A whole round by real servers: a customer's mail comes in, our answer goes out, their answer finds its way back; and no loops."""

import email
import email.policy
import smtplib
from email.message import EmailMessage

import pytest

from muhatap.channels.contract import Address
from muhatap.channels.email import tokens
from muhatap.channels.models import Inbox
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import intake as staircase
from muhatap.flow import reply
from muhatap.flow.mailboxes import Reader
from muhatap.interactions.models import Outgoing, RawItem
from tests import cast
from tests.cast import NOW
from tests.flow.conftest import letter
from tests.servers import ImapServer, SmtpServer, settings_for

pytestmark = pytest.mark.django_db
DESTEK, SATIS, AYSE = "destek@ihlamurev.example", "satis@ihlamurev.example", "ayse.yilmaz@ornek.example"


@pytest.fixture
def inbox(imap_server: ImapServer, smtp_server: SmtpServer) -> Inbox:
    imap_server.add(DESTEK)
    imap_server.add(AYSE)
    return cast.support_inbox(**settings_for(imap_server, smtp_server, DESTEK, plus_addressing=True))


def fetch(inbox: Inbox) -> None:
    reader = Reader(inbox)
    with reader.connected() as session:
        reader.fetch_new(session)
    for item in RawItem.objects.filter(inbox=inbox, digested_at=None).order_by("id"):
        staircase.digest(item_id=item.pk, at=NOW)


def answer(conversation: Conversation, html: str = "<p>Kargonuz yolda.</p>", to: str = AYSE) -> Message:
    said = reply.Answer(html=html, to=[Address(email=to)])
    message = reply.send(conversation=conversation, answer=said, by=cast.zeynep(), at=NOW)
    for outgoing in Outgoing.objects.filter(state=Outgoing.State.QUEUED):
        reply.dispatch(outgoing_id=outgoing.pk, at=outgoing.not_before)
    return message


def received(server: ImapServer, address: str) -> EmailMessage:
    mail = email.message_from_bytes(server.mails(address)[-1], policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_the_customer_s_answer_to_our_answer_joins_the_same_conversation(
    inbox: Inbox, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_server.port) as client:
        client.sendmail(AYSE, [DESTEK], letter(id="<ilk@ornek.example>"))
    fetch(inbox)
    conversation = Conversation.objects.get()
    answer(conversation)
    ours = received(imap_server, AYSE)
    assert ours["In-Reply-To"] == "<ilk@ornek.example>"
    assert "<ilk@ornek.example>" in ours["References"]
    assert tokens.conversation_of(tokens.in_address(ours["Reply-To"].addresses[0].addr_spec)) == conversation.pk
    assert "Siparişim gelmedi." in ours.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for by_reference in (True, False):
        theirs = {"In_Reply_To": str(ours["Message-ID"])} if by_reference else {}
        raw = letter(id=f"<yanit-{by_reference}@ornek.example>", Subject="Re: Nevresim", text="Teşekkürler.", **theirs)
        to = DESTEK if by_reference else ours["Reply-To"].addresses[0].addr_spec
        with smtplib.SMTP("127.0.0.1", smtp_server.port) as client:
            client.sendmail(AYSE, [to], raw.replace(b"To: destek@ihlamurev.example", f"To: {to}".encode()))
        fetch(inbox)
    assert Conversation.objects.get() == conversation
    reasons = conversation.messages.filter(kind="inbound").order_by("id").values_list("placed_because", flat=True)
    assert list(reasons) == ["new", "reference", "token"]


def test_what_somebody_new_would_see_is_not_quoted_to_them(inbox: Inbox, imap_server: ImapServer) -> None:
    imap_server.deliver(DESTEK, letter())
    imap_server.add("kargo@baska.example")
    fetch(inbox)
    answer(Conversation.objects.get(), "<p>Bu gönderi nerede?</p>", to="kargo@baska.example")
    assert "Siparişim gelmedi." not in received(imap_server, "kargo@baska.example").as_string()


def test_two_inboxes_of_ours_never_answer_each_other_s_automatic_mail(
    inbox: Inbox, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    imap_server.add(SATIS)
    settings = settings_for(imap_server, smtp_server, SATIS)
    sales = Inbox.objects.create(kind="email", name=SATIS, address=SATIS, settings=settings)
    away = letter(
        id="<uzakta@ihlamurev.example>",
        sender=SATIS,
        Subject="Otomatik yanıt: mesai dışındayız",
        Auto_Submitted="auto-replied",
    )
    imap_server.deliver(DESTEK, away)
    imap_server.deliver(SATIS, away.replace(b"<uzakta", b"<uzakta2").replace(b"satis@", b"destek@", 1))
    for _round in range(4):
        fetch(inbox)
        fetch(sales)
    assert not Outgoing.objects.exists()
    assert smtp_server.accepted == []
    assert set(Message.objects.values_list("is_automatic", flat=True)) == {True}
    assert not Conversation.objects.exclude(waiting_since=None).exists()


def test_a_mail_we_sent_to_another_inbox_of_ours_is_a_letter_like_any_other(
    inbox: Inbox, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    imap_server.add(SATIS)
    sales = Inbox.objects.create(
        kind="email", name=SATIS, address=SATIS, settings=settings_for(imap_server, smtp_server, SATIS)
    )
    imap_server.deliver(DESTEK, letter())
    fetch(inbox)
    answer(Conversation.objects.get(), "<p>Satışa soruyorum.</p>", to=SATIS)
    fetch(sales)
    theirs = Conversation.objects.get(inbox=sales)
    answer(theirs, "<p>Yarın gidiyor.</p>", to=DESTEK)
    fetch(inbox)
    assert Conversation.objects.filter(inbox=inbox).count() == 1
