"""The look at the whole base: begun by hand, watched, stopped."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.duplicates import running
from muhatap.duplicates.models import Run
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import Work
from muhatap.web.common.doors import needs, visitor
from muhatap.web.duplicates import words

_STEPS = list(Run.Step)


@require_POST
@needs("contacts.merge")
def begin(request: HttpRequest) -> HttpResponse:
    try:
        running.begin(by=visitor(request), at=clock.now())
    except running.NotNow:
        messages.info(request, _("A look is at work already."))
    return redirect("duplicates:list")


@require_POST
@needs("contacts.merge")
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    run = get_object_or_404(Run, pk=number)
    try:
        running.cancel(run=run, by=visitor(request), at=clock.now())
    except running.NotNow:
        messages.info(request, _("It was over already."))
    return _now(request) if getattr(request, "htmx", False) else redirect("duplicates:list")


@require_GET
@needs("contacts.merge")
def now(request: HttpRequest) -> HttpResponse:
    """What changes while it goes on."""
    return _now(request)


def _now(request: HttpRequest) -> HttpResponse:
    return render(request, "duplicates/_look.html", context())


def context() -> dict[str, Any]:
    """The newest look: at work, or what it did."""
    run = running.newest()
    if run is None:
        return {"run": None}
    return {
        "run": run,
        "work": _work(run) if running.is_at_work(run) else None,
        "said": words.look(run),
        "tone": words.SOON.get(run.state, ""),
        "when": times.stamp(run.ended_at or run.at, clock.now()),
    }


def _work(run: Run) -> Work:
    place = _STEPS.index(Run.Step(run.step)) + (1 if run.state == Run.State.RUNNING else 0)
    n = run.counts.get("asked", 0)
    return Work(
        name=_("Everybody is being looked at"),
        done=place,
        total=len(_STEPS) + 1,
        figures=times.count(n or run.n_pairs or run.n_records) if run.n_records else "",
        said=words.step(run),
        stop_url=reverse("duplicates:cancel", args=[run.pk]),
    )
