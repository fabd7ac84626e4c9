"""The company's tree of causes: names, places, archiving, merging."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.service import causes
from muhatap.service.models import Case, Cause
from muhatap.shared import clock
from muhatap.web.cases import pages
from muhatap.web.cases.asked import Asked
from muhatap.web.cases.forms import CauseForm
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import number


@require_GET
@needs("service.edit")
def listing(request: HttpRequest) -> HttpResponse:
    """The whole tree, with how many cases each and those under it have had."""
    counted: Any = Case.objects.values_list("cause_id").annotate(n=Count("pk"))
    every = causes.all_of_them()
    n_of, depth_of = causes.within(every, dict(counted)), causes.depths(every)
    rows: list[dict[str, Any]] = [
        {
            "cause": cause,
            "path": path,
            "depth": depth_of[cause.pk],
            "n": n_of[cause.pk],
            "url": Asked(state="all", cause=cause.pk).url(),
        }
        for cause, path in every
    ]
    page = {
        "standing": [row for row in rows if row["cause"].archived_at is None],
        "archived": [row for row in rows if row["cause"].archived_at],
        "views": pages.views("causes", visitor(request)),
    }
    return render(request, "cases/causes.html", page)


@needs("service.edit")
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new cause, or another name or place for one."""
    cause = get_object_or_404(Cause, pk=pk) if pk else None
    initial = {"name": cause.name, "name_en": cause.name_en, "parent": cause.parent_id} if cause else {}
    form = CauseForm(request.POST or None, initial=initial, cause=cause)
    if request.method == "POST" and form.is_valid():
        try:
            causes.save(cause=cause or Cause(), by=visitor(request), at=clock.now(), **form.told())
        except causes.NameTaken:
            form.add_error("name", _("There is a cause of this name there already."))
        except causes.NotThere:
            form.add_error("parent", _("It cannot stand there: not under itself, and four steps deep at most."))
        else:
            return redirect("cases:causes")
    others = [(one.pk, path) for one, path in causes.offered() if cause and one.pk != cause.pk]
    page = {"form": form, "cause": cause, "others": others, "views": pages.views("", visitor(request))}
    return render(request, "cases/cause.html", page, status=422 if form.errors else 200)


@require_POST
@needs("service.edit")
def usual(request: HttpRequest) -> HttpResponse:
    """Bring in the usual causes that are not there."""
    n = causes.bring_in(at=clock.now())
    messages.success(request, _("%(n)s causes brought in.") % {"n": n})
    return redirect("cases:causes")


@require_POST
@needs("service.edit")
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    cause = get_object_or_404(Cause, pk=pk)
    try:
        causes.archive(cause=cause, by=visitor(request), at=clock.now())
    except causes.HasChildren:
        messages.error(request, _("Others stand under “%(name)s”. Archive or move those first.") % {"name": cause})
    return redirect("cases:causes")


@require_POST
@needs("service.edit")
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    cause = get_object_or_404(Cause, pk=pk)
    try:
        causes.bring_back(cause=cause, by=visitor(request), at=clock.now())
    except (causes.NameTaken, causes.NotThere):
        messages.error(request, _("“%(name)s” stays archived: its place is taken or gone.") % {"name": cause})
    return redirect("cases:causes")


@require_POST
@needs("service.edit")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """All its cases go to another cause."""
    drop = get_object_or_404(Cause, pk=pk)
    keep = get_object_or_404(Cause, pk=number(request.POST.get("keep")) or 0)
    try:
        n = causes.merge(drop=drop, keep=keep, by=visitor(request), at=clock.now())
    except (causes.NotThere, causes.HasChildren):
        messages.error(
            request, _("“%(name)s” was not merged: others stand under it, or the other is gone.") % {"name": drop}
        )
        return redirect("cases:cause", pk)
    messages.success(request, _("Merged; %(n)s cases went along.") % {"n": n})
    return redirect("cases:causes")
