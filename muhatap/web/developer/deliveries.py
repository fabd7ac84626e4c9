"""One webhook with its log: what was told, what was answered, and sending it again."""

import json
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from muhatap.shared import clock
from muhatap.shared.secrets import SecretLost
from muhatap.web.common import reading
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs, visitor
from muhatap.web.developer import words
from muhatap.web.developer.forms import Since
from muhatap.webhooks import delivering, endpoints
from muhatap.webhooks.models import WebhookDelivery, WebhookEndpoint

N_ROWS = 50


@never_cache
@needs("developer.edit")
def listing(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(WebhookEndpoint, pk=pk), Since())


@needs("developer.edit")
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The very bytes that are sent, and each try."""
    found = WebhookDelivery.objects.select_related("endpoint", "event")
    delivery = get_object_or_404(found, pk=pk)
    tries = [(one, words.answered(one)) for one in delivery.attempts.order_by("-id")]
    said, tone = words.delivery_state(delivery)
    body = json.dumps(json.loads(delivery.event.body), ensure_ascii=False, indent=2)
    page = {"delivery": delivery, "event": delivery.event, "tries": tries, "said": said, "tone": tone, "body": body}
    return render(request, "developer/delivery.html", page)


@require_POST
@needs("developer.edit")
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(WebhookDelivery, pk=pk)
    this = WebhookDelivery.objects.filter(pk=pk)
    _say(request, delivering.replay(deliveries=this, by=visitor(request), at=clock.now()))
    return redirect("developer:webhook", delivery.endpoint_id)


@require_POST
@needs("developer.edit")
def replay_failed(request: HttpRequest, pk: int) -> HttpResponse:
    hook, form = get_object_or_404(WebhookEndpoint, pk=pk), Since(request.POST)
    if not form.is_valid():
        return _page(request, hook, form)
    since = timezone.make_aware(datetime.combine(form.cleaned_data["since_on"], time.min))
    failed = delivering.failed_since(hook, since)
    _say(request, delivering.replay(deliveries=failed, by=visitor(request), at=clock.now()))
    return redirect("developer:webhook", pk)


def _say(request: HttpRequest, n: int) -> None:
    if n:
        said = ngettext("%(n)d event is sent again.", "%(n)d events are sent again.", n) % {"n": n}
        messages.success(request, said)
    else:
        messages.error(request, _("Nothing is sent again: nothing failed then, or this webhook is off."))


def _page(request: HttpRequest, hook: WebhookEndpoint, form: Since) -> HttpResponse:
    rows, pages = _rows(request, hook)
    said, tone = words.endpoint_state(hook)
    page = {
        "hook": hook,
        "said": said,
        "tone": tone,
        "secret": _secret(hook),
        "old_secret_holds": hook.old_secret_until and hook.old_secret_until > clock.now(),
        "lines": rows,
        "pages": pages,
        "form": form,
        "states": WebhookDelivery.State.choices,
        "types": [*endpoints.EVENTS, endpoints.TEST],
        "state": request.GET.get("state", ""),
        "type": request.GET.get("type", ""),
    }
    return render(request, "developer/webhook.html", page, status=422 if form.errors else 200)


def _rows(request: HttpRequest, hook: WebhookEndpoint) -> tuple[list[dict[str, Any]], Pages]:
    found = _filtered(request, hook.deliveries.select_related("event").prefetch_related("attempts"))
    if before := reading.number(request.GET.get("before")):
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: N_ROWS + 1])
    kept = request.GET.copy()
    kept["before"] = str(rows[N_ROWS - 1].pk) if len(rows) > N_ROWS else ""
    pages = Pages(next_url=f"?{kept.urlencode()}") if len(rows) > N_ROWS else Pages()
    return [_line(row) for row in rows[:N_ROWS]], pages


def _filtered(request: HttpRequest, found: "QuerySet[WebhookDelivery]") -> "QuerySet[WebhookDelivery]":
    state, type = request.GET.get("state", ""), request.GET.get("type", "")
    if state in WebhookDelivery.State.values:
        found = found.filter(state=state)
    if type in endpoints.EVENTS or type == endpoints.TEST:
        found = found.filter(event__type=type)
    return found


def _line(row: WebhookDelivery) -> dict[str, Any]:
    said, tone = words.delivery_state(row)
    latest = max(row.attempts.all(), key=lambda one: one.pk, default=None)
    return {"row": row, "said": said, "tone": tone, "answered": words.answered(latest)}


def _secret(hook: WebhookEndpoint) -> str:
    try:
        return endpoints.secret(hook)
    except SecretLost:
        return ""
