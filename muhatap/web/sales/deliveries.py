"""What a shop sent: the list with what became of it, one as it came, and digesting it again; files brought by hand."""

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from muhatap.notices import telling
from muhatap.sales import arriving, privacy
from muhatap.sales.models import Shop, ShopDelivery
from muhatap.shared import clock
from muhatap.web.common import reading, times
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.sales.forms import FileForm

N_ROWS = 50
LONGEST_SHOWN = 20_000
ASIDE, WAITING = "aside", "waiting"


@require_GET
@needs("shops.edit")
def listing(request: HttpRequest, number: int) -> HttpResponse:
    shop = get_object_or_404(Shop, pk=number)
    state = request.GET.get("state", "")
    found = shop.deliveries.defer("raw")
    if state == ASIDE:
        found = found.filter(quarantined_at__isnull=False)
    if state == WAITING:
        found = found.filter(quarantined_at=None, digested_at=None)
    if before := reading.number(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: N_ROWS + 1])
    telling.see_thing(user=visitor(request), thing=shop, at=clock.now())
    kept = request.GET.copy()
    kept["before"] = str(rows[N_ROWS - 1].pk) if len(rows) > N_ROWS else ""
    page = {
        "shop": shop,
        "lines": [(row, *said(row)) for row in rows[:N_ROWS]],
        "pages": Pages(next_url=f"?{kept.urlencode()}") if len(rows) > N_ROWS else Pages(),
        "states": [(ASIDE, _("Set aside")), (WAITING, _("Waiting"))],
        "state": state,
        "n_aside": shop.deliveries.filter(quarantined_at__isnull=False).count(),
    }
    return render(request, "sales/deliveries.html", page)


@require_GET
@needs("shops.edit")
def show(request: HttpRequest, number: int, one: int) -> HttpResponse:
    delivery = get_object_or_404(ShopDelivery.objects.select_related("shop"), pk=one, shop=number)
    page = {"delivery": delivery, "shop": delivery.shop, "body": _readable(bytes(delivery.raw)), "said": said(delivery)}
    telling.see_thing(user=visitor(request), thing=delivery.shop, at=clock.now())
    if asked := privacy.read(delivery):
        orders = privacy.orders(delivery.shop, asked)
        page |= {
            "asked": asked,
            "is_erasing": delivery.outcome == privacy.ERASING,
            "due_on": times.day(timezone.localtime(delivery.received_at + privacy.GIVEN_TIME).date()),
            "n_orders": orders.count(),
            "contact": privacy.contact(delivery.shop, asked),
        }
    return render(request, "sales/delivery.html", page)


@require_GET
@needs("shops.edit")
def kept(request: HttpRequest, number: int, one: int) -> HttpResponse:
    """What the shop gave us of the customer who asks, as a file; that somebody took it is written down."""
    delivery = get_object_or_404(ShopDelivery.objects.select_related("shop"), pk=one, shop=number)
    told = privacy.take_out(delivery=delivery, by=visitor(request), at=clock.now())
    if told is None:
        raise Http404
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, indent=2), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="customer-{delivery.pk}.json"'
    return answer


@require_POST
@needs("shops.edit")
def settle(request: HttpRequest, number: int, one: int) -> HttpResponse:
    """What was asked for is done: given, or erased by a job; all of a shop only with a tick."""
    delivery = get_object_or_404(ShopDelivery.objects.select_related("shop"), pk=one, shop=number)
    asked = privacy.read(delivery)
    if asked and asked.kind == "tell":
        privacy.given(delivery=delivery, by=visitor(request), at=clock.now())
        messages.success(request, _("Written down as given."))
    elif asked and asked.kind == "erase_shop" and not request.POST.get("sure"):
        messages.error(request, _("Nothing was erased. Tick that all of this shop is to be parted from its customers."))
    elif privacy.begin_to_erase(delivery=delivery, by=visitor(request), at=clock.now()):
        messages.success(request, _("It is being erased. This page says when it is done."))
    return redirect("shops:delivery", number, one)


@require_POST
@needs("shops.edit")
def replay(request: HttpRequest, number: int, one: int) -> HttpResponse:
    this = ShopDelivery.objects.filter(pk=one, shop=number)
    _again(request, arriving.replay(deliveries=this, by=visitor(request), at=clock.now()))
    return redirect("shops:deliveries", number)


@require_POST
@needs("shops.edit")
def replay_set_aside(request: HttpRequest, number: int) -> HttpResponse:
    aside = ShopDelivery.objects.filter(shop=number, quarantined_at__isnull=False)
    _again(request, arriving.replay(deliveries=aside, by=visitor(request), at=clock.now()))
    return redirect("shops:deliveries", number)


@require_POST
@needs("shops.edit")
def upload(request: HttpRequest, number: int) -> HttpResponse:
    shop, form, now = get_object_or_404(Shop, pk=number), FileForm(request.POST, request.FILES), clock.now()
    if not form.is_valid():
        why = next(iter(form.errors.get("file", [])), "")
        messages.error(request, _("Nothing was taken in: %(why)s") % {"why": why})
        return redirect("shops:shop", number)
    raw = form.cleaned_data["file"].read()
    name = f"file:{hashlib.sha256(raw).hexdigest()[:40]}:{now.timestamp():.0f}"
    arriving.bring(shop=shop, name=name, raw=raw, by=visitor(request), at=now)
    messages.success(request, _("Kept. What became of it stands here in a moment."))
    return redirect("shops:deliveries", number)


def said(row: ShopDelivery) -> tuple[str, str, str]:
    """The state in a word, its tone, and what it came to or why not."""
    if row.quarantined_at:
        return _("Set aside"), "late", f"{row.get_reason_display()}: {row.detail}"
    if row.digested_at:
        return _("Taken in"), "", row.outcome or _("Nothing in it for us")
    return _("Waiting"), "", ""


def _again(request: HttpRequest, n: int) -> None:
    told = ngettext("%(n)d delivery is read again.", "%(n)d deliveries are read again.", n) % {"n": n}
    messages.success(request, told)


def _readable(raw: bytes) -> str:
    """In lines where it is JSON; cut where it is long."""
    text = raw[: 10 * LONGEST_SHOWN].decode(errors="replace")
    try:
        told: Any = json.loads(raw) if len(raw) < LONGEST_SHOWN else None
    except (ValueError, RecursionError):
        told = None
    lines = json.dumps(told, ensure_ascii=False, indent=2) if told is not None else text
    return lines if len(lines) <= LONGEST_SHOWN else f"{lines[:LONGEST_SHOWN]} …"
