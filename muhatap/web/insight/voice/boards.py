"""What the page of the customers' voice shows, as ready strings: figures, trends and tables, the same on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.contacts.models import Tag
from muhatap.insight import intervals, loyalty, voices
from muhatap.insight.loyalty import Scores
from muhatap.insight.voices import Counts
from muhatap.sales.models import Product
from muhatap.understanding.models import Topic
from muhatap.web.common import charts, times
from muhatap.web.common.charts import Chart, Series
from muhatap.web.common.tables import Card
from muhatap.web.common.tables import Trend as Moved
from muhatap.web.common.trends import Trend
from muhatap.web.insight.voice import answered, shown, words
from muhatap.web.insight.voice.asking import Wanted

SHOWN = 12  # lines of a table; the file has all
TABLES = ("topic", "product", "channel", "tag")
Days = tuple[date, date]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One topic, product, channel or segment: counts with their rows, and the share that complains with its interval (0–100)."""

    name: str
    url: str
    cells: tuple[tuple[str, str], ...]
    share: str
    between: str
    part: float
    low: float
    high: float
    n_complaints: int


@dataclass(frozen=True, kw_only=True)
class Table:
    name: str
    title: str
    text: str
    lines: tuple[Line, ...]
    n_more: int
    csv_url: str

    @property
    def heads(self) -> tuple[str, ...]:
        """Over the cells of each line."""
        return _("Messages"), _("Praise"), _("Requests and questions"), _("Complaints")


@dataclass(frozen=True)
class Page:
    """Everything of one page, read once."""

    wanted: Wanted
    now: Counts
    then: Counts
    days: dict[Any, Counts]
    scores: Scores
    scores_then: Scores

    @property
    def is_empty(self) -> bool:
        return not (self.now.n or self.scores)


def read(wanted: Wanted) -> Page:
    asked = wanted.asked
    days = voices.counts(asked, "on")
    return Page(
        wanted=wanted,
        now=voices.together(days.values()),
        then=voices.total(asked.before),
        days=days,
        scores=loyalty.scores(asked),
        scores_then=loyalty.scores(asked.before),
    )


def sentence(page: Page, topics: Sequence[Line]) -> str:
    """What the days were like, in one breath."""
    if not page.now.n:
        return _("Nobody wrote anything that is a matter of ours.")
    told = {
        "n": times.count(page.now.n),
        "share": words.share(intervals.share(page.now.complaint, page.now.n)),
        "praise": words.share(intervals.share(page.now.praise, page.now.n)),
    }
    said = ngettext(
        "%(n)s message: %(share)s complain, %(praise)s praise.",
        "%(n)s messages: %(share)s complain, %(praise)s praise.",
        page.now.n,
    )
    worst = max(topics, key=lambda line: line.n_complaints, default=None)
    if worst is None or not worst.n_complaints:
        return said % told
    most = _("Most complaints are about “%(topic)s” (%(n)s).") % {"topic": worst.name, "n": worst.cells[3][0]}
    return f"{said % told} {most}"


def cards(page: Page) -> tuple[Card, ...]:
    """The figures in a row, each against as many days before."""
    wanted, now, then = page.wanted, page.now, page.then
    found = [_number("messages", _("Messages"), now.n, then.n, wanted.rows() if now.n else "")]
    for say in ("complaint", "praise", "asked"):
        parts = (getattr(now, say), getattr(then, say))
        spans = (intervals.share(parts[0], now.n), intervals.share(parts[1], then.n))
        label = str(words.SAY[say][1])
        found.append(
            shown.share(say, label, spans, words.of(now.n), wanted.rows(say) if parts[0] else "", times.count(parts[0]))
        )
    pleased = [intervals.share(each.positive, each.positive + each.negative) for each in (now, then)]
    url = wanted.url("rows", mood="positive") if now.positive else ""
    found.append(
        shown.share(
            "pleased", _("Pleased"), (pleased[0], pleased[1]), words.of(pleased[0].n), url, times.count(now.positive)
        )
    )
    return (*found, *answered.cards(page.scores, page.scores_then, wanted))


def series(page: Page, over: Sequence[Days]) -> list[Chart | Trend]:
    """What is said over time, how it sounds, and what people answer when asked."""
    wanted = page.wanted
    counted = voices.over(page.days, over)
    drawn: list[Chart | Trend] = [
        charts.draw(
            name="said",
            title=_("Complaints and praise"),
            text=_("How many messages complain, and how many praise."),
            over=over,
            series=[
                Series(
                    label=str(words.SAY[say][1]),
                    values=[getattr(each, say) for each in counted],
                    written=lambda n: times.count(round(n)),
                    url=lambda span, say=say: wanted.rows(say, start=span[0], end=span[1]),  # type: ignore[misc]
                )
                for say in ("complaint", "praise")
            ],
            csv_url=wanted.url("export", table="said"),
        )
    ]
    return drawn + satisfaction(page)


def satisfaction(page: Page) -> list[Chart | Trend]:
    """Trends with intervals, by the week: a day says too little."""
    wanted = page.wanted
    weeks = spans(wanted)
    counted = voices.over(page.days, weeks)
    pleased = [intervals.share(each.positive, each.positive + each.negative) for each in counted]
    drawn: list[Chart | Trend] = [
        shown.share_trend(
            "pleased",
            _("Mood"),
            weeks,
            pleased,
            words.n_messages,
            wanted,
            to="rows",
            of_all={"mood": "felt"},
            mood="positive",
        ),
    ]
    return [*drawn, *answered.trends_of(page.scores, weeks, wanted)]


def spans(wanted: Wanted) -> list[Days]:
    """Weeks of the period, of a long one its months; of a short one its days."""
    if wanted.n_days <= 14 or wanted.n_days > charts.BY_WEEK:
        return charts.spans(wanted)
    week = timedelta(days=6)
    starts = range(0, wanted.n_days, 7)
    return [(start, min(start + week, wanted.end)) for start in (wanted.start + timedelta(days=n) for n in starts)]


def tables(wanted: Wanted, names: Sequence[str] = TABLES, shown: int = SHOWN) -> list[Table]:
    """By topic, product, channel and segment; those of one line that says nothing more are left out."""
    found = [table(wanted, name, shown) for name in names]
    return [each for each in found if each.lines]


def table(wanted: Wanted, by: str, shown: int | None = SHOWN) -> Table:
    titles = {"topic": _("By topic"), "product": _("By product"), "channel": _("By channel"), "tag": _("By segment")}
    counted = {key: each for key, each in voices.counts(wanted.asked, by).items() if each.n}
    order = sorted(counted, key=lambda key: (-counted[key].n, str(key)))
    kept = order[:shown]
    names = _names(by, kept)
    lines = tuple(_line(wanted, by, key, names[key], counted[key]) for key in kept if key in names)
    return Table(
        name=by,
        title=titles[by],
        text=str(words.SENTENCES[by]),
        lines=lines,
        n_more=len(order) - len(kept),
        csv_url=wanted.url("export", table=by),
    )


def _names(by: str, keys: Sequence[Any]) -> dict[Any, str]:
    if by == "channel":
        return {key: words.channel(key) for key in keys}
    model: Any = {"topic": Topic, "tag": Tag, "product": Product}[by]
    names = {row.pk: str(row) for row in model.objects.filter(pk__in=keys)}
    return {0: _("No topic")} | names if by == "topic" else names


def _line(wanted: Wanted, by: str, key: Any, name: str, found: Counts) -> Line:
    narrowed = {"only_topic" if by == "topic" else by: key}
    span = intervals.share(found.complaint, found.n)
    parts = ((found.n, ""), (found.praise, "praise"), (found.asked, "asked"), (found.complaint, "complaint"))
    return Line(
        name=name,
        url=wanted.but(**narrowed).url(),
        cells=tuple((times.count(n), wanted.rows(say, **narrowed) if n else "") for n, say in parts),
        share=words.share(span),
        between=words.between(span),
        part=round(100 * (span.value or 0), 2),
        low=round(100 * (span.low or 0), 2),
        high=round(100 * (span.high or 0), 2),
        n_complaints=found.complaint,
    )


def _number(name: str, label: str, now: int, then: int, url: str) -> Card:
    change = times.percent(abs(now - then) / then) if then and now != then else ""
    return Card(
        label=label,
        value=times.count(now),
        trend=Moved(text=change, icon=shown.way(now, then)) if change else None,
        sentence=str(words.SENTENCES[name]),
        url=url,
    )
