"""Everything the firm keeps, as a file: asked for, shown while it is made, carried away, and gone after a while."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.imports import everything
from muhatap.imports.models import Export
from muhatap.shared import clock, files
from muhatap.web.common import times
from muhatap.web.common.display import Work
from muhatap.web.common.doors import needs, visitor
from muhatap.web.imports import sidebar

SHOWN = 20


@needs("everything.export")
def show(request: HttpRequest) -> HttpResponse:
    """GET shows what was made; POST asks for another."""
    if request.method == "POST":
        everything.begin(with_files=bool(request.POST.get("with_files")), by=visitor(request), at=clock.now())
        return redirect("imports:everything")
    context = _made() | {"views": sidebar.groups(request, "everything"), "days": everything.KEPT_FOR.days}
    return render(request, "imports/everything.html", context)


@needs("everything.export")
def now(request: HttpRequest) -> HttpResponse:
    """What changes while one is made."""
    return render(request, "imports/_exports.html", _made())


@require_POST
@needs("everything.export")
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Make no more of it."""
    everything.stop(export=get_object_or_404(Export, pk=number), by=visitor(request), at=clock.now())
    return now(request) if getattr(request, "htmx", False) else redirect("imports:everything")  # type: ignore[return-value]


@require_GET
@needs("everything.export")
def download(request: HttpRequest, number: int) -> Any:  # a stream, which Django does not count among its HttpResponses
    export = get_object_or_404(Export, pk=number, state=Export.State.DONE)
    try:
        content = files.opened(export.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    everything.take_along(export=export, by=visitor(request), at=clock.now())
    return FileResponse(content, as_attachment=True, filename=f"muhatap-{export.at:%Y-%m-%d}.zip")


def _made() -> dict[str, Any]:
    made, moment = list(Export.objects.select_related("by").order_by("-at", "-id")[:SHOWN]), clock.now()
    lines = [
        {
            "when": times.short(one.at, moment),
            "full": times.full(one.at),
            "by": str(one.by or ""),
            "state": Export.State(one.state).label,
            "size": times.size(one.size) if one.size else "",
            "until": times.full(one.expires_at) if one.expires_at and one.state == Export.State.DONE else "",
            "url": reverse("imports:export_file", args=[one.pk]) if one.state == Export.State.DONE else "",
            "work": _work(one) if one.state == Export.State.RUNNING else None,
        }
        for one in made
    ]
    return {"lines": lines, "is_at_work": any(one.state == Export.State.RUNNING for one in made)}


def _work(one: Export) -> Work:
    return Work(
        name=_("Everything is being written"),
        done=one.n_done,
        total=one.n_total or 1,
        figures=f"{times.count(one.n_done)} / {times.count(one.n_total)}",
        said=_("You may leave this page; it goes on."),
        stop_url=reverse("imports:stop_export", args=[one.pk]),
    )
