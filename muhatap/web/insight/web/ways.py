"""Paths: which pages come before and after one, and how visits begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from muhatap.insight import web
from muhatap.insight.engine import Unanswered
from muhatap.insight.web import Neighbour
from muhatap.visits import reports
from muhatap.visits.models import Dim
from muhatap.visits.reports import names_of
from muhatap.web.common import reading, times
from muhatap.web.common.doors import needs
from muhatap.web.insight.web import conditions, words
from muhatap.web.insight.web.around import around
from muhatap.web.insight.web.conditions import Narrowed

CHOICES = 15


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A page before or after; without `url` the visit began or ended there."""

    name: str
    n: int
    said: str
    share: str
    url: str


@needs("visits.read")
def show(request: HttpRequest) -> HttpResponse:
    narrowed = conditions.read(request)
    asked = narrowed.asked
    most = reports.rows(asked.cut, Dim.PAGE, by="n_views", most=CHOICES)
    path = reading.words(request.GET.get("path", ""), 300) or (most[0].key if most else "/")
    page = around(request, asked, "paths", path=path, **narrowed.kept)
    page["bar"] = conditions.bar(narrowed, "paths", path=path)
    titles = {row.key: row.name or words.path(row.key) for row in most}
    page |= {
        "path": path,
        "title": names_of(Dim.PAGE, [path], site_id=None).get(path, words.path(path)),
        "choices": [(titles[row.key], asked.url("paths", path=row.key, **narrowed.kept), row.key == path) for row in most],
        "visits_url": narrowed.visits(path=path),
    }  # fmt: skip
    try:
        return render(request, "insight/web/paths.html", page | _answered(narrowed, path))
    except Unanswered as error:
        return render(request, "insight/web/paths.html", page | {"unanswered": words.unanswered(error)})


def _answered(narrowed: Narrowed, path: str) -> dict[str, object]:
    found = web.paths(period=narrowed.period, path=path, conditions=narrowed.conditions)
    trails = web.trails(period=narrowed.period, conditions=narrowed.conditions, limit=12)
    names = names_of(Dim.PAGE, {page for trail in trails for page in trail.pages}, site_id=None)
    return {
        "before": _beside(found.before, found.n_views, narrowed, _("The visit began")),
        "after": _beside(found.after, found.n_views, narrowed, _("The visit ended")),
        "n_views": found.n_views,
        "n_said": times.count(found.n_views),
        "trails": [
            ([names.get(page, words.path(page)) for page in trail.pages], times.count(trail.n)) for trail in trails
        ],
    }


def _beside(found: Sequence[Neighbour], n: int, narrowed: Narrowed, ends: str) -> list[Beside]:
    names = names_of(Dim.PAGE, [each.path for each in found], site_id=None)
    return [
        Beside(
            name=names.get(each.path, words.path(each.path)) if each.path else ends,
            n=each.n,
            said=times.count(each.n),
            share=times.percent(each.n / n) if n else "",
            url=narrowed.asked.url("paths", path=each.path, **narrowed.kept) if each.path else "",
        )
        for each in found
    ]
