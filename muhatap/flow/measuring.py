"""Measuring what happened: each entry of a thread brings the moments of its conversation, and so the figures, up to date."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime
from functools import lru_cache

from muhatap.conversations.models import Conversation, Deadline, Message
from muhatap.feedback.models import Invitation
from muhatap.insight import checking, measuring, rollups
from muhatap.insight.measuring import Marks, Others
from muhatap.insight.models import Check
from muhatap.insight.moments import Mark
from muhatap.service import hours, policies
from muhatap.service.models import BusinessHours
from muhatap.service.working import WorkingTime

UNMEASURED = {"renamed", "tagged", "untagged", "snoozed", "woken", "unassigned"}  # they change no figure
AT_ONCE = 500


def follow(*, message: Message, at: datetime) -> None:
    """Measure the conversation of an entry anew, and the one the entry tells of (merge, move, put back)."""
    if message.kind == Message.Kind.NOTE or message.event in UNMEASURED:
        return
    numbers = {message.conversation_id}
    if other := message.event_details.get("other"):
        numbers.add(int(other))
    measuring.measure(conversation_ids=numbers, others=others(at=at))


def rebuild(*, at: datetime) -> Iterator[int]:
    """Measure every conversation anew, then add up the days; yields how many are done."""
    last, done, told = 0, 0, others(at=at)
    while some := list(Conversation.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        measuring.measure(conversation_ids=some, others=told)
        last, done = some[-1], done + len(some)
        yield done
    rollups.refill()


def check_all(*, at: datetime) -> Check:
    """Compare the figures of all days with the conversations themselves."""
    return checking.check(start=date(1970, 1, 1), end=date(9999, 12, 30), at=at)


def others(*, at: datetime) -> Others:
    """What promises and ratings tell about conversations, and the business hours of each inbox as they are now."""

    @lru_cache(maxsize=1000)
    def calendar(inbox_id: int) -> WorkingTime | None:
        found = hours_of(inbox_id)
        return hours.working_time(found, at=at) if found else None

    def working(inbox_id: int, since: datetime, until: datetime) -> int | None:
        known = calendar(inbox_id)
        return int(known.between(since, until).total_seconds()) if known else None

    return Others(marks=marks, working=working)


def hours_of(inbox_id: int) -> BusinessHours | None:
    """Those of the first promise for this inbox that has hours; the firm's oldest hours otherwise."""
    promised = (p for p in policies.standing() if p.hours and (not p.inbox_ids or inbox_id in p.inbox_ids))
    first = next(promised, None)
    return first.hours if first else BusinessHours.objects.order_by("pk").first()


def marks(conversation_ids: Collection[int]) -> Marks:
    """Promises of time, kept or missed, and ratings, asked for and given, of these conversations."""
    found: dict[int, list[Mark]] = defaultdict(list)
    for conversation_id, mark in (*_promises(conversation_ids), *_ratings(conversation_ids)):
        found[conversation_id].append(mark)
    return found


def _promises(conversation_ids: Collection[int]) -> Iterator[tuple[int, Mark]]:
    rows = Deadline.objects.filter(conversation_id__in=conversation_ids).exclude(met_at=None, breached_at=None)
    columns = ("conversation_id", "met_at", "breached_at", "met_by__by_id")
    for conversation_id, met_at, breached_at, by in rows.values_list(*columns):
        kind, moment = ("sla_missed", breached_at) if breached_at else ("sla_met", met_at)
        yield conversation_id, Mark(kind, moment, by or 0)


def _ratings(conversation_ids: Collection[int]) -> Iterator[tuple[int, Mark]]:
    """Asked about a conversation that was merged into another, it is told of that one."""
    stands_for = _absorbed(conversation_ids)
    rows = Invitation.objects.filter(conversation_id__in=stands_for, sent_at__isnull=False)
    columns = ("conversation_id", "sent_at", "user_id", "response__score", "response__at")
    for conversation_id, sent_at, user_id, score, at in rows.values_list(*columns):
        yield stands_for[conversation_id], Mark("asked", sent_at, user_id or 0, int(score is not None))
        if score is not None:
            yield stands_for[conversation_id], Mark("rated", at, user_id or 0, score)


def _absorbed(conversation_ids: Collection[int]) -> dict[int, int]:
    """These conversations and all that were merged into them, each with the one it stands for now."""
    found = {number: number for number in conversation_ids}
    newest = found
    while newest:
        rows = Conversation.objects.filter(merged_into_id__in=newest).exclude(pk__in=found)
        newest = {pk: found[into] for pk, into in rows.values_list("pk", "merged_into_id") if into}
        found |= newest
    return found
