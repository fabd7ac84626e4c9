"""On the customer's page: their last visits, what they looked at closely, and by which browsers we know them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from muhatap.accounts.permissions import may
from muhatap.contacts.models import Contact
from muhatap.shared import clock
from muhatap.visits import interests, stitching
from muhatap.visits.interests import Interest
from muhatap.visits.models import PageView, VisitorLink
from muhatap.web.common import times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.visits import words

SINCE = timedelta(days=30)  # that looking closely is told of
MOST_VISITS, MOST_PAGES, MOST_PRODUCTS, MOST_BROWSERS = 5, 20, 5, 5


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One visit in ready strings; `pages` are (title, how long)."""

    took: str
    what: str
    time: str
    time_iso: str
    pages: list[tuple[str, str]]
    url: str


@dataclass(frozen=True, kw_only=True)
class Close:
    """One product; `share` of the longest, from 0 to 100, is how far its bar goes."""

    name: str
    took: str
    why: str
    share: int


@dataclass(frozen=True, kw_only=True)
class Browser:
    what: str
    said: str
    part_url: str


@require_GET
@needs("contacts.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.select_related("merged_into"), pk=number).standing()
    return _panel(request, contact)


@require_POST
@needs("contacts.edit")
def part(request: HttpRequest, number: int) -> HttpResponse:
    """This browser was not this person: its visits are nameless again within the minute."""
    link = get_object_or_404(VisitorLink.objects.select_related("contact"), pk=number)
    contact = link.contact.standing()
    stitching.take_back(link=link, by=visitor(request), at=clock.now())
    if not getattr(request, "htmx", False):
        return redirect("contacts:page", contact.pk)
    return _panel(request, contact, said=_("Parted. Its visits belong to nobody again."))


def _panel(request: HttpRequest, contact: Contact, *, said: str = "") -> HttpResponse:
    now, visits = clock.now(), stitching.visits_of(contact).filter(n_pages__gt=0)
    read = Prefetch("pages", PageView.objects.order_by("at", "id")[:MOST_PAGES], to_attr="first_pages")
    newest = visits.prefetch_related(read).order_by("-began_at", "-id")[:MOST_VISITS]
    page = {
        "visits": [_seen(visit, now) for visit in newest],
        "products": close(interests.of(visits, since=now - SINCE, most=MOST_PRODUCTS)),
        "browsers": [
            _browser(link, now, may_part=may(visitor(request), "contacts.edit"))
            for link in stitching.links_of(contact)[:MOST_BROWSERS]
        ],
        "days": SINCE.days,
        "said": said,
    }
    return render(request, "visits/_of_contact.html", page)


def _seen(visit: Any, now: datetime) -> Seen:
    what = [
        words.pages(visit.n_pages),
        words.clicks(visit.n_clicks) if visit.n_clicks else "",
        words.source(visit.source),
    ]
    return Seen(
        took=words.took(visit.engaged_ms),
        what=", ".join(filter(None, what)),
        time=times.short(visit.began_at, now),
        time_iso=visit.began_at.isoformat(),
        pages=[(page.title or page.path or page.url, words.took(page.engaged_ms)) for page in visit.first_pages],
        url=reverse("visits:visit", args=[visit.pk]),
    )


def close(found: list[Interest]) -> list[Close]:
    """Each product with a bar against the longest."""
    longest = max((one.engaged_ms for one in found), default=0) or 1
    return [
        Close(
            name=one.name,
            took=words.took(one.engaged_ms),
            why=words.why_close(one),
            share=round(100 * one.engaged_ms / longest),
        )
        for one in found
    ]


def _browser(link: VisitorLink, now: datetime, *, may_part: bool) -> Browser:
    until = _("until %(when)s") % {"when": times.short(link.until_at, now)} if link.until_at else ""
    parts = [link.site.name, times.short(link.proved_at, now), until]
    return Browser(
        what=str(link.get_how_display()),
        said=", ".join(filter(None, parts)),
        part_url=reverse("visits:part", args=[link.pk]) if may_part else "",
    )
