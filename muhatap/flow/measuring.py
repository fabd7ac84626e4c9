"""Measuring what happened: each entry of a thread brings the moments of its conversation, and so the figures, up to date."""

from collections.abc import Iterator
from datetime import date, datetime

from muhatap.conversations.models import Conversation, Message
from muhatap.insight import checking, measuring, rollups
from muhatap.insight.measuring import Others
from muhatap.insight.models import Check

UNMEASURED = {"tagged", "untagged", "snoozed", "woken", "unassigned"}  # they change no figure
AT_ONCE = 500
OTHERS = Others()


def follow(*, message: Message, at: datetime) -> None:
    """Measure the conversation of an entry anew, and the one the entry tells of (merge, move, put back)."""
    if message.kind == Message.Kind.NOTE or message.event in UNMEASURED:
        return
    numbers = {message.conversation_id}
    if other := message.event_details.get("other"):
        numbers.add(int(other))
    measuring.measure(conversation_ids=numbers, others=OTHERS)


def rebuild() -> Iterator[int]:
    """Measure every conversation anew, then add up the days; yields how many are done."""
    last, done = 0, 0
    while some := list(Conversation.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        measuring.measure(conversation_ids=some, others=OTHERS)
        last, done = some[-1], done + len(some)
        yield done
    rollups.refill()


def check_all(*, at: datetime) -> Check:
    """Compare the figures of all days with the conversations themselves."""
    return checking.check(start=date(1970, 1, 1), end=date(9999, 12, 30), at=at)
