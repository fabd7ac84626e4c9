"""The dry run of a rule: begun, shown while it goes on, stopped."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.automation import rehearsing, targets
from muhatap.automation.models import AutomationRule, DryRun
from muhatap.conversations import visibility
from muhatap.flow import rules as flow
from muhatap.shared import clock
from muhatap.web.automation import words
from muhatap.web.automation.log import Line
from muhatap.web.common import times
from muhatap.web.common.display import Work
from muhatap.web.common.doors import needs, visitor

SHOWN = 100


@needs("automation.edit")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows the last one, POST begins another."""
    rule = get_object_or_404(AutomationRule, pk=pk)
    if request.method == "POST":
        flow.look_back(rule=rule, by=visitor(request), at=clock.now())
        return redirect("automation:dry_run", rule.pk)
    page = {"rule": rule, "sentence": words.sentence(rule, targets.ever()), "here": "rules"}
    return render(request, "automation/dry_run.html", page | _found(request, rule))


@needs("automation.edit")
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes while it goes on."""
    rule = get_object_or_404(AutomationRule, pk=pk)
    return render(request, "automation/_dry_run.html", {"rule": rule} | _found(request, rule))


@require_POST
@needs("automation.edit")
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(DryRun.objects.select_related("rule"), pk=pk)
    rehearsing.stop(dry_run=run, at=clock.now())
    return render(request, "automation/_dry_run.html", {"rule": run.rule} | _found(request, run.rule))


def _found(request: HttpRequest, rule: AutomationRule) -> dict[str, Any]:
    run = DryRun.objects.filter(rule=rule).order_by("-id").first()
    if run is None:
        return {"run": None}
    finds = list(run.finds.select_related("conversation__contact", "message").order_by("-message_id")[:SHOWN])
    numbers = {find.conversation_id for find in finds}
    seen = set(visibility.visible_to(visitor(request)).filter(pk__in=numbers).values_list("pk", flat=True))
    now, ever = clock.now(), targets.ever()
    lines = [
        Line(
            title=f"{find.conversation.contact}: {find.conversation.subject}",
            url=f"{reverse('inbox:conversation', args=[find.conversation_id])}#message-{find.message_id}",
            time=times.stamp(find.message.at, now),
            time_iso=find.message.at.isoformat(),
            held=tuple(words.condition(one, ever) for one in find.held),
            done=(),
        )
        for find in finds
        if find.conversation_id in seen
    ]
    is_old = run.at < rule.changed_at
    return {"run": run, "work": _work(run), "lines": lines, "told": _told(run, now), "is_old": is_old}


def _work(run: DryRun) -> Work:
    is_over = run.state in (DryRun.State.DONE, DryRun.State.STOPPED)
    figures = f"{times.count(run.n_looked)} / {times.count(run.n_all)}"
    n_found = ngettext("%(n)s would be touched", "%(n)s would be touched", run.n_found)
    return Work(
        name=_("Looking through the last 30 days"),
        done=run.n_looked,
        total=run.n_all or 1,
        figures=figures,
        said=n_found % {"n": times.count(run.n_found)},
        stop_url=reverse("automation:stop_dry_run", args=[run.pk]),
        is_over=is_over,
    )


def _told(run: DryRun, now: datetime) -> str:
    """What came of it, in a sentence."""
    told = {"n": times.count(run.n_found), "all": times.count(run.n_looked), "when": times.stamp(run.at, now)}
    sentence = ngettext(
        "%(when)s: of the %(all)s entries looked through, this rule would have touched %(n)s.",
        "%(when)s: of the %(all)s entries looked through, this rule would have touched %(n)s.",
        run.n_found,
    )
    parts = [sentence % told]
    if run.is_cut:
        parts.append(_("Only the newest %(n)s were looked through.") % {"n": times.count(rehearsing.MOST)})
    if run.state == DryRun.State.STOPPED:
        parts.append(_("It was stopped before its end."))
    if run.n_found > SHOWN:
        parts.append(_("The newest %(n)s are shown.") % {"n": SHOWN})
    return " ".join(parts)
