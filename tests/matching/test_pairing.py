"""Pairs found by sorting are the pairs that share a key, each once."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from muhatap.matching import pairing

KEYS = st.lists(st.integers(0, 5), max_size=30)


@settings(max_examples=50, deadline=None)
@given(KEYS, KEYS, st.integers(2, 6))
def test_every_two_records_that_share_a_key_are_a_pair_once(one, other, most):
    groups = [pairing.sharing(np.array(keys), np.arange(1, len(keys) + 1), most) for keys in (one, other)]
    left, right = pairing.parted(pairing.pairs(groups))

    assert list(zip(left.tolist(), right.tolist(), strict=True)) == sorted(sharing(one, most) | sharing(other, most))
    assert sum(each.n_pairs for each in groups) == len(sharing(one, most)) + len(sharing(other, most))


def test_pairs_that_are_known_are_left_out():
    every, known = (
        pairing.joined(np.array([1, 1, 2]), np.array([2, 3, 3])),
        pairing.joined(np.array([2]), np.array([3])),
    )

    assert [ids.tolist() for ids in pairing.parted(pairing.without(every, known))] == [[1, 1], [2, 3]]
    assert pairing.without(every, known[:0]).tolist() == every.tolist()


def sharing(keys: list[int], most: int) -> set[tuple[int, int]]:
    named = enumerate(keys, 1)
    return {(a, b) for (a, x), (b, y) in combinations(named, 2) if x == y and keys.count(x) <= most}
