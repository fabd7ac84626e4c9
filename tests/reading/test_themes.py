"""Themes without labels: what is alike is found and named, what grows is told, chance is not."""

import random

import pytest

from muhatap.reading import themes
from muhatap.reading.themes import Text, Week

DELIVERY = [
    "Kargo hâlâ gelmedi",
    "kargom gelmedi nerede",
    "KARGO GELMEDİ",
    "kargo gecikti gelmedi",
    "Kargonuz gelmedi Ayşe",
]
ZIPPER = [
    "The zipper broke",
    "broken zipper again",
    "zipper broke in the wash",
    "My zipper is broken",
    "zipper: broken",
]


def texts(*groups: list[str]) -> list[Text]:
    lines = [
        (line, "tr" if any(letter in line.lower() for letter in "kg") and "zip" not in line else "en")
        for group in groups
        for line in group
    ]
    return [Text(key=n, text=line, person=n, language=language) for n, (line, language) in enumerate(lines)]


def test_what_is_alike_is_one_theme_named_by_its_words() -> None:
    found = themes.find(texts(DELIVERY, ZIPPER))

    assert {theme.keys for theme in found} == {frozenset(range(5)), frozenset(range(5, 10))}
    names = {word for theme in found for word in theme.words}
    assert {"kargo", "zipper"} <= names
    assert "ayşe" not in names  # one person's word names nothing


def test_one_person_who_writes_often_makes_no_theme() -> None:
    same = [Text(key=n, text=line, person=7) for n, line in enumerate(DELIVERY)]
    assert themes.find(same) == []


@pytest.mark.parametrize("nothing", [[], ["", "   ", "!!!"], ["👍"] * 9, ["ve bir de"] * 9, ["x" * 100_000] * 3])
def test_what_says_nothing_makes_no_theme(nothing: list[str]) -> None:
    assert themes.find(texts(nothing)) == []


def test_the_same_texts_give_the_same_themes() -> None:
    some = texts(DELIVERY, ZIPPER)
    assert themes.find(some, seed=3) == themes.find(some, seed=3)


def test_of_too_many_the_newest_are_joined_and_the_others_laid_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(themes, "AT_ONCE", 12)
    late, broken = ["kargo gelmedi", "Kargom hâlâ gelmedi"], ["zipper broken", "The zipper is broken"]
    some = texts(late * 10, broken * 10)
    found = themes.find(some, newest={text.key for text in some[20:]})

    assert sorted(len(theme.members) for theme in found) == [20, 20]


def test_a_theme_that_is_new_this_week_jumps_and_one_that_goes_on_does_not() -> None:
    new = Week(now=8, before=0, all_now=100, all_before=800)
    usual = Week(now=10, before=80, all_now=100, all_before=800)
    busy_week = Week(now=20, before=80, all_now=200, all_before=800)  # everybody wrote more

    assert [rise.is_jump for rise in themes.rises([new, usual, busy_week])] == [True, False, False]
    assert themes.rises([usual])[0].expected == 10


def test_weeks_in_any_order_ring_seldom() -> None:
    draw = random.Random(5)
    alarms = 0
    for _world in range(40):
        weeks = []
        for _theme in range(30):
            now = sum(draw.random() < 1 / 9 for _person in range(27))
            weeks.append(Week(now=now, before=27 - now, all_now=90, all_before=720))
        alarms += any(rise.is_jump for rise in themes.rises(weeks))
    assert alarms <= 4


def test_nothing_to_compare_with_is_no_jump() -> None:
    assert not themes.rises([Week(now=50, before=0, all_now=50, all_before=0)])[0].is_jump


def test_a_theme_goes_on_as_what_it_was_by_what_it_shares() -> None:
    known = {4: {1, 2, 3, 4}, 9: {10, 11}}
    found = [{2, 3, 4, 5, 6}, {10, 11, 12}, {20, 21}]

    assert themes.matched(found, known) == [4, 9, None]


def test_of_two_that_share_with_one_the_larger_share_goes_on() -> None:
    assert themes.matched([{1, 2}, {3, 4, 5}], {7: {1, 2, 3, 4, 5}}) == [None, 7]
