"""What the report pages show, as ready strings: figures in a row, the heat map of hours, tables of people and inboxes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import Team, User
from muhatap.channels.models import Inbox
from muhatap.insight import reports
from muhatap.insight.figures import FIGURES, LENGTH
from muhatap.insight.reports import Period, Tallies, Value
from muhatap.web.common import times
from muhatap.web.common.charts import Chart, Series, Span, draw
from muhatap.web.common.tables import Card, Cell, Row
from muhatap.web.insight import words
from muhatap.web.insight.filters import Filters

HEATS = 5
EVERYBODY = (
    "arrived", "answered", "resolved", "reopened", "first_response", "next_response", "resolution", "sla", "rating",
)  # fmt: skip
OF_ONE = ("answered", "first_response", "next_response", "resolution", "resolved", "reopened", "sla", "rating")
TABLE = ("answered", "resolved", "first_response", "next_response", "resolution", "reopened", "sla", "rating")


@dataclass(frozen=True, kw_only=True)
class Heat:
    text: str
    url: str
    level: int
    hint: str


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    name: str
    cells: tuple[Heat, ...]


def cards(filters: Filters, now: Period, then: Period) -> tuple[Card, ...]:
    return some(OF_ONE if filters.person else EVERYBODY, filters, now, then)


def some(names: Sequence[str], filters: Filters, now: Period, then: Period) -> tuple[Card, ...]:
    """These figures, each against the period before."""
    return tuple(_card(name, filters, now, then) for name in names)


def sentence(filters: Filters, now: Period) -> str:
    """What the period was like, in one breath."""
    first = now.value("first_response", is_working=filters.is_working)
    told = {
        "arrived": times.count(now.value("answered" if filters.person else "arrived").n),
        "resolved": times.count(now.value("resolved").n),
        "first": words.written(first.value, LENGTH),
    }
    if filters.person:
        said = _("%(arrived)s answers, %(resolved)s conversations resolved.") % told
    else:
        said = _("%(arrived)s conversations arrived, %(resolved)s were resolved.") % told
    half = _("Half of the first answers took at most %(first)s.") % told
    return f"{said} {half}" if first.n else said


def flow(filters: Filters, now: Period, over: Sequence[Span]) -> Chart:
    """What arrived (of one person: what they answered) and what was resolved."""
    name = "answered" if filters.person else "arrived"
    return draw(
        name="flow",
        title=_("Answered and resolved") if filters.person else _("Arrived and resolved"),
        text=str(FIGURES[name].sentence),
        over=over,
        series=[_series(each, filters, now, over) for each in (name, "resolved")],
        csv_url=filters.url("export", table="flow"),
    )


def response(filters: Filters, now: Period, over: Sequence[Span]) -> Chart:
    return draw(
        name="response",
        title=_("First response, median"),
        text=str(FIGURES["first_response"].sentence),
        over=over,
        series=[_series("first_response", filters, now, over)],
        as_line=True,
        csv_url=filters.url("export", table="response"),
    )


def backlog(filters: Filters, over: Sequence[Span]) -> Chart:
    standing = [
        n if start <= filters.today else None
        for n, (start, _e) in zip(reports.backlog(filters.cut, over), over, strict=True)
    ]
    series = Series(
        label=str(FIGURES["backlog"].label),
        values=standing,
        written=lambda n: times.count(round(n)),
        url=lambda span: filters.rows("backlog", start=span[1], end=span[1]),
    )
    return draw(
        name="backlog",
        title=str(FIGURES["backlog"].label),
        text=str(FIGURES["backlog"].sentence),
        over=over,
        series=[series],
        as_line=True,
        csv_url=filters.url("export", table="backlog"),
    )


def hours(filters: Filters, now: Period) -> tuple[HeatRow, ...]:
    """How much came in (of one person: was answered) at each hour of the week."""
    kind = "answered" if filters.person else "received"
    grid = now.grid(kind)
    most = max(grid.values(), default=0)
    return tuple(
        HeatRow(
            name=words.weekday(weekday),
            cells=tuple(
                _heat(filters, kind, weekday, hour, grid.get((weekday, hour), 0), most) for hour in reports.HOURS
            ),
        )
        for weekday in range(7)
    )


def table(filters: Filters, column: str) -> tuple[Row, ...]:
    """A row for each person, inbox or team that has any figure in the period."""
    cells = reports.by_cell(filters.cut, f"{'user' if column == 'person' else column}_id")
    model = {"person": User, "inbox": Inbox, "team": Team}[column]
    names = {row.pk: str(row) for row in model.objects.filter(pk__in=cells.keys())}  # type: ignore[attr-defined]
    rows = [
        Row(
            name=names[pk],
            url=filters.but(**{column: pk}).url("overview"),
            cells=_cells(filters.but(**{column: pk}), tallies),
        )
        for pk, tallies in cells.items()
        if pk in names
    ]
    return tuple(sorted(rows, key=lambda row: row.name))


def heads() -> tuple[str, ...]:
    return tuple(str(FIGURES[name].label) for name in TABLE)


def scores(filters: Filters, now: Period) -> tuple[tuple[int, str, float, str], ...]:
    """(score, how many, share of all, rows), best first."""
    tally = now.whole.get("rated")
    n = tally.n if tally else 0
    return tuple(
        (score, times.count(count), count / n if n else 0.0, filters.rows("rating", score=score) if count else "")
        for score in reversed(reports.SCORES)
        for count in [tally.buckets.get(score, 0) if tally else 0]
    )


def _card(name: str, filters: Filters, now: Period, then: Period) -> Card:
    figure = FIGURES[name]
    value = now.value(name, is_working=filters.is_working)
    before = then.value(name, is_working=filters.is_working)
    return Card(
        label=str(figure.label),
        value=words.written(value.value, figure.unit),
        under=_under(name, value),
        sentence=str(figure.sentence),
        url=filters.rows(name) if value.n else "",
        trend=words.trend(figure, value, before),
    )


def _under(name: str, value: Value) -> str:
    if FIGURES[name].unit == LENGTH and value.p90 is not None:
        return _("median; nine of ten within %(p90)s") % {"p90": words.written(value.p90, LENGTH)}
    if name == "sla" and value.n:
        return ngettext("of %(n)s promise", "of %(n)s promises", value.n) % {"n": times.count(value.n)}
    if name == "rating" and value.n:
        return ngettext("of 5, %(n)s rating", "of 5, %(n)s ratings", value.n) % {"n": times.count(value.n)}
    return ""


def _series(name: str, filters: Filters, now: Period, over: Sequence[Span]) -> Series:
    figure = FIGURES[name]
    values = now.over(over, name, is_working=filters.is_working)
    return Series(
        label=str(figure.label),
        values=[each.value if each.n or figure.unit != LENGTH else None for each in values],
        written=lambda value: words.written(value, figure.unit),
        url=lambda span: filters.rows(name, start=span[0], end=span[1]),
    )


def _heat(filters: Filters, kind: str, weekday: int, hour: int, n: int, most: int) -> Heat:
    level = -(-n * HEATS // most) if n else 0
    hint = f"{words.weekday(weekday)} {hour:02d}:00–{hour + 1:02d}:00: {times.count(n)}"
    url = filters.rows(kind, hour=hour, weekday=weekday) if n else ""
    return Heat(text=times.count(n), url=url, level=level, hint=hint)


def _cells(filters: Filters, tallies: Tallies) -> tuple[Cell, ...]:
    found = []
    for name in TABLE:
        value = reports.value(tallies, name, is_working=filters.is_working)
        text = words.written(value.value if value.n else None, FIGURES[name].unit)
        found.append(Cell(text=text, url=filters.rows(name) if value.n else ""))
    return tuple(found)
