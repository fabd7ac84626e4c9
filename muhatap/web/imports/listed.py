"""The rows of an import on the screen: those of one outcome, or those that stayed when it was taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.contacts import designing, rivals
from muhatap.contacts.models import Contact
from muhatap.imports import results, rowsfile
from muhatap.imports.models import Import, ImportRow
from muhatap.shared import phone
from muhatap.web.common import own_fields, times
from muhatap.web.common.doors import needs
from muhatap.web.imports import sidebar, words

A_PAGE = 50
_CELLS_SHOWN = 6
_UNDONE = "undone-"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: what stood in it, what became of it, whom it is about."""

    number: str
    text: str
    said: str
    why: str
    name: str = ""
    url: str = ""
    fields: tuple[tuple[str, str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    label: str
    count: str
    url: str
    is_here: bool


@needs("contacts.import")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """A page of rows. `only` is an outcome, or "undone-kept" and the like."""
    one = get_object_or_404(Import, pk=number)
    wanted = request.GET.get("only", "")
    choices = _choices(one, wanted)
    only = wanted if any(choice.is_here for choice in choices) else ""
    after = request.GET.get("after", "")
    rows = _rows(one, only, int(after) if after.isdigit() and len(after) < 18 else -1)
    context = {
        "one": one,
        "file_gone": words.file_gone(one),
        "choices": choices,
        "lines": lines(one, rows[:A_PAGE]),
        "next_url": address(one, only, rows[A_PAGE - 1].number) if len(rows) > A_PAGE else "",
        "first_url": address(one, only) if after else "",
        "file_url": f"{reverse('imports:rows', args=[one.pk])}?{urlencode({'only': only})}",
        "views": sidebar.groups(request, "imports"),
    }
    return render(request, "imports/rows.html", context)


def address(one: Import, only: str, after: int | None = None) -> str:
    told = {"only": only} | ({"after": str(after)} if after is not None else {})
    return f"{reverse('imports:listed', args=[one.pk])}?{urlencode(told)}"


def asked(only: str) -> tuple[str, str]:
    """An outcome, or what became of rows when the import was taken back; both empty for all rows."""
    undone = only.removeprefix(_UNDONE) if only.startswith(_UNDONE) else ""
    return only if only in ImportRow.Outcome.values else "", undone if undone in ImportRow.Undone.values else ""


def counted(one: Import, counts: Mapping[str, int], prefix: str = "") -> list[dict[str, str]]:
    """Numbers of what became of the rows, each leading to its rows."""
    return [
        {"label": label, "n": n, "tone": tone, "url": address(one, f"{prefix}{name}")}
        for name, label, n, tone in words.counts(counts)
    ]


def counted_back(one: Import) -> list[dict[str, str]]:
    return counted(one, one.undo_counts, _UNDONE)


def lines(one: Import, rows: list[ImportRow]) -> list[Line]:
    """Rows as people read them, with the contacts they may mean where there are several."""
    is_kept = one.file_gone_at is None
    cells = rowsfile.cells_of(one.rows_sha256, [row.number for row in rows]) if is_kept else {}
    known = {pk: str(contact) for pk, contact in Contact.objects.in_bulk([row.contact for row in rows]).items()}
    doubtful = [row.detail for row in rows if row.reason == "several"]
    owners = rivals.of(one.match, doubtful) if doubtful else {}
    return [_line(row, cells.get(row.number, []), known, owners) for row in rows]


def _line(row: ImportRow, cells: list[str], known: Mapping[int, str], owners: Mapping[str, list[Contact]]) -> Line:
    back = [str(row.get_undone_display()), words.undone(row)] if row.undone else []
    people = owners.get(row.detail, []) if row.reason == "several" else []
    is_there = row.contact in known
    return Line(
        number=times.count(row.number),
        text=", ".join(cell[:80] for cell in cells[:_CELLS_SHOWN] if cell),
        said=str(row.get_outcome_display()),
        why=". ".join(filter(None, [words.reason(row), ": ".join(filter(None, back))])),
        name=known.get(row.contact or 0, ""),
        url=reverse("contacts:page", args=[row.contact]) if is_there else "",
        fields=tuple(changes((row.before or {}).get("fields", {}))),
        people=tuple((str(contact), reverse("contacts:page", args=[contact.pk])) for contact in people),
    )


def changes(fields: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What a row changed: the field, what stood there, what stands there now."""
    kinds = {field.key: field.kind for field in designing.active()} if fields else {}

    def shown(name: str, value: Any) -> str:
        if name == "phone" and value:
            return phone.readable(str(value))
        return own_fields.shown(kinds.get(name, ""), value)

    return [(words.label(name), shown(name, was) or "–", shown(name, will)) for name, (was, will) in fields.items()]


def _rows(one: Import, only: str, after: int) -> list[ImportRow]:
    outcome, undone = asked(only)
    return results.page(one, outcome=outcome, undone=undone, after=after, limit=A_PAGE + 1)


def _choices(one: Import, wanted: str) -> list[Choice]:
    all_of_them = Choice(label=_("All rows"), count=times.count(one.n_done), url=address(one, ""), is_here=not wanted)
    found = [(name, label, n) for name, label, n, _tone in words.counts(one.counts)]
    found += [(f"{_UNDONE}{name}", label, n) for name, label, n, _tone in words.counts(one.undo_counts)]
    return [
        all_of_them,
        *(Choice(label=label, count=n, url=address(one, name), is_here=name == wanted) for name, label, n in found),
    ]
