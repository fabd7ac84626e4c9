"""What the columns of a file are: a table of its first rows with a choice above each column."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.contacts import designing
from muhatap.imports import cells, guessing, mapping, targets, uploading
from muhatap.imports.mapping import Chosen
from muhatap.imports.models import Import
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.imports import reading, sidebar, words

_AMOUNTS = {"number", "money"}


@needs("contacts.import")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """GET shows the guess or what was chosen; POST keeps it."""
    one = get_object_or_404(Import, pk=number)
    if one.state not in (Import.State.READ, Import.State.MAPPED):
        return redirect("imports:one", one.pk)
    chosen, problem = _standing(one), ""
    if request.method == "POST":
        chosen = _typed(request, one)
        problem = _kept(request, one, chosen)
        if not problem:
            return redirect("imports:one", one.pk)
    context = _page(request, one, chosen) | {"problem": problem, "views": sidebar.groups(request, "imports")}
    return render(request, "imports/mapping.html", context, status=422 if problem else 200)


@require_POST
@needs("contacts.import")
def read_again(request: HttpRequest, number: int) -> HttpResponse:
    """The same file in the manner that was chosen."""
    one = get_object_or_404(Import, pk=number)
    try:
        uploading.read_again(one=one, manner=reading.manner(request), by=visitor(request), at=clock.now())
    except uploading.CannotReadAgain:
        messages.info(request, _("It was further already. This is how it stands."))
    return redirect("imports:mapping" if one.state == Import.State.READ else "imports:one", one.pk)


def _kept(request: HttpRequest, one: Import, chosen: Chosen) -> str:
    is_making = any(target.startswith(targets.NEW) for target in chosen.columns)
    if is_making and not may(visitor(request), "contacts.fields"):
        return _("Your role makes no fields. Leave the column out, or ask an administrator.")
    try:
        mapping.choose(one=one, chosen=chosen, by=visitor(request), at=clock.now())
    except mapping.BadMapping as error:
        return words.mapping_problem(error.code, error.detail)
    return ""


def _standing(one: Import) -> Chosen:
    return Chosen(
        columns=one.columns,
        match=one.match,
        mode=one.mode,
        is_overwriting=one.is_overwriting,
        is_lenient=one.is_lenient,
        tag=one.tag,
        decimal=one.reading.get("decimal", ""),
        dates=one.reading.get("dates", ""),
    )


def _typed(request: HttpRequest, one: Import) -> Chosen:
    return Chosen(
        columns=[request.POST.get(f"column-{place}", "") for place in range(len(one.header))],
        match=request.POST.get("match", ""),
        mode=request.POST.get("mode", Import.Mode.BOTH),
        is_overwriting=bool(request.POST.get("is_overwriting")),
        is_lenient=bool(request.POST.get("is_lenient")),
        tag=request.POST.get("tag", ""),
        decimal=request.POST.get("decimal", one.reading.get("decimal", "")),
        dates=request.POST.get("dates", one.reading.get("dates", "")),
    )


def _page(request: HttpRequest, one: Import, chosen: Chosen) -> dict[str, Any]:
    columns: list[dict[str, str]] = []
    for place, name in enumerate(one.header):
        values = [row[place] for row in one.samples if place < len(row)]
        columns.append(
            {
                "name": name or _("Column %(n)s") % {"n": place + 1},
                "field": f"column-{place}",
                "target": chosen.columns[place] if place < len(chosen.columns) else "",
                "kind": guessing.kind_of(values),
            }
        )
    width = len(one.header)
    kinds = {column["kind"] for column in columns if column["target"] not in targets.PLAIN}
    kinds |= {target.removeprefix(targets.NEW) for target in chosen.columns if target.startswith(targets.NEW)}
    kinds |= {field.kind for field in designing.active() if f"{targets.FIELD}{field.key}" in chosen.columns}
    twins = sorted({name for name in one.header if name and one.header.count(name) > 1})
    return {
        "one": one,
        "kind": words.kind(one),
        "rows": words.rows(one.n_rows),
        "columns": columns,
        "samples": [[*row[:width], *[""] * (width - len(row))] for row in one.samples],
        "groups": words.target_groups(may(visitor(request), "contacts.fields")),
        "matches": Import.Match.choices,
        "modes": Import.Mode.choices,
        "chosen": chosen,
        "twins": ", ".join(twins),
        "reading": reading.form(one),
        "decimals": [("", _("As in my language")), (cells.COMMA, "1.249,90"), (cells.POINT, "1,249.90")]
        if kinds & _AMOUNTS
        else [],
        "orders": [(cells.DAY_FIRST, _("Day first: 21.11.2026")), (cells.MONTH_FIRST, _("Month first: 11/21/2026"))]
        if "date" in kinds
        else [],
    }
