"""What people answered when asked, beside what they say: satisfaction, loyalty and ease, each with its interval and its answers."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from muhatap.insight.intervals import Span
from muhatap.insight.loyalty import Scores
from muhatap.web.common import times, trends
from muhatap.web.common.charts import Span as Days
from muhatap.web.common.tables import Card
from muhatap.web.common.trends import Trend
from muhatap.web.insight.voice import shown, words
from muhatap.web.insight.voice.asking import Wanted


def title(kind: str) -> str:
    return {"csat": _("Satisfaction (CSAT)"), "nps": _("Loyalty (NPS)"), "ces": _("Ease (CES)")}[kind]


def cards(now: Scores, then: Scores, wanted: Wanted) -> list[Card]:
    """The figures of these days against as many before, as far as people were asked."""
    days, before = (wanted.start, wanted.end), wanted.asked.before
    found = []
    if now.csat:
        spans = (now.satisfaction(*days), then.satisfaction(before.start, before.end))
        n, of = round((spans[0].value or 0) * spans[0].n), words.of_answers(spans[0].n)
        url = wanted.url("answers", kind="csat", part="satisfied" if n else "")
        found.append(shown.share("csat", _("Satisfied (CSAT)"), spans, of, url, times.count(n)))
    if now.nps:
        spans = (now.loyalty(*days), then.loyalty(before.start, before.end))
        found.append(_card("nps", spans, words.score(spans[0].value), words.score_between(spans[0]), wanted))
    if now.ces:
        spans = (now.ease(*days), then.ease(before.start, before.end))
        found.append(_card("ces", spans, words.mean(spans[0].value), words.mean_between(spans[0]), wanted))
    return found


def trends_of(scores: Scores, over: Sequence[Days], wanted: Wanted) -> list[Trend]:
    """The same over time."""
    found = []
    if scores.csat:
        spans = [scores.satisfaction(*days) for days in over]
        found.append(
            shown.share_trend(
                "csat",
                title("csat"),
                over,
                spans,
                words.n_answers,
                wanted,
                to="answers",
                of_all={"kind": "csat"},
                kind="csat",
                part="satisfied",
            )
        )
    if scores.nps:
        found.append(_trend("nps", over, [scores.loyalty(*days) for days in over], wanted))
    if scores.ces:
        found.append(_trend("ces", over, [scores.ease(*days) for days in over], wanted))
    return found


def _card(kind: str, spans: tuple[Span, Span], value: str, between: str, wanted: Wanted) -> Card:
    answers = words.n_answers(spans[0].n)
    return Card(
        label=title(kind),
        value=value,
        under=f"{between} · {answers}" if between else answers,
        trend=shown.moved(*spans, 1),
        sentence=str(words.SENTENCES[kind]),
        url=wanted.url("answers", kind=kind),
    )


def _trend(kind: str, over: Sequence[Days], found: Sequence[Span], wanted: Wanted) -> Trend:
    is_mean = kind == "ces"
    return trends.draw(
        name=kind,
        title=title(kind),
        text=str(words.SENTENCES[kind]),
        over=over,
        found=found,
        bounds=(1, 7) if is_mean else (-100, 100),
        written=lambda span: words.mean(span.value) if is_mean else words.score(span.value),
        between=words.mean_between if is_mean else words.score_between,
        bound=words.mean if is_mean else words.score,
        counted=words.n_answers,
        url=lambda days: wanted.but(period="", start=days[0], end=days[1]).url("answers", kind=kind),
        csv_url=wanted.url("export", table=kind),
    )
