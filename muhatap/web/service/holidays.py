"""Holidays: a year's days, the official ones brought in by one button, and one's own."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from muhatap.flow import deadlines
from muhatap.service import holidays
from muhatap.service.models import Holiday
from muhatap.service.working import written
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.service.forms import HolidayForm, this_year


@needs("service.edit")
def listing(request: HttpRequest) -> HttpResponse:
    today = timezone.localtime(clock.now()).date()
    year = this_year(today, request.GET.get("year"))
    lines = [_line(one, today) for one in Holiday.objects.filter(on__year=year).order_by("on")]
    years = [(one, one == year) for one in range(year - 1, year + 3)]
    return render(request, "service/holidays.html", {"lines": lines, "year": year, "years": years})


@require_POST
@needs("service.edit")
def bring_in(request: HttpRequest) -> HttpResponse:
    """The official holidays of a year."""
    year = this_year(timezone.localtime(clock.now()).date(), request.POST.get("year"))
    try:
        n = holidays.bring_in(year=year, by=visitor(request), at=clock.now())
    except holidays.UnknownYear:
        messages.error(request, _("Nothing was added: the calendar does not reach the year %(year)s.") % {"year": year})
        return redirect("service:holidays")
    if n:
        deadlines.terms_changed()
        said = ngettext("%(n)d day was added.", "%(n)d days were added.", n) % {"n": n}
        messages.success(request, said)
    else:
        messages.info(request, _("All official holidays of %(year)s are here already.") % {"year": year})
    return _to_year(year)


@needs("service.edit")
def new(request: HttpRequest) -> HttpResponse:
    return _edited(request, Holiday())


@needs("service.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Holiday, pk=pk))


@require_POST
@needs("service.edit")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Holiday, pk=pk)
    year = found.on.year
    holidays.remove(holiday=found, by=visitor(request), at=clock.now())
    deadlines.terms_changed()
    messages.success(request, _("“%(name)s” is no holiday here any more.") % {"name": found.name})
    return _to_year(year)


def _edited(request: HttpRequest, found: Holiday) -> HttpResponse:
    form = HolidayForm(request.POST or None, holiday=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = holidays.save(
                holiday=found,
                on=data["on"],
                name=data["name"],
                closes_at_minute=form.minute,
                by=visitor(request),
                at=clock.now(),
            )
        except holidays.DayTaken:
            form.add_error("on", _("This day is on the list already."))
        else:
            deadlines.terms_changed()
            messages.success(request, _("Saved. Open deadlines are being counted again."))
            return _to_year(saved.on.year)
    page = {"form": form, "holiday": found if found.pk else None}
    return render(request, "service/edit_holiday.html", page, status=422 if form.errors else 200)


def _line(one: Holiday, today: date) -> dict[str, Any]:
    closed = (
        _("from %(time)s") % {"time": written(one.closes_at_minute)} if one.closes_at_minute else _("the whole day")
    )
    return {"holiday": one, "day": times.heading(one.on, today), "closed": closed, "source": one.get_source_display()}


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('service:holidays')}?year={year}")
