"""What is found in a notice: the site's labels are read, the lines of whoever wrote the post are theirs."""

from collections.abc import Mapping
from typing import Any

import pytest

from muhatap.channels.contract import Inbound
from muhatap.channels.email.translation import translate
from muhatap.channels.notice.adapter import ADAPTER, wire
from muhatap.channels.notice.finding import find
from tests.channels.listening.recorded import FOLDER

HEAD = "Merhaba,\n\nŞikâyet No: 445566\nYazan: Fatih Ö.\nŞikâyet: Havlum gelmedi.\n"


@pytest.mark.parametrize(
    "line", ["No: 12 Kadıköy", "Konu: kargo", "Link: buradan", "From: ben", "Yazan: ben", "No: 12"]
)
def test_a_line_of_the_author_that_looks_like_a_label_is_text(line: str) -> None:
    found = find(f"{HEAD}{line}\nTeşekkürler.\n---\nBu bildirimi kapatın.", [], {})

    assert found.text == f"Havlum gelmedi.\n{line}\nTeşekkürler."
    assert (found.id, found.author, found.title, found.url) == ("445566", "Fatih Ö.", "", "")


def test_a_number_stands_before_the_text_or_nowhere() -> None:
    below = find("Yazan: Elif\nMesaj: Adresim:\n---\nNo: 12\n", [], {})
    address = find("Yazan: Elif\nNo: 12 Kadıköy\n", [], {})

    assert (below.text, below.id, address.id) == ("Adresim:", "", "")


def test_what_stands_below_the_text_is_the_sites_again() -> None:
    found = find("Mesaj: Gelmedi.\n---\nYazan: Elif\n", [], {})

    assert (found.text, found.author) == ("Gelmedi.", "Elif")


LABELS = {"author": ["Rumuz"], "text": ["Yanıt"], "url": ["Sayfa"]}


def sent(name: str, settings: Mapping[str, Any] | None = None) -> Inbound:
    """The post in a recorded mail, which comes through the parser of mails first."""
    meta = {"received_at": "2026-11-21T14:00:00+03:00"}
    raw = (FOLDER / f"notice_{name}.eml").read_bytes()
    mail = translate(raw, meta, lambda content: ("", 0))
    return ADAPTER.translate(wire(mail), {**meta, "settings": settings or {}})


def test_a_complaint_site_that_writes_plain_lines() -> None:
    post = sent("plain")

    assert (post.sender.name, post.subject) == ("Nermin T.", "Nevresim takımı eksik geldi")
    assert post.text.startswith("14 Kasım'da") and post.text.endswith("Not: kapıdaki kuryeye de söyledim.")
    assert post.public_url.startswith("https://sikayetdefteri.example/sikayet/nevresim-takimi-eksik-geldi-778812")
    assert post.external_id == "sikayetdefteri.example:778812"


def test_a_forum_that_writes_a_table_is_read_by_its_own_words() -> None:
    post = sent("table", {"site": "konutforumu.example", "labels": LABELS})

    said = "Ihlamur Ev’den aldım, kumaşı güzel ama boyu 12 cm kısa geldi.\nDeğişim için nereye yazmalıyım?"
    assert (post.sender.name, post.text) == ("perde_meraklisi", said)
    assert post.public_url.endswith("/konu/5521/keten-perde?ileti=90417&bildirim=1#ileti-90417")
    assert post.external_id == "www.konutforumu.example/konu/5521/keten-perde#ileti-90417"


def test_without_the_sites_words_the_whole_mail_is_the_post_and_stands_where_it_stands() -> None:
    post = sent("table")

    assert post.sender.name == "" and "boyu 12 cm kısa geldi" in post.text
    assert "/konu/5521/" in post.public_url  # and not the first page of the site, which all of its mails link to


def test_an_old_mailer_with_turkish_letters_of_its_own() -> None:
    post = sent("windows1254")

    assert (post.sender.name, post.subject) == ("Gülşen Işık", "Ihlamur Ev için yeni yorum")
    assert post.text.startswith("Çarşafın dikişi ilk yıkamada söküldü") and post.text.endswith("istiyorum.")
    assert post.public_url == "https://magazayorum.example/yorumlar/ihlamur-ev/31077"


def test_two_answers_below_one_page_are_two_posts() -> None:
    first, second = (
        find(f"Yazan: Elif\nMesaj: Gelmedi.\nLink: https://forum.example/konu/7#ileti-{n}\n", [], {}) for n in (1, 2)
    )

    assert first.text == second.text == "Gelmedi." and first.url != second.url


def test_the_sites_own_words_go_before_ours_and_need_no_colon() -> None:
    settings = {"labels": {"author": ["Konu Sahibi:"], "text": ["Konu"]}}
    found = find("Konu sahibi Elif Ş.\nKonu: Havlum gelmedi.\nKonu sahibi benim.\n", [], settings)

    assert (found.author, found.text, found.title) == ("Elif Ş.", "Havlum gelmedi.\nKonu sahibi benim.", "")
