"""T.C. identity numbers: whether eleven digits are one, in Python and in SQL. Two that are, and not the same, are two people."""

import re

_DIGITS = re.compile(r"[1-9][0-9]{10}", re.ASCII)
_PLACES = range(1, 12)


def is_sound(digits: str) -> bool:
    """Whether the last two digits follow from the nine before them, and these are not one digit nine times."""
    if not _DIGITS.fullmatch(digits) or len(set(digits[:9])) == 1:
        return False
    told = [int(digit) for digit in digits]
    tenth = (7 * sum(told[0:9:2]) - sum(told[1:8:2])) % 10
    return told[9] == tenth and told[10] == (sum(told[:9]) + tenth) % 10


def sound_sql(x: str) -> str:
    """The same, of an expression that is never NULL; for DuckDB and Spark."""
    digit = {place: f"cast(substr({x}, {place}, 1) as integer)" for place in _PLACES}
    odd, even = (" + ".join(digit[place] for place in range(first, 10, 2)) for first in (1, 2))
    is_number = f"length({x}) = 11 and translate({x}, '0123456789', '') = '' and substr({x}, 1, 1) <> '0'"
    is_plain = f"translate(substr({x}, 1, 9), substr({x}, 1, 1), '') = ''"
    tenth = f"(7 * ({odd}) - ({even}) + 100) % 10 = {digit[10]}"
    last = f"({odd} + {even} + {digit[10]}) % 10 = {digit[11]}"
    return f"case when {is_number} and not {is_plain} then {tenth} and {last} else false end"
