"""Pages, products, sources and campaigns: each a chart over the days, and a table whose numbers lead to their visits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from muhatap.insight import web
from muhatap.insight.engine import Unanswered
from muhatap.visits import reports
from muhatap.visits.reports import Row
from muhatap.web.common import charts, reading, times
from muhatap.web.common.charts import Chart, Series
from muhatap.web.common.doors import needs
from muhatap.web.insight.web import clickmap, conditions, scatter, searches, tables, words
from muhatap.web.insight.web.around import around
from muhatap.web.insight.web.conditions import Narrowed

FEW = 10  # views of which a mean says nothing


@needs("visits.read")
def pages(request: HttpRequest) -> HttpResponse:
    return _table(request, "pages")


@needs("visits.read")
def products(request: HttpRequest) -> HttpResponse:
    return _table(request, "products")


@needs("visits.read")
def sources(request: HttpRequest) -> HttpResponse:
    return _table(request, "sources")


@needs("visits.read")
def campaigns(request: HttpRequest) -> HttpResponse:
    return _table(request, "campaigns")


@needs("visits.read")
def clicks(request: HttpRequest) -> HttpResponse:
    """One page's elements, beside the pages by their clicks."""
    wanted = conditions.read(request)
    narrowed = wanted.bounded()
    asked = narrowed.asked
    found = clickmap.pages(asked.cut)
    path = reading.words(request.GET.get("path", ""), 300) or (found[0].key if found else "")
    titles = {row.key: row.name or words.path(row.key) for row in found}
    page = around(request, wanted.asked, "clicks", path=path, **wanted.kept) | {
        "bar": conditions.bar(wanted, "clicks", path=path),
        "pages": [_clicked(narrowed, row, titles[row.key], is_here=row.key == path) for row in found],
        "sentence": _("Which elements are clicked, and where in them. What is typed is never read."),
        "visits_url": "" if path.endswith("/*") or narrowed.page else narrowed.visits(path=path),
        "csv_url": asked.url("export", table="clicks", path=path, **narrowed.kept),
    }
    try:
        title = titles.get(path, words.path(path))
        page["clicks"] = clickmap.of_page(narrowed, path=path, title=title, most=30) if found else None
    except Unanswered as error:
        page["unanswered"] = words.unanswered(error)
    return render(request, "insight/web/clicks.html", page)


def _clicked(narrowed: Narrowed, row: Row, title: str, *, is_here: bool) -> tuple[str, str, str, str, bool]:
    """A page to choose; how often it is clicked in all is told where nothing else is asked."""
    n = times.count(row.of["n_clicks"]) if narrowed.is_plain else ""
    return title, words.path(row.key), narrowed.asked.url("clicks", path=row.key, **narrowed.kept), n, is_here


def _table(request: HttpRequest, name: str) -> HttpResponse:
    wanted = conditions.read(request)
    narrowed, sort = wanted.bounded(), request.GET.get("sort", "")
    kind = tables.told(tables.kind(name), narrowed)
    page = around(request, wanted.asked, name, sort=sort, **wanted.kept)
    page["bar"] = conditions.bar(wanted, name, sort=sort)
    try:
        found = tables.rows(narrowed, kind, sort)
        drawn = chart(narrowed, kind) if found else None
    except Unanswered as error:
        heading, _sentence, teaches = _words(name, [])
        page |= {"heading": heading, "teaches": teaches, "unanswered": words.unanswered(error)}
        return render(request, "insight/web/table.html", page)
    heading, sentence, teaches = _words(name, found)
    page |= {
        "heading": heading,
        "sentence": sentence,
        "teaches": teaches,
        "chart": drawn,
        "table": tables.table(narrowed, kind, found, title=heading, sort=sort),
        "interest_url": narrowed.asked.url("interest", **narrowed.kept) if name == "products" and found else "",
        "missed": searches.found(narrowed) if name == "products" and narrowed.is_plain else None,
        "untold": _untold(name) if not narrowed.is_plain else "",
    }
    return render(request, "insight/web/table.html", page)


def _untold(name: str) -> str:
    return {
        "pages": _("Clicks are left out: they are added up by the day alone."),
        "products": _("What was sold is left out: an order has no visit of its own."),
    }.get(name, "")


def chart(narrowed: Narrowed, kind: tables.Kind) -> Chart:
    """The first column over the days, of products the looks; of visits that meet conditions the visits. Raises Unanswered."""
    asked, over = narrowed.asked, charts.spans(narrowed.asked)
    measure, label = {
        "pages": ("n_views", pgettext("page", "Views")),
        "products": ("n_views", _("Looks at products")),
        "sources": ("n_visits", _("Visits")),
        "campaigns": ("n_visits", _("Visits by campaigns")),
    }[kind.name]
    leads: dict[str, Any] = {
        "pages": {},
        "products": {"reached": "1"},
        "sources": {},
        "campaigns": {"campaign": "any"},
    }[kind.name]
    if narrowed.is_plain:
        n = {on: sums[measure] for on, sums in reports.by_day(asked.cut, kind.dim).items()}
    else:
        n, label, leads = web.by_day(period=narrowed.period, conditions=narrowed.conditions), _("Visits"), {}
    series = Series(
        label=label,
        values=[sum(value for on, value in n.items() if start <= on <= end) for start, end in over],
        written=lambda n: times.count(round(n)),
        url=lambda span: replace(narrowed, asked=asked.but(period="", start=span[0], end=span[1])).visits(**leads),
    )
    return charts.draw(
        name=kind.name,
        title=label,
        text=_explained(kind.name if narrowed.is_plain else "sources"),
        over=over,
        series=[series],
        csv_url=asked.url("export", table=kind.name, over="days", **narrowed.kept),
    )


def _explained(name: str) -> str:
    if name in ("pages", "products"):
        return _("A view counts on the day it began. Each day leads to its visits.")
    return _("A visit counts on the day it began, with its whole length.")


def _words(name: str, found: Sequence[Row]) -> tuple[str, str, str]:
    """Heading, the sentence under it, and what the page teaches below."""
    if name == "pages":
        teaches = _(
            "Time counts while the page is in front of somebody who moved in the last half minute; means are over all views."
        )
        return _("Pages"), _of_pages(found), teaches
    if name == "products":
        teaches = _(
            "A page says which product it is about with data-muhatap-product; “Product Added” and “Order Completed” tell of carts"
            " and orders."
        )
        return _("Products"), _of_products(found), teaches
    if name == "sources":
        teaches = _(
            "The first page of a visit tells: its campaign parameters and click ids, else the site that led to it."
        )
        return _("Sources"), _of_sources(found), teaches
    teaches = _(
        "A campaign is told by utm_source, utm_medium and utm_campaign in the address, or by the click id of an advertising network."
    )
    return _("Campaigns"), _of_sources(found, is_campaign=True), teaches


def _of_pages(found: Sequence[Row]) -> str:
    read = [row for row in found if row.of["n_views"] >= FEW]
    if not read:
        return _("Which pages are read, for how long and how far.")
    longest = max(read, key=Row.mean_ms)
    return _("“%(page)s” is read longest: %(time)s on average.") % {
        "page": longest.name or words.path(longest.key), "time": words.lasted(longest.mean_ms() / 1000),
    }  # fmt: skip


def _of_products(found: Sequence[Row]) -> str:
    watched = [row for row in found if scatter.kinds(found).get(row.key) == "watched"]
    if not watched:
        return _("What is looked at closely, and what is bought.")
    names = ", ".join(row.name or row.key for row in watched[:3])
    return ngettext(
        "Looked at a lot and hardly bought: %(names)s.", "Looked at a lot and hardly bought: %(names)s.", len(watched)
    ) % {"names": names}


def _of_sources(found: Sequence[Row], *, is_campaign: bool = False) -> str:
    if not found:
        return _("Which campaigns bring visits, and orders.") if is_campaign else _("Where visits come from.")
    n = sum(row.of["n_visits"] for row in found)
    first = max(found, key=lambda row: row.of["n_visits"])
    name = first.key if is_campaign else words.source(first.key)
    return _("First: %(name)s, with %(share)s of %(n)s visits.") % {
        "name": name, "share": times.percent(first.of["n_visits"] / n if n else 0), "n": times.count(n),
    }  # fmt: skip
