"""Any table of the reports as a file for spreadsheets."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.contacts.exporting import harmless
from muhatap.insight import listing, reports
from muhatap.insight.figures import FIGURES, LENGTH
from muhatap.insight.listing import Wanted
from muhatap.shared import clock
from muhatap.web.common import charts, spreadsheets
from muhatap.web.common.doors import needs, visitor
from muhatap.web.insight import boards, filters, words
from muhatap.web.insight.filters import Filters

AT_ONCE = 1_000  # rows read together while the file is being written


@needs("insight.own")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """CSV as the spreadsheets of the reader's language expect it, or XLSX; and no cell that runs as a formula."""
    wanted, table = filters.read(request), request.GET.get("table", "")
    figure = request.GET.get("figure", "")
    if table == "rows" and figure in FIGURES and not (wanted.is_own and not FIGURES[figure].is_of_people):
        rows = _behind(request, wanted, figure)
    elif table in ("flow", "response", "backlog") and not (wanted.is_own and table == "backlog"):
        rows = _over_time(wanted, table)
    elif table == "hours":
        rows = _hours(wanted)
    elif table == "person" or (table in ("inbox", "team") and not wanted.is_own):
        rows = _each(wanted, table)
    else:
        raise Http404
    now = clock.now()
    audit.record(
        by=visitor(request),
        at=now,
        act="figures.exported",
        kind="figures",
        id="",
        name=table,
        filters=dict(wanted.pairs()),
    )
    lines = ([harmless(cell) for cell in row] for row in rows)
    name = f"{table}-{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(lines, name=name, is_xlsx=request.GET.get("as") == "xlsx")


def _over_time(wanted: Filters, table: str) -> Iterator[list[str]]:
    over = charts.spans(wanted)
    now = reports.period(wanted.cut)
    names = {"flow": ["answered" if wanted.person else "arrived", "resolved"], "response": ["first_response"]}.get(
        table
    )
    yield [
        _("From day"),
        _("To day"),
        *(str(FIGURES[name].label) for name in names or ["backlog"]),
        *([_("How many")] if table == "response" else []),
    ]
    if names is None:
        for (start, end), n in zip(over, reports.backlog(wanted.cut, over), strict=True):
            yield [str(start), str(end), str(n)]
        return
    columns = [now.over(over, name, is_working=wanted.is_working) for name in names]
    for (start, end), *values in zip(over, *columns, strict=True):
        counts = [str(value.n) for value in values] if table == "response" else []
        yield [
            str(start),
            str(end),
            *(_plain(value.value, FIGURES[name].unit) for name, value in zip(names, values, strict=True)),
            *counts,
        ]


def _hours(wanted: Filters) -> Iterator[list[str]]:
    grid = reports.period(wanted.cut).grid("answered" if wanted.person else "received")
    yield [_("Day"), *(f"{hour:02d}:00" for hour in reports.HOURS)]
    for weekday in range(7):
        yield [words.weekday(weekday), *(str(grid.get((weekday, hour), 0)) for hour in reports.HOURS)]


def _each(wanted: Filters, column: str) -> Iterator[list[str]]:
    yield [{"person": _("Person"), "inbox": _("Inbox"), "team": _("Team")}[column], *boards.heads()]
    for row in boards.table(wanted, column):
        yield [row.name, *(cell.text for cell in row.cells)]


def _behind(request: HttpRequest, wanted: Filters, figure: str) -> Iterator[list[str]]:
    given = request.GET
    asked = Wanted(
        figure=figure,
        cut=wanted.cut,
        hour=filters.number(given, "hour", most=23),
        weekday=filters.number(given, "weekday", most=6),
        score=filters.number(given, "score", most=5),
    )
    head = [_("Conversation"), _("Contact"), _("Subject"), _("Inbox"), _("At")]
    yield [*head, _("Seconds or score"), _("Seconds in business hours")]
    for row in listing.all_rows(asked, visitor(request), at_once=AT_ONCE):
        moment, conversation = row.moment, row.conversation
        yield [
            str(conversation.pk),
            str(conversation.contact),
            conversation.subject,
            conversation.inbox.name,
            f"{timezone.localtime(moment.at):%Y-%m-%d %H:%M:%S}",
            "" if moment.value is None else str(moment.value),
            "" if moment.working is None else str(moment.working),
        ]


def _plain(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return spreadsheets.Number(round(value) if unit in (LENGTH, "count") else f"{value:.3f}")
