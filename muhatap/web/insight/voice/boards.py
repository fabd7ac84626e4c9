"""What the page of the customers' voice shows, as ready strings: figures, trends and tables, the same on paper."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.contacts.models import Tag
from muhatap.insight import intervals, loyalty, voices
from muhatap.insight.intervals import Span
from muhatap.insight.loyalty import Scores
from muhatap.insight.voices import Counts
from muhatap.sales.models import Product
from muhatap.understanding.models import Topic
from muhatap.web.common import charts, times
from muhatap.web.common.charts import Chart, Series
from muhatap.web.common.tables import Card
from muhatap.web.common.tables import Trend as Moved
from muhatap.web.insight.voice import trends, words
from muhatap.web.insight.voice.asking import Wanted
from muhatap.web.insight.voice.trends import Trend

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
        return not (self.now.n or self.scores.csat or self.scores.nps)


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
            _share(say, label, spans, words.of(now.n), wanted.rows(say) if parts[0] else "", times.count(parts[0]))
        )
    pleased = [intervals.share(each.positive, each.positive + each.negative) for each in (now, then)]
    url = wanted.url("rows", mood="positive") if now.positive else ""
    found.append(
        _share(
            "pleased", _("Pleased"), (pleased[0], pleased[1]), words.of(pleased[0].n), url, times.count(now.positive)
        )
    )
    return tuple(found + _asked_for(page))


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
        _share_trend("pleased", _("Mood"), weeks, pleased, words.n_messages, wanted, to="rows", mood="positive"),
    ]
    if page.scores.csat:
        found = [page.scores.satisfaction(*week) for week in weeks]
        title = _("Satisfaction (CSAT)")
        drawn.append(_share_trend("csat", title, weeks, found, words.n_answers, wanted, to="answers", kind="csat"))
    if page.scores.nps:
        drawn.append(_loyalty_trend(weeks, [page.scores.loyalty(*week) for week in weeks], wanted))
    return drawn


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
    narrowed = {by: key}
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
        trend=Moved(text=change, icon=_way(now, then)) if change else None,
        sentence=str(words.SENTENCES[name]),
        url=url,
    )


def _share(name: str, label: str, spans: tuple[Span, Span], of: str, url: str, n: str) -> Card:
    now, then = spans
    return Card(
        label=label,
        value=words.share(now),
        under=f"{words.between(now)} · {n} {of}" if now.n else "",
        trend=_moved(now, then, 100),
        sentence=str(words.SENTENCES[name]),
        url=url,
    )


def _asked_for(page: Page) -> list[Card]:
    """What people answered when asked, as far as they were."""
    days = (page.wanted.start, page.wanted.end)
    before = page.wanted.asked.before
    found = []
    if page.scores.csat:
        now, then = page.scores.satisfaction(*days), page.scores_then.satisfaction(before.start, before.end)
        satisfied = times.count(round((now.value or 0) * now.n))
        url = page.wanted.url("answers", kind="csat")
        found.append(_share("csat", _("Satisfied (CSAT)"), (now, then), words.of_answers(now.n), url, satisfied))
    if page.scores.nps:
        now, then = page.scores.loyalty(*days), page.scores_then.loyalty(before.start, before.end)
        found.append(
            Card(
                label=_("Loyalty (NPS)"),
                value=words.score(now.value),
                under=f"{words.score_between(now)} · {words.n_answers(now.n)}",
                trend=_moved(now, then, 1),
                sentence=str(words.SENTENCES["nps"]),
                url=page.wanted.url("answers", kind="nps"),
            )
        )
    return found


def _moved(now: Span, then: Span, scale: float) -> Moved | None:
    """How many points it moved; where the two intervals meet it may be chance, and is said to be."""
    if now.value is None or then.value is None:
        return None
    if (now.high or 0) >= (then.low or 0) and (now.low or 0) <= (then.high or 0):
        return Moved(text=_("no sure change"), icon="minus")
    points = times.decimal(round(abs(now.value - then.value) * scale, 1))
    return Moved(text=_("%(n)s points") % {"n": points}, icon=_way(now.value, then.value))


def _way(now: float | None, then: float | None) -> str:
    if now is None or then is None or now == then:
        return "minus"
    return "arrow-up" if now > then else "arrow-down"


def _share_trend(
    name: str,
    title: str,
    over: list[Days],
    found: list[Span],
    of: Callable[[int], str],
    wanted: Wanted,
    *,
    to: str,
    **kept: str,
) -> Trend:
    return trends.draw(
        name=name,
        title=title,
        text=str(words.SENTENCES[name]),
        over=over,
        found=found,
        bounds=(0, 1),
        written=words.share,
        between=words.between,
        bound=times.percent,
        counted=of,
        url=lambda days: wanted.but(period="", start=days[0], end=days[1]).url(to, **kept),
        csv_url=wanted.url("export", table=name),
    )


def _loyalty_trend(over: list[Days], found: list[Span], wanted: Wanted) -> Trend:
    return trends.draw(
        name="nps",
        title=_("Loyalty (NPS)"),
        text=str(words.SENTENCES["nps"]),
        over=over,
        found=found,
        bounds=(-100, 100),
        written=lambda span: words.score(span.value),
        between=words.score_between,
        bound=words.score,
        counted=words.n_answers,
        url=lambda days: wanted.but(period="", start=days[0], end=days[1]).url("answers", kind="nps"),
        csv_url=wanted.url("export", table="nps"),
    )
