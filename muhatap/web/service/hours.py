"""Working hours: which there are, and making, changing and deleting some."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.flow import deadlines
from muhatap.service import hours
from muhatap.service.models import BusinessHours
from muhatap.shared import clock
from muhatap.shared.text import sort_key
from muhatap.web.common.doors import needs, visitor
from muhatap.web.service import week
from muhatap.web.service.forms import HoursForm


@needs("service.edit")
def listing(request: HttpRequest) -> HttpResponse:
    found = sorted(BusinessHours.objects.prefetch_related("policies"), key=lambda one: sort_key(one.name))
    lines = [{"hours": one, "said": week.said(one), "in_a_week": week.length(one)} for one in found]
    return render(request, "service/hours.html", {"lines": lines})


@needs("service.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, BusinessHours(keeps_holidays=True))


@needs("service.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(BusinessHours, pk=pk))


@require_POST
@needs("service.edit")
def office(request: HttpRequest) -> HttpResponse:
    """The usual hours of an office, in one click; they can be changed like any others."""
    try:
        hours.save(
            hours=BusinessHours(),
            name=_("Office hours"),
            time_zone=settings.TIME_ZONE,
            week=hours.OFFICE,
            keeps_holidays=True,
            by=visitor(request),
            at=clock.now(),
        )
    except hours.NameTaken:
        messages.info(request, _("Office hours are here already."))
    else:
        messages.success(request, _("Office hours are here: Monday to Friday, 09:00–18:00."))
    return redirect("service:hours")


@require_POST
@needs("service.edit")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BusinessHours, pk=pk)
    try:
        hours.delete(hours=found, by=visitor(request), at=clock.now())
    except hours.InUse:
        messages.error(request, _("Not deleted. SLA policies count in these hours; give them others first."))
        return redirect("service:edit_hours", pk)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return redirect("service:hours")


def _edited(request: HttpRequest, found: BusinessHours) -> HttpResponse:
    form = HoursForm(request.POST or None, hours=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            hours.save(
                hours=found,
                name=data["name"],
                time_zone=data["time_zone"],
                week=form.week,
                keeps_holidays=data["keeps_holidays"],
                by=visitor(request),
                at=clock.now(),
            )
        except hours.NameTaken:
            form.add_error("name", _("Other hours have this name."))
        else:
            deadlines.terms_changed()
            messages.success(request, _("Saved. Open deadlines are being counted again."))
            return redirect("service:hours")
    page = {"form": form, "hours": found if found.pk else None, "days": [form[f"day_{n}"] for n in range(7)]}
    return render(request, "service/edit_hours.html", page, status=422 if form.errors else 200)
