"""One case with its story: what it is about, where it comes from, what was done, given and spent; and the acts on it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.permissions import may
from muhatap.flow import cases as flow
from muhatap.notices import telling
from muhatap.service import cases, casework, costing
from muhatap.service.models import Case, Compensation, Cost
from muhatap.service.promising import BadCost, NoReason, NotThen
from muhatap.shared import clock
from muhatap.web.cases import lines, pages, story
from muhatap.web.cases.forms import CaseForm, CompensateForm, CostForm, ResolveForm, WhyForm, local
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.reading import number as number_of
from muhatap.web.common.reading import words

QUICK_MINUTES = (5, 15, 30, 60)
CHANGED = "cases"  # the event with which parts of a page that show cases are read again


@require_GET
@needs("cases.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    case = find(request, number)
    telling.see_thing(user=visitor(request), thing=case, at=clock.now())
    return _page(request, case)


@needs("cases.edit")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """What it is about, whose it is, until when, of which order."""
    case = find(request, number)
    form = CaseForm(request.POST or None, initial=initial(case), contact=case.contact, case=case)
    if request.method == "POST" and form.is_valid():
        told = form.told()
        if "team" in form.fields:
            told["team"] = form.team_told()
        try:
            flow.change(case=case, by=visitor(request), at=clock.now(), **told)
        except NotThen:
            form.add_error("due_at", _("This moment is over, or too far away."))
        else:
            messages.success(request, _("Saved."))
            return redirect("cases:one", case.pk)
    page = {"case": case, "form": form, "views": pages.views("", visitor(request))}
    return render(request, "cases/edit.html", page, status=422 if form.errors else 200)


@require_POST
@needs("cases.edit")
def take(request: HttpRequest, number: int) -> HttpResponse:
    """It is mine now."""
    case = find(request, number)
    flow.change(case=case, by=visitor(request), at=clock.now(), owner=visitor(request))
    messages.success(request, _("This case is yours now."))
    return redirect("cases:one", case.pk)


@require_POST
@needs("cases.edit")
def wait(request: HttpRequest, number: int) -> HttpResponse:
    """It waits for somebody; said with whom, in words."""
    case, form = find(request, number), WhyForm(request.POST)
    if form.is_valid():
        try:
            cases.wait(case=case, why=form.cleaned_data["why"], by=visitor(request), at=clock.now())
        except (cases.HasEnded, NoReason):
            form.add_error(None, _("Somebody resolved it meanwhile."))
        else:
            return redirect("cases:one", case.pk)
    return _page(request, case, wait_form=form, status=422)


@require_POST
@needs("cases.edit")
def go_on(request: HttpRequest, number: int) -> HttpResponse:
    case = find(request, number)
    with suppress(cases.HasEnded):  # the page says how it ended
        cases.go_on(case=case, by=visitor(request), at=clock.now())
    return redirect("cases:one", case.pk)


@require_POST
@needs("cases.edit")
def resolve(request: HttpRequest, number: int) -> HttpResponse:
    """What was done, and what they were given with it."""
    case, form = find(request, number), ResolveForm(request.POST)
    if form.is_valid():
        told, by, now = form.cleaned_data, visitor(request), clock.now()
        try:
            flow.settle(case=case, by=by, at=now, **told)
        except cases.HasEnded:
            form.add_error(None, _("Somebody resolved it meanwhile."))
        else:
            messages.success(request, _("Resolved. The conversation says so, too."))
            return redirect("cases:one", case.pk)
    return _page(request, case, resolve_form=form, status=422)


@require_POST
@needs("cases.edit")
def close(request: HttpRequest, number: int) -> HttpResponse:
    case = find(request, number)
    with suppress(cases.NotEnded):  # closed already, or opened again: the page says which
        cases.close(case=case, by=visitor(request), at=clock.now())
    return redirect("cases:one", case.pk)


@require_POST
@needs("cases.edit")
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    """It was not over: why."""
    case, form = find(request, number), WhyForm(request.POST)
    if form.is_valid():
        with suppress(cases.NotEnded):  # somebody was faster: it stands open
            flow.reopen(case=case, why=form.cleaned_data["why"], by=visitor(request), at=clock.now())
        return redirect("cases:one", case.pk)
    return _page(request, case, reopen_form=form, status=422)


@require_POST
@needs("cases.edit")
def compensate(request: HttpRequest, number: int) -> HttpResponse:
    """Something was given to the customer."""
    case, form = find(request, number), CompensateForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            costing.compensate(
                case=case,
                kind=told["given"],
                amount=told["amount"],
                currency=told["currency"],
                said=told["note"],
                by=visitor(request),
                at=clock.now(),
            )
        except BadCost:
            form.add_error("amount", _("Say what it is worth."))
        else:
            messages.success(request, _("Written down."))
            return redirect("cases:one", case.pk)
    return _page(request, case, compensate_form=form, status=422)


@require_POST
@needs("cases.edit")
def uncompensate(request: HttpRequest, number: int, given: int) -> HttpResponse:
    """They were not given it after all."""
    row = get_object_or_404(Compensation, pk=given, case=find(request, number))
    costing.take_compensation_back(given=row, by=visitor(request), at=clock.now())
    messages.success(request, _("Taken back. A row against it stands among the costs."))
    return redirect("cases:one", number)


@require_POST
@needs("cases.edit")
def spend(request: HttpRequest, number: int) -> HttpResponse:
    """Time or money that it took."""
    case, form, now = find(request, number), CostForm(request.POST), clock.now()
    if form.is_valid():
        try:
            costing.write(case=case, by=visitor(request), at=now, **form.told(now))
        except BadCost:
            form.add_error("on", _("This day is still to come or too long ago, or the amount makes no sense."))
        else:
            messages.success(request, _("Written down."))
            return redirect("cases:one", case.pk)
    return _page(request, case, cost_form=form, status=422)


@require_POST
@needs("cases.edit")
def unspend(request: HttpRequest, number: int, cost: int) -> HttpResponse:
    """Take back what was written down by hand: a row against it, of today."""
    row = get_object_or_404(Cost, pk=cost, case=find(request, number))
    why = words(request.POST.get("why"), 300) or _("Written down by mistake")
    try:
        costing.take_back(cost=row, why=why, by=visitor(request), at=clock.now())
    except (costing.WasTakenBack, costing.FollowsFrom):
        messages.info(request, _("This cannot be taken back here."))
    return redirect("cases:one", number)


@require_POST
@needs("cases.edit")
def repeat(request: HttpRequest, number: int) -> HttpResponse:
    """It repeats the former case that is suggested; or it does not, after all."""
    case = find(request, number)
    former = casework.likely_former(case).filter(pk=number_of(request.POST.get("former")) or 0).first()
    cases.repeat(case=case, former=former, by=visitor(request), at=clock.now())
    return redirect("cases:one", case.pk)


def find(request: HttpRequest, number: int) -> Case:
    """404 for what this user may not read."""
    rows = flow.visible_to(visitor(request)).select_related("contact", "cause", "owner", "team", "former", "opened_by")
    return get_object_or_404(rows, pk=number)


def initial(case: Case) -> dict[str, Any]:
    return {
        "title": case.title,
        "kind": case.kind,
        "cause": case.cause_id,
        "owner": case.owner_id,
        "team": case.team_id,
        "due_at": local(case.due_at) if case.due_at else None,
        "order": case.order_id,
        "product": case.product_id,
    }


def _page(request: HttpRequest, case: Case, *, status: int = 200, **forms: Any) -> HttpResponse:
    user, now = visitor(request), clock.now()
    may_edit, may_count = may(user, "cases.edit"), may(user, "costs.read")
    page = {
        "case": case,
        "line": lines.line(case, now),
        "due": times.full(case.due_at) if case.due_at else "",
        "may_edit": may_edit,
        "steps": story.steps(case),
        "places": story.places(case, user),
        "given": story.given(case, may_edit=may_edit),
        "costs": story.costs(case, may_edit=may_edit, may_count=may_count),
        "cost_in_all": story.in_all(case, may_count=may_count),
        "about_order": story.order(case),
        "product": story.product(case),
        "former": story.former(case, user),
        "later": story.later(case, user),
        "likely": story.likely(case, user) if may_edit else None,
        "views": pages.views("", user),
    }
    if may_edit:
        page |= _forms(case, now) | forms
    return render(request, "cases/one.html", page, status=status)


def _forms(case: Case, now: datetime) -> dict[str, Any]:
    today = timezone.localtime(now).date()
    found: dict[str, Any] = {
        "compensate_form": CompensateForm(),
        "cost_form": CostForm(initial={"on": today}),
        "quick": [(n, times.span(timedelta(minutes=n))) for n in QUICK_MINUTES],
        "today": f"{today:%Y-%m-%d}",
    }
    if case.is_standing:
        return found | {"resolve_form": ResolveForm(), "wait_form": WhyForm()}
    return found | {"reopen_form": WhyForm()}
