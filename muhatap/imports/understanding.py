"""One row of a file and what its columns mean: values to keep, handles, tags and a note, or the reason why not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from muhatap.contacts import fields, handles, tagging
from muhatap.contacts.errand import Told
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import CustomField
from muhatap.contacts.noting import LONGEST as LONGEST_NOTE
from muhatap.imports import cells as written
from muhatap.imports import targets
from muhatap.imports.models import Import
from muhatap.imports.rowsfile import Line
from muhatap.shared import phone
from muhatap.shared.text import fold

_APOSTROPHE = re.compile(r"'(?=[=+\-@\t\r\n])")  # what an export put before a cell that looks like a formula
_BETWEEN_TAGS = re.compile(r"[,;|\n]| ::: ")
# An address that needs no thought: its form for comparison is itself in small letters, as shared.address says it.
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9][A-Za-z0-9-]{0,61}(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,61})+"
)
_LONG = 254
_MOST_KNOWN = 5000  # cities, firms and languages come again and again, so that each is read once


class BadRow(ValueError):
    """Nothing of this row is taken: `reason` is a code, `detail` the cell or the sentence that says why."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, kw_only=True)
class Reader:
    """How rows of one import are understood."""

    columns: Sequence[str]
    names: Sequence[str]
    custom: Mapping[str, CustomField]
    match: str
    tag: str
    is_lenient: bool
    decimal: str = ""
    dates: str = ""
    known: "dict[tuple[str, str], tuple[dict[str, Any], dict[str, str]]]" = field(default_factory=dict, compare=False)

    def told(self, line: Line) -> Told:
        """Raises BadRow."""
        cells = [_APOSTROPHE.sub("", cell, count=1) if cell[:1] == "'" else cell for cell in map(str.strip, line.cells)]
        if any(cells[len(self.columns) :]):
            raise BadRow("ragged", str(len(cells)))
        found = _Cells(self, cells)
        facts, problems = found.facts(), found.problems
        if problems and not self.is_lenient:
            raise BadRow("bad_value", "; ".join(problems))
        if not any(facts.get(name) for name in ("name", "email", "phone")) and not found.handles:
            raise BadRow("nobody", "; ".join(problems))
        key = next((handle.value for handle in found.handles if handle.kind == self.match), "") if self.match else ""
        return Told(
            number=line.number,
            facts=facts,
            handles=tuple(found.handles),
            tags=tuple(dict.fromkeys([*found.tags(), *([self.tag] if self.tag else [])])),
            note=found.note(),
            key=key,
            warning="; ".join(problems),
        )


def reader(one: Import, custom: Mapping[str, CustomField]) -> Reader:
    return Reader(
        columns=one.columns,
        names=one.header,
        custom=custom,
        match=one.match,
        tag=one.tag,
        is_lenient=one.is_lenient,
        decimal=one.reading.get("decimal", ""),
        dates=one.reading.get("dates", ""),
    )


class _Cells:
    """The cells of one row by what they are."""

    def __init__(self, reader: Reader, cells: Sequence[str]) -> None:
        self.reader, self.problems = reader, list[str]()
        self.by_target: dict[str, list[tuple[str, str]]] = {}
        for target, name, cell in zip(reader.columns, reader.names, cells, strict=False):
            if target and cell:
                self.by_target.setdefault(target, []).append((name, cell))
        self.handles = [handle for kind in targets.HANDLES for handle in self._handles(kind)]

    def facts(self) -> dict[str, Any]:
        """The first address and number that could be read, the name from its parts, and all else as the fields read it."""
        told: dict[str, tuple[str, str]] = {}
        for target, found in self.by_target.items():
            if target in ("city", "company", "language") or target.startswith(targets.FIELD):
                told[target.removeprefix(targets.FIELD)] = found[0]
        values = {name: self._value(name, *cell) for name, cell in told.items()}
        values["name"] = self._name()
        for kind in (targets.EMAIL, targets.PHONE):
            values[kind] = next((handle.value for handle in self.handles if handle.kind == kind), None)
        return {name: value for name, value in values.items() if value is not None and value != ""}

    def tags(self) -> list[str]:
        found: list[str] = []
        for column, cell in self.by_target.get(targets.TAGS, []):
            for part in _BETWEEN_TAGS.split(cell):
                name = " ".join(part.split()).removeprefix("* ")
                if len(name) > tagging.LONGEST or len(fold(name)) > tagging.LONGEST:
                    self._refuse(column, cell, "")
                elif fold(name):
                    found.append(name)
        return found

    def note(self) -> str:
        return "\n".join(cell for _, cell in self.by_target.get(targets.NOTE, []))[:LONGEST_NOTE]

    def _handles(self, kind: str) -> list[Handle]:
        found: dict[str, Handle] = {}
        for column, cell in self.by_target.get(kind, []):
            try:
                for handle in _each(kind, cell):
                    found.setdefault(handle.value, handle)
            except fields.BadValue as error:
                self._refuse(column, "" if kind == targets.NATIONAL else cell, str(error))
        return list(found.values())

    def _name(self) -> str:
        parts = [
            cell for part in (targets.NAME, targets.FIRST, targets.LAST) for _, cell in self.by_target.get(part, [])[:1]
        ]
        name = " ".join(" ".join(parts).split())
        if len(name) > fields.LONGEST["name"]:
            self._refuse("", name, "")
            return ""
        return name

    def _value(self, name: str, column: str, cell: str) -> Any:
        known = self.reader.known
        if (name, cell) not in known:
            if len(known) > _MOST_KNOWN:
                known.clear()
            known[name, cell] = fields.read_as({name: self._plain(name, cell)}, self.reader.custom)
        values, errors = known[name, cell]
        if errors:
            self._refuse(column, cell, errors[name])
        return values.get(name)

    def _plain(self, name: str, cell: str) -> str:
        """The cell in the form that its field reads."""
        kind = self.reader.custom[name].kind if name in self.reader.custom else ""
        if kind == CustomField.Kind.DATE:
            return written.day(cell, self.reader.dates)
        is_amount = kind in (CustomField.Kind.NUMBER, CustomField.Kind.MONEY)
        return written.amount(cell, self.reader.decimal) if is_amount else cell

    def _refuse(self, column: str, cell: str, said: str) -> None:
        shown = f"“{cell if len(cell) <= 60 else f'{cell[:60]}…'}”" if cell else ""
        self.problems.append(": ".join(filter(None, (column, shown, said))))


def _each(kind: str, cell: str) -> list[Handle]:
    """All that a cell holds: people put two numbers into one. Raises fields.BadValue."""
    if quick := _quick(kind, cell):
        return [quick]
    if kind in (targets.SHOP, targets.NATIONAL):
        return [_handle(kind, cell)]
    parts = written.numbers(cell) if kind == targets.PHONE else written.addresses(cell)
    return [_handle(kind, part) for part in parts]


def _handle(kind: str, cell: str) -> Handle:
    """Raises fields.BadValue."""
    if kind != targets.SHOP and (quick := _quick(kind, cell)):
        return quick
    is_field = kind in (targets.EMAIL, targets.PHONE)
    values, errors = fields.read_as({kind: cell}, {}) if is_field else ({kind: cell}, {})
    if errors:
        raise fields.BadValue(errors[kind])
    handle = handles.read(kind, cell)
    if handle is None and kind == targets.NATIONAL:
        raise fields.BadValue(_("This is no T.C. identity number: its check digits do not fit."))
    if handle is None or not values.get(kind):
        raise fields.BadValue("")
    return handle


def _quick(kind: str, cell: str) -> Handle | None:
    """The handle of a cell that needs no thought, as most do."""
    if kind == targets.PHONE and (number := phone.mobile(cell)):
        return Handle(kind=kind, value=number, comparable=number, written=cell, is_sound=True)
    if kind == targets.EMAIL and len(cell) < _LONG and _PLAIN_EMAIL.fullmatch(cell):
        plain = cell.lower()
        local, _at, domain = plain.partition("@")
        comparable = f"{local.split('+', 1)[0] or local}@{domain}"
        return Handle(kind=kind, value=plain, comparable=comparable, written=cell, is_sound=True)
    if kind == targets.SHOP and len(cell) < _LONG and cell.isascii() and cell.isalnum():
        return Handle(kind=kind, value=cell, comparable=cell, written=cell, is_sound=True)
    return None
