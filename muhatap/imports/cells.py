"""Cells as spreadsheets and address books leave them, brought into a form that a field can read.

What a spreadsheet lost for good is said, never guessed.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from babel import Locale
from django.utils.translation import gettext as _

from muhatap.contacts import national
from muhatap.contacts.fields import BadValue
from muhatap.imports import targets
from muhatap.shared.text import fold

COMMA, POINT = ",", "."
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_FLOAT = re.compile(r"(\+?\d{7,15})[.,]0+")
_BETWEEN = re.compile(r"[;,/|\n]+| ::: ")
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>")
_THREES = re.compile(r"([+\-−]?\d{1,3})((?:([.,])\d{3})(?:\3\d{3})*)(?=\D*$)")
_TIME = re.compile(r"[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})|(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d{2})")
_WORDS = re.compile(r"(\d{1,2})\.? ([^\W\d]+)\.?,? (\d{4})|([^\W\d]+)\.? (\d{1,2}),? (\d{4})")
_CENTURY = 40  # '39 is 2039, '40 is 1940


def shown(cells: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The cells of a row as they may be kept beside its file: of a number of identity the last two digits."""
    hidden = {place for place, target in enumerate(columns) if target == targets.NATIONAL}
    return [national.hidden(cell) if place in hidden else cell for place, cell in enumerate(cells)]


def numbers(cell: str) -> list[str]:
    """The phone numbers in a cell. Raises BadValue for one whose digits a spreadsheet threw away."""
    if whole := _FLOAT.fullmatch(cell):
        return [whole[1]]
    if found := _SCIENTIFIC.fullmatch(cell):
        digits, length = found[1] + (found[2] or ""), int(found[3]) + 1
        if len(digits) < length:
            raise BadValue(_("A spreadsheet shortened it and the last digits are lost. Format the column as text."))
        return [digits[:length]]
    return _several(cell, lambda part: sum(c.isdigit() for c in part) >= 7)


def addresses(cell: str) -> list[str]:
    """The e-mail addresses in a cell, without the names and brackets around them."""
    found = _several(cell, lambda part: "@" in part)
    return [_bare(part) for part in found]


def amount(cell: str, sign: str) -> str:
    """A number whose decimals begin at `sign`, so that 1.249 is not taken for what it is not; others stay as they are."""
    found = _THREES.search(cell) if sign else None
    if found is None or _is_inside(cell, found):
        return cell
    is_decimal = found[3] == sign and found[2].count(sign) == 1
    plain = found[1] + (f".{found[2][1:]}0" if is_decimal else found[2].replace(found[3], ""))
    return cell[: found.start()] + plain + cell[found.end() :]


def day(cell: str, order: str) -> str:
    """A day as YYYY-MM-DD where it is one in any of the usual forms; else the cell as it is."""
    text = _TIME.sub("", cell.strip())
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (part for part in found.groups() if part)
    elif found := _YEAR_LAST.fullmatch(text):
        first, second, year = found.groups()
        is_month_first = int(second) > 12 or (order == MONTH_FIRST and int(first) <= 12)
        day, month = (second, first) if is_month_first else (first, second)
    elif (found := _WORDS.fullmatch(text)) and (named := _month(found[2] or found[4])):
        day, month, year = found[1] or found[5], str(named), found[3] or found[6]
    else:
        return cell
    if len(year) == 2:
        year = f"{20 if int(year) < _CENTURY else 19}{year}"
    return f"{year}-{int(month):02d}-{int(day):02d}"


def decimal_sign(samples: Iterable[Sequence[str]]) -> str:
    """The sign at which decimals begin in these rows, "" when nothing tells."""
    commas = points = 0
    for cell in (cell for row in samples for cell in row):
        told = re.fullmatch(r"[^\d,.]*(?:\d{1,3}(?:([.,])\d{3})*|\d+)([.,])(?:\d{1,2}|\d{4,6})[^\d,.]*", cell.strip())
        if told and told[1] != told[2]:
            commas, points = commas + (told[2] == COMMA), points + (told[2] == POINT)
    return COMMA if commas > points else POINT if points else ""


def date_order(samples: Iterable[Sequence[str]]) -> str:
    """Whether the month stands first in these rows."""
    found = [_YEAR_LAST.fullmatch(_TIME.sub("", cell.strip())) for row in samples for cell in row]
    days = [(int(one[1]), int(one[2])) for one in found if one]
    is_month_first = any(second > 12 >= first for first, second in days) and not any(first > 12 for first, _ in days)
    return MONTH_FIRST if is_month_first else DAY_FIRST


def _several(cell: str, is_one: Callable[[str], bool]) -> list[str]:
    parts = [part.strip() for part in _BETWEEN.split(cell)]
    parts = [part for part in parts if part]
    return parts if len(parts) > 1 and all(map(is_one, parts)) else [cell]


def _bare(text: str) -> str:
    found = _IN_BRACKETS.fullmatch(text)
    return (found[1] if found else text).removeprefix("mailto:")


def _is_inside(cell: str, found: re.Match[str]) -> bool:
    """Whether more digits or signs stand before it, so that it is no number by itself."""
    return cell[: found.start()].rstrip()[-1:] in tuple("0123456789.,'")


def _month(word: str) -> int:
    """By its name in Turkish or English, whole or its first three letters."""
    plain = fold(word)
    return _MONTHS.get(plain) or (_MONTHS.get(plain[:3], 0) if len(plain) > 3 else 0)


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in ("en", "tr"):
        for width in ("wide", "abbreviated"):
            names = Locale.parse(language).months["format"][width]
            found |= {fold(str(name)).rstrip("."): number for number, name in names.items()}
    return found


_MONTHS = _months()
