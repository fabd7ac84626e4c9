"""Promises in what an agent writes: suggested with their words and moment, weighed on sentences nobody tuned on."""

from datetime import datetime

import pytest

from benchmarks import promises as bench
from muhatap.reading import promises

SATURDAY = datetime.fromisoformat("2026-11-21T14:32:00+03:00")


def test_a_letter_is_read_sentence_by_sentence() -> None:
    letter = "Merhaba Ayşe Hanım, gecikme için üzgünüz. Paketinizi yarın 17.00'ye kadar kargoya veriyoruz. İyi günler."
    (one,) = promises.suggest(letter, as_of=SATURDAY)
    assert one.words == "Paketinizi yarın 17.00'ye kadar kargoya veriyoruz."
    assert letter[one.start : one.end] == one.words
    assert one.due and f"{one.due.at:%d %H:%M}" == "22 17:00"
    assert letter[one.due.start : one.due.end].startswith("yarın 17.00")
    assert one.kind == "delivery"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Pazartesi sizi arayacağız.", "call"),
        ("We will refund the amount within 48 hours.", "refund"),
        ("Takip numarasını bugün size yazacağım.", "answer"),
        ("Our technician will visit you on Friday to repair it.", "repair"),
    ],
)
def test_the_kind_follows_the_words(text: str, kind: str) -> None:
    assert [one.kind for one in promises.suggest(text, as_of=SATURDAY)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Yarın arayalım mı?",
        "Dün kargoya verdik.",
        "We shipped it on Friday.",
        "",
        "🙂🙂",
        "<b>",
        "a" * 50_000,
        "1." * 9000,
    ],
)
def test_what_is_no_promise_or_no_text_gives_nothing(text: str) -> None:
    assert promises.suggest(text, as_of=SATURDAY) == []


def test_precision_and_recall_hold_on_the_sentences_that_were_held_back() -> None:
    held, _tuned_on = bench.read()
    told = bench.of_promises(held)
    assert told["precision"].value >= bench.GOAL_PRECISION
    assert told["recall"].value >= bench.GOAL_RECALL
