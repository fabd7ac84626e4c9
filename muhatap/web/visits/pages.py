"""The sites, one with its key and what arrives, making and changing them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from muhatap.shared import clock
from muhatap.visits import arriving as newest
from muhatap.visits import segment, sites
from muhatap.visits.models import Event, Site
from muhatap.web.common import web_views
from muhatap.web.common.doors import needs, visitor
from muhatap.web.visits.forms import ChangedSiteForm, SiteForm

LONGEST_SHOWN = 8000
MOST_STRAYS = 10


@dataclass(frozen=True, kw_only=True)
class Line:
    """One event as it is told: who it is about as far as it says, and its whole body to unfold."""

    key: str
    at: datetime
    kind: str
    name: str
    who: str
    url: str
    is_bot: bool
    payload: str


@needs("sites.edit")
def listing(request: HttpRequest) -> HttpResponse:
    page = {"sites": Site.objects.order_by("-is_on", "name", "id"), "strays": newest.refused(site=None)[:MOST_STRAYS]}
    return render(request, "visits/list.html", page)


@needs("sites.edit")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Site, pk=pk))


@require_POST
@needs("sites.edit")
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new secret for signatures and show it this once."""
    site = get_object_or_404(Site, pk=pk)
    return _page(request, site, secret=sites.renew_secret(site=site, by=visitor(request), at=clock.now()))


@require_POST
@needs("sites.edit")
def renew_server_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new key for the shop's server and show it this once."""
    site = get_object_or_404(Site, pk=pk)
    return _page(request, site, server_key=sites.renew_server_key(site=site, by=visitor(request), at=clock.now()))


def _page(request: HttpRequest, site: Site, *, secret: str = "", server_key: str = "") -> HttpResponse:
    shown = {"address": settings.PUBLIC_URL, "example": _example(site), "tag": web_views.tag(site)}
    fresh = {"secret": secret, "server_key": server_key}
    return render(request, "visits/site.html", _arrived(site) | shown | fresh)


@needs("sites.edit")
def arriving(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "visits/_arriving.html", _arrived(get_object_or_404(Site, pk=pk)))


@needs("sites.edit")
def new(request: HttpRequest) -> HttpResponse:
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = sites.create(**form.told(), by=visitor(request), at=clock.now())
        messages.success(request, _("Saved. Copy the key into your pages or programs; what arrives shows here."))
        return redirect("sites:site", site.pk)
    return render(request, "visits/edit.html", {"form": form}, status=422 if form.errors else 200)


@needs("sites.edit")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(Site, pk=pk)
    form = ChangedSiteForm(request.POST or None, site=site)
    if request.method == "POST" and form.is_valid():
        sites.change(site=site, **form.told(), by=visitor(request), at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("sites:site", pk)
    return render(request, "visits/edit.html", {"form": form, "site": site}, status=422 if form.errors else 200)


def _arrived(site: Site) -> dict[str, Any]:
    events = newest.newest(site=site, at=clock.now())
    return {"site": site, "events": [_line(event) for event in events], "refusals": newest.refused(site=site)}


def _line(event: Event) -> Line:
    return Line(
        key=event.message_key.hex,
        at=event.received_at,
        kind=event.get_kind_display(),
        name=event.name,
        who=event.user_id or event.anonymous_id,
        url=event.url,
        is_bot=event.is_bot,
        payload=_readable(event.payload),
    )


def _readable(payload: str) -> str:
    """In lines; a long or deep one as it came, cut."""
    told = segment.told(payload) if len(payload) < LONGEST_SHOWN else {}
    lines = json.dumps(told, ensure_ascii=False, indent=2) if told else payload
    return lines if len(lines) < 4 * LONGEST_SHOWN else payload[:LONGEST_SHOWN] + " …"


def _example(site: Site) -> str:
    return "\n".join(
        [
            f"curl {settings.PUBLIC_URL}/v1/track -u {site.write_key}: \\",
            """  -d '{"userId": "20871", "event": "Product Viewed"}'""",
        ]
    )
