"""Mails nobody means well with: each comes to an end, in bounded parts, and never in anything but a reason."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muhatap.channels.contract import Untranslatable
from muhatap.channels.email.mime import Limits
from muhatap.channels.email.parsing import ParsedMail, parse
from muhatap.channels.email.quotes import INVISIBLE, MARKS
from tests.channels.email import corpus
from tests.channels.email.mails import multipart, part, raw

PIECES = [
    b"\r\n", b"\n", b"\r", b"\0", b'"', b"<", b">", b"=?utf-8?q?", b"?=", b"--", b": ", b"boundary=", b"charset=utf-7",
    b"\xff\xfe", b"(", b")", b";", b"*0*=", b"=C3", b"=\r\n", b"&#xD800;", b"\xed\xa0\x80", b"charset=utf-16", b"base64",
]  # fmt: skip


def survives(mail: bytes) -> None:
    try:
        parsed = parse(mail)
    except Untranslatable as reason:
        assert str(reason)
        return
    assert bool(INVISIBLE.sub("", parsed.text).strip()) <= bool(parsed.reply_text.strip())
    for text in texts(parsed):
        assert "\0" not in text
        assert not MARKS.search(text)
        text.encode()


def texts(parsed: ParsedMail) -> list[str]:
    boxes = [*parsed.to, *parsed.cc, *parsed.reply_to, *filter(None, [parsed.sender])]
    named = [word for box in boxes for word in (box.name, box.email)] + [file.name for file in parsed.attachments]
    said = [parsed.subject, parsed.text, parsed.reply_text, parsed.html_clean, parsed.message_id, *parsed.references]
    return [*said, *named, *parsed.defects, *parsed.charset_notes, *parsed.tokens, *parsed.automatic.values()]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_give_a_mail_or_a_reason(mail: bytes):
    survives(mail)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_any_damage_to_a_recorded_mail_gives_a_mail_or_a_reason(seed: int):
    dice = random.Random(seed)
    mails = sorted(corpus.raw_mails().values())
    mail = bytearray(dice.choice(mails))
    for _ in range(dice.randint(1, 20)):
        at = dice.randrange(len(mail) + 1)
        if dice.random() < 0.5:
            mail[at:at] = dice.choice(PIECES)
        elif dice.random() < 0.5:
            del mail[at : at + dice.randint(1, 40)]
        else:
            other = dice.choice(mails)
            start = dice.randrange(len(other))
            mail[at:at] = other[start : start + dice.randint(1, 400)]
    survives(bytes(mail))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=500), st.sampled_from(["text/plain", "text/html"]))
def test_any_text_comes_through(text: str, type_: str):
    survives(raw(text.encode("utf-8", "surrogatepass"), {"Content-Type": f"{type_}; charset=utf-8"}))


@pytest.mark.parametrize("is_closed", [True, False])
def test_ten_thousand_multiparts_inside_each_other_are_opened_only_so_far(is_closed: bool):
    opening = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000))
    closing = b"".join(b"--b%d--\n" % n for n in reversed(range(10_000))) if is_closed else b""
    parsed = parse(
        raw(
            opening + b"Content-Type: text/plain\n\nMerhaba\n" + closing,
            {"Content-Type": 'multipart/mixed; boundary="dis"'},
        )
    )
    assert parsed.subject == "Keten nevresim nerede?"
    mail = raw(b"x").partition(b"\r\n\r\n")[0] + b"\r\n" + opening + b"\nMerhaba\n" + closing
    assert f"parts nested deeper than {Limits().n_depth} were not opened" in parse(mail).defects


def test_a_deep_but_honest_mail_is_opened_to_its_words():
    inner = part("En içteki söz.")
    for n in range(12):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n" % (n, n, inner, n)
    assert parse(multipart(inner)).text == "En içteki söz."


def test_ten_thousand_recipients_are_all_there():
    many = ",\r\n ".join(f'"Kisi, {n}" <kisi{n}@ornek.example>' for n in range(10_000))
    parsed = parse(raw(to=many))
    assert len(parsed.to) == 10_000
    assert (parsed.to[9_999].name, parsed.to[9_999].email) == ("Kisi, 9999", "kisi9999@ornek.example")


def test_fifty_megabytes_of_file_are_one_file():
    line = b"QUJDRA" * 12 + b"QUJD" + b"\n"
    body = b"--b\nContent-Type: text/plain\n\nEkte.\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
    mail = raw(body + line * (50 * 2**20 // len(line)) + b"--b--\n", {"Content-Type": 'multipart/mixed; boundary="b"'})
    assert len(mail) > 50 * 2**20
    parsed = parse(mail)
    assert parsed.text == "Ekte."
    assert parsed.attachments[0].size == 50 * 2**20 // len(line) * 57


def test_fifty_megabytes_of_words_are_cut_and_said_so():
    parsed = parse(raw(b"Merhaba dunya. " * (50 * 2**20 // 15)))
    assert len(parsed.text) == Limits().n_text
    assert any("was cut" in defect for defect in parsed.defects)


@pytest.mark.parametrize(
    "mail",
    [
        raw(b"x", {"To": '"' * 100_001 + "a@b.example"}),
        raw(b"x", {"To": "<" * 100_000}),
        raw(b"x", {"To": "(" * 100_000}),
        raw(b"x", {"To": "a@" * 50_000}),
        raw(b"x", {"Subject": "=?utf-8?q?" * 20_000}),
        raw(b"x", {"References": "<a@b> " * 100_000}),
        raw(b"x", {"Date": "(" * 100_000}),
        raw(b"x", {"Content-Type": "text/plain; " + "a*0=b;" * 50_000}),
        raw(b"x", {"Content-Type": "text/plain; charset=" + "x" * 100_000}),
        b"A: b\r\n" * 200_000 + b"\r\nx",
        raw(b"<a@b.example> 12:30 yazdi:\n" * 4_000),
        raw(b"From: x\n" * 4_000),
        raw(b"-- \nx\n" * 2_000),
        raw(b"> x\n\nSaygilar,\n" * 1_500),
        raw(b"begin 644 x\n" * 50_000),
        raw(b"--b\n\nx\n" * 50_000, {"Content-Type": "multipart/mixed; boundary=b"}),
        raw(b"-" * 2_000_000, {"Content-Type": 'multipart/mixed; boundary="-"'}),
        raw(b"--\n" * 100_000, {"Content-Type": 'multipart/mixed; boundary=""'}),
    ],
    ids=range(18),
)
def test_repetition_without_end_comes_to_an_end(mail: bytes):
    survives(mail)
