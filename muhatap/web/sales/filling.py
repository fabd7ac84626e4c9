"""Reading older orders of a shop: beginning, how far it is, stopping."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from muhatap.sales import backfilling
from muhatap.sales.models import BackFill, Shop
from muhatap.sales.shops import ASKED
from muhatap.shared import clock
from muhatap.web.common import times
from muhatap.web.common.display import Work
from muhatap.web.common.doors import needs, visitor
from muhatap.web.sales.forms import SinceForm

USUAL = timedelta(days=90)


@require_POST
@needs("shops.edit")
def begin(request: HttpRequest, number: int) -> HttpResponse:
    shop, now = get_object_or_404(Shop, pk=number), clock.now()
    form = _form(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was begun: %(why)s") % {"why": form.errors["since_on"][0]})
        return redirect("shops:shop", number)
    since = timezone.make_aware(datetime.combine(form.cleaned_data["since_on"], time.min))
    try:
        backfilling.begin(shop=shop, since=since, by=visitor(request), at=now)
    except backfilling.CannotFill as error:
        messages.error(request, str(error))
    return redirect("shops:shop", number)


@require_GET
@needs("shops.edit")
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the page that is read anew while it runs."""
    shop = get_object_or_404(Shop, pk=number)
    return render(request, "sales/_filling.html", {"shop": shop} | around(shop))


@require_POST
@needs("shops.edit")
def stop(request: HttpRequest, number: int) -> HttpResponse:
    shop = get_object_or_404(Shop, pk=number)
    running = shop.back_fills.filter(state=BackFill.State.RUNNING).first()
    if running:
        backfilling.cancel(fill=running, by=visitor(request), at=clock.now())
    return render(request, "sales/_filling.html", {"shop": shop} | around(shop))


def around(shop: Shop) -> dict[str, Any]:
    """The newest reading, ready to show, and the form of another."""
    last = shop.back_fills.exclude(by=None).order_by("-id").first()
    return {
        "can_fill": shop.kind in ASKED,
        "has_key": bool(shop.api_secret_sealed),
        "since_form": _form(),
        "work": _work(shop, last) if last else None,
        "is_running": bool(last and last.state == BackFill.State.RUNNING),
    }


def _form(data: Any = None) -> SinceForm:
    today = timezone.localtime(clock.now()).date()
    return SinceForm(data, first=today - USUAL, last=today)


def _work(shop: Shop, fill: BackFill) -> Work:
    is_over = fill.state != BackFill.State.RUNNING
    total = fill.n_expected or 0
    read = times.count(fill.n_read)
    figures = f"{read} / {times.count(total)}" if total else read
    return Work(
        name=_("Older orders since %(day)s") % {"day": times.day(timezone.localtime(fill.since).date())},
        done=total if fill.state == BackFill.State.DONE and total else fill.n_read,
        total=total or (fill.n_read if is_over else fill.n_read * 2 + 1),
        figures=figures,
        said=_said(fill),
        stop_url="" if is_over else reverse("shops:stop_filling", args=[shop.pk]),
        is_over=is_over,
    )


def _said(fill: BackFill) -> str:
    new = ngettext("%(n)d new order", "%(n)d new orders", fill.n_new) % {"n": fill.n_new}
    told = [str(BackFill.State(fill.state).label), new]
    if fill.n_set_aside:
        told.append(ngettext("%(n)d set aside", "%(n)d set aside", fill.n_set_aside) % {"n": fill.n_set_aside})
    if fill.detail:
        told.append(fill.detail)
    return " · ".join(told)
