"""Which weeks differ from those before, in words: what is written more or less about, in which language, by how much."""

from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from muhatap.understanding import differing
from muhatap.understanding.differing import Difference
from muhatap.understanding.models import Reading, Topic
from muhatap.web.common import times
from muhatap.web.understanding.behind import Asked, linked
from muhatap.web.understanding.words import language


def told(*, at: datetime) -> dict[str, Any]:
    """The weeks that differ, the newest first, and how many were compared."""
    compared = differing.weeks(at=at)
    numbers = {one.value for week in compared for one in week.differences if one.field == "topic_id"}
    topics = Topic.objects.in_bulk([number for number in numbers if number])
    return {
        "n_compared": len(compared),
        "weeks": [
            {
                "on": times.day(week.begins_on),
                "lines": [_linked(week.begins_on, one, topics) for one in week.differences],
            }
            for week in compared
            if week.differences
        ],
        "least": times.count(differing.LEAST),
        "least_before": times.count(differing.LEAST_BEFORE),
    }


def _linked(week: date, one: Difference, topics: dict[int, Topic]) -> SafeString | str:
    """The line leads to its messages, where there are any."""
    names = {"kind": "kind", "topic_id": "topic", "language": "language"}
    value = one.value or 0 if one.field == "topic_id" else one.value
    return linked(_line(one, topics), Asked(week=week).but(**{names[one.field]: value}), n=one.part)


def _line(one: Difference, topics: dict[int, Topic]) -> str:
    said = (
        _("%(what)s: %(share)s (%(part)s of %(n)s messages), in the weeks before %(before)s. %(points)s points more.")
        if one.points > 0
        else _(
            "%(what)s: %(share)s (%(part)s of %(n)s messages), in the weeks before %(before)s. %(points)s points less."
        )
    )
    return said % {
        "what": _what(one, topics),
        "share": times.percent(one.share),
        "part": times.count(one.part),
        "n": times.count(one.n),
        "before": times.percent(one.before),
        "points": times.count(round(abs(one.points))),
    }


def _what(one: Difference, topics: dict[int, Topic]) -> str:
    """Complaint; “Delivery”; English."""
    if one.field == "kind":
        return str(Reading.Kind(str(one.value)).label)
    if one.field == "language":
        return language(str(one.value))
    return _("“%(topic)s”") % {"topic": topics[int(one.value)]} if one.value else _("No topic")
