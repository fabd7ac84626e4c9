"""The report: what quality and its lack cost, by kind, cause, product, period and team; every number leads to its rows."""

from collections.abc import Callable, Iterator
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
from muhatap.accounts.models import Team
from muhatap.accounts.permissions import may
from muhatap.contacts.exporting import harmless
from muhatap.insight import lost
from muhatap.sales.models import Product, Shop
from muhatap.service import causes, quality
from muhatap.service.models import Cost
from muhatap.service.quality import Sums
from muhatap.shared import clock
from muhatap.web.cases import counted, listed, pages, words
from muhatap.web.cases.counted import CUTS, NONE, Counted
from muhatap.web.common import charts, spreadsheets, times
from muhatap.web.common.charts import Chart, Series
from muhatap.web.common.doors import needs, visitor
from muhatap.web.common.tables import Card, Cell, Row, Trend

KINDS = Cost.Kind.values
PERIODS = (30, 90, 365)
WORTH_TELLING = Decimal("0.1")
SHOWN = 50  # rows of a table on the page; its file has all of them

NO_CELL = Cell(text="–")


@require_GET
@needs("costs.read")
def show(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    asked = counted.read(request, now=now)
    whole, before = quality.sums(counted.rows(asked)), quality.sums(counted.rows(_before(asked)))
    by_kind, kinds_before = _by_kind(asked), _by_kind(_before(asked))
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
                )
                for kind in KINDS
            ),
            _lost_card(asked, at=now),
        ],
        "charts": [_chart(asked, currency) for currency, _amount in whole.amounts],
        "tables": [
            (name, title, rows, asked.url("report_export", table=name))
            for name, title in titles()
            if (rows := table(name, asked, most=SHOWN))
        ],
        "heads": heads(),
        "later": _later(asked),
        "bare": _bare(whole, asked),
        "all_url": asked.url("report_export"),
        "periods": _periods(asked, now),
        "asked": asked,
        "may_write": may(visitor(request), "cases.edit"),
        "views": pages.views("report", visitor(request)),
    }
    return render(request, "cases/report.html", page)


@require_GET
@needs("costs.read")
def export(request: HttpRequest) -> Any:  # a stream, which Django does not count among its HttpResponses
    """A table of the report as a file, or the rows themselves; no cell runs as a formula."""
    now = clock.now()
    asked, name = counted.read(request, now=now), request.GET.get("table", "")
    user, is_days = visitor(request), name.startswith("days-")
    every = _file(name, asked) if name in CUTS else listed.rows_of_file(asked, user)
    found = _days_file(asked, name[5:8]) if is_days else every
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


def titles() -> list[tuple[str, str]]:
    return [
        ("cause", _("By cause")),
        ("product", _("By product")),
        ("team", _("By team")),
        ("what", _("By what it was for")),
    ]


def heads() -> list[str]:
    return [
        _("Currency"),
        *(str(Cost.Kind(kind).label) for kind in KINDS),
        _("Together"),
        _("Share"),
        _("Before"),
        _("Time"),
    ]


def table(name: str, asked: Counted, *, most: int | None = None) -> list[Row]:
    """A row for each value and currency, the largest first, the rest beyond `most` in a line for each currency.

    All rows of a currency are together all of that currency; time of the rest is told where nothing has another currency.
    """
    found = quality.sums_by(counted.rows(asked), name, "kind")
    earlier = quality.sums_by(counted.rows(_before(asked)), name)
    whole, usual = quality.added(found.values()), _usual()
    lines: list[tuple[Decimal, str, Any]] = []
    for key in {key for key, _kind in found}:
        together = quality.added(found.get((key, kind), Sums()) for kind in KINDS)
        currencies = [currency for currency, _amount in together.amounts] or [usual]
        lines += [(together.of(currency), currency, key) for currency in currencies]
    lines.sort(key=lambda one: -one[0])
    shown, rest = lines[:most], lines[most:] if most else []
    called = _names(name, [key for _amount, _currency, key in shown])

    def row(title: str, keys: list[Any], keys_before: list[Any], narrowed: Counted, *, has_time: bool) -> Row:
        kinds = {kind: quality.added(found.get((key, kind), Sums()) for key in keys) for kind in KINDS}
        before = quality.added(earlier.get((key,), Sums()) for key in keys_before)
        return Row(name=title, cells=_cells(narrowed, kinds, whole, before, has_time=has_time))

    rows = [
        row(called(key), [key], [key], _narrow(asked, name, key).but(currency=one), has_time=True)
        for _amount, one, key in shown
    ]
    for currency in sorted({one for _amount, one, _key in rest}):
        keys = [key for _amount, one, key in rest if one == currency]
        told = [key for _amount, one, key in shown if one == currency]
        title = ngettext("%(n)s other", "%(n)s others", len(keys)) % {"n": times.count(len(keys))}
        narrowed = asked.but(currency=currency, others=(name, *(str(NONE if key is None else key) for key in told)))
        keys_before = [key for (key,) in earlier if key not in told]
        rows.append(row(title, keys, keys_before, narrowed, has_time=len({one for _amount, one, _key in lines}) == 1))
    return rows


def _usual() -> str:
    """The currency of what has only time without a rate: the firm's first shop's."""
    return Shop.objects.order_by("pk").values_list("currency", flat=True).first() or "TRY"


def _cells(asked: Counted, kinds: dict[str, Sums], whole: Sums, before: Sums, *, has_time: bool) -> tuple[Cell, ...]:
    """The figures of a line, in the currency asked for."""
    together, currency = quality.added(kinds.values()), asked.currency

    def money(amount: Decimal, **narrowed: str) -> Cell:
        return _cell(times.money(amount, currency), asked.but(**narrowed)) if amount else NO_CELL

    every = whole.of(currency)
    share = times.percent(float(together.of(currency) / every)) if every else "–"
    earlier = before.of(currency)
    minutes = together.minutes if has_time and len(together.amounts) < 2 else 0
    return (
        Cell(text=currency),
        *(money(kinds[kind].of(currency), kind=kind) for kind in KINDS),
        money(together.of(currency)),
        Cell(text=share),
        _cell(times.money(earlier, currency), _before(asked)) if earlier else NO_CELL,
        _cell(words.signed(minutes), asked.but(currency="")) if minutes else NO_CELL,
    )


def _cell(text: str, asked: Counted) -> Cell:
    return Cell(text=text, url=asked.url())


def _narrow(asked: Counted, name: str, key: Any) -> Counted:
    if name == "what":
        return asked.but(what=key)
    field = "only_cause" if name == "cause" else name
    return asked.but(**{field: NONE if key is None else key})


def _names(name: str, keys: list[Any]) -> Callable[[Any], str]:
    if name == "what":
        return lambda key: str(Cost.What(key).label)
    if name == "cause":
        known = {cause.pk: path for cause, path in causes.all_of_them()}
        return lambda key: known.get(key, _("Without a cause"))
    model: Any = Product if name == "product" else Team
    none = _("Without a product") if name == "product" else _("Without a team")
    rows = model.objects.in_bulk({key for key in keys if key is not None})
    return lambda key: str(rows.get(key) or none)


def _by_kind(asked: Counted) -> dict[str, Sums]:
    found = quality.sums_by(counted.rows(asked), "kind")
    return {kind: found.get((kind,), Sums()) for kind in KINDS}


def _card(asked: Counted, label: str, sentence: str, now: Sums, before: Sums) -> Card:
    under = [_("%(time)s of work") % {"time": words.signed(now.minutes)}] if now.minutes else []
    return Card(
        label=label,
        value=words.money(now.amounts) or "–",
        under=", ".join(under),
        sentence=sentence,
        url=asked.url() if now.n else "",
        trend=_trend(now, before),
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


def _before(asked: Counted) -> Counted:
    start, end = quality.span_before(asked.start, asked.end)
    return asked.but(start=start, end=end, later="")


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


def _file(name: str, asked: Counted) -> Iterator[list[str]]:
    yield [dict(titles())[name], *heads()]
    for row in table(name, asked):
        yield [row.name, *(cell.text for cell in row.cells)]


def _days_file(asked: Counted, currency: str) -> Iterator[list[str]]:
    yield [_("Day"), _("Money"), _("Currency")]
    for day, amount in sorted(quality.by_day(counted.rows(asked), currency).items()):
        yield [f"{day:%Y-%m-%d}", f"{amount.normalize():f}", currency]
