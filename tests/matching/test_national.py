"""Check digits of identity numbers, the same in Python and in SQL."""

import random

import duckdb

from muhatap.matching import national

NUMBERS = ("10000000146", "12345678950", "10000000147", "11111111110", "01234567890", "", "1234567895", "1234567895x")


def test_sql_and_python_take_the_same_numbers_for_sound() -> None:
    drawn = random.Random(4)
    numbers = [*NUMBERS, *(str(drawn.randrange(10**10, 10**11)) for _ in range(2000))]
    rows = duckdb.connect().execute(
        f"select x, {national.sound_sql('x')} from (select unnest(?) as x)",
        [numbers],
    )
    told = dict(rows.fetchall())
    assert told == {number: national.is_sound(number) for number in numbers}
    assert told["10000000146"] and told["12345678950"] and not told["11111111110"] and 5 < sum(told.values()) < 60
