"""Recorded mails, real and broken: each is read as a person reads it (tests/data/mail/expected.json was checked one by one)."""

import pytest

from muhatap.channels.email.parsing import parse
from tests.channels.email import corpus


def test_every_recorded_mail_has_its_expectation():
    assert set(corpus.raw_mails()) == set(corpus.expected())


@pytest.mark.parametrize("name", sorted(corpus.raw_mails()))
def test_a_recorded_mail_is_read_as_a_person_reads_it(name: str):
    parsed = parse(corpus.raw_mails()[name])
    expected = corpus.expected()[name]
    assert {
        "from": parsed.sender and parsed.sender.email,
        "name": parsed.sender.name if parsed.sender else "",
        "to": [each.email for each in parsed.to],
        "cc": [each.email for each in parsed.cc],
        "reply_to": [each.email for each in parsed.reply_to],
        "subject": parsed.subject,
        "kind": parsed.kind,
        "date": parsed.date and parsed.date.isoformat(),
        "message_id": parsed.message_id,
        "n_references": len(parsed.references),
        "files": [[each.name, each.type, each.content_id] for each in parsed.attachments],
        "says": " ".join(parsed.text.split())[:60],
        "answers": " ".join(parsed.reply_text.split())[:60],
        "bounced": [[each.recipient, each.status, each.is_permanent] for each in parsed.failures],
        "defects": list(parsed.defects),
        "charset_notes": list(parsed.charset_notes),
    } == expected
