"""What waits on Today because a customer did something: see to it, or let it be."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from muhatap.shared import clock
from muhatap.triggers import firing
from muhatap.triggers.models import Firing, Trigger
from muhatap.web.common.doors import needs, visitor
from muhatap.web.triggers import words

MOST = 8


@dataclass(frozen=True, kw_only=True)
class Task:
    name: str
    url: str
    reason: str
    when: str
    when_iso: str
    write_url: str
    settle_url: str


@require_GET
@needs("conversations.reply")
def show(request: HttpRequest) -> HttpResponse:
    return _panel(request)


@require_POST
@needs("conversations.reply")
def settle(request: HttpRequest, number: int) -> HttpResponse:
    firing.settle(firing=get_object_or_404(Firing, pk=number), by=visitor(request), at=clock.now())
    return _panel(request) if getattr(request, "htmx", False) else redirect("today:show")


def _panel(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    rows = Firing.objects.filter(why_not="", settled_at=None).exclude(way=Trigger.Way.INVITATION)
    found = list(rows.select_related("trigger", "contact").order_by("-at", "-id")[: MOST + 1])
    readable = words.readable([one.reasons for one in found[:MOST]], visitor(request))
    page = {"tasks": [_task(one, now, readable) for one in found[:MOST]], "has_more": len(found) > MOST}
    return render(request, "triggers/_tasks.html", page)


def _task(one: Firing, now: datetime, readable: set[int]) -> Task:
    is_draft = one.way == Trigger.Way.DRAFT
    write = reverse("inbox:new", args=[one.contact_id])
    return Task(
        name=str(one.contact),
        url=reverse("contacts:page", args=[one.contact_id]),
        reason=words.reason(one.trigger.kind, one.reasons, readable),
        when=words.when(one.at, now),
        when_iso=one.at.isoformat(),
        write_url=f"{write}?task={one.pk}" if is_draft else write,
        settle_url=reverse("tasks:settle", args=[one.pk]),
    )
