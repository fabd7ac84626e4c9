"""The rows behind a figure: each moment with its conversation, newest first, paged by key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.db.models.functions import ExtractIsoWeekDay
from django.utils import timezone

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation
from muhatap.conversations.visibility import visible_to
from muhatap.insight.figures import FIGURES
from muhatap.insight.models import Moment
from muhatap.insight.rollups import Cut

LIMIT = 50


@dataclass(frozen=True)
class Cursor:
    """Where a page ended."""

    at: datetime
    id: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows: a figure in a cut, and further the hour, the weekday (Monday 0) or the score."""

    figure: str
    cut: Cut
    hour: int | None = None
    weekday: int | None = None
    score: int | None = None


@dataclass(frozen=True)
class Row:
    moment: Moment
    conversation: Conversation


@dataclass(frozen=True)
class Page:
    """Rows this user sees, and how many of the page they do not."""

    rows: list[Row]
    n_hidden: int
    next: Cursor | None


def page(wanted: Wanted, user: User, *, before: Cursor | None = None, limit: int = LIMIT) -> Page:
    """At most `limit` moments; those in conversations the user does not see are only counted."""
    rows = Moment.objects.filter(_condition(wanted))
    if wanted.weekday is not None:
        rows = rows.annotate(weekday=ExtractIsoWeekDay("on")).filter(weekday=wanted.weekday + 1)
    if before:
        rows = rows.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.id))
    found = list(rows.order_by("-at", "-id")[: limit + 1])
    shown = found[:limit]
    seen = visible_to(user).filter(pk__in={moment.conversation_id for moment in shown})
    conversations = {each.pk: each for each in seen.select_related("contact", "inbox", "assignee")}
    visible = [
        Row(moment, conversations[moment.conversation_id])
        for moment in shown
        if moment.conversation_id in conversations
    ]
    after = Cursor(shown[-1].at, shown[-1].pk) if len(found) > limit else None
    return Page(visible, len(shown) - len(visible), after)


def all_rows(wanted: Wanted, user: User, *, at_once: int) -> Iterator[Row]:
    """Every moment this user sees, newest first, so many read together; however many there are."""
    found = page(wanted, user, limit=at_once)
    yield from found.rows
    while found.next:
        found = page(wanted, user, before=found.next, limit=at_once)
        yield from found.rows


def _condition(wanted: Wanted) -> Q:
    cut = wanted.cut
    where = Q(kind__in=FIGURES[wanted.figure].kinds)
    if wanted.figure == "backlog":
        end = _midnight_after(cut.end)
        where &= Q(at__lt=end) & (Q(until=None) | Q(until__gte=end))
    else:
        where &= Q(at__gte=_midnight(cut.start), at__lt=_midnight_after(cut.end))
    for column in ("inbox_id", "team_id", "user_id"):
        if getattr(cut, column) is not None:
            where &= Q(**{column: getattr(cut, column)})
    if wanted.hour is not None:
        where &= Q(hour=wanted.hour)
    return where & Q(value=wanted.score) if wanted.score is not None else where


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=timezone.get_default_timezone())


def _midnight_after(on: date) -> datetime:
    return _midnight(on + timedelta(days=1))
