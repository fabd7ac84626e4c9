"""Who comes back: visitors by the week or month they first came in, and how many of them came again later."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.insight import web
from muhatap.insight.engine import Unanswered
from muhatap.insight.web import Cohorts, Kept
from muhatap.web.common import times
from muhatap.web.common.charts import day
from muhatap.web.common.doors import needs
from muhatap.web.insight.web import conditions, words
from muhatap.web.insight.web.around import around

UNITS = ("week", "month", "day")
HEATS = 5
LATER = (1, 7, 14, 28)  # days on which retention is told in the sentence and the list


@dataclass(frozen=True, kw_only=True)
class Heat:
    text: str
    level: int
    hint: str


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    size: str
    cells: tuple[Heat, ...]


@needs("visits.read")
def show(request: HttpRequest) -> HttpResponse:
    narrowed = conditions.read(request, conditions.PLAIN)
    unit = request.GET.get("unit", "") if request.GET.get("unit", "") in UNITS else "week"
    page = around(request, narrowed.asked, "returning", unit=unit, **narrowed.kept)
    page["bar"] = conditions.bar(narrowed, "returning", conditions.PLAIN, unit=unit)
    names = {"day": _("By the day"), "week": _("By the week"), "month": _("By the month")}
    page["units"] = [
        (names[each], narrowed.asked.url("returning", unit=each, **narrowed.kept), each == unit) for each in UNITS
    ]
    page["csv_url"] = narrowed.asked.url("export", table="returning", unit=unit, **narrowed.kept)
    try:
        found = cohorts(request)
        kept = web.retention(period=narrowed.period, unit="day", most=max(LATER), conditions=narrowed.conditions)
    except Unanswered as error:
        return render(request, "insight/web/returning.html", page | {"unanswered": words.unanswered(error)})
    rows = table(found)
    page |= {
        "rows": rows,
        "spans": range(max((len(row.cells) for row in rows), default=0)),
        "kept": [_kept(each) for each in kept if each.later in LATER and each.n_asked],
        "sentence": sentence(kept),
        "nameless": _left_out(found.n_nameless),
    }
    return render(request, "insight/web/returning.html", page)


def cohorts(request: HttpRequest) -> Cohorts:
    """What is asked, answered. Raises Unanswered."""
    narrowed = conditions.read(request, conditions.PLAIN)
    unit = request.GET.get("unit", "") if request.GET.get("unit", "") in UNITS else "week"
    return web.cohorts(period=narrowed.period, unit=unit, conditions=narrowed.conditions)


def table(found: Cohorts) -> list[Row]:
    rows = []
    for each in found.rows:
        cells = [
            Heat(
                text=words.share(n / each.size) if each.size else "–",
                level=-(-n * HEATS // each.size) if each.size else 0,
                hint=f"{times.count(n)} / {times.count(each.size)}",
            )
            for n in each.back
        ]
        rows.append(Row(name=day(each.begins_on), size=times.count(each.size), cells=tuple(cells)))
    return rows


def sentence(kept: tuple[Kept, ...]) -> str:
    week = next((each for each in kept if each.later == 7 and each.n_asked), None)
    if week is None:
        return _("How many come again, and when.")
    said = ngettext(
        "Of %(n)s visitor, %(share)s came again on the seventh day after.",
        "Of %(n)s visitors, %(share)s came again on the seventh day after.",
        week.n_asked,
    )
    return said % {"n": times.count(week.n_asked), "share": words.share(week.n_back / week.n_asked)}


def _left_out(n: int) -> str:
    if not n:
        return ""
    said = ngettext(
        "%(n)s visitor allowed nothing to be stored and is left out: they are known for one day only.",
        "%(n)s visitors allowed nothing to be stored and are left out: they are known for one day only.",
        n,
    )
    return said % {"n": times.count(n)}


def _kept(each: Kept) -> dict[str, object]:
    label = ngettext("%(n)s day later", "%(n)s days later", each.later) % {"n": each.later}
    return {
        "label": label,
        "n": each.n_back,
        "of": each.n_asked,
        "share": words.share(each.n_back / each.n_asked),
        "said": f"{times.count(each.n_back)} / {times.count(each.n_asked)}",
    }
