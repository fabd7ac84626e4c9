"""Who is on the site now, and what happens there as it comes."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.contacts.models import Contact
from muhatap.shared import clock
from muhatap.visits import present
from muhatap.visits.models import Event, Step, Visit
from muhatap.visits.present import Person, Present
from muhatap.visits.sites import TOPIC
from muhatap.web.common import times, web_events
from muhatap.web.common.doors import needs
from muhatap.web.insight.web import asking, words
from muhatap.web.insight.web.around import around


@dataclass(frozen=True, kw_only=True)
class Here:
    """One who is there."""

    name: str
    url: str
    title: str
    path: str
    minutes: str
    pages: str
    source: str
    step: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event as it came."""

    id: str
    icon: str
    what: str
    detail: str
    who: str
    who_url: str
    time: str
    time_iso: str


@needs("visits.read")
def show(request: HttpRequest) -> HttpResponse:
    asked = asking.read(request)
    page = around(request, asked, "now") | _now(asked.site) | {"live": TOPIC, "is_first": not Visit.objects.exists()}
    page["menus"] = [menu for menu in page["menus"] if menu["id"] == "site"]
    return render(request, "insight/web/now.html", page)


@needs("visits.read")
def part(request: HttpRequest) -> HttpResponse:
    """The same without the page around it, read again as events come."""
    return render(request, "insight/web/_now.html", _now(asking.read(request).site) | {"live": TOPIC})


def _now(site: int | None) -> dict[str, object]:
    at = clock.now()
    found = present.now(at=at, site_id=site)
    return {
        "here": [_here(person, at) for person in found.people],
        "events": [_happened(event, contact, at) for event, contact in found.events],
        "said": _said(found),
        "part_url": reverse("web:now_part") + (f"?site={site}" if site else ""),
    }


def _said(found: Present) -> str:
    n = times.count(found.n)
    if found.is_more:
        return _("More than %(n)s people are on the site.") % {"n": n}
    if not found.n:
        return _("Nobody is on the site now.")
    return ngettext("%(n)s person is on the site.", "%(n)s people are on the site.", found.n) % {"n": n}


def _here(person: Person, at: datetime) -> Here:
    return Here(
        name=_name(person.contact, person.visitor),
        url=reverse("contacts:page", args=[person.contact.pk]) if person.contact else "",
        title=person.title or _path(person.url),
        path=_path(person.url),
        minutes=times.span(at - person.since),
        pages=ngettext("%(n)s page", "%(n)s pages", person.n_pages) % {"n": times.count(person.n_pages)},
        source=words.source(person.source) if person.source else "",
        step=str(Step(person.reached).label) if person.reached >= Step.CARTED else "",
    )


def _name(contact: Contact | None, visitor: str) -> str:
    if contact:
        return str(contact)
    return _("Without consent") if visitor.startswith("day:") else pgettext("contact", "Unknown")


def _happened(event: Event, contact: Contact | None, at: datetime) -> Happened:
    icon, what, detail = web_events.told(event)
    return Happened(
        id=event.message_key.hex,
        icon=icon,
        what=what,
        detail=detail,
        who=_name(contact, event.anonymous_id),
        who_url=reverse("contacts:page", args=[contact.pk]) if contact else "",
        time=times.clock(event.received_at),
        time_iso=event.received_at.isoformat(),
    )


def _path(url: str) -> str:
    try:
        return words.path(urlsplit(url).path)
    except ValueError:
        return ""
