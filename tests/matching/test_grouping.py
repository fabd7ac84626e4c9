"""Groups: joined by their best link, unless too much speaks against it."""

import numpy as np

from muhatap.matching import grouping
from muhatap.matching.grouping import Pairs


def grouped(n: int, links: list[tuple[int, int, float, float]], different: frozenset[tuple[int, int]] = frozenset()):
    left, right, weight, against = (np.array(column) for column in zip(*links, strict=True))
    strong = weight > 0
    component = grouping.components(n, left[strong], right[strong])
    pairs = Pairs(left, right, weight.astype(np.float32), against.astype(np.float32))
    label, refused = grouping.guarded(component, pairs, bar=0.0, share=0.15, different=different)
    return label.tolist(), refused


def test_records_hang_together_over_several_links():
    left, right = np.array([3, 1, 5]), np.array([1, 0, 4])

    assert grouping.components(6, left, right).tolist() == [0, 0, 2, 0, 4, 4]


def test_a_crowd_hangs_together_only_by_its_stronger_links():
    left, right, weight = np.array([0, 1, 2, 4]), np.array([1, 2, 3, 5]), np.array([9.0, 1.0, 9.0, 1.0], np.float32)

    assert grouping.loosened(6, left, right, weight, bar=0.0, most=3).tolist() == [0, 0, 2, 2, 4, 4]
    assert grouping.loosened(6, left, right, weight, bar=0.0, most=4).tolist() == [0, 0, 0, 0, 4, 4]


def test_a_link_joins():
    assert grouped(3, [(0, 1, 8.0, 0.0)]) == ([0, 0, 2], [])


def test_what_speaks_against_between_two_groups_adds_up_and_is_told():
    label, refused = grouped(
        4,
        [
            (0, 1, 9.0, 0.0),
            (2, 3, 9.0, 0.0),
            (1, 2, 2.0, -6.0),
            (0, 2, -9.0, -6.0),
            (0, 3, -9.0, -6.0),
            (1, 3, -9.0, -6.0),
        ],
    )

    assert label == [0, 0, 2, 2]
    assert [(each.left, each.right, each.reason) for each in refused] == [(0, 2, "contradicted")]


def test_what_somebody_called_different_stays_apart_however_strong_the_link():
    label, refused = grouped(2, [(0, 1, 30.0, 0.0)], different=frozenset({(1, 0)}))

    assert label == [0, 1]
    assert [each.reason for each in refused] == ["different"]
