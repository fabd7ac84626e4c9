"""The words for which visitors found nothing, each with its visits."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from muhatap.insight import missed
from muhatap.insight.engine import TooLong
from muhatap.web.common import times
from muhatap.web.insight.web import asking
from muhatap.web.insight.web.conditions import Narrowed


@dataclass(frozen=True, kw_only=True)
class Line:
    """Words, in how many visits nothing was found for them, and these visits."""

    query: str
    n: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Searches:
    """`said` is which days these are, where they are fewer than asked for, or why there are none."""

    lines: tuple[Line, ...] = ()
    said: str = ""


def found(wanted: Narrowed) -> Searches:
    """Counted from single visits, so over a quarter at most."""
    narrowed = wanted.quarter()
    asked = narrowed.asked
    try:
        rows = missed.searches(period=narrowed.period, site_id=asked.site, device=asked.device)
    except TooLong as error:
        return Searches(said=str(error))
    lines = tuple(
        Line(query=row.query, n=times.count(row.n_visits), url=asked.visits(searched=row.folded)) for row in rows
    )
    is_whole = not lines or asked.start == wanted.asked.start
    return Searches(lines=lines, said="" if is_whole else _only(asked))


def _only(asked: asking.Asked) -> str:
    return _("Over three months at most: %(days)s.") % {"days": asking.said(asked)}
