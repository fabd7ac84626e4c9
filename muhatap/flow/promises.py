"""Promises meet the threads in which they are said: told there, tied to the message that carries them, reminded of in time.

A promise confirmed in the composer stands in the draft, owed by nobody, until an answer with its words is sent; a send taken back
puts it there again. Nothing here makes, keeps or breaks a promise by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from muhatap.accounts.models import Membership, Role, User
from muhatap.contacts.models import Contact
from muhatap.conversations import threads
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import scope, sees
from muhatap.conversations.visibility import visible_to as conversations_of
from muhatap.flow import measuring
from muhatap.notices import telling, things
from muhatap.notices.models import Kind
from muhatap.reading import promises as reading
from muhatap.reading.due import Hours
from muhatap.service import hours as working
from muhatap.service import promises, promising
from muhatap.service.models import Promise, PromiseEnding
from muhatap.service.promising import Terms
from muhatap.service.working import Calendar
from muhatap.shared.text import fold

State = Promise.State
ADMINISTRATION = (Role.OWNER, Role.ADMINISTRATOR)
LEAST = timedelta(minutes=1)  # a moment nearer than this is over before anybody has read it


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A sentence of a draft that looks like a promise. `key` names it while its words stand; `is_said`: its moment was said."""

    key: str
    terms: Terms
    is_said: bool


def visible_to(user: User) -> QuerySet[Promise]:
    """Promises this user may read: their own, those of conversations they see, and those that stand in none."""
    drafts_of_others = ~Q(by=user) & Q(state=State.DRAFTED)
    if scope(user).sees_all:
        return Promise.objects.exclude(drafts_of_others)
    seen = conversations_of(user).values("pk")
    away = Conversation.objects.filter(merged_into__in=seen).values("pk")
    theirs = Q(conversation_id__in=seen) | Q(conversation_id__in=away)
    rows = Promise.objects.filter(Q(by=user) | Q(conversation_id=None) | theirs)
    return rows.exclude(drafts_of_others)


@transaction.atomic
def make(
    *, contact: Contact, terms: Terms, by: User, at: datetime, conversation: Conversation | None = None
) -> Promise:
    """Promise by hand: owed from now on, and told in the thread. Raises what promising.promise raises."""
    conversation = threads.held(conversation) if conversation else None
    made = promising.promise(
        contact=contact,
        terms=terms,
        by=by,
        at=at,
        conversation_id=conversation.pk if conversation else None,
        team_id=_team(conversation, by),
    )
    _tell(made, "promised", by=by, at=at)
    return made


@transaction.atomic
def note(*, conversation: Conversation, terms: Terms, by: User, at: datetime) -> Promise:
    """Keep a promise with the draft it is written in; the same words twice are one. Raises what promising.promise raises."""
    conversation = threads.held(conversation)
    known = drafted(conversation, by).filter(words=terms.words).first() if terms.words else None
    return known or promising.promise(
        contact=conversation.contact,
        terms=terms,
        by=by,
        at=at,
        conversation_id=conversation.pk,
        team_id=_team(conversation, by),
        is_drafted=True,
    )


def offers(*, conversation: Conversation, text: str, by: User, at: datetime) -> list[Offer]:
    """What of a draft looks like a promise and is not noted yet; where no moment is said, the end of the next working day."""
    noted = {_plain(words) for words in drafted(conversation, by).values_list("words", flat=True)}
    hours = calendar(conversation.inbox_id, at=at)
    found = [one for one in reading.suggest(text, as_of=at, hours=hours) if _plain(one.words) not in noted]
    return [_offer(one, hours, at=at) for one in found]


def calendar(inbox_id: int, *, at: datetime) -> Hours:
    """The working hours of an inbox as the reader of moments wants them; office hours where the firm has none."""
    row = measuring.hours_of(inbox_id)
    kept = working.working_time(row, at=at)
    if row is None or not isinstance(kept, Calendar):
        return Hours(zone=ZoneInfo(timezone.get_default_timezone_name()))
    return Hours(zone=kept.zone, week=kept.week, closed=kept.closed)


def _offer(one: reading.Suggestion, hours: Hours, *, at: datetime) -> Offer:
    today = at.astimezone(hours.zone).date()
    due_at = one.due.at if one.due else hours.end_of(hours.workday(today, 1))
    terms = Terms(
        what=one.words[:300].strip(" ."),
        words=one.words[:1000],
        due_at=max(due_at, at + LEAST),
        time_zone=hours.zone.key,
        kind=one.kind,
    )
    return Offer(key=sha256(_plain(one.words).encode()).hexdigest()[:16], terms=terms, is_said=one.due is not None)


def drafted(conversation: Conversation, by: User) -> QuerySet[Promise]:
    """What this person is about to promise here."""
    rows = Promise.objects.filter(conversation_id=conversation.pk, by=by, state=State.DRAFTED)
    return rows.order_by("due_at", "id")


def said(*, message: Message, by: User | None, at: datetime) -> None:
    """An answer was sent: what it promises is owed now. A promise whose words are no longer in it waits in the draft."""
    if by is None:
        return
    text = _plain(message.text)
    for one in drafted(message.conversation, by):
        if _plain(one.words) in text:
            promising.say(promise=one, message_id=message.pk, conversation_id=message.conversation_id, at=at)
            _tell(one, "promised", by=by, at=at)


def unsaid(*, message: Message, by: User, at: datetime) -> None:
    """The answer is taken back before it left: what it promised stands in the draft again, and the thread tells of neither."""
    numbers = list(Promise.objects.filter(message_id=message.pk).values_list("pk", flat=True))
    if numbers and promising.unsay(message_id=message.pk, by=by, at=at):
        told = message.conversation.messages.filter(kind=Message.Kind.EVENT, event="promised", pk__gt=message.pk)
        told.filter(event_details__promise__in=numbers).delete()


@transaction.atomic
def end(*, promise: Promise, outcome: str, by: User, at: datetime, **how: Any) -> PromiseEnding:
    """Keep, break or withdraw it, and tell the thread. `how`: minutes, cost, why, ended_at (when that was; now without it).

    Raises HasEnded, NoReason, NotThenEnded, BadCost.
    """
    act: dict[str, Callable[..., PromiseEnding]] = {
        State.KEPT: promising.keep,
        State.BROKEN: promising.break_,
        State.WITHDRAWN: promising.withdraw,
    }
    ending = act[outcome](promise=promise, by=by, at=at, **how)
    _tell(promise, f"promise_{outcome}", by=by, at=at, why=ending.why)
    return ending


@transaction.atomic
def put_off(*, promise: Promise, due_at: datetime, why: str, by: User, at: datetime) -> None:
    """Give it another moment, and tell the thread. Raises HasEnded, NotThen, NoReason."""
    moved = promising.put_off(promise=promise, due_at=due_at, why=why, by=by, at=at)
    promise.due_at = moved.due_at
    _tell(promise, "promise_put_off", by=by, at=at, why=moved.why)


@transaction.atomic
def hand_over(*, promise: Promise, to: User, by: User, at: datetime) -> None:
    """Another one owes it from now on: told in the thread, and to them. Raises HasEnded, NotForThem."""
    team_id = _team(_thread(promise), to)
    handed = promising.hand_over(promise=promise, to=to, by=by, at=at, team_id=team_id)
    if handed is None:
        return
    promise.by, promise.team_id = to, team_id
    _tell(promise, "promise_handed", by=by, at=at, to=str(to))
    if to != by:
        told = things.of_promise(promise, "promise_given", again=str(handed.pk))
        telling.tell_of(users=[to], kind=Kind.PROMISE, thing=told, at=at)


@transaction.atomic
def reopen(*, promise: Promise, by: User, at: datetime) -> None:
    """Take its ending back, and tell the thread."""
    promising.reopen(promise=promise, by=by, at=at)
    _tell(promise, "promise_reopened", by=by, at=at)


def watch(*, at: datetime) -> None:
    """Each minute: remind of what is due soon, and say once that a moment is over."""
    for rows, field, event in (
        (promises.to_remind(at=at), "reminded_at", "promise_near"),
        (promises.to_miss(at=at), "missed_at", "promise_missed"),
    ):
        for promise in rows.select_related("by", "contact")[: promises.A_BATCH]:
            _remind(promise, field, event, at=at)


@transaction.atomic
def _remind(promise: Promise, field: str, event: str, *, at: datetime) -> None:
    if not promises.mark(promise, field=field, at=at):
        return
    thread = _thread(promise) or _newest_of(promise)
    if thread:
        _tell(promise, event, by=None, at=at, thread=thread)
    if thread is None or _is_unseen(thread, promise.by):
        telling.tell_of(users=whose(promise), kind=Kind.PROMISE, thing=things.of_promise(promise, event), at=at)


def _is_unseen(thread: Conversation, owner: User) -> bool:
    """A promise may be handed to somebody who does not see its conversation, and would not hear of it there."""
    return owner.is_active and not sees(owner, thread)


def whose(promise: Promise) -> list[User]:
    """Who looks after a promise: whoever made it, else their team, else the administrators; the first of these that are here."""
    active = User.objects.filter(is_active=True)
    members = Membership.objects.filter(team_id=promise.team_id or 0).values("user_id")
    for asked in (Q(pk=promise.by_id), Q(pk__in=members), Q(role__in=ADMINISTRATION)):
        if found := list(active.filter(asked).order_by("pk")):
            return found
    return []


def _tell(
    promise: Promise, event: str, *, by: User | None, at: datetime, thread: Conversation | None = None, **details: Any
) -> None:
    thread = thread or _thread(promise)
    if thread is None:
        return
    told = {"promise": promise.pk, "what": promise.what, "due_at": promise.due_at.isoformat(), "to_id": promise.by_id}
    threads.tell(conversation=thread, event=event, by=by, at=at, **told, **details)


def _thread(promise: Promise) -> Conversation | None:
    """The conversation it was made in; the one that was merged into, when it was."""
    found = Conversation.objects.select_related("merged_into").filter(pk=promise.conversation_id or 0).first()
    while found and found.merged_into_id:
        found = Conversation.objects.get(pk=found.merged_into_id)
    return found


def _newest_of(promise: Promise) -> Conversation | None:
    """Where a promise that stands in no conversation is reminded of: the newest of the contact that its owner sees."""
    rows = conversations_of(promise.by).filter(contact_id=promise.contact_id, merged_into=None)
    return rows.order_by("-last_message_at", "-pk").first()


def _team(conversation: Conversation | None, by: User) -> int | None:
    if conversation and conversation.team_id:
        return conversation.team_id
    return Membership.objects.filter(user=by).order_by("team_id").values_list("team_id", flat=True).first()


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
