"""Files as they come: every kind and every spoiled one gives the same table or a clear answer."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from muhatap.imports import sheets
from muhatap.imports.reading import delimited, problems, table, workbook
from muhatap.imports.reading.problems import Unreadable

HEADER = ["Ad", "E-posta", "Ciro"]
ROWS = [["Ayşe Yılmaz", "ayse@ornek.example", "1249,90"], ["İpek Güneş", "ipek@ornek.example", "7"]]


def read(folder: Path, raw: bytes) -> table.Table:
    path = folder / "file"
    path.write_bytes(raw)
    return table.opened(path)


def cells(found: table.Table) -> list[list[str]]:
    return [row for _, row in found.rows]


def text(delimiter: str, end: str = "\n") -> str:
    return end.join(delimiter.join(row) for row in [HEADER, *ROWS]) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1254"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_text_is_read_whatever_its_letters_and_its_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    found = read(tmp_path, text(delimiter).encode(encoding))
    assert (found.kind, found.delimiter, found.header, cells(found)) == ("csv", delimiter, HEADER, ROWS)


def test_commas_and_decimal_commas_live_together_in_quotes(tmp_path: Path) -> None:
    found = read(tmp_path, b'Ad,Ciro\r\n"Y\xc4\xb1lmaz, Ay\xc5\x9fe","1.249,90"\r\n')
    assert cells(found) == [["Yılmaz, Ayşe", "1.249,90"]]


def test_a_text_may_hold_lines_of_its_own(tmp_path: Path) -> None:
    assert cells(read(tmp_path, b'Ad;Not\nCan;"bir\niki"\n')) == [["Can", "bir\niki"]]


def test_what_excel_says_of_its_delimiter_is_believed(tmp_path: Path) -> None:
    found = read(tmp_path, b"sep=;\r\nAd;Not\r\nCan;a,b\r\n")
    assert (found.header, cells(found)) == (["Ad", "Not"], [["Can", "a,b"]])


def test_rows_that_are_ragged_stay_what_they_are_and_empty_ones_go(tmp_path: Path) -> None:
    assert cells(read(tmp_path, b"Ad;Not\n\nCan\n;;\nEce;x;y\n")) == [["Can"], ["Ece", "x", "y"]]


def test_a_first_row_with_an_address_is_no_header(tmp_path: Path) -> None:
    found = read(tmp_path, b"Can;can@ornek.example\nEce;ece@ornek.example\n")
    assert (found.header, len(cells(found))) == (["", ""], 2)


def test_turkish_dos_letters_are_found_where_windows_has_none(tmp_path: Path) -> None:
    found = read(tmp_path, text(";").encode("cp857"))
    assert (found.encoding, cells(found)) == ("cp857", ROWS)


@pytest.mark.parametrize("encoding", delimited.ENCODINGS[:5])
def test_what_somebody_says_of_the_letters_goes_before_the_guess(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "file").write_bytes(text("|").encode(encoding))
    found = table.opened(tmp_path / "file", table.Manner(encoding=encoding, delimiter="|", header_row=1))
    assert (found.header, cells(found)) == (HEADER, ROWS)
    if encoding == "utf-16":
        (tmp_path / "file").write_bytes(text("|").encode("cp1254"))
        with pytest.raises(Unreadable):
            cells(table.opened(tmp_path / "file", table.Manner(encoding=encoding)))


def test_the_header_stands_under_titles_or_where_somebody_says(tmp_path: Path) -> None:
    raw = ("Müşteri listesi;;\n" + text(";")).encode()
    assert (read(tmp_path, raw).header, read(tmp_path, raw).header_row) == (HEADER, 2)
    none = table.opened(tmp_path / "file", table.Manner(header_row=0))
    assert (none.header, len(cells(none))) == (["", "", ""], 4)
    with pytest.raises(Unreadable):
        table.opened(tmp_path / "file", table.Manner(header_row=5))


def test_a_comma_in_a_sentence_is_no_delimiter(tmp_path: Path) -> None:
    assert read(tmp_path, b"Soyad, Ad;E-posta\nEr, Can;c@o.example\n").delimiter == ";"


def test_names_in_any_script_come_through(tmp_path: Path) -> None:
    rows = [["😀 Ayşe", "a@o.example"], ["محمد علي", "m@o.example"], ["אבי", "e@o.example"]]
    raw = "Ad;E-posta\n" + "".join(f"{name};{email}\n" for name, email in rows)
    assert cells(read(tmp_path, raw.encode())) == rows


def book(*parts: tuple[str, str | bytes]) -> bytes:
    """A workbook with the parts given in place of its own."""
    whole = io.BytesIO(b"".join(sheets.written([HEADER, *ROWS])))
    with zipfile.ZipFile(whole) as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | dict(parts)
    spoiled = io.BytesIO()
    with zipfile.ZipFile(spoiled, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return spoiled.getvalue()


def sheet(inside: str, *more: tuple[str, str | bytes]) -> bytes:
    return book(("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{inside}</sheetData></worksheet>"), *more)


def test_a_workbook_gives_what_was_written_into_it(tmp_path: Path) -> None:
    found = read(tmp_path, b"".join(sheets.written([HEADER, *ROWS])))
    assert (found.kind, found.header, cells(found)) == ("xlsx", HEADER, ROWS)


def test_shared_strings_numbers_dates_and_gaps_of_a_workbook_are_read(tmp_path: Path) -> None:
    styles = '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    strings = "<sst><si><t>Ad</t></si><si><r><t>Ay</t></r><r><t>şe</t></r><rPh><t>x</t></rPh></si></sst>"
    inside = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="str"><v>Gün</v></c><c r="D1" t="str"><v>No</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="C3" s="1"><v>46347</v></c><c r="D3"><v>9.05321234118E11</v></c></row>'
        '<row r="4"><c r="A4" t="e"><v>#N/A</v></c><c r="D4"><v>1.249</v></c></row>'
    )
    found = read(tmp_path, sheet(inside, ("xl/styles.xml", styles), ("xl/sharedStrings.xml", strings)))
    assert found.header == ["Ad", "", "Gün", "No"]
    assert list(found.rows) == [(3, ["Ayşe", "", "2026-11-21", "905321234118"]), (4, ["", "", "", "1.2490"])]


CARD = """BEGIN:VCARD
VERSION:3.0
N:Yılmaz;Ayşe;;;
FN:Ayşe Yılmaz
item1.EMAIL;TYPE=INTERNET:ayse@ornek.example
TEL;TYPE=CELL:0532 123
  41 18
TEL:tel:+902165550512
ORG:Güneş\\, Otel;Satış
ADR;TYPE=HOME:;;Sok. 5;İzmir;;35000;Türkiye
BDAY:19900314
CATEGORIES:toptan,sadık
NOTE:bir\\niki
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=9Eahin;Elif
END:VCARD
"""


def test_cards_are_rows_under_one_header(tmp_path: Path) -> None:
    found = read(tmp_path, CARD.replace("\n", "\r\n").encode())
    ayse, elif_ = (dict(zip(found.header, row, strict=True)) for row in cells(found))
    assert ayse["Name"], ayse["E-mail"] == ("Ayşe Yılmaz", "ayse@ornek.example")
    assert (ayse["Phone"], ayse["Phone 2"]) == ("0532 123 41 18", "+902165550512")
    assert (ayse["Company"], ayse["City"], ayse["Birthday"]) == ("Güneş, Otel", "İzmir", "1990-03-14")
    assert (ayse["Tags"], ayse["Note"]) == ("toptan,sadık", "bir\niki")
    assert elif_["Name"] == "Elif Şahin"


def test_a_picture_in_a_card_costs_nothing(tmp_path: Path) -> None:
    picture = "PHOTO;ENCODING=b;TYPE=JPEG:" + "\n ".join(["A" * 70] * 45_000)
    found = read(tmp_path, CARD.replace("TEL;TYPE=CELL", f"{picture}\nTEL;TYPE=CELL", 1).encode())
    assert len(cells(found)) == 2


def test_cards_of_version_4_and_soft_breaks_of_2_1_are_read(tmp_path: Path) -> None:
    four = "BEGIN:VCARD\nVERSION:4.0\nFN:Şule Çağlar\nEMAIL;PREF=1:s@o.example\nTEL;VALUE=uri:tel:+90-532-123-41-18\nEND:VCARD\n"
    two = "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5=9Eule=20=\n=C3=87a=C4=9Flar\nTEL;CELL:0532\nEND:VCARD\n"
    found = cells(read(tmp_path, (four + two).encode()))
    assert [(row[0], row[4]) for row in found] == [("Şule Çağlar", "+90-532-123-41-18"), ("Şule Çağlar", "0532")]


def bomb() -> bytes:
    return sheet("<row><c><v>1</v></c></row>" + " " * (workbook._SMALL + 1))


def zipped(*names: str) -> bytes:
    """A zip that is no workbook of ours."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return whole.getvalue()


def one_mark() -> bytes:
    """An attribute of megabytes: nothing comes of it, and whoever parses it keeps it whole."""
    return sheet(f'<row r="1" x="{"a" * (6 << 20)}"><c><v>1</v></c></row>')


def styles() -> bytes:
    many = "<xf/>" * (workbook.MOST_STYLES + 2)
    return sheet("<row><c><v>1</v></c></row>", ("xl/styles.xml", f"<styleSheet><cellXfs>{many}</cellXfs></styleSheet>"))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100
DOCTYPE = '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SPOILED: dict[str, tuple[Any, str]] = {
    "nothing": (b"", "empty"),
    "a mark and nothing": (b"\xef\xbb\xbf \r\n", "empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
    "letters of control": (bytes(range(1, 30)) * 40, "binary"),
    "old Excel": (OLE, "old_excel"),
    "a workbook with a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
    "an OpenDocument sheet": (zipped("mimetype", "content.xml"), "binary"),
    "a binary workbook": (zipped("[Content_Types].xml", "xl/workbook.bin"), "binary"),
    "a row beyond all rows": (sheet(f'<row r="{10**20}"><c t="str"><v>x</v></c></row>'), "broken"),
    "letters nobody knows": (book(("xl/workbook.xml", '<?xml version="1.0" encoding="UF-8"?><workbook/>')), "broken"),
    "an attribute of megabytes": (one_mark, "bomb"),
    "styles without end": (styles, "bomb"),
    "half of a zip": (b"PK\x03\x04" + b"x" * 100, "broken"),
    "a zip of something else": (book(("xl/workbook.xml", "<workbook/>")), "broken"),
    "UTF-8 and then not": ("Ad\nAyşe\n".encode() + b"\xfe\xfe\n", "encoding"),
    "a quotation mark that stays open": (b'Ad;Not\nCan;"x' + b"y\n" * 200_000, "quote"),
    "an endless line": (b"x" * (problems.LONGEST_LINE + 10), "line"),
    "a thousand columns": (b"Ad;" * 1000 + b"\n" + b"x;" * 1000 + b"\n", "columns"),
    "a zip bomb": (bomb, "bomb"),
    "entities": (book(("xl/sharedStrings.xml", DOCTYPE + "<sst/>")), "entities"),
    "a cell without end": (sheet(f'<row r="1"><c t="str"><v>{"x" * 100_001}</v></c></row>'), "cell"),
    "a cell far out": (sheet('<row r="1"><c r="XFD1" t="str"><v>x</v></c></row>'), "columns"),
    "a string that is not there": (sheet('<row r="1"><c t="s"><v>7</v></c></row>'), "broken"),
    "a number that is none": (sheet('<row r="1"><c><v>x</v></c></row>'), "broken"),
    "a web page": (b"<!DOCTYPE html><table><tr><td>Ad</td></tr></table>", "binary"),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n", "binary"),
    "JSON": (b'[{"name": "x", "email": "a@b.example"}]', "binary"),
    "a card that breaks off": (CARD[:120].encode(), "broken"),
    "a card without anybody": (b"BEGIN:VCARD\nEND:VCARD\n", "empty"),
    "fifty megabytes in one cell": (lambda: b"Ad;Not\nCan;" + b"x" * 50_000_000 + b"\n", "line"),
    "ten thousand columns": (lambda: b";".join(b"c%d" % n for n in range(10_000)) + b"\nx\n", "columns"),
    "UTF-32": (text(";").encode("utf-32"), "binary"),
    "XML that breaks off": (book(("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row>")), "broken"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_file_says_what_is_wrong_with_it(tmp_path: Path, name: str) -> None:
    raw, code = SPOILED[name]
    with pytest.raises(Unreadable) as refused:
        cells(read(tmp_path, raw() if callable(raw) else raw))
    assert refused.value.code == code


def test_the_size_a_sheet_gives_itself_is_not_believed(tmp_path: Path) -> None:
    inside = '<dimension ref="A1:XFD1048576"/><row r="1"><c t="str"><v>Ad</v></c></row><row r="1048576"><c t="str"><v>Can</v></c></row>'
    assert list(read(tmp_path, sheet(inside)).rows) == [(1048576, ["Can"])]


def test_a_nul_in_the_middle_of_a_text_is_dropped(tmp_path: Path) -> None:
    raw = text(";").encode() + b"C" * 70_000 + b"a\x00n;x;y\n"
    assert cells(read(tmp_path, raw))[-1][1:] == ["x", "y"]


def test_the_delimiter_is_the_one_that_parts_rows_evenly() -> None:
    assert delimited.delimiter("a,b;c\nd;e,f\ng;h\n") == ";"
    assert delimited.delimiter("nur eine spalte\nx\n") == ","
