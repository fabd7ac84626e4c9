"""From a raw mail to what every channel speaks."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from muhatap.channels.contract import Bounce, Claim, FileRef, Untranslatable
from muhatap.channels.email import command
from muhatap.channels.email.translation import translate
from tests.channels.email.mails import PDF, multipart, part, raw

ARRIVED = datetime(2026, 11, 21, 11, 32, tzinfo=UTC)


class Shelf(dict[str, bytes]):
    """A store in memory."""

    def keep(self, content: bytes) -> tuple[str, int]:
        sha256 = hashlib.sha256(content).hexdigest()
        self[sha256] = content
        return sha256, len(content)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_mail_becomes_an_inbound_of_its_sender(shelf: Shelf):
    inbound = translate(raw(to="destek+TOKEN@ihlamurev.example"), {"received_at": ARRIVED.isoformat()}, shelf.keep)
    claim = Claim(kind="email", value="ayse.yilmaz@ornek.example", is_verified=True, name="Ayşe Yılmaz")
    assert (inbound.sender, inbound.claims) == (claim, (claim,))
    assert (inbound.external_id, inbound.kind, inbound.at) == ("<ayse-1@ornek.example>", "message", ARRIVED)
    assert inbound.tokens == ("TOKEN",)
    assert inbound.facts == {"name": "Ayşe Yılmaz"}
    assert inbound.bounce is None


def test_files_are_kept_by_the_store_it_is_given(shelf: Shelf):
    inbound = translate(
        multipart(part("Ekte."), part(PDF, "application/pdf", 'attachment; filename="fatura.pdf"')), {}, shelf.keep
    )
    sha256 = hashlib.sha256(PDF).hexdigest()
    assert inbound.files == (FileRef(name="fatura.pdf", type="application/pdf", size=len(PDF), sha256=sha256),)
    assert shelf == {sha256: PDF}


@pytest.mark.parametrize("stated", ["Sat, 21 Nov 2099 14:32:00 +0300", "Thu, 01 Jan 2015 02:00:00 +0200"])
def test_a_mail_with_a_wrong_clock_came_when_it_came(shelf: Shelf, stated: str):
    inbound = translate(raw(date=stated), {"received_at": ARRIVED}, shelf.keep)
    assert inbound.at == ARRIVED
    assert any(note.startswith("dated ") and stated[12:16] in note for note in inbound.defects)


def test_an_old_mail_that_moved_from_another_server_keeps_its_day(shelf: Shelf):
    old = b"Received: from a by b; Thu, 01 Jan 2015 02:03:00 +0200\r\n" + raw(date="Thu, 01 Jan 2015 02:00:00 +0200")
    inbound = translate(old, {"received_at": ARRIVED}, shelf.keep)
    assert (inbound.at.year, inbound.defects) == (2015, ())


def test_a_mail_without_a_date_came_when_it_came(shelf: Shelf):
    assert translate(raw(date=None), {"received_at": "2026-11-21T11:32:00"}, shelf.keep).at == ARRIVED


def test_nobodys_mail_is_refused_with_a_reason(shelf: Shelf):
    with pytest.raises(Untranslatable, match="who it is from"):
        translate(raw(**{"from": None}), {}, shelf.keep)


def test_a_sender_told_by_another_header_is_not_verified(shelf: Shelf):
    assert not translate(raw(**{"from": None}, reply_to="ayse@ornek.example"), {}, shelf.keep).sender.is_verified


def test_a_bounce_names_our_message_and_the_address(shelf: Shelf):
    words = "<yok@ornek.example>: 550 5.1.1 no such user\n\nMessage-ID: <biz-7@ihlamurev.example>\n"
    inbound = translate(raw(words, subject="failure notice", **{"from": "<>"}, return_path="<>"), {}, shelf.keep)
    assert inbound.kind == "bounce"
    assert inbound.bounce == Bounce(
        message_id="<biz-7@ihlamurev.example>",
        recipient="yok@ornek.example",
        is_permanent=True,
        status="5.1.1",
        detail="<yok@ornek.example>: 550 5.1.1 no such user",
    )
    assert inbound.sender.value == "mailer-daemon@unknown.invalid"


def test_the_command_prints_what_the_intake_understands(tmp_path, capfdbinary):
    file = tmp_path / "a.eml"
    file.write_bytes(multipart(part("Merhaba\n\n-- \nAyşe"), part(b"\x89PNG\r\n\x1a\n", "image/png", "inline", "r@1")))
    assert command.main(str(file)) == 0
    printed = json.loads(capfdbinary.readouterr().out)
    assert " ".join(printed) == (
        "from to cc reply_to subject message_id in_reply_to references date kind text reply_text html_clean attachments "
        "charset_notes defects"
    )
    assert printed["from"] == {"name": "Ayşe Yılmaz", "email": "ayse.yilmaz@ornek.example"}
    assert printed["reply_text"] == "Merhaba"
    assert printed["attachments"] == [{"name": "file.png", "type": "image/png", "size": 8, "inline_id": "r@1"}]


@pytest.mark.parametrize("content", [None, b""])
def test_the_command_says_in_one_line_what_is_wrong(tmp_path, capsys, content: bytes | None):
    file = tmp_path / "a.eml"
    if content is not None:
        file.write_bytes(content)
    assert command.main(str(file)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(file) in said.err
