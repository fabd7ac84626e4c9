"""E-mail as the rest of the house meets it."""

import pytest

from muhatap.channels import registry
from muhatap.channels.contract import Address, Outbound, Untranslatable
from muhatap.channels.email import tokens
from muhatap.shared import secrets
from tests.cast import NOW
from tests.servers import HOST, SmtpServer


def outbound(**more: object) -> Outbound:
    fields: dict[str, object] = {
        "message_id": "<1@ihlamurev.example>",
        "at": NOW,
        "sender": Address(email="destek@ihlamurev.example"),
        "to": (Address(email="ayse.yilmaz@ornek.example"),),
        "text": "Merhaba",
    }
    return Outbound(**(fields | more))  # type: ignore[arg-type]


def settings(server: SmtpServer, **more: object) -> dict[str, object]:
    return {"smtp_host": HOST, "smtp_port": server.port, "smtp_security": "plain", "timeout": 5, "inbox_id": 1} | more


def nothing() -> None:
    pass


def test_a_mail_is_sent_and_read_back_as_what_it_was(lone_smtp: SmtpServer) -> None:
    token = tokens.issue(7)
    email = registry.adapter("email")
    sent = outbound(
        subject="Ynt: Kargom",
        html="<p>Merhaba</p>",
        reply_token=token,
        references=("<0@ornek.example>",),
        in_reply_to="<0@ornek.example>",
    )
    assert email.send(sent, settings(lone_smtp, plus_addressing=True), nothing, at=NOW).state == "accepted"
    read = email.translate(lone_smtp.contents[0], {})
    assert (read.external_id, read.in_reply_to, read.references) == (sent.message_id, sent.in_reply_to, sent.references)
    assert (read.subject, read.reply_text.strip(), read.sender.value) == (sent.subject, "Merhaba", sent.sender.email)
    assert tokens.conversation_of(tokens.in_address(read.reply_to[0].email)) == 7


def test_an_answer_to_the_signed_address_carries_the_token_back() -> None:
    token = tokens.issue(7)
    raw = f"From: ayse.yilmaz@ornek.example\r\nTo: destek+{token}@ihlamurev.example\r\nSubject: x\r\n\r\nTamam\r\n".encode()
    read = registry.adapter("email").translate(raw, {"received_at": NOW.isoformat()})
    assert [tokens.conversation_of(each) for each in read.tokens] == [7]


def test_what_cannot_be_written_fails_at_once(lone_smtp: SmtpServer) -> None:
    receipt = registry.adapter("email").send(
        outbound(to=(Address(email="kimse"),)), settings(lone_smtp), nothing, at=NOW
    )
    assert receipt.state == "failed"
    assert "kimse" in receipt.detail
    assert lone_smtp.accepted == []


@pytest.mark.parametrize(
    "broken",
    [{"smtp_host": ""}, {"smtp_user": "destek", "smtp_password_sealed": "torn"}],
    ids=["no server set", "a password that cannot be read"],
)
def test_what_an_administrator_can_mend_is_tried_again(lone_smtp: SmtpServer, broken: dict[str, object]) -> None:
    receipt = registry.adapter("email").send(outbound(), settings(lone_smtp, **broken), nothing, at=NOW)
    assert receipt.state == "retry"
    assert receipt.detail


def test_nothing_readable_is_told_with_its_reason() -> None:
    with pytest.raises(Untranslatable):
        registry.adapter("email").translate(b"", {})


def test_a_stored_password_opens_the_server() -> None:
    server = SmtpServer(users={"destek": "kuzguncuk-42"}).start()
    try:
        sealed = secrets.seal("kuzguncuk-42")
        receipt = registry.adapter("email").send(
            outbound(), settings(server, smtp_user="destek", smtp_password_sealed=sealed), nothing, at=NOW
        )
    finally:
        server.stop()
    assert receipt.state == "accepted"
