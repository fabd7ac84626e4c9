"""Words cut into the pieces the encoder knows: the likeliest cut, nothing lost."""

import pytest

from muhatap.reading import words
from muhatap.reading.pieces import BEGIN, END, FIRST, HEAD, TAIL, UNKNOWN, Pieces, spelled

NAMES = ["▁kargo", "▁kar", "go", "m", "▁gel", "me", "di", "▁", "k", "?", "▁gelmedi"]
SCORES = [-3.0, -4.0, -4.0, -2.0, -4.0, -3.0, -3.0, -6.0, -6.0, -2.0, -20.0]
PIECE = {name: n for n, name in enumerate(NAMES, FIRST)}


@pytest.fixture
def pieces() -> Pieces:
    return Pieces(NAMES, SCORES)


def cut(pieces: Pieces, text: str) -> tuple[list[int], list[int]]:
    return pieces.of(words.cut(words.cleaned(text)))


def test_of_all_cuts_the_likeliest_is_taken(pieces):
    found, places = cut(pieces, "Kargom gelmedi?")

    assert found == [BEGIN, *(PIECE[one] for one in ("▁kargo", "m", "▁gel", "me", "di", "?")), END]
    assert places == [-1, 0, 0, 1, 1, 1, 2, -1]


def test_a_letter_nobody_knows_is_a_piece_of_its_own(pieces):
    found, _ = cut(pieces, "漢k")

    assert found == [BEGIN, PIECE["▁"], UNKNOWN, PIECE["k"], END]


@pytest.mark.parametrize(
    ("written", "told"), [("ÇOOOK", "▁çok"), ("İADE", "▁iade"), ("?", "?"), ("ﬁyat", "▁fiyat"), ("😊", "😊")]
)
def test_a_word_is_shown_as_most_write_it(written, told):
    assert spelled(written) == told


def test_of_a_long_message_the_beginning_and_the_end_are_looked_at(pieces):
    found, places = cut(pieces, "kargo " * 500 + "gelmedi?")

    assert len(found) == len(places) == HEAD + TAIL + 2
    assert (found[1], found[-2]) == (PIECE["▁kargo"], PIECE["?"])
    assert places[-2] == 501 and places == [-1, *sorted(places[1:-1]), -1]


def test_nothing_and_line_ends_have_no_pieces(pieces):
    assert cut(pieces, "\n\n") == ([BEGIN, END], [-1, -1])
