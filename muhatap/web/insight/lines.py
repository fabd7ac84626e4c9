"""The rows behind a figure, as ready strings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.insight.figures import FIGURES, LENGTH
from muhatap.insight.listing import Row, Wanted
from muhatap.insight.models import Moment
from muhatap.web.common import times
from muhatap.web.insight import words


@dataclass(frozen=True, kw_only=True)
class Line:
    """One conversation behind a figure."""

    name: str
    subject: str
    url: str
    value: str
    within: str
    who: str
    inbox: str
    time: str
    time_iso: str
    time_full: str


def rows(found: Sequence[Row], figure: str, now: datetime) -> tuple[Line, ...]:
    names = {user.pk: user.name for user in User.objects.filter(pk__in={row.moment.user_id for row in found})}
    return tuple(_line(row, figure, names.get(row.moment.user_id, ""), now) for row in found)


def narrowed(wanted: Wanted) -> str:
    """Which part of the figure was pressed: Salı 14:00–15:00, or a score."""
    parts = []
    if wanted.weekday is not None:
        parts.append(words.weekday(wanted.weekday))
    if wanted.hour is not None:
        parts.append(f"{wanted.hour:02d}:00–{wanted.hour + 1:02d}:00")
    if wanted.score is not None:
        parts.append(_("%(score)s of 5") % {"score": wanted.score})
    return " ".join(parts)


def value_label(figure: str) -> str:
    if FIGURES[figure].unit == LENGTH:
        return _("Took")
    return {"rating": _("Score"), "sla": _("Outcome"), "response_rate": _("Outcome"), "backlog": _("Open until")}.get(
        figure, ""
    )


def _line(row: Row, figure: str, who: str, now: datetime) -> Line:
    moment, conversation = row.moment, row.conversation
    return Line(
        name=str(conversation.contact),
        subject=conversation.subject,
        url=reverse("inbox:conversation", args=[conversation.pk]),
        value=_value(moment, figure, now),
        within=_within(moment),
        who=who,
        inbox=conversation.inbox.name,
        time=times.stamp(moment.at, now),
        time_iso=moment.at.isoformat(),
        time_full=times.full(moment.at),
    )


def _value(moment: Moment, figure: str, now: datetime) -> str:
    if FIGURES[figure].unit == LENGTH and moment.value is not None:
        return times.span(timedelta(seconds=moment.value))
    if figure == "rating":
        return _("%(score)s of 5") % {"score": moment.value}
    if figure == "sla":
        return _("kept") if moment.kind == "sla_met" else _("missed")
    if figure == "response_rate":
        return _("answered") if moment.value else _("no answer yet")
    if figure == "backlog":
        return times.stamp(moment.until, now) if moment.until else _("still open")
    return ""


def _within(moment: Moment) -> str:
    """The part of a length within business hours."""
    if moment.working is None:
        return ""
    return _("%(span)s of it in business hours") % {"span": times.span(timedelta(seconds=moment.working))}
