"""The second look at what the sum is not sure of, with the model that comes with the program."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from muhatap.reading import context, model, words
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


def test_an_encoder_is_kept_whole():
    encoder = model.starting().second.encoder
    names = ["▁geç", "di", "▁"]
    width = 24
    draw = np.random.default_rng(5).normal
    arrays = {"pieces": draw(size=(6, width)), "places": draw(size=(9, width)), "scores": np.array([-3.0, -2.0, -9.0])}
    for part, (n_out, n_in) in {
        "layer 0.asks": (3 * width, width), "layer 0.takes": (width, width),
        "layer 0.widens": (2 * width, width), "layer 0.narrows": (width, 2 * width), "answers": (4, width),
    }.items():  # fmt: skip
        arrays |= {f"{part}.weights": draw(size=(n_out, n_in)), f"{part}.start": draw(size=n_out)}
    for part in ("begins", "layer 0.after_looking", "layer 0.after_thinking"):
        arrays |= {f"{part}.weights": draw(size=width), f"{part}.start": draw(size=width)}

    kept = context.unpack(context.pack(names, {name: one.astype(np.float32) for name, one in arrays.items()}))

    assert kept.layers[0].widens.weights == pytest.approx(arrays["layer 0.widens.weights"].T, abs=0.03)
    assert kept.answers.start == pytest.approx(arrays["answers.start"], abs=0.01)
    assert kept.steps[3] * kept.worth[3] == pytest.approx(arrays["pieces"][3], abs=0.03)
    assert kept.pieces.of(_cut("geçdi"))[0] == [0, 3, 4, 1]
    assert len(kept.layers) == 1 and len(encoder.layers) == 6


def test_two_threads_read_as_one_does(always):
    alone = [always.read(text) for text in DOUBTFUL]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(always.read, DOUBTFUL * 5))

    assert [one.kind for one in together] == [one.kind for one in alone] * 5
    assert all(
        one.confidences == pytest.approx(other.confidences, abs=1e-3)
        for one, other in zip(together, alone * 5, strict=True)
    )
