"""Mail as it is on the wire, and an inbox that sends through a real server."""

from email.message import EmailMessage

import pytest

from muhatap.channels.models import Inbox
from muhatap.conversations.models import Message
from muhatap.flow import intake as staircase
from muhatap.interactions import intake
from muhatap.interactions.models import RawItem
from tests import cast
from tests.servers import HOST, SmtpServer, imap_server, lone_smtp, smtp_server

__all__ = ["imap_server", "lone_smtp", "smtp_server"]


@pytest.fixture
def inbox(db: None, lone_smtp: SmtpServer) -> Inbox:
    """destek@ihlamurev.example, sending through a real SMTP server of this machine."""
    return cast.support_inbox(smtp_host=HOST, smtp_port=lone_smtp.port, smtp_security="plain")


def letter(
    *,
    id: str = "<1@ornek.example>",
    text: str = "Siparişim gelmedi.",
    sender: str = "Ayşe Yılmaz <ayse.yilmaz@ornek.example>",
    **headers: str,
) -> bytes:
    """A mail to support, as bytes."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = sender, "destek@ihlamurev.example", id
    mail["Subject"] = headers.pop("Subject", "Nevresim takımım hâlâ gelmedi")
    mail["Date"] = "Sat, 21 Nov 2026 14:00:00 +0300"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return bytes(mail)


def arrive(inbox: Inbox, raw: bytes, key: str = "") -> RawItem:
    """Bytes come in and are digested."""
    accepted = intake.accept(
        inbox=inbox, dedupe_key=key or str(hash(raw)), raw=raw, meta={"received_at": cast.NOW.isoformat()}, at=cast.NOW
    )
    staircase.digest(item_id=accepted.item_id, at=cast.NOW)
    return RawItem.objects.get(pk=accepted.item_id)


def message_of(item: RawItem) -> Message:
    return Message.objects.select_related("conversation__inbox", "contact").get(interaction__item=item)
