"""Cells as people write them; the quick ways say the same as the long ones."""

import pytest

from muhatap.contacts import fields, handles
from muhatap.imports import cells, understanding
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


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("5321234118", ["+905321234118"]),  # the nought in front was lost
        ("905321234118.0", ["+905321234118"]),
        ("9,05321234118E+11", ["+905321234118"]),
        ("0532 123 41 18 / 0216 555 05 12", ["+905321234118", "+902165550512"]),
        ("0216 555 05 12 dahili 3", ["+902165550512"]),
    ],
)
def test_numbers_are_read_as_spreadsheets_leave_them(cell: str, found: list[str]) -> None:
    told = reader("name", "phone").told(Line(1, ["Can", cell], 0))
    assert [handle.value for handle in told.handles] == found


def test_a_number_whose_digits_were_thrown_away_is_not_guessed() -> None:
    with pytest.raises(BadRow) as refused:
        reader("name", "phone").told(Line(1, ["Can", "5,32123E+11"], 0))
    assert "5,32123E+11" in refused.value.detail


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Ayşe <a@b.example>", ["a@b.example"]),
        ("mailto:a@b.example", ["a@b.example"]),
        ("a@b.example; c@d.example", ["a@b.example", "c@d.example"]),
    ],
)
def test_addresses_lose_what_stands_around_them(cell: str, found: list[str]) -> None:
    told = reader("name", "email").told(Line(1, ["Can", cell], 0))
    assert [handle.value for handle in told.handles] == found


@pytest.mark.parametrize(
    "text",
    [
        "21.11.2026", "21/11/26", "21-11-2026", "2026/11/21", "20261121", "2026-11-21 10:30", "2026-11-21T10:30:00Z",
        "21.11.2026 14:30:00", "21 Kasım 2026", "Nov 21, 2026", "21 November 2026", "11/21/2026",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(text: str) -> None:
    assert cells.day(text, cells.DAY_FIRST) == "2026-11-21"


def test_what_is_no_day_stays_as_it_is_and_the_order_is_chosen() -> None:
    assert [cells.day(text, "") for text in ("46347", "yarın", "21.13.21.1")] == ["46347", "yarın", "21.13.21.1"]
    assert cells.day("3/4/2026", cells.MONTH_FIRST) == "2026-03-04"
    assert cells.day("3/4/2026", cells.DAY_FIRST) == "2026-04-03"
    assert cells.date_order([["x", "3/4/2026"], ["y", "3/14/2026"]]) == cells.MONTH_FIRST
    assert cells.date_order([["x", "3/4/2026"]]) == cells.DAY_FIRST


@pytest.mark.parametrize(
    ("cell", "sign", "plain"),
    [
        ("1.249", ",", "1249"), ("1.249", ".", "1.2490"), ("1,249", ".", "1249"), ("1,249", ",", "1.2490"),
        ("₺1.249", ",", "₺1249"), ("1.249.000", ".", "1249000"), ("1.249,90", ".", "1.249,90"), ("1249.9", ",", "1249.9"),
        ("1.249", "", "1.249"), ("-1.249 TL", ",", "-1249 TL"),
    ],
)  # fmt: skip
def test_an_amount_is_read_by_the_sign_its_file_uses(cell: str, sign: str, plain: str) -> None:
    assert cells.amount(cell, sign) == plain


def test_the_sign_is_found_where_only_one_is_possible() -> None:
    assert cells.decimal_sign([["1.249,90"], ["7"]]) == ","
    assert cells.decimal_sign([["$1,249.90"], ["7.5"]]) == "."
    assert cells.decimal_sign([["1.249"], ["x"]]) == ""
