"""Parts that stand on a page many times: their template is drawn once for each shape, and filled for each row.

A row is a dataclass of ready strings. Its shape is which of them are empty, its switches, and the fields it names in `SHAPE`
(those a template compares, or takes an icon by). Rows of one shape differ in their texts only: so the template is rendered with
places instead of texts, kept, and the texts of each row are escaped and put there, which costs a twentieth. Therefore such a
template uses its row and nothing else, and no filter on a text. See docs/decisions/0022-rows-are-filled.md.
"""

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

BEGINS, ENDS = "\ue000", "\ue001"  # private letters: no template and no escaping knows them
PLACE = re.compile(f"{BEGINS}(\\w+){ENDS}")
KEPT = 2000
Mould = tuple[tuple[str, str], ...]  # text and the name of what follows it


def filled(template: str, name: str, rows: Iterable[Any]) -> SafeString:
    """The template for each row, which it knows by this name."""
    language = get_language() or ""
    return mark_safe("".join(_fill(row, template, name, language) for row in rows))  # noqa: S308 (each text is escaped)


def _fill(row: Any, template: str, name: str, language: str) -> str:
    values: dict[str, Any] = row.__dict__
    kind: Any = type(row)
    kept = getattr(kind, "SHAPE", ())
    shape = tuple(
        [value if value in ("", True, False, None) or field in kept else BEGINS for field, value in values.items()]
    )
    mould = _mould(kind, tuple(values), shape, template, name, language)
    return "".join([text + _escaped(values[field]) if field else text for text, field in mould])


def _escaped(value: Any) -> str:
    return value if isinstance(value, SafeString) else html.escape(str(value))


@lru_cache(maxsize=KEPT)
def _mould(
    kind: type, fields: tuple[str, ...], shape: tuple[Any, ...], template: str, name: str, language: str
) -> Mould:
    """The template with places for the texts of this shape."""
    places = [
        f"{BEGINS}{field}{ENDS}" if value == BEGINS else value for field, value in zip(fields, shape, strict=True)
    ]
    drawn = get_template(template).render({name: kind(**dict(zip(fields, places, strict=True)))})
    pieces = PLACE.split(drawn)
    return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))
