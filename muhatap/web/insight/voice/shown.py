"""A share as a card and as a line over time, and how a figure moved: the same for what is said and for what is answered."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from muhatap.insight.intervals import Span
from muhatap.web.common import times, trends
from muhatap.web.common.charts import Span as Days
from muhatap.web.common.tables import Card
from muhatap.web.common.tables import Trend as Moved
from muhatap.web.common.trends import Trend
from muhatap.web.insight.voice import words
from muhatap.web.insight.voice.asking import Wanted


def share(name: str, label: str, spans: tuple[Span, Span], of: str, url: str, n: str) -> Card:
    now, then = spans
    return Card(
        label=label,
        value=words.share(now),
        under=f"{words.between(now)} · {n} {of}" if now.n else "",
        trend=moved(now, then, 100),
        sentence=str(words.SENTENCES[name]),
        url=url,
    )


def share_trend(
    name: str,
    title: str,
    over: Sequence[Days],
    found: Sequence[Span],
    of: Callable[[int], str],
    wanted: Wanted,
    *,
    to: str,
    of_all: Mapping[str, str],
    **kept: str,
) -> Trend:
    """`kept` asks for what makes the share, `of_all` for all of which it is one."""
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
        n_url=lambda days: wanted.but(period="", start=days[0], end=days[1]).url(to, **of_all),
        csv_url=wanted.url("export", table=name),
    )


def moved(now: Span, then: Span, scale: float) -> Moved | None:
    """How many points it moved; where the two intervals meet it may be chance, and is said to be."""
    if now.value is None or then.value is None:
        return None
    if now.low is None or now.high is None or then.low is None or then.high is None:
        return Moved(text=_("no sure change"), icon="minus")
    if now.high >= then.low and now.low <= then.high:
        return Moved(text=_("no sure change"), icon="minus")
    points = times.decimal(round(abs(now.value - then.value) * scale, 1))
    return Moved(text=_("%(n)s points") % {"n": points}, icon=way(now.value, then.value))


def way(now: float | None, then: float | None) -> str:
    if now is None or then is None or now == then:
        return "minus"
    return "arrow-up" if now > then else "arrow-down"
