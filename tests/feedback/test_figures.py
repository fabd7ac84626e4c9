"""What scores come to, held against numbers worked out elsewhere."""

import pytest

from muhatap.feedback import figures


def test_nps_is_promoters_less_detractors_and_never_sure_of_itself() -> None:
    found = figures.nps({10: 50, 9: 10, 8: 20, 3: 20})
    assert found.value == 40.0
    assert (round(found.low or 0, 1), round(found.high or 0, 1)) == (23.4, 54.3)

    unanimous = figures.nps({10: 5})
    assert unanimous.value == 100.0
    assert (unanimous.low or 0) < 100  # five happy people prove little


def test_a_share_has_wilsons_interval() -> None:
    found = figures.share(8, 10)
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (0.4902, 0.9433)
    assert figures.share(0, 5).low == 0.0


def test_a_mean_has_students_interval_from_two_answers_on() -> None:
    found = figures.mean({5: 1, 6: 1, 7: 1})
    assert found.value == 6.0
    assert (round(found.low or 0, 3), round(found.high or 0, 3)) == (3.516, 8.484)
    assert figures.mean({4: 1}).low is None


@pytest.mark.parametrize("kind", ["nps", "csat", "ces", "own"])
def test_nothing_answered_is_nothing_and_not_zero(kind: str) -> None:
    found = figures.of(kind, {})
    assert (found.value, found.n) == (None, 0)


def test_csat_counts_four_and_five() -> None:
    assert figures.of("csat", {5: 2, 4: 1, 3: 1}).value == 0.75
