"""Handing over: whatever the server does and wherever the line breaks, we know whether the mail may be sent again."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muhatap.channels.contract import Address, FileRef, Outbound, Receipt, Uncertain
from muhatap.channels.email import compose, smtp
from muhatap.channels.email.access import Access
from muhatap.shared import files
from tests.certificates import server_context
from tests.servers import HOST, SmtpServer

AT = datetime(2026, 11, 21, 11, 32, tzinfo=UTC)


def outbound(*to: str, **more: object) -> Outbound:
    return Outbound(
        message_id="<1@ihlamurev.example>",
        at=AT,
        sender=Address(email="destek@ihlamurev.example"),
        to=tuple(Address(email=each) for each in to or ("ayse.yilmaz@ornek.example",)),
        subject="Ynt: Kargom",
        text="Merhaba,\n.nokta ile başlar\n..iki nokta\nyolda.",
        **more,  # type: ignore[arg-type]
    )


class Handing:
    """Counts how often handing over was announced."""

    def __init__(self, error: Exception | None = None) -> None:
        self.n, self.error = 0, error

    def __call__(self) -> None:
        self.n += 1
        if self.error:
            raise self.error


def send(
    server: SmtpServer,
    value: Outbound | None = None,
    *,
    handing: Callable[[], None] | None = None,
    at: datetime = AT,
    **access: object,
) -> Receipt:
    mail = compose.mail(value or outbound(), {})
    reach = Access(**({"host": HOST, "port": server.port, "security": "plain", "timeout": 5.0} | access))  # type: ignore[arg-type]
    return smtp.send(mail, reach, handing or Handing(), written_at=AT, at=at)


def test_an_accepted_mail_arrives_byte_for_byte(lone_smtp: SmtpServer) -> None:
    handing = Handing()
    receipt = send(lone_smtp, handing=handing)
    assert (receipt.state, receipt.provider_id) == ("accepted", "4Fz1")
    assert handing.n == 1
    assert lone_smtp.contents == [compose.as_bytes(outbound(), {})]
    assert lone_smtp.accepted[0].mail_from == "destek@ihlamurev.example"


def test_a_large_attachment_is_streamed_whole(lone_smtp: SmtpServer) -> None:
    content = bytes(range(256)) * 20_000
    sha256, size = files.store_bytes(content)
    value = outbound(files=(FileRef(name="katalog.pdf", type="application/pdf", size=size, sha256=sha256),))
    assert send(lone_smtp, value).state == "accepted"
    assert lone_smtp.contents == [compose.as_bytes(value, {})]
    assert compose.mail(value, {}).n_bytes >= len(lone_smtp.contents[0])


@pytest.mark.parametrize(
    ("stage", "answer", "state"),
    [
        ("connect", "421 4.3.2 busy", "retry"),
        ("connect", "554 5.7.1 go away", "retry"),
        ("ehlo", "drop", "retry"),
        ("mail", "451 4.3.0 later", "retry"),
        ("mail", "550 5.7.1 not you", "failed"),
        ("mail", "drop", "retry"),
        ("rcpt", "450 4.2.1 greylisted", "retry"),
        ("rcpt", "550 5.1.1 nobody here", "failed"),
        ("rcpt", "drop", "retry"),
        ("data", "451 4.3.0 later", "retry"),
        ("data", "554 5.3.0 no", "failed"),
        ("data", "drop", "retry"),
    ],
)
def test_trouble_before_the_mail_leaves_is_never_uncertain(
    lone_smtp: SmtpServer, stage: str, answer: str, state: str
) -> None:
    lone_smtp.answers[stage] = answer
    handing = Handing()
    receipt = send(lone_smtp, handing=handing)
    assert receipt.state == state
    assert handing.n == 0
    assert lone_smtp.accepted == []
    if answer != "drop":
        assert answer[4:] in receipt.detail


@pytest.mark.parametrize(
    ("answer", "state"), [("452 4.3.1 disk full", "retry"), ("554 5.7.1 spam", "failed"), ("250 fine", "accepted")]
)
def test_after_the_mail_the_server_s_own_word_counts(lone_smtp: SmtpServer, answer: str, state: str) -> None:
    lone_smtp.answers["end"] = answer
    handing = Handing()
    assert send(lone_smtp, handing=handing).state == state
    assert handing.n == 1


@pytest.mark.parametrize(
    ("stage", "answer"), [("content", "drop"), ("end", "drop"), ("end", "accept and drop"), ("end", "what?")]
)
def test_silence_after_handing_over_is_uncertain(lone_smtp: SmtpServer, stage: str, answer: str) -> None:
    lone_smtp.answers[stage] = answer
    handing = Handing()
    with pytest.raises(Uncertain):
        send(lone_smtp, handing=handing)
    assert handing.n == 1


def test_when_handing_over_is_not_ours_nothing_leaves(lone_smtp: SmtpServer) -> None:
    with pytest.raises(KeyError):
        send(lone_smtp, handing=Handing(KeyError("another was faster")))
    assert lone_smtp.accepted == []


def test_refused_recipients_are_named_while_the_others_get_the_mail(lone_smtp: SmtpServer) -> None:
    lone_smtp.answers["rcpt:yok@ornek.example"] = "550 5.1.1 nobody here"
    receipt = send(lone_smtp, outbound("ayse.yilmaz@ornek.example", "yok@ornek.example"))
    assert receipt.state == "accepted"
    assert "yok@ornek.example" in receipt.detail
    assert lone_smtp.accepted[0].rcpt_tos == ["ayse.yilmaz@ornek.example"]
    assert receipt.refused == receipt.gone == ("yok@ornek.example",)


@pytest.mark.parametrize("said", ["552 5.2.2 mailbox full", "550 5.7.1 we like you not", "554 no"])
def test_a_refusal_for_another_reason_calls_no_address_gone(lone_smtp: SmtpServer, said: str) -> None:
    lone_smtp.answers["rcpt:yok@ornek.example"] = said
    receipt = send(lone_smtp, outbound("ayse.yilmaz@ornek.example", "yok@ornek.example"))
    assert receipt.refused and not receipt.gone


def test_a_recipient_refused_for_now_makes_all_wait_but_not_for_ever(lone_smtp: SmtpServer) -> None:
    lone_smtp.answers["rcpt:dolu@ornek.example"] = "452 4.2.2 mailbox full"
    value = outbound("ayse.yilmaz@ornek.example", "dolu@ornek.example")
    assert send(lone_smtp, value).state == "retry"
    assert lone_smtp.accepted == []
    later = send(lone_smtp, value, at=AT + timedelta(hours=5))
    assert later.state == "accepted"
    assert "dolu@ornek.example" in later.detail


def test_a_closed_port_and_an_unknown_host_are_tried_again(lone_smtp: SmtpServer) -> None:
    assert send(lone_smtp, port=1).state == "retry"
    assert send(lone_smtp, host="yok.invalid").state == "retry"


def test_a_mail_the_server_is_too_small_for_fails_at_once() -> None:
    server = SmtpServer(limit=1000).start()
    try:
        receipt = send(server)
    finally:
        server.stop()
    assert receipt.state == "failed"


class TestLogin:
    @pytest.fixture
    def guarded(self) -> Iterator[SmtpServer]:
        server = SmtpServer(users={"destek": "ığüş-parola"}).start()
        yield server
        server.stop()

    def test_a_password_with_turkish_letters_opens(self, guarded: SmtpServer) -> None:
        assert send(guarded, user="destek", password="ığüş-parola").state == "accepted"

    def test_a_wrong_password_is_told_and_may_be_tried_again(self, guarded: SmtpServer) -> None:
        receipt = send(guarded, user="destek", password="yanlış")
        assert receipt.state == "retry"
        assert "535" in receipt.detail

    def test_a_token_opens_by_xoauth2_and_a_wrong_one_does_not(self, guarded: SmtpServer) -> None:
        guarded.tokens["destek"] = "ya29.token"
        assert send(guarded, user="destek", token="ya29.token").state == "accepted"
        assert send(guarded, user="destek", token="ya29.old").state == "retry"


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_secured_line_carries_the_mail_when_the_certificate_is_accepted(tmp_path: Path, security: str) -> None:
    context: ssl.SSLContext = server_context(tmp_path)
    server = SmtpServer(tls=context, is_starttls=security == "starttls").start()
    try:
        assert send(server, security=security, verifies=False).state == "accepted"
        unknown = send(server, security=security)
    finally:
        server.stop()
    assert unknown.state == "retry"
    assert "CERTIFICATE_VERIFY_FAILED" in unknown.detail


def test_addresses_in_other_letters_travel_where_the_server_takes_them(lone_smtp: SmtpServer) -> None:
    assert send(lone_smtp, outbound("ayşe@ornek.example")).state == "accepted"
    assert lone_smtp.accepted[0].rcpt_tos == ["ayşe@ornek.example"]
    narrow = SmtpServer(is_utf8=False).start()
    try:
        assert send(narrow, outbound("ayşe@ornek.example")).state == "failed"
    finally:
        narrow.stop()
