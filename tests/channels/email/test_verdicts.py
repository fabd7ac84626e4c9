"""What the receiving server found out about who sent a mail."""

import pytest

from muhatap.channels.email import headers, verdicts
from muhatap.channels.email.translation import MAY_BE_FORGED, REPLY_TO_DIFFERS, translate
from tests.channels.email.mails import raw


def block(*lines: str) -> headers.Headers:
    return headers.read("\r\n".join(lines).encode())


@pytest.mark.parametrize(
    ("said", "is_forged"),
    [
        ("mx.ihlamurev.example; dmarc=fail (p=REJECT) header.from=ornek.example; spf=pass", True),
        ("mx.ihlamurev.example; spf=fail smtp.mailfrom=x; dkim=fail (bad signature)", True),
        ("spf=fail (sender IP is 1.2.3.4) smtp.mailfrom=x; dkim=fail; dmarc=fail action=none", True),
        ("mx.ihlamurev.example 1; dmarc=pass; spf=fail; dkim=fail", False),
        ("mx.ihlamurev.example; spf=fail; dkim=fail; dkim=pass header.d=ornek.example", False),
        ("mx.ihlamurev.example; spf=fail; dkim=none", False),
        ("mx.ihlamurev.example; spf=softfail (dmarc=fail); dkim=pass", False),
        ("mx.ihlamurev.example; none", False),
    ],
)
def test_only_a_clear_verdict_against_the_sender_counts(said: str, is_forged: bool) -> None:
    assert verdicts.says_forged(block(f"Authentication-Results: {said}")) is is_forged


def test_without_a_verdict_the_sender_is_believed() -> None:
    assert not verdicts.says_forged(block("From: ayse.yilmaz@ornek.example"))


def test_what_a_forger_writes_below_is_not_read() -> None:
    mail = block(
        "Authentication-Results: mx.ihlamurev.example; dkim=fail",
        "Authentication-Results: mx.ihlamurev.example; spf=fail",
        "Received: from elsewhere by mx.ihlamurev.example",
        "Authentication-Results: mx.ihlamurev.example; dmarc=pass; dkim=pass",
    )
    assert verdicts.says_forged(mail)


def test_the_inbox_may_name_whose_verdict_counts() -> None:
    mail = block(
        "Authentication-Results: filter.example; dmarc=fail", "Authentication-Results: mx.ihlamurev.example; dmarc=pass"
    )
    assert verdicts.says_forged(mail)
    assert not verdicts.says_forged(mail, "MX.ihlamurev.example")
    assert not verdicts.says_forged(mail, "another.example")


def test_a_forged_sender_is_a_claim_that_proves_nothing_and_the_reader_is_warned() -> None:
    forged = translate(raw(authentication_results="mx.ihlamurev.example; dmarc=fail"), {}, lambda _: ("", 0))
    assert (forged.sender.value, forged.sender.is_verified) == ("ayse.yilmaz@ornek.example", False)
    assert MAY_BE_FORGED in forged.defects


@pytest.mark.parametrize(
    ("reply_to", "is_told"),
    [("ayse@mail.ornek.example", False), ("ayse@ORNEK.example", False), ("ayse@baska.example", True)],
)
def test_an_answer_that_would_go_to_another_domain_is_told(reply_to: str, is_told: bool) -> None:
    inbound = translate(raw(reply_to=reply_to), {}, lambda _: ("", 0))
    assert (REPLY_TO_DIFFERS in inbound.defects) is is_told
