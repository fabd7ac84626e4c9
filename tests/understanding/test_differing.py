"""Weeks that differ from those before: what is marked, and what chance and usual ups and downs explain."""

import random
from datetime import date, datetime, timedelta
from itertools import permutations

import pytest

from muhatap.interactions.models import Interaction
from muhatap.understanding import differing
from muhatap.understanding.models import Reading, Topic
from tests import cast
from tests.insight.voice_world import topic

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)
NOW = datetime.fromisoformat("2026-11-25T00:17:00+03:00")  # the week of the 16th is over
KINDS = ("complaint", "request", "question", "praise", "other")


def week(
    back: int, *, kinds: tuple[int, ...], about: Topic | None = None, n_about: int = 0, n_english: int = 0
) -> None:
    """So many messages of each kind in the week so many before that of the 16th; the first are about something, the last English."""
    begins = datetime.fromisoformat(f"{MONDAY - timedelta(weeks=back)}T09:00:00+03:00")
    n, all_kinds = sum(kinds), [kind for kind, n in zip(KINDS, kinds, strict=True) for _each in range(n)]
    told = {"kind": "message", "direction": "in", "channel": "email", "inbox": cast.support_inbox()}
    moments = [begins + timedelta(hours=number % 150) for number in range(n)]
    written = Interaction.objects.bulk_create(Interaction(**told, at=at, recorded_at=at) for at in moments)
    known = {f"{name}_confidence": 0.9 for name in ("kind", "urgency", "sentiment", "language", "topic")}
    known |= {"urgency": "normal", "sentiment": "neutral", "is_sure": True, "model_version": "t", "text_hash": ""}
    Reading.objects.bulk_create(
        Reading(
            interaction=row,
            at=row.at,
            read_at=row.at,
            kind=all_kinds[number],
            topic=about if number < n_about else None,
            language="en" if number >= n - n_english else "tr",
            **known,
        )
        for number, row in enumerate(written)
    )


USUAL = (20, 30, 30, 15, 5)


def eight_usual(kinds: tuple[int, ...] = USUAL, **more: object) -> None:
    for back in range(1, 9):
        week(back, kinds=kinds, **more)  # type: ignore[arg-type]


def newest() -> dict[object, tuple[int, int]]:
    """What differs in the week of the 16th: its share and that before, in per cent."""
    found = differing.weeks(at=NOW)
    assert found[0].begins_on == MONDAY
    return {one.value: (round(100 * one.share), round(100 * one.before)) for one in found[0].differences}


def test_a_week_with_many_more_complaints_differs_and_says_by_how_much() -> None:
    eight_usual()
    week(0, kinds=(45, 20, 20, 10, 5))

    assert newest() == {"complaint": (45, 20)}
    (one,) = differing.weeks(at=NOW)[0].differences
    assert (one.field, one.part, one.n, round(one.points)) == ("kind", 45, 100, 25)


def test_a_topic_and_a_language_differ_too_the_most_first() -> None:
    kargo = topic("Kargo")
    eight_usual(about=kargo, n_about=10, n_english=10)
    week(0, kinds=USUAL, about=kargo, n_about=40, n_english=30)

    found = [(one.field, one.value, round(one.points)) for one in differing.weeks(at=NOW)[0].differences]
    assert found[:2] == [("topic_id", kargo.pk, 30), ("topic_id", None, -30)]
    assert {(field, value) for field, value, _points in found[2:]} == {("language", "en"), ("language", "tr")}


def test_a_usual_week_does_not_differ() -> None:
    eight_usual()
    week(0, kinds=(24, 28, 27, 16, 5))
    assert newest() == {}


def test_what_goes_up_and_down_every_week_is_no_news() -> None:
    for back in range(1, 9):
        week(back, kinds=(40, 20, 20, 15, 5) if back % 2 else (10, 40, 30, 15, 5))
    week(0, kinds=(42, 20, 18, 15, 5))
    assert newest() == {}


def test_two_points_of_very_many_are_sure_and_too_little_to_tell() -> None:
    base = {"tr": 9_000, "en": 1_000}
    assert not [*differing.differences("language", {"tr": 8_800, "en": 1_200}, [base] * 8)]
    assert [*differing.differences("language", {"tr": 8_300, "en": 1_700}, [base] * 8)]


def test_what_was_never_there_before_and_what_is_gone_are_told() -> None:
    found = {one.value: one for one in differing.differences("topic_id", {1: 80, 3: 20}, [{1: 80, 2: 20}] * 8)}
    assert (round(found[3].points), round(found[2].points)) == (20, -20)
    assert 1 not in found


def test_few_messages_say_nothing() -> None:
    eight_usual(kinds=(2, 3, 3, 1, 1))
    week(0, kinds=(25, 1, 1, 1, 1))
    assert differing.weeks(at=NOW) == []  # 80 before, and 29

    week(0, kinds=(1, 0, 0, 0, 0))
    for back in (9, 10):
        week(back, kinds=USUAL)
    assert differing.weeks(at=NOW) == []  # weeks longer ago do not count


def test_the_week_that_runs_waits_until_it_is_over() -> None:
    eight_usual()
    week(0, kinds=USUAL)
    week(-1, kinds=(90, 5, 3, 1, 1))
    assert newest() == {}


def test_of_weeks_in_which_nothing_changes_few_are_marked_and_a_doubled_share_is_found() -> None:
    """120 messages a week, drawn: five of a hundred marked for nothing would be too many."""
    drawn = random.Random(20261116)

    def counts(*weights: float) -> dict[differing.Value, int]:
        some = drawn.choices(KINDS, weights, k=120)
        return {kind: some.count(kind) for kind in KINDS}

    n_false, n_found = 0, 0
    for _each in range(300):
        before = [counts(20, 30, 30, 15, 5) for _week in range(8)]
        n_false += any(differing.differences("kind", counts(20, 30, 30, 15, 5), before))
        n_found += any(
            one.value == "complaint" for one in differing.differences("kind", counts(40, 22, 22, 11, 5), before)
        )
    assert n_false / 300 < 0.03
    assert n_found / 300 > 0.75


def test_what_differs_as_much_stands_in_the_same_order_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    even: differing.Counted = {"tr": 25, "en": 25, "de": 25, "ar": 25}
    now: differing.Counted = {"tr": 50, "en": 50, "de": 0, "ar": 0}
    found = list(differing.differences("language", now, [even] * 8))
    assert len(found) == 4
    for some in permutations(found):
        monkeypatch.setattr(
            differing, "differences", lambda field, *_more, some=some: some if field == "language" else ()
        )
        told = differing._compared(MONDAY, dict.fromkeys(differing.FIELDS, now), [])
        assert [one.value for one in told.differences] == ["en", "tr", "ar", "de"]
