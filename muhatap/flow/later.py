"""Sending later: an answer waits in a row of its own, leaves at its moment, and is held when anything happened meanwhile.

Until it leaves nothing of it stands in the thread, the outbox or the ledger: nothing has been said yet. It is composed when it
leaves, so it answers what is newest then and carries the recipients, the files and the words that were chosen before.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.channels.contract import Address, FileRef
from muhatap.conversations import drafting, threads
from muhatap.conversations.models import Conversation, Message, Scheduled
from muhatap.flow import reply
from muhatap.shared import jobs, richtext
from muhatap.writing import rendering

SEND = "send_scheduled"
SOONEST, LATEST = timedelta(minutes=1), timedelta(days=366)
JOB_TAKES = timedelta(seconds=30)
State = Scheduled.State
STANDING = (State.WAITING, State.HELD)
WROTE, ANSWERED, SPAM, GONE, REFUSED = "wrote_again", "colleague_answered", "spam", "writer_gone", "refused"


class NotThen(Exception):
    """That moment is over, or more than a year away."""


@transaction.atomic
def schedule(
    *,
    conversation: Conversation,
    answer: reply.Answer,
    send_at: datetime,
    by: User,
    at: datetime,
    and_resolve: bool = False,
) -> Scheduled:
    """Keep an answer to be sent at a moment. Raises NotThen and whatever keeps it from being sent now."""
    _check_moment(send_at, at)
    conversation = threads.held(conversation)
    answer, html = reply.to_others(answer, conversation.inbox), richtext.clean(answer.html)
    reply.check(conversation, answer, richtext.to_text(rendering.closed(html)), by=by, at=at)
    row = Scheduled.objects.create(
        conversation=conversation,
        by=by,
        html=html,
        to=[asdict(one) for one in answer.to],
        cc=[asdict(one) for one in answer.cc],
        bcc=[asdict(one) for one in answer.bcc],
        files=[asdict(one) for one in answer.files],
        signed_with=answer.signature,
        seen_message_id=conversation.last_inbound_id or 0,
        and_resolve=and_resolve,
        send_at=send_at,
        scheduled_at=at,
        state_at=at,
    )
    drafting.discard(conversation=conversation, by=by, kind="reply")
    _queue(row)
    threads.announce(conversation, "scheduled", scheduled=row.pk)
    return row


@transaction.atomic
def postpone(*, scheduled: Scheduled, send_at: datetime, at: datetime) -> bool:
    """Give it another moment; whoever does has read the thread, so it is no longer held. Raises NotThen."""
    _check_moment(send_at, at)
    row = _locked(scheduled.pk)
    if row.state not in STANDING:
        return False
    row.send_at, row.seen_message_id = send_at, row.conversation.last_inbound_id or 0
    row.save(update_fields=["send_at", "seen_message_id"])
    _move(row, State.WAITING, at=at)
    _queue(row)
    return True


@transaction.atomic
def send_now(*, scheduled: Scheduled, by: User, at: datetime) -> Message | None:
    """Send it at once, with the time to undo; None when it left or was taken back meanwhile. Raises as reply.send.

    It goes in its writer's name, or in that of whoever sends it when the writer works here no more.
    """
    row = _locked(scheduled.pk)
    if row.state not in STANDING:
        return None
    message = reply.send(
        conversation=row.conversation,
        answer=_answer(row, seen=None),
        by=row.by if row.by.is_active else by,
        at=at,
        and_resolve=row.and_resolve,
    )
    row.message = message
    row.save(update_fields=["message"])
    _move(row, State.SENT, at=at)
    return message


@transaction.atomic
def take_back(*, scheduled: Scheduled, by: User, at: datetime) -> bool:
    """Make it a draft again, of whoever takes it back; the thread tells its writer. False when it has left meanwhile."""
    row = _locked(scheduled.pk)
    if row.state not in STANDING:
        return False
    content = {
        "html": row.html,
        "to": row.to,
        "cc": row.cc,
        "bcc": row.bcc,
        "files": row.files,
        "signed_with": row.signed_with,
    }
    drafting.restore(conversation=row.conversation, by=by, at=at, content=content)
    _move(row, State.CANCELLED, at=at)
    if by != row.by:
        threads.tell(conversation=row.conversation, event="taken_back", by=by, at=at)
    return True


@transaction.atomic
def send_due(*, scheduled_id: int, at: datetime) -> None:
    """Send what is due, or hold it. May run twice: the row is locked, and only a waiting one is sent."""
    row = _locked(scheduled_id)
    if row.state != State.WAITING or row.send_at > at:
        return
    if because := _obstacle(row):
        hold(row, because, at=at)
        return
    try:
        with transaction.atomic():
            row.message = reply.send(
                conversation=row.conversation,
                answer=_answer(row, seen=row.seen_message_id),
                by=row.by,
                at=at,
                and_resolve=row.and_resolve,
                undo=timedelta(0),
            )
    except reply.SomethingNew:
        hold(row, WROTE, at=at)
    except (reply.Empty, reply.NoRecipient, reply.OverLimit):
        hold(row, REFUSED, at=at)
    else:
        row.save(update_fields=["message"])
        _move(row, State.SENT, at=at)


def hold(row: Scheduled, because: str, *, at: datetime) -> None:
    """Do not send it by itself any more: its writer is asked, in the thread."""
    row.held_because = because
    row.save(update_fields=["held_because"])
    _move(row, State.HELD, at=at)
    told = {"to": str(row.by), "to_id": row.by_id, "because": because}
    threads.tell(conversation=row.conversation, event="send_held", by=None, at=at, **told)


def follow(*, message: Message, at: datetime) -> None:
    """They wrote, or a colleague answered: what was to be sent later without knowing that is held at once, not only at its moment."""
    if message.is_automatic or message.kind not in (Message.Kind.INBOUND, Message.Kind.OUTBOUND):
        return
    waiting = Scheduled.objects.filter(conversation_id=message.conversation_id, state=State.WAITING)
    for scheduled_id in waiting.values_list("pk", flat=True):
        row = _locked(scheduled_id)
        if row.state == State.WAITING and (because := _news(row)):
            hold(row, because, at=at)


def overdue(*, at: datetime) -> list[int]:
    """Ids that should have left; their jobs may have died."""
    rows = Scheduled.objects.filter(state=State.WAITING, send_at__lt=at - JOB_TAKES)
    return list(rows.order_by("send_at").values_list("pk", flat=True)[:500])


def _obstacle(row: Scheduled) -> str:
    if row.conversation.status == Conversation.Status.SPAM:
        return SPAM
    return _news(row) if row.by.is_active else GONE


def _news(row: Scheduled) -> str:
    """What its writer did not know when they last decided about it."""
    if (row.conversation.last_inbound_id or 0) > row.seen_message_id:
        return WROTE
    answers = row.conversation.messages.filter(kind=Message.Kind.OUTBOUND, by__isnull=False).exclude(by=row.by)
    return ANSWERED if answers.filter(recorded_at__gt=row.state_at).exists() else ""


def _answer(row: Scheduled, *, seen: int | None) -> reply.Answer:
    to, cc, bcc = (tuple(Address(**one) for one in some) for some in (row.to, row.cc, row.bcc))
    files = tuple(FileRef(**one) for one in row.files)
    return reply.Answer(
        html=row.html,
        to=to,
        cc=cc,
        bcc=bcc,
        files=files,
        seen_message_id=seen,
        is_signed=True,
        signature=row.signed_with,
    )


def _check_moment(send_at: datetime, at: datetime) -> None:
    if not at + SOONEST <= send_at <= at + LATEST:
        raise NotThen


def _queue(row: Scheduled) -> None:
    jobs.queue(SEND, queue="outbox", run_at=row.send_at, scheduled_id=row.pk)


def _locked(scheduled_id: int) -> Scheduled:
    """The row under a lock, after its conversation: everybody locks in this order."""
    conversation_id = Scheduled.objects.values_list("conversation_id", flat=True).get(pk=scheduled_id)
    conversation = (
        Conversation.objects.select_for_update(of=("self",)).select_related("inbox", "contact").get(pk=conversation_id)
    )
    row = Scheduled.objects.select_for_update(of=("self",)).select_related("by").get(pk=scheduled_id)
    row.conversation = conversation
    return row


def _move(row: Scheduled, state: str, *, at: datetime) -> None:
    row.state, row.state_at = state, at
    row.save(update_fields=["state", "state_at"])
    threads.announce(row.conversation, "scheduled", scheduled=row.pk)
