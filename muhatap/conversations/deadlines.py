"""Promises on conversations: begun when they write, met when a person answers or resolves, resting while it is not our turn.

What should stand follows from the thread itself, so bringing deadlines in line may happen twice, late, or in another order
than things happened. How long a promise is, and in which hours it runs, is told by the terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Min

from muhatap.conversations import threads
from muhatap.conversations.models import Closure, Conversation, Deadline, Message, Snooze

Kind = Deadline.Kind
Status = Conversation.Status
BELIEVED = timedelta(days=1)  # a date in a letter older than this says more about its clock, or about our fetching
A_BATCH = 500
OPEN: dict[str, Any] = {"met_at": None, "dropped_at": None}
CHANGING = [
    *("policy_id", "policy_name", "due_at", "warn_at", "warned_at", "breached_at", "met_at", "met_by"),
    *("worked_seconds", "dropped_at", "paused_at", "paused_seconds"),
]


class Terms(Protocol):
    """What a policy promises, in which working time."""

    @property
    def policy_id(self) -> int: ...
    @property
    def policy_name(self) -> str: ...
    def promises(self, kind: str) -> bool: ...
    def due(self, kind: str, started_at: datetime, rested: timedelta) -> datetime: ...
    def warn(self, due_at: datetime) -> datetime | None: ...
    def worked(self, start: datetime, end: datetime) -> timedelta: ...
    def rests(self, kind: str, status: str) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Turn:
    """They wrote and wait: which promise that begins, and when."""

    kind: str
    began_at: datetime


@transaction.atomic
def keep(*, conversation: Conversation, terms: Terms | None, at: datetime, entry: Message | None = None) -> None:
    """Bring the deadlines of a conversation in line with its thread, after an entry or after the terms changed."""
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if entry and _is_answer(entry):
        _remember(row, _turn(row, before=entry), terms, met_at=entry.at, met_by=entry)
    if entry and entry.event == Status.RESOLVED:
        _remember(row, _matter(row, before=entry.at), terms, met_at=entry.at)
    wanted = _wanted(row, terms)
    for deadline in row.deadlines.filter(**OPEN):
        if terms and wanted.get(deadline.kind) == deadline.started_at:
            _bring_in_line(deadline, row, terms, resumed_at=_began(entry) if entry else at, at=at)
            del wanted[deadline.kind]
        else:
            _end(deadline, row, terms, at=at)
    if terms:
        for kind, started_at in wanted.items():
            _begin(row, kind, started_at, terms, at=at)
    _show(row)


def watch(*, at: datetime) -> int:
    """Warn of what is due soon and tell what was missed; returns how many. Costs what is due, not what there is."""
    running = Deadline.objects.filter(**OPEN, paused_at=None, breached_at=None)
    missed = running.filter(due_at__lte=at).order_by("due_at").values_list("pk", "conversation_id")
    near = running.filter(warned_at=None, warn_at__lte=at, due_at__gt=at).order_by("warn_at")
    return sum(_miss(*one, at=at) for one in missed[:A_BATCH]) + sum(
        _warn(*one, at=at) for one in near.values_list("pk", "conversation_id")[:A_BATCH]
    )


def of_rows(conversations: Iterable[Conversation]) -> dict[int, Deadline]:
    """The next open deadline of each of these rows: one question for a whole page."""
    numbers = [row.pk for row in conversations if row.next_deadline_at]
    found = Deadline.objects.filter(conversation_id__in=numbers, paused_at=None, **OPEN).order_by("-due_at")
    return {deadline.conversation_id: deadline for deadline in found}


def _wanted(row: Conversation, terms: Terms | None) -> dict[str, datetime]:
    """Which promises stand on this conversation now, each with its beginning."""
    if terms is None or row.is_closed or row.merged_into_id:
        return {}
    turns = [turn for turn in (_turn(row), _matter(row)) if turn and terms.promises(turn.kind)]
    return {turn.kind: turn.began_at for turn in turns}


def _turn(row: Conversation, *, before: Message | None = None) -> Turn | None:
    """Their first message that no person has answered (or had, before a certain answer)."""
    answers = row.messages.filter(kind=Message.Kind.OUTBOUND, is_automatic=False)
    asked = row.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False)
    if before:
        answers, asked = answers.filter(at__lte=before.at).exclude(pk=before.pk), asked.filter(pk__lt=before.pk)
    answer = answers.order_by("-at", "-id").only("at").first()
    if answer:
        # What arrived after the answer stands after it, though its letter may be dated before; the date bounds the look.
        asked = asked.filter(pk__gt=answer.pk, at__gt=answer.at - 2 * BELIEVED)
    first = asked.order_by("at", "id").only("at", "recorded_at").first()
    if first is None:
        return None
    kind = Kind.NEXT_RESPONSE if answer else Kind.FIRST_RESPONSE
    return Turn(kind=kind, began_at=_not_before_reopening(row, _began(first), before.at if before else None))


def _matter(row: Conversation, *, before: datetime | None = None) -> Turn | None:
    """What is to be resolved: since they first wrote, or since it was opened again."""
    asked = row.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False)
    first = asked.order_by("at", "id").only("at", "recorded_at").first()
    if first is None:
        return None
    return Turn(kind=Kind.RESOLUTION, began_at=_not_before_reopening(row, _began(first), before))


def _not_before_reopening(row: Conversation, began_at: datetime, before: datetime | None) -> datetime:
    ended = Closure.objects.filter(conversation=row, ended_at__isnull=False)
    ended = ended.filter(ended_at__lt=before) if before else ended
    last = ended.order_by("-ended_at").values_list("ended_at", flat=True).first()
    return max(began_at, last) if last else began_at


def _began(entry: Message) -> datetime:
    """When it was written; when it reached us, if the letter's own date is not to be believed."""
    return entry.at if entry.recorded_at - BELIEVED <= entry.at <= entry.recorded_at else entry.recorded_at


def _is_answer(entry: Message) -> bool:
    return entry.kind == Message.Kind.OUTBOUND and not entry.is_automatic


def _remember(
    row: Conversation, turn: Turn | None, terms: Terms | None, *, met_at: datetime, met_by: Message | None = None
) -> None:
    """A promise was met; also when it was met before anybody came to write it down."""
    if turn is None:
        return
    deadline = row.deadlines.filter(kind=turn.kind, started_at=turn.began_at).first()
    if deadline is None and terms and terms.promises(turn.kind):
        deadline = _promised(row, turn.kind, turn.began_at, terms)
    if deadline and deadline.is_open:
        _meet(deadline, terms, met_at=met_at, met_by=met_by)


def _promised(row: Conversation, kind: str, started_at: datetime, terms: Terms) -> Deadline:
    due_at = terms.due(kind, started_at, timedelta())
    return Deadline(
        conversation=row,
        kind=kind,
        started_at=started_at,
        policy_id=terms.policy_id,
        policy_name=terms.policy_name,
        due_at=due_at,
        warn_at=terms.warn(due_at),
    )


def _begin(row: Conversation, kind: str, started_at: datetime, terms: Terms, *, at: datetime) -> None:
    """Begin a promise; one that was met or dropped and whose ground is gone (an answer taken back) runs again."""
    deadline = row.deadlines.filter(kind=kind, started_at=started_at).first()
    deadline = deadline or _promised(row, kind, started_at, terms)
    deadline.met_at = deadline.met_by = deadline.worked_seconds = deadline.dropped_at = None
    _bring_in_line(deadline, row, terms, resumed_at=at, at=at)


def _bring_in_line(deadline: Deadline, row: Conversation, terms: Terms, *, resumed_at: datetime, at: datetime) -> None:
    """Rest or run as the conversation's state says, and be due when the terms say."""
    rests = terms.rests(deadline.kind, row.status)
    if rests and deadline.paused_at is None and deadline.breached_at is None:
        deadline.paused_at = max(_resting_since(row) or at, deadline.started_at)
    elif not rests and deadline.paused_at is not None:
        rested = terms.worked(deadline.paused_at, resumed_at)
        deadline.paused_seconds += round(rested.total_seconds())
        deadline.paused_at = None
    _be_due(deadline, terms, at=at)
    _store(deadline)


def _be_due(deadline: Deadline, terms: Terms, *, at: datetime) -> None:
    due_at = terms.due(deadline.kind, deadline.started_at, timedelta(seconds=deadline.paused_seconds))
    warn_at = terms.warn(due_at)
    deadline.policy_id, deadline.policy_name = terms.policy_id, terms.policy_name
    if due_at != deadline.due_at and due_at > at:
        deadline.breached_at = None
    if warn_at != deadline.warn_at and (warn_at is None or warn_at > at):
        deadline.warned_at = None
    deadline.due_at, deadline.warn_at = due_at, warn_at


def _resting_since(row: Conversation) -> datetime | None:
    if row.status == Status.SNOOZED:
        snoozes = Snooze.objects.filter(conversation=row, ended_at=None)
        return snoozes.values_list("at", flat=True).first()
    answers = row.messages.filter(kind=Message.Kind.OUTBOUND, is_automatic=False)
    return answers.order_by("-at", "-id").values_list("at", flat=True).first()


def _end(deadline: Deadline, row: Conversation, terms: Terms | None, *, at: datetime) -> None:
    """The ground of a promise is gone: it was met meanwhile, or nothing is left to do."""
    if deadline.kind == Kind.RESOLUTION:
        closures = Closure.objects.filter(conversation=row, ended_at=None, outcome=Status.RESOLVED)
        met_at, met_by = closures.filter(at__gte=deadline.started_at).values_list("at", flat=True).first(), None
    else:
        answers = row.messages.filter(kind=Message.Kind.OUTBOUND, is_automatic=False, at__gte=deadline.started_at)
        met_by = answers.order_by("at", "id").first()
        met_at = met_by.at if met_by else None
    if met_at:
        _meet(deadline, terms, met_at=met_at, met_by=met_by)
    else:
        deadline.dropped_at = at
        _store(deadline)


def _meet(deadline: Deadline, terms: Terms | None, *, met_at: datetime, met_by: Message | None = None) -> None:
    if terms and deadline.paused_at:
        rested = terms.worked(deadline.paused_at, met_at)
        deadline.paused_seconds += round(rested.total_seconds())
        deadline.due_at = terms.due(deadline.kind, deadline.started_at, timedelta(seconds=deadline.paused_seconds))
    deadline.paused_at = None
    deadline.met_at, deadline.met_by = met_at, met_by
    if met_at > deadline.due_at and deadline.breached_at is None:
        deadline.breached_at = deadline.due_at
    if terms:
        worked = round(terms.worked(deadline.started_at, met_at).total_seconds())
        deadline.worked_seconds = max(worked - deadline.paused_seconds, 0)
    _store(deadline)


def _store(deadline: Deadline) -> None:
    deadline.save(update_fields=CHANGING if deadline.pk else None)


def _show(row: Conversation) -> None:
    """The row that lists show carries the earliest moment."""
    earliest = row.deadlines.filter(paused_at=None, **OPEN).aggregate(at=Min("due_at"))["at"]
    if Conversation.objects.filter(pk=row.pk).exclude(next_deadline_at=earliest).update(next_deadline_at=earliest):
        threads.announce(row, "conversation")


@transaction.atomic
def _warn(pk: int, conversation_id: int, *, at: datetime) -> bool:
    return _tell(conversation_id, pk, "deadline_near", {"warned_at": at}, at=at)


@transaction.atomic
def _miss(pk: int, conversation_id: int, *, at: datetime) -> bool:
    due_at = Deadline.objects.values_list("due_at", flat=True).get(pk=pk)
    return _tell(conversation_id, pk, "deadline_missed", {"breached_at": due_at}, at=at)


def _tell(conversation_id: int, pk: int, event: str, change: Mapping[str, datetime], *, at: datetime) -> bool:
    """Mark it and say so in the thread, once. Acts lock the conversation first, and so does this."""
    row = Conversation.objects.select_for_update(skip_locked=True).filter(pk=conversation_id).first()
    nothing_yet = {**OPEN, "paused_at": None, **dict.fromkeys(change)}
    if row is None or not Deadline.objects.filter(pk=pk, **nothing_yet).update(**change):
        return False
    deadline = Deadline.objects.get(pk=pk)
    threads.tell(
        conversation=row,
        event=event,
        by=None,
        at=at,
        kind=deadline.kind,
        policy=deadline.policy_name,
        due_at=deadline.due_at.isoformat(),
    )
    threads.announce(row, "conversation")
    return True
