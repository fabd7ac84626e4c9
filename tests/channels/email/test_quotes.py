"""What somebody newly wrote: nothing of theirs is lost, nothing of ours comes back."""

import pytest

from muhatap.channels.email import html, quotes
from tests.channels.email import corpus, turkish_replies
from tests.channels.email.turkish_replies import Case


def is_same(text: str, other: str) -> bool:
    return text.split() == other.split()


def test_turkish_answers_come_out_exactly_and_lose_nothing():
    cases = list(turkish_replies.cases())
    wrong = [case for case in cases if not is_same(quotes.reply(case.text), case.expected)]
    lost = [case.name for case in wrong if not set(case.expected.split()) <= set(quotes.reply(case.text).split())]
    assert lost == []
    assert len(wrong) <= 0.01 * len(cases), [case.name for case in wrong[:10]]


@pytest.mark.parametrize("case", list(turkish_replies.html_cases()), ids=lambda case: case.name)
def test_turkish_html_answers_come_out_exactly(case: Case):
    assert is_same(quotes.reply(html.clean(case.text).marked), case.expected)


def test_recorded_replies_come_out_as_people_marked_them():
    labelled = [row for row in corpus.replies() if row["kind"] == "reply" and row["expected"]]
    right = [row for row in labelled if is_same(quotes.reply(row["text"]), row["expected"])]
    assert len(labelled) == 48
    assert len(right) >= 0.95 * len(labelled)


@pytest.mark.parametrize(
    "row", [row for row in corpus.replies() if row["lang"] in ("tr", "de", "fr")], ids=lambda row: row["id"]
)
def test_a_bare_forward_gives_the_forwarded_words_without_its_heading(row: dict[str, str]):
    found = quotes.reply(row["text"])
    assert found.strip().startswith("Aenean quis diam urna.")
    assert found.endswith("congue massa sagittis eget.")


@pytest.mark.parametrize("row", corpus.replies(), ids=lambda row: row["id"])
def test_no_text_ever_comes_out_empty(row: dict[str, str]):
    assert bool(quotes.reply(row["text"]).strip()) == bool(row["text"].strip())


@pytest.mark.parametrize(
    "words",
    [
        "Kargo firması 12.11.2026 saat 14:30 bana şunu yazdı:\n\n> Adreste yok.\n\nAma evdeydim.",
        "Zeynep Hanım 12.11.2026 14:30 tarihinde şöyle demişti: gelecek.\nGelmedi.",
        "Gönderen: Ayşe\nKonu: iade\n\nİade etmek istiyorum.",
        "Merhaba,\n\nAd Soyad: Ayşe\nTarih: 12.11.2026\nKonu: iade\nSipariş: 10482\n\nBekliyorum",
        "Merhaba\n--\nbir soru\n--\nbir soru daha\n" + "uzun bir satır\n" * 20,
        "Fotoğrafı cep telefonumdan gönderdim.",
        "Merhaba\n\nFotoğraflar cep telefonumdan gönderildi.",
        "Paket Samsung telefon ile birlikte gönderildi",
        "Samsung kargo ile gönderildi.",
        "Saygılarımla,\nAyşe Yılmaz\n\nNot: beni 0532 123 41 18'den arayın",
        "Teşekkürler\n\nAdresim:\nAtatürk Mah. 12. Sok. No: 5\nKarşıyaka",
        "Thanks\nMy address:\n12 Main Street\n+90 532 111 22 33",
        "Selam\n\nBu e-posta ekleri açılmıyor, sadece pdf gönderin.",
        "> Siparişiniz hazır mı?\nEvet.\n\n> Adres doğru mu?\nHayır, yeni adres: X",
        "Ölçüler şöyle:\n```\n> 200\n-- \n100\n```\nteşekkürler",
    ],
)
def test_words_that_only_look_like_quotes_stay(words: str):
    assert is_same(quotes.reply(words), words)


@pytest.mark.parametrize(
    ("text", "remains"),
    [
        ("Am 12.11.2026 um 14:30 schrieb Max Muster <max@ornek.example>:\n> Hallo\n\nDanke!", "Danke!"),
        (
            "Danke!\n\nVon: Support <a@b.example>\nGesendet: Montag, 1. November 2021 10:00\nAn: Max\nBetreff: AW: Bestellung\n\nHallo",
            "Danke!",
        ),
        (
            "Danke!\n\nVon meinem iPhone gesendet\n\n> Am 01.11.2021 um 10:00 schrieb Support <a@b.example>:\n>\n> Hallo",
            "Danke!",
        ),
        (
            "Merci\n\nDe : Support <a@b.example>\nEnvoyé : lundi 1 novembre 2021 10:00\nÀ : Max\nObjet : RE: Commande\n\nBonjour",
            "Merci",
        ),
        (
            "Merci\n\nLe lun. 1 nov. 2021 à 10:00, Support Clients de la Maison Ihlamur\n<a@b.example> a écrit :\n\n> Bonjour",
            "Merci",
        ),
        (
            "Thanks!\n\nOn Mon, Nov 1, 2021 at 10:00 AM Support <\na@b.example> wrote:\n\n> Hello\n\n-- \nEmily",
            "Thanks!",
        ),
        (
            "Tamam\n\n27 Ara 2025 Cmt 16:05 tarihinde Ihlamur Ev <destek@ihlamurev.example> şunu\nyazdı:\n\n> Selam",
            "Tamam",
        ),
        (
            "Ihlamur Ev <destek@ihlamurev.example>, 27 Ara 2025 Cmt, 16:05 tarihinde şunu yazdı:\n\n> Hazır mı?\n\nEvet.\n\n> Adres?\n\nAynı.",
            "> Hazır mı?\n\nEvet.\n\n> Adres?\n\nAynı.",
        ),
        (
            "Ürünü aldım.\n\nSaygılarımla,\nİpek Güneş\nSatın Alma Müdürü\nGüneş Otel\nTel: 0232 111 22 33\nwww.gunesotel.example",
            "Ürünü aldım.\n\nSaygılarımla,\nİpek Güneş",
        ),
        ("iPhone'umdan gönderildi", "iPhone'umdan gönderildi"),
        ("-- \nAyşe", "-- \nAyşe"),
    ],
)
def test_what_others_wrote_goes(text: str, remains: str):
    assert is_same(quotes.reply(text), remains)


def test_an_answer_between_the_lines_of_a_gmail_quote_stays():
    page = (
        '<div class="gmail_quote"><div class="gmail_attr">Ihlamur Ev &lt;destek@ihlamurev.example&gt;, 27 Ara 2025 Cmt, 16:05 tarihinde '
        'şunu yazdı:<br></div><blockquote class="gmail_quote">Renk?</blockquote><div>Bej.</div>'
        '<blockquote class="gmail_quote">Beden?</blockquote><div>Çift kişilik.</div></div>'
    )
    assert is_same(quotes.reply(html.clean(page).marked), "> Renk? Bej. > Beden? Çift kişilik.")


def test_an_attribution_in_a_language_nobody_taught_us_goes_by_its_element():
    page = (
        '<div>Tamam</div><div class="gmail_quote"><div class="gmail_attr">zzz qqq 12 xxx &lt;a@b.example&gt; vvv<br></div>'
        "<blockquote class='gmail_quote'>Merhaba</blockquote></div>"
    )
    assert quotes.reply(html.clean(page).marked) == "Tamam"


def test_a_book_is_left_alone():
    book = "bir satır\n" * 20_000
    assert quotes.reply(book) == book.strip("\n")
