"""What the columns of a file are: a table of its first rows with a choice above each column."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from muhatap.accounts.permissions import may
from muhatap.imports import guessing, mapping, targets
from muhatap.imports.mapping import Chosen
from muhatap.imports.models import Import
from muhatap.shared import clock
from muhatap.web.common.doors import needs, visitor
from muhatap.web.imports import sidebar, words


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
    )


def _typed(request: HttpRequest, one: Import) -> Chosen:
    return Chosen(
        columns=[request.POST.get(f"column-{place}", "") for place in range(len(one.header))],
        match=request.POST.get("match", ""),
        mode=request.POST.get("mode", Import.Mode.BOTH),
        is_overwriting=bool(request.POST.get("is_overwriting")),
        is_lenient=bool(request.POST.get("is_lenient")),
        tag=request.POST.get("tag", ""),
    )


def _page(request: HttpRequest, one: Import, chosen: Chosen) -> dict[str, Any]:
    columns = []
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
    }
