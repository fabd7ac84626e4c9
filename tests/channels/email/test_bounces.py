"""Delivery reports by the standard and in prose, in the words of many servers."""

import pytest

from muhatap.channels.email.bounces import Failure
from muhatap.channels.email.parsing import ParsedMail, parse
from tests.channels.email.mails import multipart, part, raw

OURS = "<biz-7@ihlamurev.example>"
POSTMASTER = "Mail Delivery System <mailer-daemon@sunucu.example>"


def report(
    status: str, returned: str = f"Message-ID: {OURS}\nSubject: Siparişiniz\n", type_: str = "text/rfc822-headers"
) -> ParsedMail:
    return parse(
        multipart(
            part("Mesajınız teslim edilemedi."),
            part("Reporting-MTA: dns; sunucu.example\n\n" + status, "message/delivery-status"),
            part(returned, type_),
            kind="report",
            parameters="; report-type=delivery-status",
            **{"from": POSTMASTER},
            return_path="<>",
        )
    )


def prose(words: str, subject: str = "Undelivered Mail Returned to Sender", **headers: str) -> ParsedMail:
    return parse(raw(words, subject=subject, **{"from": POSTMASTER, "return_path": "<>"}, **headers))


def only(parsed: ParsedMail) -> Failure:
    assert parsed.kind == "bounce"
    (failure,) = parsed.failures
    return failure


def test_a_standard_report_tells_who_why_and_of_which_mail():
    failure = only(
        report(
            "Final-Recipient: rfc822; mehmet.kaya@ornek.example\nAction: failed\n"
            "Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown"
        )
    )
    assert failure == Failure(
        recipient="mehmet.kaya@ornek.example",
        action="failed",
        status="5.1.1",
        detail="550 5.1.1 User unknown",
        message_id=OURS,
    )
    assert failure.is_permanent


@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [
        ("Action: failed\nStatus: 5.1.1", True),
        ("Action: failed\nStatus: 5.0.0", True),
        ("Action: failed\nStatus: 5.2.2", False),
        ("Action: failed\nStatus: 4.4.7", False),
        ("Action: delayed\nStatus: 4.4.1", False),
        ("Action: failed", True),
        ("Status: 4.2.0", False),
    ],
)
def test_only_a_lasting_failure_is_permanent(status: str, is_permanent: bool):
    assert only(report(f"Final-Recipient: rfc822; a@ornek.example\n{status}")).is_permanent is is_permanent


def test_a_report_of_success_is_no_bounce():
    parsed = report("Final-Recipient: rfc822; a@ornek.example\nAction: delivered\nStatus: 2.0.0")
    assert (parsed.kind, parsed.failures) == ("auto_reply", ())


def test_of_several_recipients_the_worst_stands_first():
    parsed = report(
        "Final-Recipient: rfc822; gecici@ornek.example\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; tamam@ornek.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; yok@ornek.example\nAction: failed\nStatus: 5.1.1"
    )
    assert [failure.recipient for failure in parsed.failures] == ["yok@ornek.example", "gecici@ornek.example"]


def test_the_whole_returned_mail_names_our_message_too():
    returned = raw("Siparişiniz…", message_id=OURS).decode()
    assert (
        only(
            report(
                "Final-Recipient: rfc822; a@ornek.example\nAction: failed\nStatus: 5.1.1", returned, "message/rfc822"
            )
        ).message_id
        == OURS
    )


@pytest.mark.parametrize(
    ("words", "recipient", "status", "is_permanent"),
    [
        (
            "Hi. This is the qmail-send program at sunucu.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
            "<yok@ornek.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
            f"Message-ID: {OURS}\nFrom: destek@ihlamurev.example\n",
            "yok@ornek.example",
            "5.1.1",
            True,
        ),
        (
            "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error.\n\n"
            f"  yok@ornek.example\n    550 No such user here\n\n------ This is a copy of the message ------\nMessage-ID: {OURS}\n",
            "yok@ornek.example",
            "",
            True,
        ),
        (
            "Aşağıdaki alıcıya teslimat başarısız oldu:\n\nyok@ornek.example\n\nKullanıcı bulunamadı.\n\n"
            f"----- Özgün İleti -----\nMessage-ID: {OURS}\n",
            "yok@ornek.example",
            "",
            True,
        ),
        (
            "This message was created automatically.\nA message has not yet been delivered to one or more recipients after 24 hours:\n\n"
            f"  dolu@ornek.example\n\nNo action is required on your part. Delivery attempts will continue.\n\nMessage-ID: {OURS}\n",
            "dolu@ornek.example",
            "",
            False,
        ),
        (
            f"<dolu@ornek.example>: host mx.ornek.example said: 452 4.2.2 Mailbox full (in reply to RCPT)\n\nMessage-ID: {OURS}\n",
            "dolu@ornek.example",
            "4.2.2",
            False,
        ),
    ],
)
def test_prose_is_understood(words: str, recipient: str, status: str, is_permanent: bool):
    failure = only(prose(words))
    assert (failure.recipient, failure.status, failure.is_permanent) == (recipient, status, is_permanent)
    assert failure.message_id == OURS


@pytest.mark.parametrize(
    "subject",
    [
        "Mail delivery failed: returning message to sender",
        "Teslim edilemedi: Siparişiniz",
        "İleti iletilemedi",
        "Unzustellbar: Bestellung",
        "failure notice",
    ],
)
def test_subjects_of_reports_are_known_in_many_tongues(subject: str):
    assert prose("yok@ornek.example", subject).kind == "bounce"


def test_the_list_of_failed_recipients_in_a_header_is_enough():
    failure = only(parse(raw("Olmadı.", x_failed_recipients="yok@ornek.example", **{"from": "bounce@ornek.example"})))
    assert failure.recipient == "yok@ornek.example"


def test_a_report_is_not_taken_as_one_from_a_customer():
    parsed = parse(raw("Undelivered mail! yok@ornek.example 550 user unknown", subject="Mail delivery failed"))
    assert parsed.kind == "message"


def test_a_report_without_a_recipient_is_still_no_message():
    parsed = prose("Something went wrong.")
    assert (parsed.kind, parsed.failures) == ("bounce", ())
