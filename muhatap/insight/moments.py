"""What of a thread is worth counting: the rules of every figure, as one pure reading of its story.

Lines are read in the order in which we learned of them (their numbers), because that is what people could act upon;
lengths are taken between the moments the lines carry. Automatic messages start and stop no clock. What settles a
conversation without an answer stops the clock and counts as no response.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RECEIVED, ANSWERED, AUTOMATIC, SETTLED, ASSIGNED = "received", "answered", "automatic", "settled", "assigned"
DURATIONS = ("first_response", "next_response", "resolution")


@dataclass(frozen=True)
class Line:
    """One entry of a thread that figures look at. `user_id`: who wrote it, or to whom it was given."""

    kind: str
    at: datetime
    user_id: int = 0


@dataclass(frozen=True)
class Closing:
    """The conversation was settled (or put away as spam), until it was opened again."""

    outcome: str
    at: datetime
    ended_at: datetime | None
    user_id: int = 0


@dataclass(frozen=True)
class Mark:
    """Something other rooms know about this conversation: a rating, a promise of time kept or broken."""

    kind: str
    at: datetime
    user_id: int = 0
    value: int | None = None


@dataclass(frozen=True)
class Story:
    """A conversation as figures see it."""

    created_at: datetime
    lines: Sequence[Line]
    closings: Sequence[Closing]
    marks: Sequence[Mark] = field(default=())


@dataclass(frozen=True)
class Found:
    """A moment, before it knows its conversation and day."""

    kind: str
    at: datetime
    user_id: int = 0
    since: datetime | None = None
    until: datetime | None = None
    value: int | None = None


def read(story: Story) -> Iterator[Found]:
    """Every moment of a story."""
    yield from _spoken(story.lines)
    yield from _waits(story.lines)
    yield from _settled(story)
    yield from (Found(kind=mark.kind, at=mark.at, user_id=mark.user_id, value=mark.value) for mark in story.marks)


def _spoken(lines: Sequence[Line]) -> Iterator[Found]:
    first = next((line for line in lines if line.kind == RECEIVED), None)
    if first:
        yield Found(kind="arrived", at=first.at)
    for line in lines:
        if line.kind != SETTLED:
            yield Found(kind=line.kind, at=line.at, user_id=line.user_id)


def _waits(lines: Sequence[Line]) -> Iterator[Found]:
    """From the first message of theirs that nobody answered to our next human answer."""
    since: datetime | None = None
    kind = "first_response"
    for line in lines:
        if line.kind == RECEIVED:
            since = since or line.at
        elif line.kind == SETTLED:
            since = None
        elif line.kind == ANSWERED and since:
            yield _length(kind, since, line.at, line.user_id)
            since, kind = None, "next_response"


def _settled(story: Story) -> Iterator[Found]:
    """When it stood open, how often it was opened again, and the resolution that stands."""
    closed = list(_spells(story.closings))
    begun = next((line.at for line in story.lines if line.kind == RECEIVED), story.created_at)
    yield Found(kind="entered", at=story.created_at, until=closed[0].at if closed else None)
    for nth, closing in enumerate(closed):
        yield Found(kind="left", at=closing.at)
        if closing.ended_at:
            until = closed[nth + 1].at if nth + 1 < len(closed) else None
            yield Found(kind="entered", at=closing.ended_at, until=until)
            if closing.outcome == "resolved":
                yield Found(kind="reopened", at=closing.ended_at, user_id=closing.user_id)
            begun = closing.ended_at
        elif closing.outcome == "resolved":
            yield _length("resolution", begun, closing.at, closing.user_id)


def _spells(closings: Sequence[Closing]) -> Iterator[Closing]:
    """Closings one after another without a moment between (settled, then found to be spam) are one, named by the last."""
    open_spell: Closing | None = None
    for closing in closings:
        if open_spell and open_spell.ended_at == closing.at:
            open_spell = Closing(closing.outcome, open_spell.at, closing.ended_at, closing.user_id)
            continue
        if open_spell:
            yield open_spell
        open_spell = closing
    if open_spell:
        yield open_spell


def _length(kind: str, since: datetime, at: datetime, user_id: int) -> Found:
    """Never below zero: a sender's clock may run ahead of ours."""
    return Found(kind=kind, at=at, user_id=user_id, since=since, value=max(0, (at - since) // timedelta(seconds=1)))
