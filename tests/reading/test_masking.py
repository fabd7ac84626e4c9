"""What is personal is taken out before a text leaves, and put back into what returns."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muhatap.reading import masking, shapes
from muhatap.reading.masking import PLACEHOLDER, Masked, mask, tidy, unmask
from muhatap.reading.personal import Known

WE_KNOW = Known(
    people=("Ayşe Yılmaz", "Zeynep Arslan", "Müşteri Hizmetleri"),
    firms=("Güneş Otel",),
    orders=("10482", "IE-9874"),
    words=("ayse_izmir", "1453. Cadde köşe ev"),
)


def masked(*texts: str, language: str = "tr") -> Masked:
    return mask(texts, WE_KNOW, language=language)


def only(text: str) -> str:
    return masked(text).texts[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yazın: ayse.yilmaz@ornek.example.", "Yazın: [E-POSTA_1]."),
        ("ayse (at) ornek nokta com", "[E-POSTA_1]"),
        ("ışıl+ev@örnek.com.tr’ye yazın", "[E-POSTA_1]’ye yazın"),
        ("Numaram 0532 123 41 18", "Numaram [TELEFON_1]"),
        ("ara: +90 (532) 123-41-18!", "ara: [TELEFON_1]!"),
        ("05321234118", "[TELEFON_1]"),
        ("444 0 123 ü aradım", "[TELEFON_1] ü aradım"),
        ("0 5 3 2 1 2 3 4 1 1 8", "[TELEFON_1]"),
        ("tel05321234118x", "[NUMARA_1]"),
        ("0532\u00ad123\u200b41 18", "[TELEFON_1]"),
        ("٠٥٣٢ ١٢٣ ٤١ ١٨", "[TELEFON_1]"),
        ("TR33 0006 1005 1978 6457 8413 26 hesabına", "[IBAN_1] hesabına"),
        ("tr330006100519786457841326", "[IBAN_1]"),
        ("Kartım 4111 1111 1111 1111", "Kartım [KART_1]"),
        ("Kimlik no 10000000146", "Kimlik no [KİMLİK-NO_1]"),
        ("Kimlik no 12345678901", "Kimlik no [NUMARA_1]"),
        ("#10482 gelmedi", "[SİPARİŞ_1] gelmedi"),
        ("10482'yi bekliyorum, ie-9874 de yok", "[SİPARİŞ_1]'yi bekliyorum, [SİPARİŞ_2] de yok"),
        ("sipariş numaram 4711", "sipariş numaram [SİPARİŞ_1]"),
        ("Takip: AB123456789TR", "Takip: [NUMARA_1]"),
        ("https://kargo.example/t?no=1, baktım", "[BAĞLANTI_1], baktım"),
        ("35 ABC 123 plakalı araç", "[PLAKA_1] plakalı araç"),
        ("şifrem: Gizli-77 ile", "şifrem: [ŞİFRE_1] ile"),
        ("doğum tarihim 12.03.1985", "doğum tarihim [DOĞUM-TARİHİ_1]"),
        ("instagram @ayseevde", "instagram [HESAP_1]"),
        ("hesabım ayse_izmir", "hesabım [VERİ_1]"),
        ("Güneş Otel’den yazıyorum", "[FİRMA_1]’den yazıyorum"),
        ("Bahçelievler Mah. 1742 Sok. No: 5/3 Karşıyaka İzmir adresine", "[ADRES_1] adresine"),
        ("bahçelievler mah 1742 sok. no 5 d 3 ye gelsin", "[ADRES_1] ye gelsin"),
        ("Atatürk Caddesi'nde oturuyorum", "[ADRES_1] oturuyorum"),
        ("I live at 12 Baker Street, London", "I live at [ADRES_1]"),
        ("Ayşe Yılmaz", "[KİŞİ_1]"),
        ("Zeynep Hanım merhaba", "[KİŞİ_2] Hanım merhaba"),
        ("ben ayşe, AYŞE YILMAZ; ayşeye yazın", "ben [KİŞİ_1], [KİŞİ_1B]; [KİŞİ_1]ye yazın"),
        ("Eşim Hasan Demir alacak", "Eşim [KİŞİ_3] alacak"),
        ("Sayın Tankut Öz,", "Sayın [KİŞİ_3],"),
        ("Saygılarımla,\nTankut Özbey", "Saygılarımla,\n[KİŞİ_3]"),
        ("Ad Soyad: Tankut Özbey", "Ad Soyad: [KİŞİ_3]"),
        ("Yılmazların evi, yılmazlara, Yılmazgil", "[KİŞİ_1]ların evi, [KİŞİ_1B]lara, [KİŞİ_1]gil"),
        ("ayşelerin, ayşelerine, ayşeydi, ayşemiz", "[KİŞİ_1]lerin, [KİŞİ_1]lerine, [KİŞİ_1]ydi, [KİŞİ_1]miz"),
        ("Zeynebin siparişi, Zeynebe", "[KİŞİ_2]in siparişi, [KİŞİ_2]e"),
        ("Fatmanın siparişi", "[KİŞİ_3]nın siparişi"),
        ("Eşim Hakanın numarası", "Eşim [KİŞİ_3]ın numarası"),
        ("Ürün Sahibi Hakan Demirci", "Ürün Sahibi [KİŞİ_3]"),
        ("Alıcı adı: Nurhayat\nKutuda Nurhayat yazsın", "Alıcı adı: [KİŞİ_3]\nKutuda [KİŞİ_3] yazsın"),
        ("Mehmedin paketi", "[KİŞİ_3]in paketi"),
        ("Alıcı adı: Nurhayat Sarıoğlu", "Alıcı adı: [KİŞİ_3]"),
        ("alıcı adı: nurhayat sarıoğlu", "alıcı adı: [KİŞİ_3]"),
        ("Teslim alan: Nurhayat Sarıoğlu", "Teslim alan: [KİŞİ_3]"),
        ("Müşteri: Nurhayat Sarıoğlu", "Müşteri: [KİŞİ_3]"),
        ("Sn Nurhayat Sarıoğlu,", "Sn [KİŞİ_3],"),
        ("Ben Nurhayat Sarıoğlu,", "Ben [KİŞİ_3],"),
        ("I'm Nurhayat Sarıoğlu", "I'm [KİŞİ_3]"),
        ("Regards,\n\nNurhayat S.", "Regards,\n\n[KİŞİ_3]."),
        ("dün nurhayat hanım ile Tankut Beye yazdım", "dün [KİŞİ_3] hanım ile [KİŞİ_4] Beye yazdım"),
        ("ara: 0532_123_41_18", "ara: [TELEFON_1]"),
        ("ara: 0532*123*41*18", "ara: [TELEFON_1]"),
        ("ara: 0532:123:41:18", "ara: [TELEFON_1]"),
        ("ara: 0532,123,41,18, olmazsa 0533 999 88 77", "ara: [TELEFON_1], olmazsa [TELEFON_2]"),
        ("ara: 0532 123\n41 18", "ara: [TELEFON_1]"),
        ("kart 4111,1111,1111,1111", "kart [KART_1]"),
        ("yaz: nurhayat.sarioglu%40gmail.com", "yaz: [E-POSTA_1]"),
    ],
)  # fmt: skip
def test_what_is_personal_is_covered(text: str, expected: str) -> None:
    assert only(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2.849,90 ₺ ödedim, 12 Kasım'da söz vermiştiniz, 22.11.2026 oldu.",
        "40x60 cm, 2 adet, %30 indirim, 10.000 TL, 7/24, saat 14:30, 2026 yılı",
        "Kaliteli bir alışveriş olsun diye müşteri hizmetlerini aradım.",
        "Web sitesinde stokta görünüyor.",
        "Aslında dün geldi. Ulaştı, çok beğendik. Güle güle kullanırız, bir bey getirdi.",
        "Müşteri: Kargom nerede",
        "Saat 14:30, 16:00 ya da 12:00-18:00; 40, 50, 60, 70 cm; 324,90\n250,00 ve 1,5",
        "Will it arrive by Friday? I paid $1,249.90 for 3 sets.",
    ],
)
def test_what_is_nobodys_stays_as_it_is(text: str) -> None:
    assert only(text) == text


def test_one_thing_has_one_placeholder_in_all_texts() -> None:
    first, second = masked("Ayşe, #10482 ve 0532 123 41 18", "#10482 için Ayşe aradı: 0532 123 41 18").texts
    assert first == "[KİŞİ_1], [SİPARİŞ_1] ve [TELEFON_1]"
    assert second == "[SİPARİŞ_1] için [KİŞİ_1] aradı: [TELEFON_1]"


def test_placeholders_are_in_the_language_of_the_reader() -> None:
    assert masked("Ayşe: 0532 123 41 18", language="en").texts[0] == "[PERSON_1]: [PHONE_1]"


def test_what_comes_back_is_filled_however_a_model_writes_it() -> None:
    given_ = masked("Ayşe Yılmaz #10482 0532 123 41 18").given
    told = unmask("Merhaba [Kisi_1], [ SİPARİŞ _1 ] yolda; [telefon_1]'i ararız.", given_)
    assert told.text == "Merhaba Ayşe Yılmaz, #10482 yolda; 0532 123 41 18'i ararız."
    assert not told.gaps and not told.besides


def test_only_placeholders_we_gave_are_filled_and_the_others_are_told() -> None:
    given_ = masked("Ayşe Yılmaz").given
    told = unmask("Merhaba [KİŞİ_1], [KİŞİ_7] sizi [gün] arar. [E-POSTA_1] KİŞİ_9", given_)
    assert told.text == "Merhaba Ayşe Yılmaz, [KİŞİ_7] sizi [gün] arar. [E-POSTA_1] KİŞİ_9"
    assert told.gaps == ("[KİŞİ_7]", "[gün]", "[E-POSTA_1]", "KİŞİ_9")


def test_what_an_answer_brings_along_from_nowhere_is_told() -> None:
    given_ = masked("0532 123 41 18").given
    told = unmask("[TELEFON_1] değil, 0533 999 88 77 ya da https://kotu.example/giris", given_)
    assert set(told.besides) == {"0533 999 88 77", "https://kotu.example/giris"}


def test_a_placeholder_that_a_customer_typed_is_theirs_and_no_key_to_anybodys_data() -> None:
    made = masked("Ben [KİŞİ_1], [kisi_2] de yazdı: Ayşe Yılmaz")
    assert "Ayşe" not in made.texts[0]
    assert unmask(made.texts[0], made.given).text == "Ben [KİŞİ_1], [kisi_2] de yazdı: Ayşe Yılmaz"


def test_check_digits_tell_an_identity_number() -> None:
    assert shapes.is_tckn("10000000146")
    assert not any(shapes.is_tckn(wrong) for wrong in ("10000000147", "00000000146", "1000000014", "12345678901"))
    assert shapes.is_card("4111111111111111") and not shapes.is_card("4111111111111112")


PIECES = st.sampled_from([
    "Ayşe Yılmaz", "AYŞE", "ayşeye", "Zeynep", "0532 123 41 18", "+905321234118", "ayse@ornek.example", "10000000146",
    "TR33 0006 1005 1978 6457 8413 26", "4111-1111-1111-1111", "#10482", "IE-9874", "Güneş Otel", "[KİŞİ_1]", "[kisi_1]", "[ TELEFON_1]",
    "https://a.example/b?c=1", "Atatürk Cad. No: 5", "12.03.1985", "doğum", "Hasan Demir", "2.849,90 ₺", "merhaba", "\n", ".", ",", "'ye", "(", "]",
    "İıŞş", "\u200b", "é", "e\u0301", "👩‍👩‍👧", "\r\n",
])  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(string.printable + "ğüşıöçİ[]_\u00ad\ue000", max_size=8)), max_size=12).map(
    " ".join
)
STRONG = re.compile(r"[\w.]+@[\w.]+\w|\d[\d ]{8,}\d", re.ASCII)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_nothing_that_was_found_goes_out_and_all_of_it_comes_back(texts: list[str]) -> None:
    made = mask(texts, WE_KNOW)
    bare = [PLACEHOLDER.sub("\n", text) for text in made.texts]

    for original in made.given.values():
        if len(original) >= 5 and not PLACEHOLDER.search(original):
            words = rf"(?<!\w){re.escape(original)}(?!\w)"
            assert not any(re.search(words, text) for text in bare), original
    assert not any("ornek.example" in text or STRONG.search(text) for text in bare)
    assert [unmask(text, made.given).text for text in made.texts] == [tidy(text) for text in texts]
    assert len(set(map(masking._plain, made.given))) == len(made.given)
