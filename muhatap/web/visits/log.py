"""The visitor log: who came, from where, what they read and for how long; the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from muhatap.contacts import paging
from muhatap.contacts.paging import Cursor
from muhatap.visits.models import PageView
from muhatap.web.common import times, web_views
from muhatap.web.common.display import Pages
from muhatap.web.common.doors import needs
from muhatap.web.visits import narrowing, words

MOST_PAGES = 50  # of one visit


@dataclass(frozen=True, kw_only=True)
class Read:
    title: str
    url: str
    took: str
    scroll: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One visit: of a customer by their name, of others by what their browser is called here."""

    url: str
    at: datetime
    who: str
    who_url: str
    site: str
    took: str
    n_pages: int
    source: str
    campaign: str
    pages: list[Read]


@needs("visits.read")
def show(request: HttpRequest) -> HttpResponse:
    read = Prefetch("pages", PageView.objects.order_by("at", "id")[:MOST_PAGES], to_attr="first_pages")
    whose = ("site", "interaction__contact__merged_into")
    visits = narrowing.narrowed(request).select_related(*whose).prefetch_related(read)
    found = paging.by_key(visits, "began_at", is_down=True, cursor=Cursor.read(request.GET.get("at", "")))
    kept = narrowing.kept(request)
    pages = Pages(
        previous_url=f"?{kept}at={found.previous.token()}" if found.previous else "",
        next_url=f"?{kept}at={found.next.token()}" if found.next else "",
    )
    page = {
        "lines": [_line(visit) for visit in found.rows],
        "pages": pages,
        "chips": narrowing.chips(request),
        "views": (web_views.group("visits:list"),),
    }
    return render(request, "visits/log.html", page)


def _line(visit: Any) -> Line:
    who, who_url = words.who(visit)
    return Line(
        url=reverse("visits:visit", args=[visit.pk]),
        at=visit.began_at,
        who=who,
        who_url=who_url,
        site=visit.site.name,
        took=words.took(visit.engaged_ms),
        n_pages=visit.n_pages,
        source=words.source(visit.source),
        campaign=" · ".join(visit.campaign.values()),
        pages=[_read(page) for page in visit.first_pages],
    )


def _read(page: PageView) -> Read:
    return Read(
        title=page.title or page.url,
        url=page.url,
        took=words.took(page.engaged_ms),
        scroll=times.percent(page.scroll / 100),
    )
