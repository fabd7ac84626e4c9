"""The builder of filters: a form with a row for each condition, read without trust and shown again as it was typed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from muhatap.conversations import wanting
from muhatap.conversations.wanting import Condition, Wanted
from muhatap.web.inbox.filters import SEPARATOR, Choices, Names, operators


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the builder. `kind` is "choices", "text", "span" or "none"."""

    place: int
    field: str
    op: str
    kind: str
    fields: tuple[tuple[str, str, bool], ...]
    ops: tuple[tuple[str, str, bool], ...]
    choices: tuple[tuple[str, str, bool], ...] = ()
    text: str = ""
    unit: str = "h"
    error: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stands in a row of the builder, as it was typed."""

    field: str
    op: str = ""
    values: tuple[str, ...] = ()
    error: str = ""


def typed(query: QueryDict) -> list[Typed]:
    """The rows of a posted builder, without trust."""
    found = []
    for place in range(wanting.MOST):
        field = query.get(f"f{place}", "")
        if not wanting.operators(field):
            continue
        values = tuple(query.getlist(f"v{place}"))
        if field in wanting.COLUMNS:
            values = (f"{values[0].strip()}{query.get(f'u{place}', 'h')}",) if values and values[0].strip() else ()
        found.append(Typed(field=field, op=query.get(f"o{place}", ""), values=values))
    return found


def of_wanted(wanted: Wanted) -> list[Typed]:
    return [Typed(field=one.field, op=one.op, values=one.values) for one in wanted.conditions]


def understood(rows: Iterable[Typed]) -> tuple[tuple[Condition, ...], list[Typed], bool]:
    """The conditions the rows ask, the rows with what is wrong said beside them, and whether all are right."""
    conditions, told = [], []
    for row in rows:
        try:
            conditions.append(wanting.read(row.field, row.op, row.values))
            told.append(row)
        except wanting.BadCondition:
            told.append(replace(row, error=_refusal(row.field)))
    return tuple(conditions), told, not any(row.error for row in told)


def line(place: int, row: Typed, names: Names) -> Line:
    """A row of the builder, ready to show."""
    ops = operators(row.field)
    op = row.op if row.op in ops else next(iter(ops), "")
    known = names.choices(row.field)
    kind = "none" if op in wanting.WITHOUT_VALUES else "span" if row.field in wanting.COLUMNS else "text"
    if known is not None and kind == "text":
        kind = "choices"
    gone = [value for value in row.values if known is not None and value not in known]
    value = row.values[0] if row.values else ""
    return Line(
        place=place,
        field=row.field,
        op=op,
        kind=kind,
        fields=_marked({row.field}, names.fields()),
        ops=_marked({op}, ops),
        choices=_marked(set(row.values), (known or {}) | {one: _("gone") for one in gone}),
        text=value[:-1] if kind == "span" else SEPARATOR.join(row.values),
        unit=value[-1:] if kind == "span" and value[-1:] in ("h", "d") else "h",
        error=row.error,
        label=names.field(row.field),
    )


def _marked(chosen: set[str], known: Choices) -> tuple[tuple[str, str, bool], ...]:
    return tuple((value, label, value in chosen) for value, label in known.items())


def _refusal(field: str) -> str:
    if field in wanting.COLUMNS:
        return _("Write a number from 1 to 9999. Example: 48")
    if field.startswith("field:"):
        return _("This field holds no such value.")
    if field == "text":
        return _("Write some letters to look for.")
    return _("Choose at least one, or take this condition away.")
