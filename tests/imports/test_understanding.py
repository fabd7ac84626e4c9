"""Cells as people write them; the quick ways say the same as the long ones."""

import pytest

from muhatap.contacts import fields, handles
from muhatap.imports import understanding
from muhatap.imports.rowsfile import Line
from muhatap.imports.understanding import BadRow, Reader
from muhatap.shared import phone

EMAILS = [
    "ayse@ornek.example",
    "AYSE.YILMAZ@Ornek.Example",
    "a+b@c.example",
    "IŞIK@ornek.example",
    "i@ı.example",
    "a@b.c-d.example",
]
PHONES = [
    "05321234118",
    "+90 532 123 41 18",
    "(532) 123-41-18",
    "0090 532 123 41 18",
    "0599 999 99 99",
    "0216 555 05 12",
    "444 0 123",
    "+49 30 901820",
]


def reader(*columns: str, match: str = "email", tag: str = "", is_lenient: bool = False) -> Reader:
    return Reader(
        columns=columns,
        names=[str(n) for n in range(len(columns))],
        custom={},
        match=match,
        tag=tag,
        is_lenient=is_lenient,
    )


@pytest.mark.parametrize("text", EMAILS)
def test_an_address_is_read_as_everywhere_else(text: str) -> None:
    handle, same = understanding._handle("email", text), handles.read("email", text)
    assert same and (handle.value, handle.comparable) == (same.value, same.comparable)


@pytest.mark.parametrize("text", PHONES)
def test_a_number_is_read_as_everywhere_else(text: str) -> None:
    try:
        value = understanding._handle("phone", text).value
    except fields.BadValue:
        value = ""
    assert value == (phone.e164(text) or "")


@pytest.mark.django_db
def test_a_row_says_what_its_columns_mean() -> None:
    told = reader("first_name", "last_name", "email", "email", "tags", "note", "", tag="fuar").told(
        Line(7, ["Ayşe", "Yılmaz", "a@b.example", "c@d.example", "Sadık; toptan,", "bir\niki", "x"], 0)
    )
    assert told.facts == {"name": "Ayşe Yılmaz", "email": "a@b.example"}
    assert [handle.value for handle in told.handles] == ["a@b.example", "c@d.example"]
    assert (told.tags, told.note, told.key, told.number) == (("Sadık", "toptan", "fuar"), "bir\niki", "a@b.example", 7)


def test_the_apostrophe_an_export_put_before_a_formula_goes_again() -> None:
    assert reader("name").told(Line(1, ["'=Ali"], 0)).facts["name"] == "=Ali"
    assert reader("name").told(Line(1, ["'Ali"], 0)).facts["name"] == "'Ali"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [([""], "nobody"), (["Can", "x"], "bad_value"), (["Can", "", "fazla"], "ragged"), (["a" * 201, ""], "bad_value")],
)
def test_a_row_that_says_nothing_usable_says_why(cells: list[str], reason: str) -> None:
    with pytest.raises(BadRow) as refused:
        reader("name", "email").told(Line(1, cells, 0))
    assert refused.value.reason == reason
