"""The labelled messages are whole: every label is one we know, no id twice, and a quarter is held out for good."""

from collections import Counter
from pathlib import Path

import pytest

from training import judge, kappa, texts


def test_every_label_is_one_we_know():
    wrong = [
        (one.id, label)
        for one in texts.messages()
        for task, label in one.labels.items()
        if label not in texts.TASKS[task]
    ]

    assert wrong == []


def test_no_id_and_no_text_stands_twice():
    messages = texts.messages()

    assert [id for id, n in Counter(one.id for one in messages).items() if n > 1] == []
    assert all(one.id and one.text.strip() and one.language for one in messages)


def test_a_quarter_is_held_out_whatever_else_comes():
    train, held = texts.labelled()

    assert 0.2 < len(held) / (len(train) + len(held)) < 0.3
    assert not {one.id for one in train} & {one.id for one in held}
    assert not texts.is_held("tr-0001") and texts.is_held("tr-0005") == texts.is_held("tr-0005")


def test_nothing_is_trained_on_that_says_what_is_judged_by():
    train, held = texts.labelled()
    judged_by = {texts.said(one.text) for one in [*held, *texts.heldback()]}

    assert [one.id for one in train if texts.said(one.text) in judged_by] == []


def test_texts_say_the_same_that_differ_in_case_marks_and_stops_alone():
    assert texts.said("Kaçta kapatıyorsunuz?") == texts.said("KACTA KAPATIYORSUNUZ")
    assert texts.said("👍") != texts.said("👎")


def test_files_of_one_making_are_one_voice():
    assert texts.voice(Path("tr_fifth.jsonl")) == texts.voice(Path("en_fifth.jsonl")) != texts.voice(Path("tr.jsonl"))


def test_kappa_is_one_where_all_agree_and_nought_where_chance_does():
    assert kappa.kappa(["a", "b"], ["a", "b"]) == 1
    assert kappa.kappa(["a", "a", "b", "b"], ["a", "b", "a", "b"]) == 0
    assert kappa.kappa(["a", "a"], ["a", "a"]) == 1


def test_macro_f1_counts_every_class_alike():
    assert judge.macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx((6 / 7) / 2)


def test_calibration_error_is_how_far_confidence_is_from_truth():
    assert judge.calibration_error([0.9, 0.9], [True, False]) == pytest.approx(0.4)
    assert judge.calibration_error([1.0, 0.0], [True, False]) == 0
