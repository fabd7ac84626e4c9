"""Figures of a period, worked out from roll-ups alone."""

from datetime import timedelta

import pytest

from muhatap.insight import reports
from muhatap.insight.rollups import Cut
from tests import cast
from tests.insight.conftest import MONDAY, after, answers, follow_all, writes

pytestmark = pytest.mark.django_db
WEEK = Cut(start=MONDAY.date(), end=MONDAY.date() + timedelta(days=6))


def test_one_length_is_told_exactly_and_several_by_their_median() -> None:
    first = writes(after(0), id="<1@ornek.example>")
    answers(first.conversation, after(30), by=cast.zeynep())
    follow_all()
    assert reports.period(WEEK).value("first_response").value == 1800

    for n, minutes in enumerate((10, 600)):
        other = writes(after(60), id=f"<more-{n}@ornek.example>")
        answers(other.conversation, after(60 + minutes), by=cast.zeynep())
    follow_all()

    told = reports.period(WEEK).value("first_response")
    assert told.n == 3
    assert told.value == pytest.approx(1800, rel=0.05)
    assert told.p90 == pytest.approx(36_000, rel=0.05)


def test_the_backlog_of_a_day_is_what_stood_open_when_it_ended() -> None:
    first = writes(after(0), id="<1@ornek.example>")
    writes(after(5), id="<2@ornek.example>")
    answers(first.conversation, after(24 * 60), by=cast.zeynep(), and_resolve=True)
    writes(after(3 * 24 * 60), id="<3@ornek.example>", references=(first.external_id,))
    follow_all()

    days = [WEEK.start + timedelta(days=n) for n in range(4)]
    assert reports.backlog(WEEK, [(day, day) for day in days]) == [2, 1, 1, 2]
    later = Cut(start=days[2], end=days[3])
    assert reports.backlog(later, [(days[2], days[2]), (days[3], days[3])]) == [1, 2]
