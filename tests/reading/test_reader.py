"""The model that comes with the program, on messages that leave no doubt."""

import json
from dataclasses import replace

import pytest

from muhatap.reading import model
from muhatap.reading.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("Ürün kırık geldi, iade etmek istiyorum.", "complaint", "tr"),
        ("urun kirik geldi cok kotu", "complaint", "tr"),
        ("SİPARİŞİM HALA GELMEDİ", "complaint", "tr"),
        ("Kargo ücreti ne kadar?", "question", "tr"),
        ("Teslimat adresimi değiştirir misiniz?", "request", "tr"),
        ("Çok memnun kaldık, ellerinize sağlık!", "praise", "tr"),
        ("Merhaba", "other", "tr"),
        ("My parcel still hasn't arrived and nobody answers.", "complaint", "en"),
        ("How long does delivery take?", "question", "en"),
        ("Please cancel my order.", "request", "en"),
        ("Thank you so much, the lamp is wonderful!", "praise", "en"),
    ],
)
def test_what_leaves_no_doubt_is_read(reader, text, kind, language):
    reading = reader.read(text)

    assert (reading.kind, reading.language) == (kind, language)


def test_a_threat_and_a_danger_are_urgent(reader):
    assert reader.read("Prizden duman çıktı, çocuğum yaralandı!").urgency == "urgent"
    assert (
        reader.read("Bugün para iademi yapmazsanız avukatım dava açacak, dördüncü kez yazıyorum.").urgency == "urgent"
    )
    assert reader.read("Bu kazağın mavi rengi var mı?").urgency == "normal"


def test_every_answer_has_a_probability_and_the_words_that_decided(reader):
    reading = reader.read("Kargom hâlâ gelmedi, üç gündür arıyorum, kimse açmıyor.")

    assert set(reading.confidences) == {"kind", "urgency", "sentiment", "topic", "language"} == set(reading.is_sure)
    assert all(0 <= value <= 1 for value in reading.confidences.values())
    said = {reason.words for reason in reading.reasons if reason.about == "kind"}
    assert any("gelmedi" in words or "hâlâ" in words for words in said)
    assert {reason.sign for reason in reading.reasons} & {"late", "not_done", "again"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Где мой заказ? Мы ждём уже неделю", "ru"),
        ("أين طلبي؟ لم يصل بعد", "ar"),
        ("注文はどこですか", "ja"),
        ("Sifarişim hələ gəlməyib", "az"),
    ],
)
def test_other_languages_are_named(reader, text, language):
    assert reader.read(text).language == language


@pytest.mark.parametrize("text", ["", " \n ", "\x00\x00", "\u200b", "<br>"])
def test_nothing_is_read_as_nothing(reader, text):
    reading = reader.read(text)

    assert (reading.kind, reading.language, reading.is_sure["kind"]) == ("other", "und", False)


@pytest.mark.parametrize(
    "text", ["😡😡😡", "?", "....", "12345", "аyşе Ωλ 漢字 abc", "a" * 100_000, "\ud83d", "🇹🇷" * 500]
)
def test_whatever_comes_gets_an_answer(reader, text):
    assert reader.read(text).kind in {"complaint", "request", "question", "praise", "other"}


def test_a_changed_model_is_refused():
    note = json.loads((model.FOLDER / model.NOTE).read_text("utf-8"))
    whole = model.Packed((model.FOLDER / model.SUM).read_bytes(), (model.FOLDER / model.SECOND).read_bytes(), note)

    for damaged in (
        replace(whole, arrays=whole.arrays[:-1] + bytes([whole.arrays[-1] ^ 1])),
        replace(whole, second=whole.second[:-1] + bytes([whole.second[-1] ^ 1])),
        replace(whole, note={**note, "signs": "0"}),
        replace(whole, note={**note, "format": 3}),
        replace(whole, note={**note, "urgent_from": 0.9}),
    ):
        with pytest.raises(model.BadModel):
            model.unpack(damaged)


def test_a_model_is_named_by_its_hash():
    note = json.loads((model.FOLDER / model.NOTE).read_text("utf-8"))

    assert model.version() == model.starting().version == note["sha256"][:12]


def test_the_model_is_small():
    assert sum(file.stat().st_size for file in model.FOLDER.iterdir()) < 40_000_000
