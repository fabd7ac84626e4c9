"""Marks stand on the very words of the text, however they were asked for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muhatap.search import highlighting, stemming
from muhatap.search.language import parse


def marked(text: str, typed: str, *, forms: dict[str, frozenset[str]] | None = None) -> str:
    query = parse(typed, today=date(2026, 11, 21))
    pieces = highlighting.excerpt(text, highlighting.sought(query, forms=forms))
    return "".join(f"[{one.text}]" if one.is_hit else one.text for one in pieces)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("Kargo gelmedi.", "KARGO", "[Kargo] gelmedi."),
        ("Isparta’ya İADE ettim", "iade", "Isparta’ya [İADE] ettim"),
        ("Isparta’ya iade", "ISPARTA", "[Isparta]’ya iade"),
        ("Şile bezi", "sile", "[Şile] bezi"),
        ("kargo gelmedi, kargo geldi", '"kargo geldi"', "kargo gelmedi, [kargo geldi]"),
        ("Sipariş #10482, ek 104821", "#10482", "Sipariş #[10482], ek 104821"),
        ("Numaram 0532 123 41 18.", "+905321234118", "Numaram [0532 123 41 18]."),
        ("Numaram (532) 123-4118", "1234118", "Numaram [(532) 123-4118]"),
        ("nevresimler", "nevres*", "[nevresimler]"),
        ("kumaş perde", "kumaş -perde", "[kumaş] perde"),
        ("hiçbiri yok", "kargo", "hiçbiri yok"),
        ("a\n\n  b  kargo", "kargo", "a b [kargo]"),
    ],
)
def test_words_are_marked_where_they_stand(text: str, typed: str, expected: str) -> None:
    assert marked(text, typed) == expected


@pytest.mark.django_db
def test_suffixes_are_marked_with_their_word() -> None:
    text = "Ürünün iadesini istiyorum, iade koşulları ne, kitabı da alın."
    query = parse("iade kitap", today=date(2026, 11, 21))

    forms = stemming.forms(highlighting.kin([text], query))

    assert marked(text, "iade kitap", forms=forms) == (
        "Ürünün [iadesini] istiyorum, [iade] koşulları ne, [kitabı] da alın."
    )


def test_the_line_stands_around_the_words() -> None:
    text = "önce " * 100 + "kargo gelmedi " + "sonra " * 100

    line = marked(text, "gelmedi")

    assert line.startswith("… önce ")
    assert "kargo [gelmedi] sonra" in line
    assert line.endswith(" …")
    assert len(line) < highlighting.LENGTH + 20


@given(st.text(max_size=400), st.text(max_size=60))
def test_a_line_is_made_of_the_text_alone(text: str, typed: str) -> None:
    query = parse(typed, today=date(2026, 11, 21))
    wanted = highlighting.sought(query, is_typing=True)

    assert "".join(piece.text for piece in highlighting.whole(text, wanted)) == text
    assert all(0 <= start < end <= len(text) for start, end in highlighting.spans(text, wanted))
    highlighting.excerpt(text, wanted)
