"""Any table about web sites as a file for spreadsheets."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.contacts.exporting import harmless
from muhatap.insight.engine import Unanswered
from muhatap.shared import clock
from muhatap.visits import reports
from muhatap.web.common import reading, spreadsheets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.spreadsheets import Number
from muhatap.web.insight.web import asking, clickmap, conditions, pages, returning, steps, tables
from muhatap.web.insight.web.conditions import Narrowed


@needs("visits.read")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """CSV or XLSX, and no cell that runs as a formula. Counted before the answer begins, so that no file breaks off."""
    asked, name = asking.read(request), request.GET.get("table", "")
    now = clock.now()
    try:
        lines = [[harmless(cell) for cell in row] for row in _rows(request, name)]
    except Unanswered as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    audit.record(
        by=visitor(request), at=now, act="figures.exported", kind="figures", id="", name=f"web {name}",
        filters=dict(asked.pairs()) | conditions.read(request).kept,
    )  # fmt: skip
    told = f"web-{name}-{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(iter(lines), name=told, is_xlsx=request.GET.get("as") == "xlsx")


def _rows(request: HttpRequest, name: str) -> Iterator[list[str]]:
    """Raises Http404 for a table nobody knows, Unanswered while it is counted."""
    if name == "clicks":
        return _clicks(conditions.read(request).bounded(), reading.words(request.GET.get("path", ""), 300))
    if name == "funnel":
        return _funnel(request)
    if name == "returning":
        return _returning(request)
    try:
        kind = tables.kind(name)
    except KeyError as error:
        raise Http404 from error
    narrowed = conditions.read(request).bounded()
    if request.GET.get("over") == "days":
        return _over_days(narrowed, kind)
    kind = tables.told(kind, narrowed)
    return tables.plain(kind, tables.rows(narrowed, kind, request.GET.get("sort", "")))


def _over_days(narrowed: Narrowed, kind: tables.Kind) -> Iterator[list[str]]:
    chart = pages.chart(narrowed, kind)
    yield [_("Days"), *chart.columns]
    for line in chart.lines:
        yield [line.title, *(text for text, _url in line.cells)]


def _funnel(request: HttpRequest) -> Iterator[list[str]]:
    yield [_("Step"), _("Visitors"), _("Seconds since the first step")]
    for each in steps.reached(request):
        yield [steps.called(each.step), str(each.n_visitors), "" if each.seconds is None else str(round(each.seconds))]


def _returning(request: HttpRequest) -> Iterator[list[str]]:
    found = returning.cohorts(request)
    yield [
        _("First came"),
        _("Visitors"),
        *(str(nth) for nth in range(max((len(row.back) for row in found.rows), default=0))),
    ]
    for row in found.rows:
        yield [str(row.begins_on), str(row.size), *(str(n) for n in row.back)]


def _clicks(narrowed: Narrowed, path: str) -> Iterator[list[str]]:
    yield [_("Element"), _("Words"), _("Clicks"), _("Across, of the element"), _("Down, of the element")]
    for each in clickmap.elements(narrowed, path=path, most=reports.MOST):
        yield [
            each.element,
            clickmap.called(each),
            str(each.n),
            *(Number(f"{share:.2f}") for share in (each.x, each.y)),
        ]
