"""Answers of people correct the weights, and only where they judge better."""

from collections.abc import Iterator
from dataclasses import replace

from muhatap.matching import answering, scoring
from muhatap.matching.answering import Answered
from muhatap.matching.comparing import BY_FIELD
from muhatap.matching.model import parsed, starting
from muhatap.matching.normal import of

SAME_PHONE = {"given": "initial", "family": "same", "phone": "same"}
SAME_NAMES = {"given": "same", "family": "same", "place": "city"}
PLACES = ("city", "district", "other")


def answers(*, phones_are: bool, n: int = 60) -> Iterator[Answered]:
    """Who shares a phone and an initial is one person, or is not; who shares the names is, mostly."""
    for place in PLACES:
        for k in range(n):
            yield told(SAME_PHONE | {"place": place}, phones_are)
            yield told(SAME_NAMES | {"place": place}, k % 4 > 0)


def told(levels: dict[str, str], is_same: bool) -> Answered:
    return Answered(levels=levels, weight=answering.weight(levels, starting()), is_same=is_same)


def test_what_people_say_moves_the_weight_to_where_it_belongs():
    learned = answering.learn(list(answers(phones_are=False)))
    before, after = starting(), answering.corrected(starting(), learned.bits)
    assert learned.is_better and learned.loss_after < learned.loss_before
    assert answering.weight(SAME_PHONE, after) < answering.weight(SAME_PHONE, before) - 1


def test_few_answers_or_all_the_same_teach_nothing():
    few = list(answers(phones_are=False))[: answering.FEWEST - 1]
    assert not answering.learn(few).bits
    assert not answering.learn([replace(one, is_same=True) for one in answers(phones_are=True)]).bits


def test_what_judges_held_back_answers_worse_is_not_used():
    assert not answering.Learned({"prior": 1.0}, 100, loss_before=0.4, loss_after=0.41).is_better
    assert not answering.Learned({}, 100, loss_before=0.4, loss_after=0.4).is_better


def test_a_corrected_model_says_what_was_taught_and_adds_up():
    learned = answering.learn(list(answers(phones_are=False)))
    model = answering.corrected(starting(), learned.bits)
    a = of({"first_name": "Ayşe", "last_name": "Yılmaz", "phone": "0532 123 41 18"})
    b = of({"first_name": "A.", "last_name": "Yılmaz", "phone": "0532 123 41 18"})
    verdict = scoring.score(a, b, model)
    [taught] = [line for line in verdict.evidence if line.field == "taught"]
    assert taught.weight < 0
    assert abs(verdict.weight - sum(line.weight for line in verdict.evidence) - verdict.cap) < 1e-9
    assert verdict.weight < scoring.score(a, b, starting()).weight


def test_a_corrected_model_is_a_model_like_any_other():
    model = answering.corrected(starting(), {"phone same": -1.5, "prior": 0.5})
    assert parsed(model.to_json()) == model
    assert answering.fingerprint(model) != answering.fingerprint(starting())


def test_what_speaks_against_joining_groups_stays_as_the_data_say_it():
    model = answering.corrected(starting(), {"place other": -5.0})
    levels = tuple(
        each.names.index({"given": "same", "family": "same", "place": "other"}.get(each.field, "missing"))
        for each in BY_FIELD.values()
    )
    assert model.sums(levels).against == starting().sums(levels).against


def test_a_level_that_is_no_longer_known_is_not_counted():
    assert answering.weight(SAME_NAMES | {"email": "by_pigeon"}, starting()) == answering.weight(SAME_NAMES, starting())
