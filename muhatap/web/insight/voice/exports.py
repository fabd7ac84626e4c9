"""Any table of the customers' voice as a file for spreadsheets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.contacts.exporting import harmless
from muhatap.insight import themes, voice_rows
from muhatap.insight.themes import Told
from muhatap.shared import clock
from muhatap.understanding.models import Theme
from muhatap.web.common import charts, spreadsheets, times
from muhatap.web.common.charts import Chart
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.trends import Trend
from muhatap.web.insight.voice import asking, boards, pages
from muhatap.web.insight.voice.asking import Wanted

WEEK = timedelta(days=6)


@needs("voice.read")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """CSV or XLSX, and no cell that runs as a formula; the messages themselves for those who may take conversations out."""
    wanted, table = asking.read(request), request.GET.get("table", "")
    if table == "rows":
        if not pages.may_export(request):
            raise PermissionDenied
        rows = _behind(request)
    elif table == "weeks":
        rows = _weeks(wanted)
    elif table in boards.TABLES:
        rows = _table(wanted, table)
    else:
        rows = _over_time(wanted, table)
    now = clock.now()
    audit.record(
        by=visitor(request),
        at=now,
        act="figures.exported",
        kind="figures",
        id="",
        name=f"voice {table}",
        filters=dict(wanted.pairs()),
    )
    lines = ([harmless(cell) for cell in row] for row in rows)
    name = f"voice-{table}-{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(lines, name=name, is_xlsx=request.GET.get("as") == "xlsx")


def heads() -> list[str]:
    return [
        _("Messages"),
        _("Praise"),
        _("Requests and questions"),
        _("Complaints"),
        _("Share that complains"),
        _("Interval"),
    ]


def _table(wanted: Wanted, name: str) -> Iterator[list[str]]:
    found = boards.table(wanted, name, None)
    yield [found.title, *heads()]
    for line in found.lines:
        yield [line.name, *(text for text, _url in line.cells), line.share, line.between]


def _weeks(wanted: Wanted) -> Iterator[list[str]]:
    """The weeks of a theme, as its page draws them."""
    theme = get_object_or_404(Theme.objects.select_related("merged_into"), pk=wanted.theme or 0)
    return _told(themes.one(theme.merged_into or theme, at=clock.now()))


def _told(told: Told) -> Iterator[list[str]]:
    yield [_("Days"), _("People"), _("Messages")]
    for on, week in told.weeks:
        n_people, n_messages = (week.n_people, week.n_messages) if week else (0, 0)
        yield [charts.days_said(on, on + WEEK), times.count(n_people), times.count(n_messages)]


def _over_time(wanted: Wanted, name: str) -> Iterator[list[str]]:
    page = boards.read(wanted)
    drawn = next((each for each in boards.series(page, charts.spans(wanted)) if each.name == name), None)
    if drawn is None:
        raise Http404
    return _chart(drawn) if isinstance(drawn, Chart) else _trend(drawn)


def _chart(drawn: Chart) -> Iterator[list[str]]:
    yield [_("Days"), *drawn.columns]
    for line in drawn.lines:
        yield [line.title, *(text for text, _url in line.cells)]


def _trend(drawn: Trend) -> Iterator[list[str]]:
    yield [_("Days"), drawn.title, _("Interval"), _("How many")]
    for point in drawn.points:
        yield [point.title, point.value, point.between, point.n]


def _behind(request: HttpRequest) -> Iterator[list[str]]:
    yield [_("At"), _("Contact"), _("Channel"), _("Kind"), _("Mood"), _("Topic"), _("Message")]
    for row in voice_rows.all_rows(pages.behind(request), visitor(request)):
        reading, said = row.reading, row.reading.interaction
        yield [
            f"{timezone.localtime(reading.at):%Y-%m-%d %H:%M:%S}",
            str(said.contact or ""),
            said.channel,
            str(reading.get_kind_display()),
            str(reading.get_sentiment_display()),
            str(reading.topic or ""),
            row.text,
        ]
