"""Files in mails: their names, what they really are, and which are dangerous."""

import hashlib

import pytest

from muhatap.channels.email import content
from muhatap.channels.email.parsing import ParsedMail, parse
from tests.channels.email.mails import PDF, PNG, PROGRAM, html, multipart, part, raw


def with_file(body: bytes, type_: str = "application/octet-stream", name: str = "fatura.pdf") -> ParsedMail:
    return parse(multipart(part("Ekte."), part(body, type_, f'attachment; filename="{name}"')))


def test_a_file_is_named_measured_and_read_on_demand():
    parsed = with_file(PDF, "application/pdf")
    (file,) = parsed.attachments
    assert (file.name, file.type, file.size) == ("fatura.pdf", "application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert file.read() == PDF
    assert not file.is_inline
    assert not file.is_dangerous
    assert parsed.text == "Ekte."


def test_an_inline_image_is_joined_by_its_content_id():
    page = part('<p>Kırık: <img src="cid:resim1@ornek" alt="kırık"></p>', "text/html; charset=utf-8")
    parsed = parse(multipart(page, part(PNG, 'image/png; name="kirik.png"', "inline", "resim1@ornek"), kind="related"))
    (file,) = parsed.attachments
    assert (file.content_id, file.is_inline) == ("resim1@ornek", True)
    assert '<img alt="kırık" data-cid="resim1@ornek">' in parsed.html_clean


def test_a_vague_type_is_told_by_the_content():
    assert with_file(PDF).attachments[0].type == "application/pdf"
    assert with_file(PNG, name="a.png").attachments[0].type == "image/png"
    assert with_file(b"a;b\n", name="a.csv").attachments[0].type == "text/csv"
    assert with_file(b"PK\x03\x04" + bytes(40), name="a.docx").attachments[0].type.endswith("wordprocessingml.document")


def test_a_program_called_an_invoice_is_found_out():
    parsed = with_file(PROGRAM, "application/pdf", "fatura.pdf")
    (file,) = parsed.attachments
    assert file.is_dangerous
    assert file.type == "application/vnd.microsoft.portable-executable"
    assert any("said to be application/pdf but is" in defect for defect in parsed.defects)
    assert any("is a program" in defect for defect in parsed.defects)


def test_a_name_that_runs_is_dangerous_whatever_its_content():
    assert with_file(b"hello", "text/plain", "fatura.pdf.exe").attachments[0].is_dangerous
    assert with_file(b"hello", "text/plain", "fatura.pdf.js. ").attachments[0].is_dangerous
    assert not with_file(b"hello", "text/plain", "fatura.txt").attachments[0].is_dangerous


def test_a_page_called_an_image_is_found_out():
    parsed = with_file(b"<html><script>alert(1)</script>", "image/png", "kedi.png")
    assert parsed.attachments[0].type == "text/html"
    assert any("kedi.png" in defect for defect in parsed.defects)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("..\\\\..\\\\windows\\\\evil.txt", "evil.txt"),
        ("/etc/passwd", "passwd"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("a\x01b.txt", "ab.txt"),
        ("C:fatura?.pdf", "C_fatura_.pdf"),
        ("", "file.pdf"),
    ],
)
def test_a_file_name_carries_no_folder_and_no_trick(written: str, kept: str):
    assert with_file(PDF, "application/pdf", written).attachments[0].name == kept


def test_a_name_of_a_thousand_letters_is_shortened_before_its_ending():
    name = with_file(PDF, "application/pdf", "ş" * 1000 + ".pdf").attachments[0].name
    assert len(name) <= 180
    assert name.endswith("ş.pdf")


def test_a_forwarded_mail_is_a_file_named_by_its_subject():
    inner = part(raw("İçteki.", subject="Eski konu").decode(), "message/rfc822")
    (file,) = parse(multipart(part("Bakın."), inner)).attachments
    assert (file.name, file.type) == ("Eski konu.eml", "message/rfc822")


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("text/calendar; charset=utf-8; method=REQUEST", "file.ics"),
        ("application/pgp-encrypted", "file.asc"),
        ("application/pkcs7-mime", "file.p7m"),
        ("application/ms-tnef", "file.dat"),
    ],
)
def test_nameless_parts_get_a_name_people_know(type_: str, name: str):
    assert parse(multipart(part("Ekte."), part(b"x", type_))).attachments[0].name == name


def test_winmail_dat_stays_a_file():
    (file,) = with_file(b"\x78\x9f\x3e\x22" + bytes(20), "application/ms-tnef", "winmail.dat").attachments
    assert (file.name, file.type) == ("winmail.dat", "application/ms-tnef")


def test_an_encrypted_mail_keeps_its_parts_as_files():
    mail = multipart(
        part("Version: 1\n", "application/pgp-encrypted"),
        part("-----BEGIN PGP MESSAGE-----", "application/octet-stream"),
        kind="encrypted",
    )
    assert [file.declared_type for file in parse(mail).attachments] == [
        "application/pgp-encrypted",
        "application/octet-stream",
    ]


def test_uuencoded_text_becomes_a_file_and_leaves_the_words():
    parsed = parse(raw("Ekte.\n\nbegin 644 not.txt\n#0V%T\n`\nend\n\nTesekkurler."))
    (file,) = parsed.attachments
    assert (file.name, file.read(), file.type) == ("not.txt", b"Cat", "text/plain")
    assert parsed.text.split() == ["Ekte.", "Tesekkurler."]


def test_a_sentence_that_begins_with_begin_stays_a_sentence():
    parsed = parse(raw("begin 644 kere denedim\nolmadi\nend\n"))
    assert parsed.attachments == ()
    assert "kere denedim" in parsed.text


def test_a_named_text_below_the_words_is_a_file():
    parsed = parse(multipart(part("Merhaba"), part("1;2", 'text/plain; name="liste.txt"', "inline")))
    assert parsed.text == "Merhaba"
    assert [file.name for file in parsed.attachments] == ["liste.txt"]


def test_the_only_text_is_the_mail_even_with_a_name():
    assert parse(raw(b"Merhaba", {"Content-Type": 'text/plain; name="mesaj.txt"'})).text == "Merhaba"


def test_a_html_mail_has_no_files_of_its_own():
    assert parse(html("<p>Merhaba</p>")).attachments == ()


@pytest.mark.parametrize(
    ("head", "type_"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"  <!DOCTYPE html><html>", "text/html"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x">', "image/svg+xml"),
        (b"\x7fELF\x02", "application/x-executable"),
        (b"MZ sayilarla ilgili bir yazi", ""),
        (b"", ""),
    ],
)
def test_first_bytes_tell_the_type(head: bytes, type_: str):
    assert content.kind(head) == type_
