"""Parts that stand on a page many times: their template is drawn once for each shape, and filled for each row.

A row is a dataclass of ready strings, and of rows that stand in it. Its shape is which of its texts are empty, its switches, the
fields it names in `SHAPE` (those a template compares, or takes an icon by), and the shapes of the rows in it. Rows of one shape
differ in their texts only: so the template is rendered with places instead of texts, kept, and the texts of each row are escaped
and put there, which costs a twentieth. Therefore such a template uses its row and nothing else, and no filter on a text. See
docs/decisions/0022-rows-are-filled.md.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import lru_cache
from itertools import count
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

BEGINS, ENDS = "\ue000", "\ue001"  # private letters: no template and no escaping knows them
PLACE = re.compile(f"{BEGINS}(\\d+){ENDS}")
KEPT = 2000
Mould = tuple[tuple[str, int | None], ...]  # text and the number of the text that follows it


def filled(template: str, name: str, rows: Iterable[Any]) -> SafeString:
    """The template (or, without one, each row's own) for each row, which it knows by this name."""
    language = get_language() or ""
    return mark_safe("".join([_fill(row, template or row.template, name, language) for row in rows]))  # noqa: S308 (each text is escaped)


def _fill(row: Any, template: str, name: str, language: str) -> str:
    texts: list[Any] = []
    mould = _mould(_shape(row, texts), template, name, language)
    return "".join([text if number is None else text + _escaped(texts[number]) for text, number in mould])


def _escaped(value: Any) -> str:
    return value if isinstance(value, SafeString) else html.escape(str(value))


def _shape(row: Any, texts: list[Any]) -> tuple[Any, ...]:
    """The kind of a row and, for each field, what the drawing hangs on; the texts are put with the others."""
    kept = getattr(row, "SHAPE", ())
    return (
        type(row),
        *[value if field in kept else _shape_of(value, texts) for field, value in row.__dict__.items()],
    )


def _shape_of(value: Any, texts: list[Any]) -> Any:
    if not value or value is True:
        return value
    if isinstance(value, tuple):
        return tuple([_shape_of(one, texts) for one in value])
    if isinstance(value, str | int):
        texts.append(value)
        return BEGINS
    return _shape(value, texts)


@lru_cache(maxsize=KEPT)
def _mould(shape: tuple[Any, ...], template: str, name: str, language: str) -> Mould:
    """The template with places for the texts of this shape."""
    drawn = get_template(template).render({name: _model(shape, count())})
    pieces = PLACE.split(drawn)
    numbers = [int(number) for number in pieces[1::2]]
    return tuple(zip(pieces[::2], [*numbers, None], strict=True))


def _model(shape: Any, numbers: Iterator[int]) -> Any:
    """A row of this shape with places for its texts, numbered in the order in which they were put together."""
    if shape == BEGINS:
        return f"{BEGINS}{next(numbers)}{ENDS}"
    if not isinstance(shape, tuple):
        return shape
    if not shape or not isinstance(shape[0], type):
        return tuple(_model(one, numbers) for one in shape)
    kind: Any = shape[0]
    return kind(**{field.name: _model(one, numbers) for field, one in zip(fields(kind), shape[1:], strict=True)})
