"""The second look at what the sum is not sure of, with the model that comes with the program."""

from dataclasses import replace

import numpy as np
import pytest

from muhatap.reading import model, words
from muhatap.reading.reader import Reader

DOUBTFUL = [
    "kargocu paketi bahçe duvarından atmış",
    "Harika, üçüncü kez aynı bozuk ürün. Bravo size",
    "I was told Monday, then Thursday, and here we are",
    "olmadı ya",
    "beden küçükse değiştiriyor musunuz acaba yoksa",
    "so this is what customer service means now",
]


@pytest.fixture(scope="module")
def always() -> Reader:
    return _looking_below(1.1)


@pytest.fixture(scope="module")
def never() -> Reader:
    return _looking_below(0.0)


def _looking_below(chance: float) -> Reader:
    starting = model.starting()
    assert starting.second is not None
    return Reader(replace(starting, second=replace(starting.second, looks_below=chance)))


def _cut(text: str) -> words.Words:
    return words.cut(words.cleaned(text))


def test_only_what_the_sum_is_not_sure_of_is_looked_at_twice(always, never):
    reader = Reader()
    sure, unsure = [], []
    for text in [*DOUBTFUL, "Kargom hâlâ gelmedi, paramı geri verin!", "Teşekkürler, çok memnun kaldım"]:
        (sure if reader.read(text) == never.read(text) else unsure).append(text)

    assert unsure and sure
    assert all(reader.read(text) == always.read(text) for text in unsure)


def test_many_read_together_are_read_as_one_by_one(always):
    texts = [*DOUBTFUL, "", "😡", "a " * 3_000]

    together = always.read_all(texts)

    for text, one in zip(texts, together, strict=True):
        alone = always.read(text)
        assert (one.kind, one.topic, one.urgency, one.sentiment) == (
            alone.kind,
            alone.topic,
            alone.urgency,
            alone.sentiment,
        )
        assert one.confidences == pytest.approx(alone.confidences, abs=1e-3)


def test_the_answer_is_the_sum_of_what_its_words_added(always):
    encoder = always.model.second.encoder
    (found,) = encoder.look([_cut("Paket ıslak geldi, içi küf kokuyor")])
    states = next(encoder._states([encoder.pieces.of(_cut("Paket ıslak geldi, içi küf kokuyor"))[0]]))

    told = encoder.answers(states.mean(axis=0, keepdims=True))[0]
    assert found.words.sum(axis=0) + found.start == pytest.approx(told, abs=1e-3)


def test_a_word_says_another_thing_in_another_context(always):
    encoder = always.model.second.encoder
    (alone,), (among,) = encoder.look([_cut("geldi")]), encoder.look([_cut("kırık geldi")])

    assert not np.allclose(alone.words[0], among.words[1], atol=1e-2)


def test_case_and_repeated_letters_change_nothing(always):
    encoder = always.model.second.encoder
    (one,), (other,) = encoder.look([_cut("ÇOOOK GEÇ GELDİ")]), encoder.look([_cut("çok geç geldi")])

    assert np.allclose(one.start, other.start) and np.allclose(one.words, other.words)


@pytest.mark.parametrize(
    "text", ["?", "....", "12345", "аyşе Ωλ 漢字 abc", "a" * 100_000, "\ud83d", "🇹🇷" * 500, "مرحبا", "\n\n.\n"]
)
def test_whatever_comes_is_looked_at(always, text):
    reading = always.read(text)

    assert all(0 <= chance <= 1 for chance in reading.confidences.values())


def test_a_second_look_gives_reasons_too(always):
    reading = always.read("kargocu paketi bahçe duvarından atmış")

    assert [one.words for one in reading.reasons if one.about == "kind"]
