"""Garbage lies while many rows are made."""

import gc

import pytest

from muhatap.shared import garbage


def test_nothing_is_collected_inside_and_what_was_before_stands_after() -> None:
    with pytest.raises(ZeroDivisionError), garbage.left_lying(), garbage.left_lying():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()
