"""The query language as a table, and against whatever people may type."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from muhatap.search.language import LONGEST, MOST, Filter, Hint, Query, Term, parse
from muhatap.search.vocabulary import FILTERS

TODAY = date(2026, 11, 21)


def read(text: str) -> Query:
    return parse(text, today=TODAY)


def told(query: Query) -> list[str]:
    """The words of a query as one reads them in a table: -not, "phrase", beginning*, tel:number."""
    return [_told(term) for term in query.terms]


def _told(term: Term) -> str:
    words = f"tel:{term.dialled}" if term.dialled else " ".join(term.words)
    quoted = f'"{words}"' if term.is_phrase else words
    return f"{'-' if term.is_not else ''}{quoted}{'*' if term.is_prefix else ''}"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("   ", []),
        ("iade", ["iade"]),
        ("iade  kargo", ["iade", "kargo"]),
        ('"kargo gelmedi" iade', ['"kargo gelmedi"', "iade"]),
        ("“kargo gelmedi”", ['"kargo gelmedi"']),
        ("«kargo gelmedi»", ['"kargo gelmedi"']),
        ('"açık kalan', ['"açık kalan"']),
        ('"tek"', ["tek"]),
        ('""', []),
        ("kumaş -perde", ["kumaş", "-perde"]),
        ('-"yüz havlusu" havlu', ['-"yüz havlusu"', "havlu"]),
        ("-", []),
        ("- iade", ["iade"]),
        ("--iade", ["-iade"]),
        ("iade*", ["iade*"]),
        ("!!! ???", []),
        ("#10482", ["10482"]),
        ("10482", ["10482"]),
        ("10482’yi", ["10482"]),
        ("Ayşe'nin siparişi", ["Ayşe", "siparişi"]),
        ("MHT-00042", ['"MHT 00042"']),
        ("ayse.yilmaz@ornek.example", ['"ayse yilmaz ornek example"']),
        ("fatura.pdf", ['"fatura pdf"']),
        ("https://ihlamurev.example/k?a=b", ['"https ihlamurev example k a b"']),
        ("14:30", ['"14 30"']),
        ("0532 123 41 18", ["tel:5321234118"]),
        ("(0532) 123-41-18", ["tel:5321234118"]),
        ("+90 532 123 41 18", ["tel:5321234118"]),
        ("905321234118", ["tel:5321234118"]),
        ("+905321234118 kargo", ["tel:5321234118", "kargo"]),
        ("1234118", ["tel:1234118"]),
        ("123 41 18", ["tel:1234118"]),
        ("444 0 123", ["tel:4440123"]),
        ("10482 9874", ["10482", "9874"]),
        ("iade ve değişim", ["iade", "değişim"]),
        ("ve ile", ["ve", "ile"]),
        ("ve -iade", ["ve", "-iade"]),
        ("طلب إرجاع", ["طلب", "إرجاع"]),
        ("İADE", ["İADE"]),
        ("s\u0327al", ["şal"]),
        ("a\x00b", ["ab"]),
        ("foo:bar", ['"foo bar"']),
    ],
)
def test_words_are_read(typed: str, words: list[str]) -> None:
    assert told(read(typed)) == words


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("from:ayşe", [("from", "ayşe")]),
        ("kimden:ayşe", [("from", "ayşe")]),
        ("Gönderen:ayşe", [("from", "ayşe")]),
        ("FROM:ayşe", [("from", "ayşe")]),
        ("from: ayşe", [("from", "ayşe")]),
        ('kimden:"Ayşe Yılmaz"', [("from", "Ayşe Yılmaz")]),
        ("kime:elif@ornek.example", [("to", "elif@ornek.example")]),
        ("kutu:destek@ihlamurev.example", [("inbox", "destek@ihlamurev.example")]),
        ("etiket:vip -etiket:kargo", [("tag", "vip"), ("-tag", "kargo")]),
        ("ekip:Satış atanan:ben", [("team", "Satış"), ("assignee", "ben")]),
        ("durum:açık status:open", [("status", "açık"), ("status", "open")]),
        ("var:dosya has:file", [("has", "dosya"), ("has", "file")]),
        ("tür:not is:note", [("is", "not"), ("is", "note")]),
        ("konu:fatura", [("subject", "fatura")]),
    ],
)
def test_filters_are_read_in_both_languages(typed: str, filters: list[tuple[str, str]]) -> None:
    query = read(typed)

    assert [(f"{'-' if one.is_not else ''}{one.name}", one.value) for one in query.filters] == filters
    assert not query.hints
    assert not query.terms


@pytest.mark.parametrize(
    ("value", "first", "end"),
    [
        ("2026-11-21", date(2026, 11, 21), date(2026, 11, 22)),
        ("1.2.2026", date(2026, 2, 1), date(2026, 2, 2)),
        ("01/02/2026", date(2026, 2, 1), date(2026, 2, 2)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-2", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("bugün", date(2026, 11, 21), date(2026, 11, 22)),
        ("today", date(2026, 11, 21), date(2026, 11, 22)),
        ("dün", date(2026, 11, 20), date(2026, 11, 21)),
    ],
)
def test_dates_are_read(value: str, first: date, end: date) -> None:
    assert [one.days for one in read(f"önce:{value}").filters] == [(first, end)]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("foo:bar", Hint("unknown_filter", "foo")),
        ("from:", Hint("no_value", "from:")),
        ('from:""', Hint("no_value", 'from:""')),
        ("önce:31.11.2026", Hint("bad_date", "31.11.2026")),
        ("sonra:yarından", Hint("bad_date", "yarından")),
        ("önce:0001-01-01", Hint("bad_date", "0001-01-01")),
        ("a" * (LONGEST + 1), Hint("too_long")),
        ("a b " * MOST, Hint("too_long")),
    ],
)
def test_what_is_not_understood_is_told(typed: str, hint: Hint) -> None:
    assert hint in read(typed).hints


def test_a_piece_can_be_taken_out() -> None:
    query = read('iade from:ayşe "kargo gelmedi" durum:açık')

    assert query.without(query.filters[0]) == 'iade "kargo gelmedi" durum:açık'
    assert query.without(query.terms[1]) == "iade from:ayşe durum:açık"


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("\"“”«»'’:-*+()#@./\\|&!<>~ \t\n\x00\u0307\u200f\u202e%_;0123456789iİıIşŞ")),
        st.characters(),
    ),
    max_size=600,
)
NAMED = st.builds(lambda name, value: f"{name}:{value}", st.sampled_from(sorted(FILTERS)), HOSTILE)


@given(st.one_of(HOSTILE, NAMED))
@example("'; drop table conversations_message; --")
@example("\ud800")
@example('"' * 500)
@example("from:" * 100)
def test_nothing_typed_is_an_error(typed: str) -> None:
    query = read(typed)

    assert len(query.terms) + len(query.filters) <= MOST
    assert all(word.isalnum() or word for term in query.terms for word in term.words)
    for piece in query.pieces:
        assert isinstance(query.without(piece), str)
    assert all(isinstance(one, Filter) and one.value for one in query.filters)
