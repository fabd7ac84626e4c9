"""What became of cases, told in one look at the database for all the values of a cut."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from muhatap.contacts.models import Contact
from muhatap.service import case_figures, cases, casework, costing
from muhatap.service.models import Case
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ayse() -> Contact:
    return Contact.objects.create(name="Ayşe", created_at=NOW, last_seen_at=NOW, sort_key="a", search_text="")


def opened(ayse: Contact, *, took: int | None = None, due_in: int | None = None, **more: Any) -> Case:
    """Ended after so many hours, due after so many."""
    due_at = NOW + due_in * HOUR if due_in else None
    made = cases.open_case(contact=ayse, interaction=None, title="Vaka", by=None, at=NOW, due_at=due_at, **more)
    if took:
        cases.resolve(case=made, kind="fixed", what="Onarıldı", by=cast.can(), at=NOW + took * HOUR)
    return made


def test_what_became_of_cases_of_each_product(ayse: Contact, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = opened(ayse, took=2, due_in=4, product_id=7)
    opened(ayse, took=10, due_in=4, product_id=7, former=first)
    opened(ayse, took=3, product_id=7)
    opened(ayse, due_in=1, product_id=7)  # open, and its moment is over
    opened(ayse, due_in=90)  # not due yet: neither in time nor late
    with django_assert_num_queries(1):
        found = case_figures.outcomes_by(Case.objects.all(), "product", at=NOW + 20 * HOUR)

    seven, none = found[7], found[None]
    assert (seven.n, seven.repeated, seven.ended, seven.in_time, seven.late) == (4, 1, 3, 1, 2)
    assert (seven.median, seven.share_repeated, seven.share_in_time) == (3 * HOUR, 0.25, pytest.approx(1 / 3))
    assert (none.n, none.median, none.share_in_time) == (1, None, None)
    assert case_figures.outcome(Case.objects.none(), at=NOW).share_repeated is None

    at = NOW + 20 * HOUR
    for name, n in (("repeated", 1), ("ended", 3), ("in_time", 1), ("late", 2)):
        assert Case.objects.filter(casework.states(at)[name]).count() == n
    for left_out, n in (([7], 1), ([None], 4), ([7, None], 0)):
        assert case_figures.but(Case.objects.all(), "product", left_out).count() == n


def test_time_that_was_taken_back_is_not_written_down(ayse: Contact) -> None:
    case, other = opened(ayse), opened(ayse)
    for one in (case, other):
        cost = costing.write(case=one, kind="external", what="time", minutes=20, happened_at=NOW, by=cast.can(), at=NOW)
    costing.take_back(cost=cost, why="Yanlış", by=cast.can(), at=NOW)
    asked = casework.states(NOW)
    assert list(Case.objects.filter(asked["timed"])) == [case]
    assert list(Case.objects.filter(asked["untimed"])) == [other]
