import pytest

from muhatap.writing import greeting


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Merhaba Ayşe Hanım,\n\nKargonuz yolda.", "Ayşe"),
        ("Merhaba Ayşe, kargonuz yolda", "Ayşe"),
        ("Sayın İpek Güneş,", "İpek Güneş"),
        ("\n\nIşıl Hanım,\nteşekkürler", "Işıl"),
        ("Mehmet Bey merhaba", "Mehmet"),
        ("İyi günler Gülşen Hanım", "Gülşen"),
        ("Dear Emily,", "Emily"),
        ("Dear Ms. Carter,", "Carter"),
        ("Hi Emily Carter!", "Emily Carter"),
        ("Hi there,", ""),
        ("Dear Sir,", ""),
        ("Dear Customer,", ""),
        ("Merhaba,", ""),
        ("Merhabalar, Kargonuz yolda.", ""),
        ("Merhaba Siparişiniz yola çıktı", ""),
        ("İyi günler, Ayşe Hanım", "Ayşe"),
        ("Değerli Müşterimiz,", ""),
        ("Sayın Yetkili,", ""),
        ("Kargonuz yolda.", ""),
        ("", ""),
    ],
)
def test_the_greeted_name_is_read(text: str, name: str) -> None:
    assert greeting.named(text) == name


@pytest.mark.parametrize(
    ("name", "known", "is_of"),
    [
        ("Ayşe", ["Ayşe Yılmaz"], True),
        ("AYSE", ["Ayşe Yılmaz"], True),
        ("İpek", ["ipek@gunesotel.example"], True),
        ("Işıl", ["IŞIL TAN"], True),
        ("Ayşe", ["Mehmet Kaya", "mehmet.kaya@ornek.example"], False),
        ("Ayşe", [], False),
    ],
)
def test_a_name_is_known_by_one_of_its_words(name: str, known: list[str], is_of: bool) -> None:
    assert greeting.is_of(name, known) is is_of
