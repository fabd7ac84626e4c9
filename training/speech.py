"""The language model: the parts of words in forty languages, Turkish and English with most texts, and typed as people type."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from muhatap.reading import language
from muhatap.shared.text import fold, upper_tr
from training import fit, texts

_MOST = 100  # characters of a text: what follows says the same
_FRAGMENTS = {"tr": 2, "en": 2}
_COUNTS = {"tr": 1.5, "en": 1.5}  # most who write here write one of the two; with more, short German becomes English
_COUNTS_ELSE = 1.0
# Log odds: words that other languages have too are likelier meant in one of these two.
_LEAN = {"tr": 1.0, "en": 1.0}
_OURS = 5  # how often each message of our own is read: it is as people write to a firm
_TYPED = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_MARKS = str.maketrans("áàâãäåéèêëíìîïóòôõöúùûüñçşğıəšžčřěýůąęłńśźżőű", "aaaaaaeeeeiiiiooooouuuuncsgieszcreyuaelnszzou")


@dataclass(frozen=True)
class Speech:
    languages: tuple[str, ...]
    weights: fit.Doubles
    start: fit.Doubles
    temperature: float


def learned(rng: random.Random) -> Speech:
    said = [*_samples(rng)]
    languages = tuple(sorted({one for one, _ in said}))
    place = {one: n for n, one in enumerate(languages)}
    rng.shuffle(said)
    rows, known = matrix([text for _, text in said]), np.array([place[one] for one, _ in said])
    weight = np.array([_COUNTS.get(one, _COUNTS_ELSE) for one, _ in said])
    aside = len(said) // 12
    model = LogisticRegression(C=60.0, max_iter=80, tol=1e-3)
    model.fit(rows[aside:], known[aside:], sample_weight=weight[aside:])
    logits = rows[:aside] @ model.coef_.T + model.intercept_
    temperature = fit.temperature(logits, known[:aside])
    lean = np.array([_LEAN.get(one, 0.0) for one in languages]) * temperature
    return Speech(languages, model.coef_.T, model.intercept_ + lean, temperature)


def matrix(said: Sequence[str]) -> sparse.csr_matrix:
    indices: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    values: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    ends = [0]
    for text in said:
        words = language.words_of(text)
        pieces = [language.of_word(word) for word in words]
        indices += [places for places, _ in pieces]
        values += [weights / len(words) ** 0.5 for _, weights in pieces]
        ends.append(ends[-1] + sum(len(places) for places, _ in pieces))
    made = sparse.csr_matrix(
        (np.concatenate(values), np.concatenate(indices), ends), shape=(len(said), language.N_PLACES)
    )
    made.sum_duplicates()
    return made


def _samples(rng: random.Random) -> Iterator[tuple[str, str]]:
    """Each text as it is, as it is typed without the letters of its language, and pieces of one to four words."""
    for spoken, text in ((spoken, text[:_MOST]) for spoken, text in _whole()):
        yield spoken, text
        plain = _without_marks(spoken, text)
        if plain != text:
            yield spoken, plain
        if spoken == "tr" and rng.random() < 0.1:
            yield spoken, upper_tr(text)
        words = text.split()
        for _ in range(_FRAGMENTS.get(spoken, 1) if len(words) > 3 else 0):
            first, n = rng.randrange(len(words)), rng.randint(1, 4)
            piece = " ".join(words[first : first + n])
            if len(piece) >= 4:
                yield spoken, _without_marks(spoken, piece) if rng.random() < 0.5 else piece


def _without_marks(spoken: str, text: str) -> str:
    if spoken == "tr":
        return fold(text)
    if spoken == "de":
        return "".join(_TYPED.get(letter, letter) for letter in text.lower())
    return text.lower().translate(_MARKS)


def _whole() -> Iterator[tuple[str, str]]:
    train, _ = texts.labelled()
    for one in train:
        if one.language != language.UNKNOWN:
            yield from [(one.language, one.text[:400])] * _OURS
    yield from texts.lines()[0]
    lent = [
        ("tr", "tr_reviews_negative", 4_500),
        ("tr", "xed_emotion_tr", 5_000),
        ("tr", "atis_tr", 300),
        ("tr", "xsid_tr", 240),
    ]
    lent += [
        ("en", "xed_emotion_en", 5_000),
        ("en", "banking77_en", 3_000),
        ("en", "clinc150_en", 3_500),
        ("en", "bitext_support_en", 1_000),
        ("en", "xsid_en", 250),
    ]
    for spoken, name, most in lent:
        yield from ((spoken, text) for _, text in texts.lent(name)[:most])
