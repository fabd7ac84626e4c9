"""What was learned from a message goes with the message: from the layer in use, and from those before it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muhatap.accounts.models import AuditEntry
from muhatap.flow import understanding
from muhatap.interactions.models import Interaction
from muhatap.reading import learning as pure
from muhatap.reading.learning import Example, Learned
from muhatap.understanding import knowing, learning
from muhatap.understanding.models import Correction, LearnedModel, Reading
from tests import cast
from tests.cast import NOW, minutes
from tests.understanding.test_learning import read, wholesale
from tests.understanding.test_reading import LATE

pytestmark = pytest.mark.django_db

TOPIC = LearnedModel.objects.filter(about="topic").order_by("pk")
learn = pure.learn


def learned(after: int) -> list[LearnedModel]:
    """What is there of the topic once it was learned, so many minutes after everything began."""
    understanding.learn(at=NOW + minutes(after))
    return list(TOPIC.all())


def left() -> Reading:
    """A message nobody corrected, of the days in which others were."""
    reading = read(LATE, 8)
    Reading.objects.filter(pk=reading.pk).update(unsure=[])
    return reading


def erase(reading: Reading) -> None:
    Interaction.objects.filter(pk=reading.interaction_id).delete()


def said(n: int) -> Correction:
    """One more customer who writes about wholesale, and somebody who says so."""
    reading = read(f"Otelimiz için {90 + n} adet havlu teklifi rica ederiz", n)
    return understanding.correct(
        reading=reading, field="topic", value="toptan-satis", by=cast.can(), at=NOW + minutes(n)
    )


def finds_it_worse(examples: list[Example], answers: list[str], **how: Any) -> Learned:
    return replace(learn(examples, answers, **how), is_used=False, why="worse")


def nothing_known(row: LearnedModel) -> bool:
    known = (bytes(row.bytes), row.readings, row.corrections, row.held_back)
    return known == (b"", [], [], []) and row.forgotten_at is not None


def test_a_layer_says_what_it_learned_from() -> None:
    wholesale()
    one = left()

    [row] = learned(60)

    corrections = Correction.objects.order_by("pk")
    assert row.corrections == [each.pk for each in corrections]
    assert set(row.readings) == {each.reading_id for each in corrections} | {one.pk}
    assert (len(row.held_back), set(row.held_back)) == (row.n_held_back, set(row.readings))


def test_only_the_latest_say_which_messages_their_figures_are_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pure, "learn", finds_it_worse)
    monkeypatch.setattr(learning, "LISTED", 2)
    wholesale()
    for n in (60, 70, 80):
        said(n)
        understanding.learn(at=NOW + minutes(n + 5))

    assert [len(row.held_back) for row in TOPIC] == [0, 8, 9]
    assert [bool(row.corrections) for row in TOPIC] == [False, True, True]


def test_a_message_that_was_only_left_is_forgotten_when_it_is_erased() -> None:
    wholesale()
    one = left()
    learned(60)

    erase(one)
    before, now = learned(70)

    assert nothing_known(before)
    assert one.pk not in now.readings and len(now.readings) == 6
    assert knowing.used() == {"topic": now.pk}
    assert AuditEntry.objects.filter(act="learned.forget").values_list("object_id", "by_id").get() == (
        str(before.pk),
        None,
    )


def test_no_layer_that_knew_it_stays_though_the_new_one_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    wholesale()
    one = left()
    learned(60)
    said(65)
    assert len(learned(70)) == 2

    erase(one)
    monkeypatch.setattr(pure, "learn", finds_it_worse)
    first, second, third = learned(80)

    assert nothing_known(first) and nothing_known(second)
    assert (third.is_used, bytes(third.bytes), third.forgotten_at) == (False, b"", None)
    assert one.pk not in third.readings
    assert knowing.used() == {}
    with pytest.raises(learning.NotUsed):
        learning.take_back(learned=second, by=cast.can(), at=NOW)


def test_going_back_passes_over_what_was_forgotten() -> None:
    wholesale()
    [first] = learned(60)
    last = said(65)
    learned(70)

    erase(last.reading)
    first, second, third = learned(80)

    assert (bytes(first.bytes) != b"", nothing_known(second)) == (True, True)
    learning.take_back(learned=third, by=cast.can(), at=NOW)
    assert knowing.used() == {"topic": first.pk}


def test_what_somebody_took_back_is_forgotten_as_well() -> None:
    wholesale()
    last = said(10)
    learned(60)

    understanding.take_back(correction=last, by=cast.can(), at=NOW + minutes(65))
    before, now = learned(70)

    assert nothing_known(before)
    assert last.pk not in now.corrections and last.reading_id not in now.readings


def test_a_slip_of_the_finger_is_no_reason_to_forget() -> None:
    wholesale()
    one = left()
    learned(60)

    slip = understanding.correct(reading=one, field="topic", value="", by=cast.can(), at=NOW + minutes(61))
    understanding.take_back(correction=slip, by=cast.can(), at=NOW + minutes(62))

    assert [bool(row.bytes) for row in learned(70)] == [True, True]


def test_a_layer_that_cannot_say_what_it_learned_from_is_learned_anew_once_and_dropped() -> None:
    wholesale()
    learned(60)
    TOPIC.update(readings=[], corrections=[])

    before, now = learned(70)

    assert nothing_known(before)
    assert (now.is_used, len(now.readings)) == (True, 6)
    assert len(learned(80)) == 2


def test_where_nothing_is_left_to_learn_from_nothing_stays() -> None:
    wholesale()
    learned(60)

    Interaction.objects.all().delete()
    before, now = learned(70)

    assert nothing_known(before)
    assert (now.is_used, now.why, now.n_corrections) == (False, "too_few", 0)


def test_what_another_model_learned_is_forgotten_without_learning_anew() -> None:
    wholesale()
    learned(60)
    TOPIC.update(base="0")

    Interaction.objects.all().delete()
    [only] = learned(70)

    assert nothing_known(only)


def test_twice_is_as_once() -> None:
    wholesale()
    one = left()
    learned(60)
    erase(one)
    once = learned(70)

    twice = learned(80)

    assert [(row.pk, row.forgotten_at) for row in twice] == [(row.pk, row.forgotten_at) for row in once]
    assert AuditEntry.objects.filter(act="learned.forget").count() == 1


def test_what_is_erased_while_it_is_learned_from_is_forgotten_the_next_time() -> None:
    wholesale()
    one = left()

    def texts(numbers: Collection[int]) -> Mapping[int, str]:
        found = understanding.texts(numbers)
        erase(one)
        return found

    learning.refit(texts=texts, at=NOW + minutes(60))
    assert one.pk in TOPIC.get().readings

    before, now = learned(70)

    assert nothing_known(before)
    assert one.pk not in now.readings


def test_what_is_erased_while_a_better_one_is_sought_is_not_dropped_before_it_is_learned_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wholesale()
    one = left()
    learned(60)
    said(65)

    def erases(examples: list[Example], answers: list[str], **how: Any) -> Learned:
        erase(one)
        return finds_it_worse(examples, answers, **how)

    with monkeypatch.context() as patch:
        patch.setattr(pure, "learn", erases)
        first, _second = learned(70)
    assert knowing.used() == {"topic": first.pk}

    first, _second, third = learned(80)

    assert nothing_known(first)
    assert knowing.used() == {"topic": third.pk}


def test_what_is_gone_is_asked_once_a_field() -> None:
    wholesale()
    left()
    learned(60)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        learned(70)

    assert sum("unnest" in one["sql"] for one in asked) == len(knowing.ABOUT)
