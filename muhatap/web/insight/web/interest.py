"""How much products are wanted: the interest score, with each of its parts told."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from muhatap.insight import web
from muhatap.insight.engine import Unanswered
from muhatap.insight.web import Wanted
from muhatap.visits.models import Dim
from muhatap.visits.reports import names_of
from muhatap.web.common import times
from muhatap.web.common.doors import needs
from muhatap.web.insight.web import conditions, words

MOST = 50


@dataclass(frozen=True, kw_only=True)
class Part:
    label: str
    points: str
    share: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A product: its points in all, of how many people, and what they are made of, in the order of the heads."""

    name: str
    key: str
    url: str
    points: str
    n_interested: str
    each: str
    parts: tuple[str, ...]
    said: str


@require_GET
@needs("visits.read")
def panel(request: HttpRequest) -> HttpResponse:
    """A part of the page of products, counted when it is looked at."""
    narrowed = conditions.read(request)
    try:
        found = web.wanted(period=narrowed.period, conditions=narrowed.conditions, limit=MOST)
    except Unanswered as error:
        return render(request, "insight/web/_interest.html", {"unanswered": words.unanswered(error)})
    names = names_of(Dim.PRODUCT, [one.product for one in found], site_id=narrowed.asked.site)
    lines = [_line(one, names.get(one.product, ""), narrowed) for one in found if one.points]
    return render(request, "insight/web/_interest.html", {"lines": lines, "heads": list(_parts().values())})


def _line(one: Wanted, name: str, narrowed: conditions.Narrowed) -> Line:
    parts = _parts()
    most = max(one.parts, key=lambda part: one.parts[part])
    return Line(
        name=name or one.product,
        key=one.product if name else "",
        url=narrowed.visits(product=one.product),
        points=_points(one.points),
        n_interested=times.count(one.n_interested),
        each=times.decimal(one.points / one.n_interested),
        parts=tuple(_points(one.parts[part]) if one.parts[part] else "–" for part in parts),
        said=_("mostly: %(part)s, %(share)s")
        % {"part": parts[most].lower(), "share": times.percent(one.parts[most] / one.points)},
    )


def _parts() -> dict[str, str]:
    return {
        "engaged_ms": _("Minutes"),
        "n_looks": _("Looks"),
        "shown_ms": _("In view elsewhere"),
        "n_gallery": _("Pictures"),
        "n_variants": _("Variants"),
        "returns": _("Days back"),
        "carts": pgettext("interest", "Carts"),
    }


def _points(value: float) -> str:
    return times.count(round(value)) if value >= 10 else times.decimal(value)
