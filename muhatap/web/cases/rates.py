"""What an hour costs: of which team and role, from which day on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.models import Role
from muhatap.service import rates
from muhatap.service.models import Rate
from muhatap.shared import clock
from muhatap.web.cases import pages
from muhatap.web.cases.forms import RateForm
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor


@needs("service.edit")
def listing(request: HttpRequest) -> HttpResponse:
    """The rates that hold or will hold, and the form for the next one."""
    now = clock.now()
    today = timezone.localtime(now).date()
    form = RateForm(request.POST or None, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            rates.say(by=visitor(request), at=now, **told)
        except rates.RateTaken:
            form.add_error("valid_from", _("A rate begins on this day already. Withdraw it first."))
        except rates.BadRate:
            form.add_error("amount", _("This is more than an hour can cost."))
        else:
            messages.success(request, _("From that day on, hours count so. What was counted before stays."))
            return redirect("cases:rates")
    page = {
        "rows": [
            {
                "rate": rate,
                "of": ", ".join(
                    [str(rate.team or _("Every team")), str(Role(rate.role).label) if rate.role else _("every role")]
                ),
                "hour": times.money(rate.amount, rate.currency),
                "since": times.day(rate.valid_from),
                "is_ahead": rate.valid_from > today,
            }
            for rate in rates.standing().select_related("team")
        ],
        "form": form,
        "views": pages.views("rates", visitor(request)),
    }
    return render(request, "cases/rates.html", page, status=422 if form.errors else 200)


@require_POST
@needs("service.edit")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    rates.withdraw(rate=get_object_or_404(Rate, pk=pk), by=visitor(request), at=clock.now())
    messages.success(request, _("Withdrawn. What was counted by it stays."))
    return redirect("cases:rates")
