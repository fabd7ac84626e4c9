"""Duplicates across the house: which conversations stand on an answer, what imports could not decide, what the night does."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from django.db.models import Count

from muhatap.contacts import likeness
from muhatap.contacts.models import Contact, Identity
from muhatap.conversations.models import Conversation
from muhatap.duplicates import hints, learning, proposing, running
from muhatap.flow import sweep
from muhatap.imports.models import Import, ImportRow

_OPEN = (Conversation.Status.OPEN, Conversation.Status.WAITING, Conversation.Status.SNOOZED)
_LOOK_BACK = timedelta(hours=1)
_MOST_ROWS = 500
_MOST_OWNERS = 5


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
    _note_undecided(at)
    hints.take(talks=talks, at=at)
    proposing.withdraw_merged(at=at)


def talks(contacts: Collection[int]) -> Mapping[int, int]:
    """How many open conversations each of them has."""
    rows = Conversation.objects.filter(contact__in=contacts, status__in=_OPEN).values("contact_id")
    return {row["contact_id"]: row["n"] for row in rows.annotate(n=Count("id"))}


def _note_undecided(at: datetime) -> None:
    """Rows of imports whose key several contacts have: these may be one."""
    for one in Import.objects.filter(ended_at__gte=at - _LOOK_BACK, match__in=tuple(likeness.SAME)):
        rows = ImportRow.objects.filter(of=one, outcome=ImportRow.Outcome.FAILED, reason="several").order_by("number")
        for value in dict.fromkeys(rows.values_list("detail", flat=True)[:_MOST_ROWS]):
            _note(one.match, value, at)


def _note(kind: str, value: str, at: datetime) -> None:
    named = Identity.objects.filter(kind=kind, value=value).values("contact")
    owners = list(Contact.objects.filter(pk__in=named, merged_into=None).order_by("id")[:_MOST_OWNERS])
    for one, other in pairwise(owners):
        likeness.note(one=one, other=other, because=likeness.SAME[kind], detail=value, at=at)
