"""Duplicates across the house: which conversations stand on an answer, what comes into the list by the minute, what the night does."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from django.db.models import Count

from muhatap.conversations.models import Conversation
from muhatap.duplicates import hints, learning, proposing, running
from muhatap.flow import sweep

_OPEN = (Conversation.Status.OPEN, Conversation.Status.WAITING, Conversation.Status.SNOOZED)


def look(*, run_id: int, at: datetime) -> None:
    running.go_on(run_id=run_id, talks=talks, at=at)


def nightly(*, at: datetime) -> None:
    """Learn from the answers, then look at everybody; not while somebody's own look is at work."""
    sweep.attempt(partial(learning.learn, at=at))
    try:
        running.begin(by=None, at=at)
    except running.NotNow:
        return


def gather(*, at: datetime) -> None:
    """What was noticed since the last minute comes into the list; what is settled leaves it."""
    hints.take(talks=talks, at=at)
    proposing.withdraw_merged(at=at)


def talks(contacts: Collection[int]) -> Mapping[int, int]:
    """How many open conversations each of them has."""
    rows = Conversation.objects.filter(contact__in=contacts, status__in=_OPEN).values("contact_id")
    return {row["contact_id"]: row["n"] for row in rows.annotate(n=Count("id"))}
