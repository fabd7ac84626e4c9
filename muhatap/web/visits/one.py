"""One visit: who it was, from where, what they did one thing after the other, what they looked at closely, when else they came."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.shared import clock
from muhatap.visits import doing, interests
from muhatap.visits.counting import CLICKED
from muhatap.visits.models import Device, Event, PageView, Step, Visit
from muhatap.web.common import times, web_events, web_views
from muhatap.web.common.doors import needs, visitor
from muhatap.web.visits import customer, words

MOST_PAGES, MOST_OTHERS = 200, 10


@dataclass(frozen=True, kw_only=True)
class Did:
    """One thing they did; `said` is how long and how far a page was read."""

    icon: str
    what: str
    detail: str
    said: str
    time: str
    time_iso: str


@dataclass(frozen=True, kw_only=True)
class Other:
    url: str
    said: str
    time: str
    time_iso: str


@require_GET
@needs("contacts.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Of a customer for all who may read customers, of nobody we know for those who may read visits."""
    rows = Visit.objects.select_related("site", "interaction__contact__merged_into")
    visit, user, now = get_object_or_404(rows, pk=number), visitor(request), clock.now()
    who, who_url = words.who(visit)
    may_all = may(user, "visits.read")
    if not who_url and not may_all:
        raise Http404
    acts = doing.of(visit)
    did, is_cut = _did(visit, acts or [])
    page = {
        "who": who,
        "who_url": who_url,
        "visit": visit,
        "said": _said(visit),
        "facts": _facts(visit),
        "did": did,
        "is_slow": acts is None,
        "is_gone": doing.are_gone(visit),
        "is_cut": is_cut,
        "unlisted": "" if acts is None or is_cut or doing.are_gone(visit) else _unlisted(visit, acts),
        "products": customer.close(interests.of(Visit.objects.filter(pk=visit.pk), since=visit.began_at)),
        "others": _others(visit, user, now),
        "may_all": may_all,
        "views": (web_views.group("visits:list"),) if may_all else (),
    }
    return render(request, "visits/visit.html", page)


def _said(visit: Visit) -> str:
    parts = [words.took(visit.engaged_ms), words.pages(visit.n_pages)]
    parts += [words.clicks(visit.n_clicks)] if visit.n_clicks else []
    return ", ".join(parts)


def _facts(visit: Visit) -> list[tuple[str, str]]:
    """What is told of it; what is not is left out."""
    told = [
        (_("Site"), visit.site.name),
        (_("Source"), words.source(visit.source)),
        (_("Campaign"), " · ".join(visit.campaign.values())),
        (_("Came from"), _host(visit.referrer) if visit.source != "direct" else ""),
        (_("Began on"), visit.entry_path),
        (_("Ended on"), visit.exit_path if visit.exit_path != visit.entry_path else ""),
        (_("Device"), str(visit.get_device_display()) if visit.device != Device.UNKNOWN else ""),
        (_("How far"), str(Step(visit.reached).label) if visit.reached else ""),
        (_("Says to be"), visit.said),
    ]
    return [(label, said) for label, said in told if said]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _did(visit: Visit, acts: list[Event]) -> tuple[list[Did], bool]:
    """One after the other up to the first that is left out, so that nothing is missing between; and whether there is one."""
    pages = visit.pages.exclude(path="").order_by("at", "id")[: MOST_PAGES + 1]
    told = [((page.at, 0, nth), _opened(page)) for nth, page in enumerate(pages)]
    told += [((act.at, 1, nth), _acted(act)) for nth, act in enumerate(acts)]
    end = min((place for place, _one in told if place[2] == (MOST_PAGES, doing.MOST)[place[1]]), default=None)
    in_order = sorted(told, key=lambda one: one[0])
    return [did for place, did in in_order if end is None or place < end], end is not None


def _unlisted(visit: Visit, acts: list[Event]) -> str:
    """The head counts clicks that came long after the visit, and those whose event is gone."""
    n = visit.n_clicks - sum(act.name == CLICKED for act in acts)
    said = ngettext(
        "%(n)s click is not listed: it arrived late or is no longer kept.",
        "%(n)s clicks are not listed: they arrived late or are no longer kept.",
        n,
    )
    return said % {"n": times.count(n)} if n > 0 else ""


def _opened(page: PageView) -> Did:
    read = [words.took(page.engaged_ms), times.percent(page.scroll / 100)]
    return _line("eye", _("Opened a page"), page.title or page.path, ", ".join(read), page.at)


def _acted(act: Event) -> Did:
    icon, what, detail = web_events.told(act)
    return _line(icon, what, detail, "", act.at)


def _line(icon: str, what: str, detail: str, said: str, at: datetime) -> Did:
    return Did(icon=icon, what=what, detail=detail, said=said, time=times.clock(at), time_iso=at.isoformat())


def _others(visit: Visit, user: User, now: datetime) -> list[Other]:
    """The newest other visits of this browser; who may not read visits sees those of the same customer alone."""
    rows = Visit.objects.filter(site=visit.site_id, visitor=visit.visitor, n_pages__gt=0).exclude(pk=visit.pk)
    if not may(user, "visits.read"):
        rows = rows.filter(interaction__contact=visit.interaction.contact_id if visit.interaction else None)
    return [
        Other(
            url=reverse("visits:visit", args=[one.pk]),
            said=_said(one),
            time=times.short(one.began_at, now),
            time_iso=one.began_at.isoformat(),
        )
        for one in rows.order_by("-ended_at")[:MOST_OTHERS]
    ]
