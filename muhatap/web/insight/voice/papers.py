"""The customers' voice as a PDF: the same figures, trends and tables as on the page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.shared import clock
from muhatap.web.common import charts
from muhatap.web.common.charts import Chart
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.trends import Trend
from muhatap.web.insight.voice import asking, boards, exports
from muhatap.web.insight.voice.asking import Wanted
from muhatap.web.insight.voice.paper import Paper

LINES = 15


@needs("voice.read")
def pdf(request: HttpRequest) -> HttpResponse:
    wanted, now = asking.read(request), clock.now()
    user = visitor(request)
    audit.record(
        by=user, at=now, act="figures.exported", kind="figures", id="", name="voice pdf", filters=dict(wanted.pairs())
    )
    answer = HttpResponse(drawn(wanted), content_type="application/pdf")
    stem = _("customers-voice")
    name = f"{stem}-{timezone.localtime(now):%Y-%m-%d}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def drawn(wanted: Wanted) -> bytes:
    """The page of these days on paper."""
    page, tables = boards.read(wanted), boards.tables(wanted, shown=LINES)
    topics = next((table.lines for table in tables if table.name == "topic"), ())
    narrowed = "".join(f", {name}" for name, _url in asking.narrowed(wanted))
    days = charts.days_said(wanted.start, wanted.end)
    paper = Paper(
        title=_("Customers’ voice"),
        subtitle=f"{days}{narrowed}. {boards.sentence(page, topics)}",
        author=settings.FIRM_NAME,
        language=get_language() or "tr",
        made_at=clock.now(),
        page_said=_("Page %(n)s"),
    )
    paper.figures([(card.label, card.value, card.under) for card in boards.cards(page)])
    for chart in boards.series(page, charts.spans(wanted)):
        paper.heading(chart.title, room=55)
        paper.say(chart.text, size=8.5)
        _draw(paper, chart)
    heads = exports.heads()
    for table in tables:
        paper.heading(table.title)
        paper.say(table.text, size=8.5)
        paper.rows(
            [table.title, *heads[:4], heads[4]],
            [
                (line.name, [*(text for text, _url in line.cells), line.share], line.part, line.low, line.high)
                for line in table.lines
            ],
        )
    return paper.whole()


def _draw(paper: Paper, chart: Chart | Trend) -> None:
    if isinstance(chart, Trend):
        paper.trend(
            [(point.y, point.low, point.high) for point in chart.points],
            top=chart.top,
            first=chart.first,
            last=chart.last,
        )
        return
    paper.legend(chart.columns)
    n = len(chart.lines)
    heights: list[list[float | None]] = [[None] * n for _column in chart.columns]
    for bar in chart.bars:
        heights[1 if bar.is_second else 0][int(bar.x // charts.WIDTH)] = bar.height
    paper.bars(heights, most=chart.most, first=chart.first, last=chart.last)
