"""Quarantine: what came and could not be taken in, why, its raw source, and what to do about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.accounts.permissions import may
from muhatap.channels.models import Inbox
from muhatap.flow import replay
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine
from muhatap.shared import clock
from muhatap.shared.text import without_nul
from muhatap.web.common import reading
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.settings import reach, set_aside

N_ROWS = 50
N_SHOWN = 60_000  # bytes of raw source on the page; the whole of it can be downloaded


@needs("inboxes.read")
def listing(request: HttpRequest) -> HttpResponse:
    inbox = _asked_inbox(request)
    found = (
        Quarantine.objects.filter(released_at=None, item__inbox__in=reach.readable(visitor(request)))
        .select_related("item__inbox")
        .defer("item__raw")
        .order_by("-at", "-id")
    )
    if inbox:
        found = found.filter(item__inbox=inbox)
    if before := reading.number(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    rows = list(found[: N_ROWS + 1])
    query = f"&inbox={inbox.pk}" if inbox else ""
    pages = Pages(next_url=f"?before={rows[N_ROWS - 1].pk}{query}") if len(rows) > N_ROWS else Pages()
    for row in rows:
        row.detail = set_aside.said(row.detail) or row.detail
    return render(request, "settings/quarantine.html", {"rows": rows[:N_ROWS], "inbox": inbox, "pages": pages})


@needs("inboxes.read")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "settings/quarantined.html", _page(request, _one(request, pk)))


@needs("inboxes.read")
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The raw bytes as a download: nothing in them is ever run or shown by us."""
    row = _one(request, pk)
    headers = {
        "Content-Disposition": f'attachment; filename="item-{row.item_id}.eml"',
        "Content-Security-Policy": "sandbox",
    }
    return HttpResponse(bytes(row.item.raw), content_type="application/octet-stream", headers=headers)


@require_POST
@needs("intake.replay")
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    row = _one(request, pk)
    replay.retry(quarantine=row, by=visitor(request), at=clock.now(), as_its_own="as_its_own" in request.POST)
    if row.item.meta.get("is_head_only"):
        messages.success(request, _("The rest of it is being fetched. It is taken in when all of it is here."))
    else:
        messages.success(request, _("It is being taken in again."))
    return redirect("settings:quarantine")


@require_POST
@needs("intake.replay")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    intake.leave(quarantine=_one(request, pk), by=visitor(request), at=clock.now())
    messages.success(request, _("Left out. Its source is kept."))
    return redirect("settings:quarantine")


def _asked_inbox(request: HttpRequest) -> Inbox | None:
    number = reading.number(request.GET.get("inbox"))
    return reach.readable(visitor(request)).filter(pk=number).first() if number else None


def _one(request: HttpRequest, pk: int) -> Quarantine:
    readable = Quarantine.objects.filter(item__inbox__in=reach.readable(visitor(request)))
    return get_object_or_404(readable.select_related("item__inbox", "released_by"), pk=pk)


def _page(request: HttpRequest, row: Quarantine) -> dict[str, Any]:
    raw = bytes(row.item.raw)
    return {
        "row": row,
        "said": set_aside.said(row.detail),
        "item": row.item,
        "n_bytes": int(row.item.meta.get("size") or len(raw)),
        "source": without_nul(raw[:N_SHOWN].decode("utf-8", "replace")),
        "is_cut": len(raw) > N_SHOWN,
        "is_waiting": row.released_at is None,
        "is_duplicate": row.reason == Quarantine.Reason.SUSPECTED_DUPLICATE,
        "may_act": may(visitor(request), "intake.replay"),
    }
