"""Measuring a conversation: its moments are brought in line with its entries, as often as one likes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from muhatap.conversations.models import Message
from muhatap.insight import moments
from muhatap.insight.models import Moment
from muhatap.insight.moments import Closing, Found, Line, Mark, Story
from muhatap.shared import locks, prepared

COLUMNS = ("kind", "at", "on", "hour", "inbox_id", "team_id", "user_id", "since", "until", "value", "working")
EVENTS = {"resolved": moments.SETTLED, "spam": moments.SETTLED, "assigned": moments.ASSIGNED}
# As bare statements: they are asked after every entry of every thread.
STANDING = """
select id, inbox_id, team_id, created_at from conversations_conversation
where id = any(%(numbers)s) and merged_into_id is null and status <> 'spam'
"""
LINES = """
select conversation_id, kind, is_automatic, event, at, by_id, (event_details ->> 'to_id')::bigint from conversations_message
where conversation_id = any(%(numbers)s) and (kind in ('inbound', 'outbound') or event = any(%(events)s)) order by id
"""
CLOSINGS = """
select conversation_id, outcome, at, ended_at, by_id from conversations_closure
where conversation_id = any(%(numbers)s) order by id
"""
Marks = Mapping[int, Sequence[Mark]]  # by conversation
Working = Callable[[int, datetime, datetime], int | None]  # (inbox, since, until) → seconds within business hours
Row = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Others:
    """What other rooms tell about conversations: marks on them, and how much of a span was within business hours."""

    marks: Callable[[Collection[int]], Marks] = lambda conversation_ids: {}
    working: Working = lambda inbox_id, since, until: None


ALONE = Others()


class _Standing(NamedTuple):
    pk: int
    inbox_id: int
    team_id: int | None
    created_at: datetime


@transaction.atomic(savepoint=False)  # whoever follows an entry has a transaction for each step
def measure(*, conversation_ids: Collection[int], others: Others = ALONE) -> int:
    """Bring the moments of these conversations in line with their entries. Returns how many moments came or went.

    One transaction at a time for a conversation; numbers in order, so that two of them never wait for each other.
    """
    for number in sorted(set(conversation_ids)):
        locks.hold("measure", number)
    come = _wanted(conversation_ids, others)
    gone = []
    known = Moment.objects.filter(conversation_id__in=conversation_ids)
    for number, conversation_id, *row in known.values_list("id", "conversation_id", *COLUMNS):
        key = (conversation_id, *row)
        if come[key] > 0:
            come[key] -= 1
        else:
            gone.append(number)
    Moment.objects.filter(pk__in=gone).delete()
    new = [Moment(**dict(zip(("conversation_id", *COLUMNS), key, strict=True))) for key in come.elements()]
    Moment.objects.bulk_create(new)
    return len(gone) + len(new)


def place(at: datetime) -> tuple[date, int]:
    """The day and hour of a moment in the firm's own time zone."""
    local = at.astimezone(timezone.get_default_timezone())
    return local.date(), local.hour


def _wanted(conversation_ids: Collection[int], others: Others) -> Counter[Row]:
    """Every moment these conversations should have. What was merged into another counts there; spam counts nowhere."""
    standing = [_Standing(*row) for row in _asked(STANDING, conversation_ids)]
    stories = _stories(standing, others)
    return Counter(row for each in standing for row in _rows(each, stories[each.pk], others.working))


def _stories(conversations: Sequence[_Standing], others: Others) -> dict[int, Story]:
    ids = [conversation.pk for conversation in conversations]
    lines: dict[int, list[Line]] = defaultdict(list)
    for pk, kind, is_automatic, event, at, by, to in _asked(LINES, ids, events=[*EVENTS]):
        if line := _line(kind, is_automatic, event, at, by or 0, to or 0):
            lines[pk].append(line)
    closings: dict[int, list[Closing]] = defaultdict(list)
    for pk, outcome, at, ended_at, by in _asked(CLOSINGS, ids):
        closings[pk].append(Closing(outcome, at, ended_at, by or 0))
    marks = others.marks(ids)
    return {
        each.pk: Story(each.created_at, lines[each.pk], closings[each.pk], marks.get(each.pk, ()))
        for each in conversations
    }


def _asked(statement: str, numbers: Collection[int], **more: Any) -> list[tuple[Any, ...]]:
    return prepared.rows(statement, {"numbers": list(numbers), **more})


def _line(kind: str, is_automatic: bool, event: str, at: datetime, by: int, to: int) -> Line | None:
    if event:
        told = EVENTS[event]
        return Line(told, at, to if told == moments.ASSIGNED else by) if told == moments.SETTLED or to else None
    if is_automatic:
        return Line(moments.AUTOMATIC, at) if kind == Message.Kind.OUTBOUND else None
    return Line(moments.RECEIVED, at) if kind == Message.Kind.INBOUND else Line(moments.ANSWERED, at, by)


def _rows(conversation: _Standing, story: Story, working: Working) -> Iterator[Row]:
    where = (conversation.inbox_id, conversation.team_id or 0)
    for found in moments.read(story):
        within = _within(found, conversation.inbox_id, working)
        when = (found.kind, found.at, *place(found.at))
        yield (conversation.pk, *when, *where, found.user_id, found.since, found.until, found.value, within)


def _within(found: Found, inbox_id: int, working: Working) -> int | None:
    """Seconds within business hours, of what is a length of time."""
    if found.kind not in moments.DURATIONS or found.since is None:
        return None
    return working(inbox_id, found.since, max(found.since, found.at))
