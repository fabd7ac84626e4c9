"""What a rule may wait for: something in a thread, or time that passed over it."""

from collections.abc import Mapping
from dataclasses import dataclass

from muhatap.conversations.models import Message

Kind = Message.Kind


@dataclass(frozen=True, kw_only=True)
class Event:
    """`entry` is the event in the thread that tells of it; `is_time` needs a number of hours."""

    entry: tuple[str, ...] = ()
    is_time: bool = False


EVENTS: Mapping[str, Event] = {
    "arrived": Event(),
    "opened": Event(),
    "reopened": Event(entry=("reopened",)),
    "resolved": Event(entry=("resolved",)),
    "assigned": Event(entry=("assigned", "handed_to_team")),
    "tagged": Event(entry=("tagged",)),
    "sla_warned": Event(entry=("deadline_near",)),
    "sla_breached": Event(entry=("deadline_missed",)),
    "unanswered": Event(is_time=True),
    "silent": Event(is_time=True),
    "settled": Event(is_time=True),
}


def of(message: Message) -> tuple[str, ...]:
    """The events that an entry is."""
    if message.kind == Kind.INBOUND:
        return ("arrived", "opened") if is_first(message) else ("arrived",)
    if message.kind == Kind.EVENT:
        return tuple(code for code, event in EVENTS.items() if message.event in event.entry)
    return ()


def is_first(message: Message) -> bool:
    """Whether nobody had written in this conversation before."""
    spoken = Message.objects.filter(conversation_id=message.conversation_id, kind__in=[Kind.INBOUND, Kind.OUTBOUND])
    return not spoken.filter(pk__lt=message.pk).exists()
