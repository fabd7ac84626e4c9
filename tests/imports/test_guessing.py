"""What columns mean, from their headers and from what stands in them."""

import pytest

from muhatap.contacts.models import CustomField
from muhatap.imports import guessing


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("E-posta", "email"),
        ("E-POSTA ADRESİ", "email"),
        ("Mail", "email"),
        ("Cep Telefonu", "phone"),
        ("GSM", "phone"),
        ("Ad Soyad", "name"),
        ("MÜŞTERİ ADI", "name"),
        ("Full Name", "name"),
        ("Şehir", "city"),
        ("İl", "city"),
        ("Firma Adı", "company"),
        ("Etiketler", "tags"),
        ("Açıklama", "note"),
        ("Müşteri No", "shop"),
        ("Dil", "language"),
        ("Raf ömrü", ""),
    ],
)
def test_a_header_is_known_by_its_word(header: str, target: str) -> None:
    assert guessing.columns([header], [], []) == [target]


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (["ayse@ornek.example", "mehmet@ornek.example", ""], "email"),
        (["0532 123 41 18", "+90 216 555 05 12", "444 0 123"], "phone"),
        (["İzmir", "ANKARA", "bursa"], "city"),
        (["Ayşe Yılmaz", "Mehmet Kaya", "Elif Şahin"], "name"),
        (["14.03.1990", "01.02.1985"], ""),
        (["1.249,90", "7"], ""),
        ([], ""),
    ],
)
def test_without_a_header_the_values_speak(values: list[str], target: str) -> None:
    assert guessing.columns([""], [[value] for value in values], []) == [target]


def test_a_header_whose_values_say_otherwise_is_not_believed() -> None:
    assert guessing.columns(["Mail"], [["evet"], ["hayır"]], []) == [""]


def test_a_name_beside_a_surname_is_the_first_name() -> None:
    assert guessing.columns(["Ad", "Soyad"], [], []) == ["first_name", "last_name"]
    assert guessing.columns(["First name"], [], []) == ["name"]


def test_what_there_can_be_one_of_is_taken_once_and_addresses_as_often_as_they_come() -> None:
    assert guessing.columns(["Şehir", "İl", "E-posta", "E-posta 2"], [], []) == ["city", "", "email", "email"]


def test_a_field_of_ones_own_is_known_by_its_label() -> None:
    field = CustomField(key="dogum-gunu", label="Doğum günü")
    assert guessing.columns(["DOĞUM GÜNÜ"], [], [field]) == ["field:dogum-gunu"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["14.03.1990", "2026-11-21"], "date"),
        (["1.249,90 ₺", "TRY 7"], "money"),
        (["1.249,90", "7"], "number"),
        (["0532", "0533"], "text"),
        (["31.02.2026"], "text"),
        ([], "text"),
    ],
)
def test_the_kind_of_a_new_field_follows_from_its_values(values: list[str], kind: str) -> None:
    assert guessing.kind_of(values) == kind


def test_a_file_is_known_again_by_its_headers_and_nothing_else() -> None:
    assert guessing.fingerprint(["Ad", "E-POSTA "]) == guessing.fingerprint(["ad", "e-posta"])
    assert guessing.fingerprint(["Ad", "E-posta"]) != guessing.fingerprint(["E-posta", "Ad"])
