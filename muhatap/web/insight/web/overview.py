"""The first page about web sites: what stands out, five figures, interest against purchase, clicks, the way to an order."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.visits import reports
from muhatap.visits.models import Dim, Site, Visit
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.web_views import tag
from muhatap.web.insight.web import asking, clickmap, funnel, scatter, tables, words
from muhatap.web.insight.web.around import around
from muhatap.web.insight.web.asking import Asked
from muhatap.web.insight.web.scatter import Scatter

MOST_PRODUCTS = 40  # points one can tell apart
CARTS = "sales:carts_panel"


@dataclass(frozen=True, kw_only=True)
class Figure:
    label: str
    value: str
    beside: str
    url: str
    hint: str


@needs("visits.read")
def show(request: HttpRequest) -> HttpResponse:
    asked = asking.read(request)
    whole, before = (reports.whole(cut, Dim.SOURCE) for cut in (asked.cut, asked.cut.before()))
    page = around(request, asked, "overview")
    if not whole["n_visits"] and not Visit.objects.exists():
        return render(request, "insight/web/first.html", page | _first(visitor(request)))
    products = [
        row for row in reports.rows(asked.cut, Dim.PRODUCT, by="engaged_ms", most=MOST_PRODUCTS) if any(row.of.values())
    ]
    drawn = scatter.draw(products, url={row.key: asked.visits(product=row.key) for row in products})
    clicked = clickmap.pages(asked.cut, most=12)
    path = reading.words(request.GET.get("path", ""), 300) or (clicked[0].key if clicked else "")
    titles = {row.key: row.name or words.path(row.key) for row in clicked}
    page |= {
        "sentence": sentence(whole, drawn),
        "figures": figures(asked, whole, before),
        "scatter": drawn,
        "products": tables.table(asked, tables.products(), products, title=_("Products"), sort=""),
        "clicks": clickmap.of_page(asked.cut, path=path, title=titles.get(path, words.path(path))) if path else None,
        "clicked": [(titles[row.key], asked.url("overview", path=row.key), row.key == path) for row in clicked],
        "clicks_url": asked.url("clicks", path=path),
        "steps": funnel.bars(whole, asked) if whole["n_looked"] else [],
        "n_looked": times.count(whole["n_looked"]),
        "carts_url": reverse(CARTS) if may(visitor(request), "sales.read") else "",
        "funnel_url": asked.url("funnel"),
        "sources": _sources(asked, whole["n_visits"]),
        "sources_url": asked.url("sources"),
        "most_visits": whole["n_visits"],
    }
    return render(request, "insight/web/overview.html", page)


def sentence(whole: Mapping[str, int], drawn: Scatter | None) -> str:
    """What stands out; where nothing does, how many came."""
    parts = []
    if drawn and drawn.n_watched:
        said = ngettext(
            "%(n)s product is looked at a lot and hardly bought.",
            "%(n)s products are looked at a lot and hardly bought.",
            drawn.n_watched,
        )
        parts.append(said % {"n": times.count(drawn.n_watched)})
    if turned := funnel.sentence(whole):
        parts.append(turned)
    if not parts:
        n = whole["n_visits"]
        said = ngettext(
            "%(n)s visit, %(sold)s of them with an order.", "%(n)s visits, %(sold)s of them with an order.", n
        )
        parts.append(said % {"n": times.count(n), "sold": times.count(whole["n_sold"])})
    return " ".join(parts)


def figures(asked: Asked, whole: Mapping[str, int], before: Mapping[str, int]) -> list[Figure]:
    n, carted = whole["n_visits"], whole["n_carted"]
    left = carted - whole["n_sold"]
    half = reports.median(reports.lengths(asked.cut))
    return [
        Figure(
            label=_("Visits"), value=times.count(n), url=asked.visits() if n else "",
            beside=_("%(n)s before") % {"n": times.count(before["n_visits"])} if before["n_visits"] else "",
            hint=_("Visits that began on these days. A visit ends after half an hour of rest; machines are left out."),
        ),
        Figure(
            label=_("Visits of people we know"), value=words.share(whole["n_known"] / n) if n else "–",
            url=asked.visits(known="1") if whole["n_known"] else "", beside=_("with consent"),
            hint=_("Visits tied to a contact, because somebody logged in and the shop proved it."),
        ),
        Figure(
            label=_("Engaged time, median"), value=words.lasted(half) if half is not None else "–", url="", beside="",
            hint=_("Half of the visits were engaged longer. Time counts while the page is in front of somebody who moved in the last half minute."),
        ),
        Figure(
            label=_("Bought"), value=words.share(whole["n_sold"] / n) if n else "–",
            url=asked.visits(reached="5") if whole["n_sold"] else "",
            beside=ngettext("%(n)s visit", "%(n)s visits", whole["n_sold"]) % {"n": times.count(whole["n_sold"])},
            hint=_("Visits in which an order was completed, of all visits."),
        ),
        Figure(
            label=_("Left carts"), value=times.percent(left / carted) if carted else "–",
            url=asked.visits(reached="3", unbought="1") if left else "",
            beside=ngettext("%(n)s cart", "%(n)s carts", left) % {"n": times.count(left)},
            hint=_("Visits that filled a cart and did not order, of all that filled one."),
        ),
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Source:
    label: str
    n: int
    share: str
    url: str


def _sources(asked: Asked, n: int) -> list[Source]:
    return [
        Source(
            label=words.source(row.key),
            n=row.of["n_visits"],
            share=times.percent(row.of["n_visits"] / n),
            url=asked.visits(source=row.key or "none"),
        )
        for row in reports.rows(asked.cut, Dim.SOURCE, by="n_visits", most=7)
        if row.of["n_visits"]
    ]


def _first(user: User) -> dict[str, str]:
    """The tag to paste, or where a site is added, for those who may."""
    site = Site.objects.filter(is_on=True).order_by("pk").first()
    if not may(user, "sites.edit"):
        return {"tag": tag(site) if site else ""}
    url = reverse("sites:site", args=[site.pk]) if site else reverse("sites:new")
    return {"tag": tag(site) if site else "", "site_url": url}
