"""The second look at what the sum is not sure of, with the model that comes with the program."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from muhatap.reading import context, model, words
from muhatap.reading.reader import Reader
from muhatap.reading.second import SecondLook

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


def test_a_reading_is_told_apart_from_what_its_words_added(always):
    second = always.model.second
    seen = always._at_first("Paket ıslak geldi, içi küf kokuyor")
    found = second.look(seen.words)

    both = always._again(seen, found).sums
    parts = both.words.sum(axis=0) + both.pairs.sum(axis=0) + both.features.sum(axis=0)
    assert both.total == pytest.approx(parts + always.model.start * second.shares.of_sum + found.start, abs=1e-3)


def test_a_word_says_another_thing_in_another_context(always):
    encoder = always.model.second.encoder
    alone, among = encoder.look(_cut("geldi")), encoder.look(_cut("kırık geldi"))

    assert not np.allclose(alone.words[0], among.words[1], atol=1e-2)


def test_case_and_repeated_letters_change_nothing(always):
    encoder = always.model.second.encoder
    one, other = encoder.look(_cut("ÇOOOK GEÇ GELDİ")), encoder.look(_cut("çok geç geldi"))

    assert np.allclose(one.start, other.start) and np.allclose(one.words, other.words)


def test_what_means_the_same_is_near_also_in_another_language():
    reader = Reader()
    parcel = reader.likeness("Kargom nerede, hâlâ gelmedi")

    assert np.linalg.norm(parcel) == pytest.approx(1, abs=1e-4)
    assert (
        parcel @ reader.likeness("where is my parcel?") > parcel @ reader.likeness("please send me the invoice") + 0.1
    )
    assert parcel @ reader.likeness("paket ulaşmadı") > parcel @ reader.likeness("şifremi unuttum") + 0.1


@pytest.mark.parametrize(
    "text", ["?", "....", "12345", "аyşе Ωλ 漢字 abc", "a" * 100_000, "\ud83d", "🇹🇷" * 500, "مرحبا", "\n\n.\n"]
)
def test_whatever_comes_is_looked_at(always, text):
    reading = always.read(text)

    assert all(0 <= chance <= 1 for chance in reading.confidences.values())


def test_a_second_look_gives_reasons_too(always):
    reading = always.read("kargocu paketi bahçe duvarından atmış")

    assert [one.words for one in reading.reasons if one.about == "kind"]


def test_likeness_is_a_sum_over_the_words_too():
    encoder = Reader().model.second.encoder
    found, nothing = encoder.look(_cut("paket ıslak geldi")), encoder.look(_cut(""))

    assert nothing.likeness_of_words.shape == (0, context.LIKENESS)
    of_no_word = found.likeness - found.likeness_of_words.sum(axis=0)
    assert np.linalg.norm(found.likeness) == pytest.approx(1, abs=1e-4) and np.isfinite(of_no_word).all()


def test_reading_and_looking_say_the_same():
    reader = Reader()

    assert all(reader.look(text).reading == reader.read(text) for text in DOUBTFUL)


def test_what_runs_the_encoder_sends_nothing_home():
    """Later releases of ONNX Runtime report to their maker unless they are told not to; ours does not know how."""
    libraries = list((Path(onnxruntime.__file__).parent / "capi").glob("*onnxruntime*.so*"))

    assert libraries
    assert not [one.name for one in libraries if b"events.data.microsoft.com" in one.read_bytes()]


def test_what_is_no_encoder_is_refused():
    for damaged in (b"", b"PK\x03\x04", bytes(2_000)):
        with pytest.raises(ValueError):
            context.Encoder(damaged)


def test_two_threads_read_as_one_does(always):
    alone = [always.read(text) for text in DOUBTFUL]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(always.read, DOUBTFUL * 5))

    assert [one.kind for one in together] == [one.kind for one in alone] * 5
    assert all(
        one.confidences == pytest.approx(other.confidences, abs=1e-3)
        for one, other in zip(together, alone * 5, strict=True)
    )


def test_a_sure_message_is_looked_at_again_only_when_somebody_asks_what_it_is_like(
    never: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, looks = list[words.Words](), SecondLook.look

    def counted(second: SecondLook, said: words.Words) -> context.InContext:
        looked.append(said)
        return looks(second, said)

    monkeypatch.setattr(SecondLook, "look", counted)
    found = never.look("Kargom hâlâ gelmedi, üçüncü kez yazıyorum")

    assert found is not None and not looked
    assert len(found.mood) and len(found.mood_of_words) and len(looked) == 1
