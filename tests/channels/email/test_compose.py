"""An answer becomes a mail that every program reads and that nobody can smuggle anything into."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from muhatap.channels.contract import Address, FileRef, Outbound, Quoted
from muhatap.channels.email import compose, tokens, translation
from muhatap.channels.email.writing import Unsendable
from muhatap.shared import files

AT = datetime(2026, 11, 21, 11, 32, tzinfo=UTC)
DESTEK = Address(email="destek@ihlamurev.example", name="Zeynep, Ihlamur Ev")
AYSE = Address(email="ayse.yilmaz@ornek.example", name="Ayşe Yılmaz")


def outbound(**more: object) -> Outbound:
    fields: dict[str, object] = {
        "message_id": "<4711.9@ihlamurev.example>",
        "at": AT,
        "sender": DESTEK,
        "to": (AYSE,),
        "subject": "Ynt: Nevresim takımım hâlâ gelmedi",
        "text": "Merhaba Ayşe Hanım,\nkargonuz yolda.",
        "html": "<p>Merhaba Ayşe Hanım,</p><p>kargonuz <b>yolda</b>.</p>",
        "in_reply_to": "<a3@ornek.example>",
        "references": ("<a1@ornek.example>", "<a2@ihlamurev.example>", "<a3@ornek.example>"),
    }
    return Outbound(**(fields | more))  # type: ignore[arg-type]


def written(value: Outbound, **settings: object) -> EmailMessage:
    raw = compose.as_bytes(value, settings)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_an_answer_carries_the_headers_that_keep_the_thread_together() -> None:
    mail = written(outbound())
    assert mail["Message-ID"] == "<4711.9@ihlamurev.example>"
    assert mail["In-Reply-To"] == "<a3@ornek.example>"
    assert mail["References"].split() == ["<a1@ornek.example>", "<a2@ihlamurev.example>", "<a3@ornek.example>"]
    assert mail["Subject"] == "Ynt: Nevresim takımım hâlâ gelmedi"
    assert str(mail["From"]) == '"Zeynep, Ihlamur Ev" <destek@ihlamurev.example>'
    assert str(mail["To"]) == "Ayşe Yılmaz <ayse.yilmaz@ornek.example>"
    assert mail["Date"] == "Sat, 21 Nov 2026 14:32:00 +0300"


def test_a_very_long_reference_is_folded_and_never_encoded() -> None:
    long = "<" + "x" * 300 + "@outlook.example>"
    raw = compose.as_bytes(outbound(references=(long, "<b@c.example>"), in_reply_to=long), {})
    assert long.encode() in raw
    assert b"=?" not in raw.split(b"References:")[1].split(b"MIME")[0]


def test_of_many_references_the_first_and_the_newest_stay() -> None:
    mail = written(outbound(references=tuple(f"<{n}@ornek.example>" for n in range(500))))
    kept = mail["References"].split()
    assert kept[0] == "<0@ornek.example>"
    assert kept[-1] == "<499@ornek.example>"
    assert len(kept) == 20


def test_text_and_html_are_alternatives_of_each_other() -> None:
    mail = written(outbound())
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().split() == ["Merhaba", "Ayşe", "Hanım,", "kargonuz", "yolda."]  # type: ignore[union-attr]


def test_a_mail_of_html_alone_gets_its_text_from_it() -> None:
    mail = written(outbound(text=""))
    assert "kargonuz yolda." in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_plain_mail_stays_plain() -> None:
    assert written(outbound(html="")).get_content_type() == "text/plain"


def test_images_and_attachments_travel_whole_with_their_names() -> None:
    picture, report = b"\x89PNG" + bytes(range(256)) * 700, "sipariş;özeti\n".encode() * 9000
    attached = (
        FileRef(
            name="görsel.png",
            type="image/png",
            size=len(picture),
            sha256=files.store_bytes(picture)[0],
            content_id="img1@x",
            is_inline=True,
        ),
        FileRef(name='Şule "özet" 10482.csv', type="text/csv", size=len(report), sha256=files.store_bytes(report)[0]),
    )
    mail = written(outbound(html='<p>Bakın: <img data-cid="img1@x" alt="görsel"></p>', files=attached))
    assert mail.get_content_type() == "multipart/mixed"
    assert 'src="cid:img1@x"' in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    parts = {part.get_content_type(): part for part in mail.walk()}
    assert parts["image/png"].get_payload(decode=True) == picture
    assert parts["image/png"]["Content-ID"] == "<img1@x>"
    assert parts["image/png"].get_content_disposition() == "inline"
    assert parts["text/csv"].get_payload(decode=True) == report
    read = translation.translate(mail.as_bytes(), {}, files.store_bytes)
    assert [file.name for file in read.files] == ["görsel.png", "Şule _özet_ 10482.csv"]


def test_an_inline_image_nobody_shows_is_an_attachment() -> None:
    image = FileRef(
        name="a.png", type="image/png", size=3, sha256=files.store_bytes(b"png")[0], content_id="gone", is_inline=True
    )
    assert written(outbound(files=(image,))).get_content_type() == "multipart/mixed"


def test_a_type_that_is_no_type_cannot_change_the_mail() -> None:
    evil = FileRef(name="a\r\nBcc: x@y.example", type="text/html\r\nX: y", size=1, sha256=files.store_bytes(b"1")[0])
    raw = compose.as_bytes(outbound(files=(evil,)), {})
    assert b"\r\nBcc:" not in raw
    assert b"\r\nX: y" not in raw
    assert b"application/octet-stream" in raw


def test_a_retry_is_the_same_mail_byte_for_byte() -> None:
    assert compose.as_bytes(outbound(), {}) == compose.as_bytes(outbound(), {})


@pytest.mark.parametrize("field", ["subject", "message_id", "in_reply_to"])
@pytest.mark.parametrize(
    "evil", ["\r\nBcc: herkes@ornek.example", "\nX-Evil: 1", "\r\n\r\n<script>", "\x00", "\u2028Bcc: x@y.example"]
)
def test_no_text_can_begin_another_header(field: str, evil: str) -> None:
    value = outbound(**{field: f"<a{evil}@b.example>" if field != "subject" else f"Sipariş{evil}"})
    try:
        raw = compose.as_bytes(value, {})
    except Unsendable:
        return
    head = raw.split(b"\r\n\r\n")[0]
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))}
    assert not names & {b"bcc", b"x-evil"}
    assert b"\x00" not in head


@pytest.mark.parametrize(
    "who",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a b@c.example",
        "nobody",
        "@c.example",
        "a@",
        "a@b.example,c@d.example",
        "a<b@c.example",
    ],
)
def test_what_is_no_address_is_refused(who: str) -> None:
    with pytest.raises(Unsendable):
        compose.mail(outbound(to=(Address(email=who),)), {})


def test_a_name_can_hold_anything_and_change_nothing() -> None:
    name = 'Oğuz "Reis" Çelik, <kötü@niyet.example>\r\nBcc: x@y.example'
    mail = written(outbound(to=(Address(email="oguz@ornek.example", name=name),)))
    assert mail["To"].addresses[0].addr_spec == "oguz@ornek.example"
    assert len(mail["To"].addresses) == 1
    assert mail["Bcc"] is None


def test_blind_copies_stand_on_the_envelope_only() -> None:
    mail = compose.mail(outbound(bcc=(Address(email="gizli@ornek.example"),)), {})
    assert "gizli@ornek.example" in mail.recipients
    assert b"gizli" not in b"".join(mail.content)


def test_nobody_is_on_the_envelope_twice() -> None:
    assert compose.mail(outbound(cc=(AYSE,)), {}).recipients == ("ayse.yilmaz@ornek.example",)


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(Unsendable):
        compose.mail(outbound(to=()), {})


def test_an_international_domain_travels_in_ascii_and_needs_nothing_special() -> None:
    mail = compose.mail(outbound(to=(Address(email="bilgi@çiçekçi.example"),)), {})
    assert mail.recipients == ("bilgi@xn--ieki-zoabc.example",)
    assert not mail.needs_utf8


def test_a_local_part_with_turkish_letters_asks_for_smtputf8() -> None:
    assert compose.mail(outbound(to=(Address(email="ayşe@ornek.example"),)), {}).needs_utf8


def test_the_reply_address_is_signed_where_the_server_keeps_plus_tags() -> None:
    token = tokens.issue(9)
    mail = written(outbound(reply_token=token), plus_addressing=True)
    assert mail["Reply-To"].addresses[0].addr_spec == f"destek+{token}@ihlamurev.example"
    assert written(outbound(reply_token=token))["Reply-To"] is None


def test_only_the_headers_meant_for_callers_can_be_added() -> None:
    mail = written(
        outbound(
            headers={
                "Auto-Submitted": "auto-replied",
                "X-Muhatap-Contact": "7",
                "Bcc": "x@y.example",
                "List-Unsubscribe": "<https://a.example/u>",
            }
        )
    )
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["List-Unsubscribe"] == "<https://a.example/u>"
    assert mail["X-Muhatap-Contact"] is None
    assert mail["Bcc"] is None


def test_the_original_is_quoted_below_in_the_language_of_the_thread() -> None:
    quoted = Quoted(
        sender=AYSE, at=AT, text="Siparişim nerede?", html="<p>Siparişim nerede?<img data-src='x'></p>", language="tr"
    )
    mail = written(outbound(quotes=quoted))
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert '<blockquote type="cite"><p>Siparişim nerede?</p></blockquote>' in html
    assert "> Siparişim nerede?" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    english = written(outbound(quotes=Quoted(sender=AYSE, at=AT, text="Where is it?", language="en")))
    assert "wrote:" in english.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "blockquote" not in written(outbound(quotes=quoted), quote_original=False).get_body(("html",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["tr", "en"])
def test_our_own_parser_takes_the_quoted_original_off_again(language: str) -> None:
    quoted = Quoted(sender=AYSE, at=AT, text="Siparişim nerede?", html="<p>Siparişim nerede?</p>", language=language)
    found = translation.translate(compose.as_bytes(outbound(quotes=quoted), {}), {}, files.store_bytes)
    assert "Siparişim nerede?" in found.text
    assert "Siparişim nerede?" not in found.reply_text
    assert "kargonuz yolda" in found.reply_text
    plain = translation.translate(compose.as_bytes(outbound(quotes=quoted, html=""), {}), {}, files.store_bytes)
    assert "Siparişim nerede?" not in plain.reply_text


def test_long_and_odd_subjects_arrive_as_they_were_written() -> None:
    for subject in ("çok uzun bir konu " * 30, "kelime" * 40, "=?utf-8?q?taklit?=", "", "emoji 🧵 ve ığüşöçİ"):
        found = translation.translate(compose.as_bytes(outbound(subject=subject), {}), {}, files.store_bytes)
        assert found.subject == " ".join(subject.split())


def test_a_lost_file_is_told_before_anything_is_sent() -> None:
    with pytest.raises(compose.FileLost):
        compose.mail(outbound(files=(FileRef(name="x", type="a/b", size=1, sha256="0" * 64),)), {})
