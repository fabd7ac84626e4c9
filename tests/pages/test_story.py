"""The whole story, with a real SMTP server, a real IMAP server, our own processes and a real browser.

Ayşe writes a mail; Zeynep sees it come and answers; the answer arrives; Ayşe answers back into the same thread; then she opens
the chat of the shop, logged in there, and Zeynep sees one person with one timeline.
"""

import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from muhatap.channels.email.models import Mailbox
from muhatap.channels.models import Inbox
from muhatap.channels.webchat import signed
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.shared import clock, secrets
from tests import cast
from tests.pages import chat_server, host_page
from tests.pages.chat_server import Server
from tests.pages.host_page import Host
from tests.servers import HOST, PASSWORD, ImapServer, SmtpServer, imap_server, smtp_server

__all__ = ["imap_server", "smtp_server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(180)]

AYSE, SUPPORT = "ayse.yilmaz@ornek.example", "destek@ihlamurev.example"
SECRET = "ihlamur-ev-kimlik-sirri-0123456789"


@pytest.fixture
def host() -> Iterator[Host]:
    with host_page.standing() as host:
        yield host


@pytest.fixture
def server(tmp_path: Path, host: Host, imap_server: ImapServer, smtp_server: SmtpServer) -> Iterator[Server]:
    """Our processes, an e-mail inbox on the real servers, and the chat on the shop's page."""
    for address in (AYSE, SUPPORT):
        imap_server.add(address)
    support_inbox(imap_server, smtp_server)
    cast.chat_inbox(origins=[host.origin], identity_secret_sealed=secrets.seal(SECRET))
    cast.zeynep()
    with chat_server.running(tmp_path / "server") as server:
        server.start_fetch()
        yield server


def support_inbox(imap: ImapServer, smtp: SmtpServer) -> Inbox:
    inbox = cast.support_inbox(
        imap_host=HOST,
        imap_port=imap.port,
        imap_security="plain",
        imap_user=SUPPORT,
        imap_password_sealed=secrets.seal(PASSWORD),
        smtp_host=HOST,
        smtp_port=smtp.port,
        smtp_security="plain",
    )
    Mailbox.objects.get_or_create(inbox=inbox)
    return inbox


def post(smtp: SmtpServer, *, id: str, text: str, **headers: str) -> None:
    """Ayşe sends a mail to support, by SMTP."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = f"Ayşe Yılmaz <{AYSE}>", SUPPORT, id
    mail["Subject"] = headers.pop("Subject", "Nevresim takımım hâlâ gelmedi")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    with smtplib.SMTP(HOST, smtp.port) as line:
        line.send_message(mail)


def answers_in(imap: ImapServer) -> list[EmailMessage]:
    return [message_from_bytes(raw, policy=policy.default) for raw in imap.mails(AYSE)]  # type: ignore[misc]


def log_in(page: Page, server: Server) -> None:
    """Zeynep is logged in; the login page has stories of its own."""
    client = Client()
    client.force_login(cast.zeynep())
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])


def test_a_customer_writes_is_recognised_answered_and_remembered(
    page: Page, browser: Browser, server: Server, host: Host, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    log_in(page, server)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{server.url}/inbox/in/all/")

    post(smtp_server, id="<1@ornek.example>", text="12 Kasım’da verdiğim sipariş hâlâ gelmedi.")
    row = page.locator("[data-row]").filter(has_text="Ayşe Yılmaz")
    expect(row).to_be_visible(timeout=60_000)  # without reload

    row.click()
    expect(page.locator("#thread")).to_contain_text("12 Kasım’da verdiğim sipariş")
    page.locator("[data-editor=reply]").click()
    page.keyboard.type("Merhaba Ayşe Hanım, bugün yola çıkıyor.")
    page.get_by_role("button", name="Gönder", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Geri al")
    expect(page.locator("#thread")).to_contain_text("bugün yola çıkıyor")

    answer = the_answer(page, imap_server)
    ours = Conversation.objects.get().messages.get(kind="outbound")
    assert answer["Message-ID"] == ours.external_id
    assert answer["In-Reply-To"] == "<1@ornek.example>" and "<1@ornek.example>" in answer["References"]
    assert answer["To"] == f"Ayşe Yılmaz <{AYSE}>" and SUPPORT in answer["From"]
    assert len(answers_in(imap_server)) == 1

    threading = {"In_Reply_To": ours.external_id, "References": f"<1@ornek.example> {ours.external_id}"}
    subject = "YNT: Nevresim takımım hâlâ gelmedi"
    post(smtp_server, id="<2@ornek.example>", text="Teşekkürler, bekliyorum.", Subject=subject, **threading)
    expect(page.locator("#thread")).to_contain_text("Teşekkürler, bekliyorum.", timeout=60_000)
    assert Conversation.objects.count() == 1

    chat(browser, server, host)
    chat_row = page.locator("[data-row]").filter(has_text="Takip numarası var mı?")
    expect(chat_row).to_be_visible(timeout=60_000)
    assert Contact.objects.filter(merged_into=None).count() == 1
    chat_row.click()
    page.locator("#card").get_by_role("link", name="Müşteri sayfası").click()
    timeline = page.locator("main")
    expect(timeline).to_contain_text("Takip numarası var mı?")
    expect(timeline).to_contain_text("12 Kasım’da verdiğim sipariş")


def the_answer(page: Page, imap: ImapServer) -> EmailMessage:
    """What arrives in Ayşe's mailbox, after the ten seconds in which it could be taken back."""
    for _ in range(80):
        if found := answers_in(imap):
            return found[0]
        page.wait_for_timeout(500)
    raise AssertionError("no answer arrived")


def chat(browser: Browser, server: Server, host: Host) -> None:
    """Ayşe, logged in at the shop, writes in the chat."""
    identity = signed.make({"sub": "20871", "email": AYSE, "name": "Ayşe Yılmaz"}, secret=SECRET, at=clock.now())
    host.wear(server.url, inbox="ihlamur-ev", identity=identity)
    visitor = browser.new_context().new_page()
    visitor.goto(host.url)
    visitor.get_by_role("button", name="Sohbeti aç").click()
    visitor.get_by_label("Mesajınızı yazın").fill("Takip numarası var mı?")
    visitor.get_by_role("button", name="Gönder").click()
    expect(visitor.get_by_text("Gönderildi")).to_be_visible()
    visitor.context.close()
