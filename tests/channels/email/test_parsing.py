"""Mails of the cast, and of nobody in particular, read by the parser."""

from datetime import UTC, datetime

import pytest

from muhatap.channels.contract import Address, Untranslatable
from muhatap.channels.email.mime import Limits
from muhatap.channels.email.parsing import parse
from tests.channels.email.mails import html, multipart, part, raw

AYSE = Address(name="Ayşe Yılmaz", email="ayse.yilmaz@ornek.example")
ARRIVED = datetime(2026, 11, 21, 11, 32, tzinfo=UTC)


def test_a_plain_mail_is_read_whole():
    parsed = parse(
        raw(in_reply_to="<biz-1@ihlamurev.example>", references="<biz-0@ihlamurev.example> <biz-1@ihlamurev.example>")
    )
    assert (parsed.sender, parsed.kind, parsed.subject) == (AYSE, "message", "Keten nevresim nerede?")
    assert parsed.to == (Address(email="destek@ihlamurev.example"),)
    assert parsed.text == parsed.reply_text == "Merhaba, siparişim gelmedi."
    assert (parsed.message_id, parsed.in_reply_to) == ("<ayse-1@ornek.example>", "<biz-1@ihlamurev.example>")
    assert parsed.references == ("<biz-0@ihlamurev.example>", "<biz-1@ihlamurev.example>")
    assert parsed.date == ARRIVED
    assert parsed.defects == parsed.charset_notes == parsed.attachments == ()


@pytest.mark.parametrize("nothing", [b"", b"\r\n\r\n", b"\0\0\0", b" \n\t"])
def test_an_empty_mail_is_refused_with_a_reason(nothing: bytes):
    with pytest.raises(Untranslatable, match="empty"):
        parse(nothing)


def test_a_mail_larger_than_the_limit_is_refused_with_a_reason():
    with pytest.raises(Untranslatable, match="larger than 1 MB"):
        parse(raw("x" * 2**20), limits=Limits(n_bytes=2**20))


def test_a_header_alone_is_still_a_mail():
    parsed = parse(raw("", message_id="<yalniz@ornek.example>"))
    assert (parsed.subject, parsed.text, parsed.reply_text) == ("Keten nevresim nerede?", "", "")


def test_words_without_a_header_are_still_words():
    parsed = parse(b"Merhaba\n\nbuyrun.")
    assert parsed.text.startswith("Merhaba")
    assert "no header" in parsed.defects


def test_a_missing_message_id_gives_the_same_made_id_every_time():
    mail = raw(message_id=None)
    assert parse(mail).message_id == parse(mail).message_id
    assert parse(mail).message_id.endswith("@synthetic.invalid>")
    assert parse(mail).is_id_synthetic
    assert parse(mail).message_id != parse(raw("Başka.", message_id=None)).message_id


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("Sat, 21 Nov 2026 14:32:00 +0300", ARRIVED),
        ("21 Nov 2026 11:32:00 GMT", ARRIVED),
        ("Sat, 21 Nov 2026 11:32:00 -0000", ARRIVED),
        ("Sat, 21 Nov 2026 14:32:00 +0300 (Turkiye saati)", ARRIVED),
        ("2026-11-21T14:32:00+03:00", ARRIVED),
        ("Sat,  21  Nov 26 11:32", ARRIVED),
    ],
)
def test_dates_are_read_as_written(stated: str, read: datetime):
    assert parse(raw(date=stated)).date == read


def test_a_bad_date_falls_back_to_the_newest_received_then_to_the_arrival():
    received = "from a by b; Sat, 21 Nov 2026 14:32:00 +0300"
    assert parse(raw(date="dün akşam", received=received)).date == ARRIVED
    assert parse(raw(date="Sat, 99 Nov 2026 25:99:99"), received_at=ARRIVED).date == ARRIVED
    assert parse(raw(date=None), received_at=ARRIVED).date == ARRIVED
    nobody_knows = parse(raw(date=None))
    assert nobody_knows.date is None
    assert "no date" in nobody_knows.defects


def test_a_header_injection_ends_up_inside_the_value():
    parsed = parse(raw(subject="Merhaba =?utf-8?q?a=0D=0ABcc:_kurban@ornek.example?="))
    assert parsed.subject == "Merhaba a Bcc: kurban@ornek.example"
    assert parsed.to == (Address(email="destek@ihlamurev.example"),)


def test_odd_beginnings_are_put_right_and_noted():
    usual = raw()
    assert "mbox line before the header" in parse(b"From ayse@ornek.example Sat Nov 21\r\n" + usual).defects
    assert "empty lines before the header" in parse(b"\r\n\r\n" + usual).defects
    assert "byte order mark before the header" in parse(b"\xef\xbb\xbf" + usual).defects
    assert "lines end with a bare CR" in parse(usual.replace(b"\r\n", b"\r")).defects
    for beginning in (b"From ayse@ornek.example Sat Nov 21\r\n", b"\r\n\r\n", b"\xef\xbb\xbf"):
        assert parse(beginning + usual).sender == AYSE
    assert parse(usual.replace(b"\r\n", b"\r")).text == "Merhaba, siparişim gelmedi."


def test_nul_characters_are_taken_out_and_noted():
    parsed = parse(raw("Mer\0haba", subject="Konu\0su"))
    assert (parsed.text, parsed.subject) == ("Merhaba", "Konusu")
    assert "NUL characters removed" in parsed.charset_notes


def test_lone_surrogates_never_come_out():
    parsed = parse(html("<p>a&#xD800;b</p>", subject="=?utf-8?q?=ED=A0=80?="))
    (parsed.text + parsed.subject + parsed.html_clean + parsed.reply_text).encode()


def test_of_an_alternative_the_plain_text_is_shown_and_the_html_cleaned():
    parsed = parse(
        multipart(
            part("Merhaba *dünya*"), part("<p>Merhaba <b>dünya</b></p>", "text/html; charset=utf-8"), kind="alternative"
        )
    )
    assert parsed.text == "Merhaba *dünya*"
    assert parsed.html_clean == "<p>Merhaba <b>dünya</b></p>"


def test_a_plain_part_that_only_apologises_gives_way_to_the_html():
    page = "<p>" + "Siparişiniz bugün kargoya verildi. " * 20 + "</p>"
    parsed = parse(multipart(part("HTML gerekli."), part(page, "text/html; charset=utf-8"), kind="alternative"))
    assert parsed.text.startswith("Siparişiniz bugün")


def test_words_between_files_are_joined():
    parsed = parse(multipart(part("Birinci resim:"), part(b"\xff\xd8\xff", "image/jpeg"), part("İkinci resim:")))
    assert parsed.text == "Birinci resim:\nİkinci resim:"


def test_words_outside_the_parts_are_found_when_there_are_no_others():
    mail = raw(
        b"Asil soz burada.\n--sinir\nContent-Type: image/png\n\nx\n--sinir--\n",
        {"Content-Type": 'multipart/mixed; boundary="sinir"'},
    )
    assert parse(mail).text == "Asil soz burada."


def test_a_wrong_boundary_is_found_in_the_text():
    mail = raw(
        b"--gercek\nContent-Type: text/plain\n\nMerhaba\n--gercek--\n",
        {"Content-Type": 'multipart/mixed; boundary="yanlis"'},
    )
    assert parse(mail).text == "Merhaba"
    assert parse(mail).defects == ("the boundary is missing or wrong, the one in the text was taken",)


def test_an_unclosed_multipart_keeps_its_last_part():
    mail = raw(b"--sinir\nContent-Type: text/plain\n\nMerhaba\n", {"Content-Type": 'multipart/mixed; boundary="sinir"'})
    assert parse(mail).text == "Merhaba"
    assert "a multipart that is not closed" in parse(mail).defects


def test_flowed_text_flows_and_keeps_its_quotes_apart():
    body = "Bu satir \nburaya kadar \nsurer.\n> alinti \n> surer\n-- \nAyse"
    parsed = parse(raw(body.encode(), {"Content-Type": "text/plain; charset=utf-8; format=flowed"}))
    assert parsed.text == "Bu satir buraya kadar surer.\n> alinti surer\n-- \nAyse"


def test_broken_encodings_give_what_can_be_had():
    torn = parse(
        raw(
            b"Merhaba =E7=FC=X1 d=FCnya =\n",
            {"Content-Type": "text/plain; charset=windows-1254", "Content-Transfer-Encoding": "quoted-printable"},
        )
    )
    assert torn.text.startswith("Merhaba çü=X1 dünya")
    assert "broken quoted-printable" in torn.defects
    garbage = parse(raw(b"TWVyaGFiYQ=!!\xff", {"Content-Type": "text/plain", "Content-Transfer-Encoding": "base64"}))
    assert garbage.text == "Merhaba"
    twice = parse(
        raw(b"TWVy\naA==\nYWJh\nYQ==\n", {"Content-Type": "text/plain", "Content-Transfer-Encoding": "base64"})
    )
    assert twice.text == "Merhabaa"
    unknown = parse(raw(b"Merhaba", {"Content-Type": "text/plain", "Content-Transfer-Encoding": "8-bitt"}))
    assert (unknown.text, unknown.defects) == ("Merhaba", ("unknown transfer encoding 8bitt",))


def test_reply_tokens_are_collected_from_every_recipient_header():
    parsed = parse(
        raw(
            to="destek+TOKEN-1@ihlamurev.example, can@ihlamurev.example",
            cc="Destek <destek+token_2@ihlamurev.example>",
            delivered_to="destek+a.b.c@ihlamurev.example",
            x_original_to="destek+TOKEN-1@ihlamurev.example",
        )
    )
    assert parsed.tokens == ("TOKEN-1", "token_2", "a.b.c")
    assert parsed.delivered_to == ("destek+a.b.c@ihlamurev.example", "destek+TOKEN-1@ihlamurev.example")


def test_a_mail_without_a_from_names_its_sender_elsewhere_but_says_so():
    parsed = parse(raw(**{"from": None}, sender="postaci@ornek.example"))
    assert parsed.sender == Address(email="postaci@ornek.example")
    assert not parsed.is_sender_stated
    assert "no usable From" in parsed.defects


def test_limits_leave_the_rest_in_the_raw_mail_and_say_so():
    mail = multipart(*[part(b"x", "application/octet-stream", f'attachment; filename="{n}.bin"') for n in range(30)])
    assert len(parse(mail, limits=Limits(n_attachments=5)).attachments) == 5
    assert any("more than 5 files" in defect for defect in parse(mail, limits=Limits(n_attachments=5)).defects)
    assert any("more than 10 parts" in defect for defect in parse(mail, limits=Limits(n_parts=10)).defects)
    long = parse(html("<p>" + "uzun " * 1000 + "</p>"), limits=Limits(n_html=500))
    assert len(long.html_clean) < 600
    assert "HTML longer than 500 characters was cut" in long.defects
