"""A message as words: cleaned, cut, bare."""

import pytest

from muhatap.reading.words import HEAD, TAIL, bare, cleaned, cut


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ÜRÜN", "urun"),
        ("İADE", "iade"),
        ("IŞIK", "isik"),
        ("çooook", "cok"),
        ("İzmir’e", "izmir"),
        ("don't", "dont"),
        ("DON’T", "dont"),
        ("10482", "000"),
        ("2026", "00"),
        ("7", "0"),
        ("café", "cafe"),
        ("😡", "😡"),
    ],
)
def test_a_word_is_bare_of_case_marks_and_stretching(written, expected):
    assert bare(written) == expected


def test_capitals_and_missing_letters_make_no_difference():
    ways = [
        "Ürünüm hâlâ gelmedi, ışık yanmıyor!",
        "ÜRÜNÜM HALA GELMEDİ, IŞIK YANMIYOR!",
        "urunum hala gelmedi, isik yanmiyor!",
    ]

    assert len({cut(way).bare for way in ways}) == 1


def test_what_nobody_sees_is_left_out():
    assert cut(cleaned("iade\x00 \u200bist<b>iyor</b>um <script>alert(1)</script>&amp; https://ornek.example/x?y=1")).bare == (
        "iade", "ist", "iyor", "um", "&", "xaddressx",
    )  # fmt: skip


def test_of_a_very_long_text_beginning_and_end_are_read():
    text = cleaned("merhaba " + "a " * 5_000_000 + " acilen iade")

    assert len(text) <= HEAD + TAIL + 1
    assert text.startswith("merhaba") and text.endswith("acilen iade")


@pytest.mark.parametrize(
    "hostile",
    [
        "\ud800",
        "\x00\x00",
        "\u202e\u202d",
        "<" * 9_000,
        "&#x110000;&#99999999999;",
        "é\u0301" * 4_000,
        "'" * 100,
        "’’",
        "٣٤٥ مرحبا",
    ],
)
def test_hostile_text_is_cut_without_a_fault(hostile):
    words = cut(cleaned(hostile))

    assert len(words.written) == len(words.bare)
    assert all(words.bare)
