"""The report: what quality and its lack cost, by kind, cause, product, period and team; every number leads to its rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from muhatap.accounts import audit
from muhatap.accounts.permissions import may
from muhatap.contacts.exporting import harmless
from muhatap.insight import lost
from muhatap.service import quality
from muhatap.service.models import Cost
from muhatap.service.quality import Sums
from muhatap.shared import clock
from muhatap.web.cases import counted, cuts, listed, outcomes, pages, words
from muhatap.web.cases.counted import CUTS, Counted
from muhatap.web.common import charts, spreadsheets, times
from muhatap.web.common.charts import Chart, Series
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.tables import Card, Cell, Trend

PERIODS = (30, 90, 365)
WORTH_TELLING = Decimal("0.1")
SHOWN = 50  # rows of a table on the page; its file has all of them


@require_GET
@needs("costs.read")
def show(request: HttpRequest) -> HttpResponse:
    now, user = clock.now(), visitor(request)
    asked = counted.read(request, now=now)
    behind = outcomes.behind(asked)
    whole, before = quality.sums(counted.rows(asked)), quality.sums(counted.rows(asked.before))
    by_kind, kinds_before = _by_kind(asked), _by_kind(asked.before)
    page = {
        "sentence": _sentence(whole, before),
        "said": charts.days_said(asked.start, asked.end),
        "cards": [
            _card(asked, _("All of it"), _("Everything below, written down on these days."), whole, before),
            *(
                _card(
                    asked.but(kind=kind),
                    str(Cost.Kind(kind).label),
                    definition(kind),
                    by_kind[kind],
                    kinds_before[kind],
                    notes=outcomes.timed(behind, user, at=now) if kind == Cost.Kind.EXTERNAL else (),
                )
                for kind in cuts.KINDS
            ),
            _lost_card(asked, at=now),
        ],
        "charts": [_chart(asked, currency) for currency, _amount in whole.amounts],
        "tables": [
            (name, title, rows, asked.url("report_export", table=name))
            for name, title in cuts.titles()
            if (rows := cuts.table(name, asked, most=SHOWN))
        ],
        "heads": cuts.heads(),
        "tables_of_cases": [
            (name, title, rows, asked.url("report_export", table=name))
            for name, title in outcomes.titles()
            if (rows := outcomes.table(name, behind, user, at=now, most=SHOWN))
        ],
        "heads_of_cases": outcomes.heads(),
        "later": _later(asked),
        "bare": _bare(whole, asked),
        "all_url": asked.url("report_export"),
        "periods": _periods(asked, now),
        "asked": asked,
        "may_write": may(user, "cases.edit"),
        "views": pages.views("report", user),
    }
    return render(request, "cases/report.html", page)


@require_GET
@needs("costs.read")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """A table of the report as a file, or the rows themselves; no cell runs as a formula."""
    now = clock.now()
    asked, name = counted.read(request, now=now), request.GET.get("table", "")
    user, is_days = visitor(request), name.startswith("days-")
    every = cuts.file(name, asked) if name in CUTS else listed.rows_of_file(asked, user)
    found = _days_file(asked, name[5:8]) if is_days else every
    if name in dict(outcomes.titles()):
        found = outcomes.file(name, outcomes.behind(asked), user, at=now)
    audit.record(by=user, at=now, act="costs.exported", kind="cost", id="", name=name, filters=dict(asked.pairs()))
    lines = ([harmless(cell) for cell in row] for row in found)
    day = f"{timezone.localtime(now):%Y-%m-%d}"
    return spreadsheets.answer(lines, name=f"costs-{day}", is_xlsx=request.GET.get("as") == "xlsx")


def definition(kind: str) -> str:
    """What is counted as this kind, in one sentence."""
    told = {
        Cost.Kind.PREVENTION: _(
            "Written down by hand: training, instructions, better packing, whatever keeps faults from happening."
        ),
        Cost.Kind.APPRAISAL: _("Written down by hand: looking whether it is right, before or after it is sent."),
        Cost.Kind.INTERNAL: _("Written down by hand: what was put right before a customer had it."),
        Cost.Kind.EXTERNAL: _(
            "What cases took: time at the rate of its day, refunds and shipping of their orders as the shop tells them, "
            "compensation, shipping and other money, and what the promises given in their conversations took."
        ),
    }
    return told[Cost.Kind(kind)]


def _by_kind(asked: Counted) -> dict[str, Sums]:
    found = quality.sums_by(counted.rows(asked), "kind")
    return {kind: found.get((kind,), Sums()) for kind in cuts.KINDS}


def _card(asked: Counted, label: str, sentence: str, now: Sums, before: Sums, *, notes: tuple[Cell, ...] = ()) -> Card:
    under = [_("%(time)s of work") % {"time": words.signed(now.minutes)}] if now.minutes else []
    return Card(
        label=label,
        value=words.money(now.amounts) or "–",
        under=", ".join(under),
        sentence=sentence,
        url=asked.url() if now.n else "",
        trend=_trend(now, before),
        notes=notes,
    )


def _trend(now: Sums, before: Sums) -> Trend | None:
    """Only where both periods speak of one and the same currency."""
    if len(now.amounts) != 1 or len(before.amounts) != 1 or now.amounts[0][0] != before.amounts[0][0]:
        return None
    new, old = now.amounts[0][1], before.amounts[0][1]
    if new == old or not old:
        return None
    change = (new - old) / abs(old)
    text = times.percent(float(abs(change)))
    return Trend(
        text=text,
        icon="arrow-up" if change > 0 else "arrow-down",
        tone="soon" if change > WORTH_TELLING else "",
    )


def _lost_card(asked: Counted, *, at: datetime) -> Card:
    found = lost.estimate(start=asked.begins, end=asked.ends, days=asked.lost_days, at=at)
    value = " + ".join(times.money(one.value, one.currency) for one in found.money) or "–"
    between = ", ".join(
        _("%(low)s to %(high)s")
        % {"low": times.money(one.low, one.currency), "high": times.money(one.high, one.currency)}
        for one in found.money
    )
    return Card(
        label=_("Lost value, estimated"),
        value=_("about %(value)s") % {"value": value} if found.money else "–",
        under=between or _("Too few complaints or orders to say."),
        sentence=_("Not part of the sum. How it is estimated, and from whom, stands behind the figure."),
        url=asked.url("lost"),
    )


def _sentence(whole: Sums, before: Sums) -> str:
    if not whole.n:
        return _("Nothing was written down on these days.")
    told = {"money": words.money(whole.amounts) or words.signed(whole.minutes), "before": words.money(before.amounts)}
    said = _("Quality and its lack cost %(money)s") % told
    return _("%(said)s; %(before)s on as many days before.") % {"said": said, **told} if told["before"] else f"{said}."


def _later(asked: Counted) -> tuple[str, str] | None:
    """What was written down after the days were over: a figure somebody read has changed, and says so."""
    found = quality.sums(counted.rows(asked.but(later="1")))
    if not found.n:
        return None
    said = ngettext(
        "%(n)s cost of these days was written down after them: %(money)s.",
        "%(n)s costs of these days were written down after them: %(money)s.",
        found.n,
    ) % {"n": times.count(found.n), "money": words.money(found.amounts) or words.signed(found.minutes)}
    return said, asked.but(later="1").url()


def _bare(whole: Sums, asked: Counted) -> tuple[str, str] | None:
    if not whole.minutes_without_rate:
        return None
    time = words.signed(whole.minutes_without_rate)
    said = _("%(time)s of work had no rate on its day, and stands in no amount.") % {"time": time}
    return said, asked.but(bare="1").url()


def _chart(asked: Counted, currency: str) -> Chart:
    of_day, over = quality.by_day(counted.rows(asked), currency), charts.spans(asked)
    values = [
        float(sum((amount for day, amount in of_day.items() if start <= day <= end), Decimal(0))) for start, end in over
    ]
    series = Series(
        label=currency,
        values=values,
        written=lambda value: times.money(Decimal(str(value)), currency),
        url=lambda span: asked.but(start=span[0], end=span[1], currency=currency).url(),
    )
    return charts.draw(
        name=f"days-{currency.lower()}",
        title=_("Over the days, %(currency)s") % {"currency": currency},
        text=_("By the day on which it happened; what was taken back counts against the day of taking back."),
        over=over,
        series=[series],
        csv_url=asked.url("report_export", table=f"days-{currency}"),
    )


def _periods(asked: Counted, now: datetime) -> list[tuple[str, str, bool]]:
    today = timezone.localtime(now).date()
    spans = [(n, today - timedelta(days=n - 1)) for n in PERIODS]
    return [
        (
            _("Last %(n)s days") % {"n": n},
            asked.but(start=start, end=today).url("report"),
            (asked.start, asked.end) == (start, today),
        )
        for n, start in spans
    ]


def _days_file(asked: Counted, currency: str) -> Iterator[list[str]]:
    yield [_("Day"), _("Money"), _("Currency")]
    for day, amount in sorted(quality.by_day(counted.rows(asked), currency).items()):
        yield [f"{day:%Y-%m-%d}", f"{amount.normalize():f}", currency]
