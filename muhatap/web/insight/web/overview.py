"""The first page about web sites: what stands out, five figures, interest against purchase, clicks, the way to an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.insight.engine import Unanswered
from muhatap.visits import reports
from muhatap.visits.models import Dim, Site, Visit
from muhatap.visits.reports import Row
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.web_views import tag
from muhatap.web.insight.web import clickmap, conditions, counted, funnel, scatter, sold, tables, words
from muhatap.web.insight.web.around import around
from muhatap.web.insight.web.conditions import Narrowed
from muhatap.web.insight.web.scatter import Scatter
from muhatap.web.insight.web.sold import Sold

MOST_SOURCES = 7
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
    wanted = conditions.read(request)
    narrowed = wanted.bounded()
    asked = narrowed.asked
    page = around(request, wanted.asked, "overview", **wanted.kept) | {"bar": conditions.bar(wanted, "overview")}
    if narrowed.is_plain:
        return _of_days(request, narrowed, page)
    try:
        whole, half = counted.whole(narrowed)
        products = tables.rows(narrowed, tables.products(), "")[:MOST_PRODUCTS]
        sources = tables.rows(narrowed, tables.sources(), "")[:MOST_SOURCES]
    except Unanswered as error:
        return render(request, "insight/web/overview.html", page | {"unanswered": words.unanswered(error)})
    kind = tables.told(tables.products(), narrowed)
    page |= {
        "sentence": sentence(whole, None),
        "figures": figures(narrowed, whole, {"n_visits": 0}, half),
        "products_met": tables.table(narrowed, kind, products, title=_("Products"), sort=""),
        "clicks_url": asked.url("clicks", **narrowed.kept),
        "steps": funnel.bars(whole, narrowed) if whole["n_looked"] else [],
        "n_looked": times.count(whole["n_looked"]),
        "funnel_url": asked.url("funnel", **narrowed.kept),
        "sources": _sources(narrowed, sources, whole["n_visits"]),
        "sources_url": asked.url("sources", **narrowed.kept),
        "most_visits": whole["n_visits"],
    }
    return render(request, "insight/web/overview.html", page)


def _of_days(request: HttpRequest, narrowed: Narrowed, page: dict[str, Any]) -> HttpResponse:
    """From the roll-ups by the day."""
    asked = narrowed.asked
    whole, before = (reports.whole(cut, Dim.SOURCE) for cut in (asked.cut, asked.cut.before()))
    if not whole["n_visits"] and not Visit.objects.exists():
        return render(request, "insight/web/first.html", page | _first(visitor(request)))
    products = [
        row for row in reports.rows(asked.cut, Dim.PRODUCT, by="engaged_ms", most=MOST_PRODUCTS) if any(row.of.values())
    ]
    drawn = scatter.draw(products, url={row.key: asked.visits(product=row.key) for row in products})
    clicked = clickmap.pages(asked.cut, most=12)
    path = reading.words(request.GET.get("path", ""), 300) or (clicked[0].key if clicked else "")
    titles = {row.key: row.name or words.path(row.key) for row in clicked}
    sources = reports.rows(asked.cut, Dim.SOURCE, by="n_visits", most=MOST_SOURCES)
    ordered = sold.during(asked) if asked.site is None and asked.device is None else None
    page |= {
        "sentence": sentence(whole, drawn),
        "figures": figures(narrowed, whole, before, reports.median(reports.lengths(asked.cut)), ordered),
        "sold_said": sold.difference(ordered, whole["n_sold"]) if ordered else "",
        "scatter": drawn,
        "products": tables.table(narrowed, tables.products(), products, title=_("Products"), sort=""),
        "clicks": clickmap.of_page(narrowed, path=path, title=titles.get(path, words.path(path))) if path else None,
        "clicked": [(titles[row.key], asked.url("overview", path=row.key), row.key == path) for row in clicked],
        "clicks_url": asked.url("clicks", path=path),
        "has_clicks": True,
        "steps": funnel.bars(whole, narrowed) if whole["n_looked"] else [],
        "n_looked": times.count(whole["n_looked"]),
        "carts_url": reverse(CARTS) if may(visitor(request), "sales.read") else "",
        "funnel_url": asked.url("funnel"),
        "sources": _sources(narrowed, sources, whole["n_visits"]),
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


def figures(
    narrowed: Narrowed,
    whole: Mapping[str, int],
    before: Mapping[str, int],
    half: float | None,
    ordered: Sold | None = None,
) -> list[Figure]:
    n, carted = whole["n_visits"], whole["n_carted"]
    left = carted - whole["n_sold"]
    return [
        Figure(
            label=_("Visits"), value=times.count(n), url=narrowed.visits() if n else "",
            beside=_("%(n)s before") % {"n": times.count(before["n_visits"])} if before["n_visits"] else "",
            hint=_("Visits that began on these days. A visit ends after half an hour of rest; machines are left out."),
        ),
        Figure(
            label=_("Visits of people we know"), value=words.share(whole["n_known"] / n) if n else "–",
            url=narrowed.visits(known="1") if whole["n_known"] else "", beside=_("with consent"),
            hint=_("Visits tied to a contact, because somebody logged in and the shop proved it."),
        ),
        Figure(
            label=_("Engaged time, median"), value=words.lasted(half) if half is not None else "–", url="", beside="",
            hint=_("Half of the visits were engaged longer. Time counts while the page is in front of somebody who moved in the last half minute."),
        ),
        _sold(narrowed, whole, ordered),
        Figure(
            label=_("Left carts"), value=times.percent(left / carted) if carted else "–",
            url=narrowed.visits(reached="3", unbought="1") if left else "",
            beside=ngettext("%(n)s cart", "%(n)s carts", left) % {"n": times.count(left)},
            hint=_("Visits that filled a cart and did not order, of all that filled one."),
        ),
    ]  # fmt: skip


def _sold(narrowed: Narrowed, whole: Mapping[str, int], ordered: Sold | None) -> Figure:
    """Orders as the shops know them, where they can be told of the same days; else visits in which somebody ordered."""
    if ordered and ordered.n:
        return Figure(
            label=pgettext("figure", "Sold"), value=times.count(ordered.n), url=ordered.url, beside=ordered.money,
            hint=_("Orders that were placed on these days and not cancelled, whoever told of them."),
        )  # fmt: skip
    n = whole["n_visits"]
    return Figure(
        label=_("Bought"), value=words.share(whole["n_sold"] / n) if n else "–",
        url=narrowed.visits(reached="5") if whole["n_sold"] else "",
        beside=ngettext("%(n)s visit", "%(n)s visits", whole["n_sold"]) % {"n": times.count(whole["n_sold"])},
        hint=_("Visits in which an order was completed, of all visits."),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Source:
    label: str
    n: int
    share: str
    url: str


def _sources(narrowed: Narrowed, rows: Sequence[Row], n: int) -> list[Source]:
    return [
        Source(
            label=words.source(row.key),
            n=row.of["n_visits"],
            share=times.percent(row.of["n_visits"] / n),
            url=narrowed.visits(source=row.key or "none"),
        )
        for row in rows
        if row.of["n_visits"]
    ]


def _first(user: User) -> dict[str, str]:
    """The tag to paste, or where a site is added, for those who may."""
    site = Site.objects.filter(is_on=True).order_by("pk").first()
    if not may(user, "sites.edit"):
        return {"tag": tag(site) if site else ""}
    url = reverse("sites:site", args=[site.pk]) if site else reverse("sites:new")
    return {"tag": tag(site) if site else "", "site_url": url}
