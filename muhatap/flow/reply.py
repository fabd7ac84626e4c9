"""How an answer goes out: written, recorded and queued in one transaction; handed over once; its fate told to whoever wrote it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from muhatap.accounts.models import User
from muhatap.channels import limits, registry
from muhatap.channels.contract import Address, FileRef, Limits, Receipt, Remembers, Uncertain
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations import assigning, closing, drafting, privately, recipients, replying, threads, variables
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import notifying, promises, returned
from muhatap.interactions import ledger, outbox
from muhatap.interactions.models import Outgoing
from muhatap.shared import clock, locks, richtext
from muhatap.writing import rendering, signing
from muhatap.writing.models import Signature

# RFC 3834, and what Exchange goes by: no vacation message answers it.
AUTOMATIC = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "auto_reply"}


@dataclass(frozen=True)
class OverLimit(Exception):
    """The channel would not carry it."""

    excess: limits.Excess


class Empty(Exception):
    """There is nothing to send."""


class NoRecipient(Exception):
    """Nobody would receive it."""


@dataclass(frozen=True)
class SomethingNew(Exception):
    """They wrote again, or a colleague (`by`) answered, while the answer was being written: the send is held until that was read."""

    message_id: int
    by: User | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody wants to send, to whom, and up to which message they had read.

    `signature`: the number of the one that was chosen, "none", or empty for the one that fits.
    `is_draft`: it was its writer's draft, which ends with it. What leaves otherwise (later, by a program) ends no draft.
    """

    html: str
    to: Sequence[Address] = ()
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    files: Sequence[FileRef] = ()
    seen_message_id: int | None = None
    stood_id: int | None = (
        None  # the newest entry of the thread when writing began: a colleague's later answer holds this one
    )
    is_signed: bool = False
    signature: str = ""
    is_draft: bool = False


@transaction.atomic
def send(
    *,
    conversation: Conversation,
    answer: Answer,
    by: User | None,
    at: datetime,
    and_resolve: bool = False,
    undo: timedelta | None = None,
    because: threads.Because = None,
) -> Message:
    """Write the answer into the thread and queue it; until the undo time is over it can be taken back.

    `because` marks what a rule wrote: it says on the wire that it is automatic, and changes nobody's turn.
    The inbox itself among the recipients is left out. Raises Empty, NoRecipient, OverLimit, SomethingNew (nothing was sent,
    the draft is kept).
    """
    conversation = threads.held(conversation)
    answer = to_others(answer, conversation.inbox)
    html = rendering.closed(richtext.clean(answer.html))
    text = richtext.to_text(html)
    check(conversation, answer, text, by=by, at=at)
    signed = richtext.signed(html, signature(conversation, by, answer.signature)) if answer.is_signed else html
    outbound = replying.compose(
        conversation=conversation,
        html=signed,
        text=richtext.to_text(signed),
        answer_to=answer,
        message_id=new_message_id(conversation),
        by=by,
        at=at,
        headers=AUTOMATIC if because else {},
    )
    interaction = ledger.record_sent(
        inbox=conversation.inbox,
        contact=conversation.contact,
        external_id=outbound.message_id,
        title=outbound.subject,
        text=text,
        by=by,
        at=at,
    )
    message = threads.append_outbound(
        conversation=conversation,
        interaction=interaction,
        html=signed,
        text=text,
        recipients={"to": outbound.to, "cc": outbound.cc, "bcc": outbound.bcc},
        files=answer.files,
        by=by,
        at=at,
        because=because,
    )
    wait = settings.UNDO_SEND if undo is None else undo
    outbox.queue(
        interaction=interaction, inbox=conversation.inbox, outbound=outbound, not_before=at + wait, by=by, at=at
    )
    promises.said(message=message, by=by, at=at)
    if by and conversation.inbox.address:
        privately.answered(message=message, by=by, at=at)
    if by and answer.is_draft:
        drafting.discard(conversation=conversation, by=by, kind="reply")
    if and_resolve:
        closing.resolve(conversation=conversation, by=by, at=at)
    return message


@transaction.atomic
def begin(
    *,
    inbox: Inbox,
    contact: Contact,
    subject: str,
    answer: Answer,
    by: User,
    at: datetime,
    public: Conversation | None = None,
) -> Message:
    """Write first: a new thread with a contact, in the hands of whoever began it. Raises Empty, NoRecipient.

    `public`: what they said where others read it, which is answered by this.
    """
    conversation = threads.start(inbox=inbox, contact=contact, subject=subject, at=at)
    if public:
        privately.tie(public=public, private=conversation, by=by, at=at)
    assigning.assign(conversation=conversation, to=by, by=by, at=at)
    return send(conversation=conversation, answer=answer, by=by, at=at)


@transaction.atomic
def take_back(*, message: Message, by: User, at: datetime) -> bool:
    """Undo a send while it is still ours: the message becomes a draft again. False when it has left already."""
    outgoing = Outgoing.objects.filter(interaction__message=message).order_by("-n_try").first()
    if outgoing is None or not outbox.cancel(outgoing=outgoing, by=by, at=at):
        return False
    promises.unsaid(message=message, by=by, at=at)
    privately.unanswered(message=message, by=by, at=at)
    replying.withdraw(message=message, by=by, at=at)
    outgoing.interaction.delete()  # nothing happened in the world, so the ledger tells of nothing
    return True


def dispatch(*, outgoing_id: int, at: datetime, now: Callable[[], datetime] = clock.now) -> None:
    """Hand one queued thing to its channel. May run twice: only one run can pass `handing`.

    Handing over takes its time, so `now` tells when it began and ended.
    """
    with locks.keeping(outbox.IN_HAND, outgoing_id) as is_ours:
        if is_ours:
            _hand_over(outgoing_id, at=at, now=now)


def _hand_over(outgoing_id: int, *, at: datetime, now: Callable[[], datetime]) -> None:
    outgoing = outbox.due(outgoing_id, at=at)
    if outgoing is None:
        return
    adapter = registry.adapter(outgoing.inbox.kind)
    try:
        receipt = adapter.send(
            outbox.from_json(outgoing.outbound),
            {**outgoing.inbox.settings, "inbox_id": outgoing.inbox_id},
            lambda: outbox.handing(outgoing_id, at=now()),
            at=now(),
        )
    except outbox.NotQueued:
        return
    except Uncertain as error:
        outbox.doubt(outgoing=outgoing, detail=str(error), at=now())
    except Exception as error:
        _after_fault(outgoing, error, at=now())
    else:
        outbox.conclude(outgoing=outgoing, receipt=receipt, at=now())
        returned.mark_gone(receipt, at=now())
    tell_fate(outgoing)


def settle_after_death(outgoing: Outgoing, *, at: datetime) -> None:
    """The process died while handing this over: what the channel remembers was sent, all else nobody can know."""
    adapter = registry.adapter(outgoing.inbox.kind)
    if isinstance(adapter, Remembers) and adapter.was_taken(outbox.from_json(outgoing.outbound)):
        outbox.conclude(outgoing=outgoing, receipt=Receipt(state="accepted"), at=at)
    else:
        outbox.doubt(outgoing=outgoing, detail="the process died while handing it over", at=at)
    tell_fate(outgoing)


def tell_fate(outgoing: Outgoing) -> None:
    """Let everybody who looks at the thread see what became of it."""
    message = Message.objects.select_related("conversation").filter(interaction_id=outgoing.interaction_id).first()
    if message:
        threads.announce(message.conversation, "delivery", message=message.pk)
    notifying.of_sending(outgoing)


def new_message_id(conversation: Conversation) -> str:
    """A Message-ID of our own: made before sending, so that a retry is the same mail and an answer finds its thread."""
    domain = conversation.inbox.address.rpartition("@")[2] or "muhatap.invalid"
    return f"<{uuid.uuid4().hex}.{conversation.pk}@{domain}>"


def signature(conversation: Conversation, by: User | None, choice: str = "") -> str:
    """What stands under an answer of this person here, as HTML; letters only, a chat is not signed."""
    rows = signatures(conversation, by)
    row = signing.chosen(rows, language=variables.language(conversation), choice=choice) if rows else None
    return signing.filled(row, variables.of(conversation, by)) if row else ""


def signatures(conversation: Conversation, by: User | None) -> list[Signature]:
    """What this person may choose among to sign with here."""
    if conversation.inbox.kind != "email":
        return []
    return signing.reachable(inbox_id=conversation.inbox_id, user_id=by.pk if by else None)


def check(conversation: Conversation, answer: Answer, text: str, *, by: User | None = None, at: datetime) -> None:
    """Whether this could leave now. Raises Empty, NoRecipient, OverLimit, SomethingNew."""
    if not text.strip() and not answer.files:
        raise Empty
    if conversation.inbox.address and not (answer.to or answer.cc or answer.bcc):
        raise NoRecipient
    if over := excess(conversation, text, answer.files, at=at):
        raise OverLimit(over)
    newest = conversation.last_inbound_id
    if answer.seen_message_id is not None and newest is not None and newest > answer.seen_message_id:
        raise SomethingNew(newest)
    if answer.stood_id is not None and (other := _of_a_colleague(conversation, answer.stood_id, by)):
        raise SomethingNew(other.pk, by=other.by)


def _of_a_colleague(conversation: Conversation, stood_id: int, by: User | None) -> Message | None:
    """What somebody else answered after an entry; rules and jobs are nobody."""
    later = conversation.messages.filter(kind=Message.Kind.OUTBOUND, pk__gt=stood_id, by__isnull=False)
    return later.exclude(by=by).select_related("by").order_by("-at", "-id").first()


def excess(conversation: Conversation, text: str, files: Sequence[FileRef], *, at: datetime) -> limits.Excess | None:
    """What of an answer the channel of this conversation would not carry."""
    return limits.excess(
        limits_of(conversation.inbox), text=text, files=files, last_inbound_at=conversation.last_inbound_at, at=at
    )


def limits_of(inbox: Inbox) -> Limits:
    return registry.adapter(inbox.kind).limits(inbox.settings)


def to_others(answer: Answer, inbox: Inbox) -> Answer:
    """The answer without the inbox it is written from among its recipients."""
    to, cc, bcc = (recipients.without_itself(some, inbox) for some in (answer.to, answer.cc, answer.bcc))
    return replace(answer, to=to, cc=cc, bcc=bcc)


def _after_fault(outgoing: Outgoing, error: Exception, *, at: datetime) -> None:
    """A fault of ours before handing over may be tried again; after it, nobody knows."""
    outgoing.refresh_from_db()
    detail = f"{type(error).__name__}: {error}"
    if outgoing.state == Outgoing.State.HANDING:
        outbox.doubt(outgoing=outgoing, detail=detail, at=at)
    else:
        outbox.conclude(outgoing=outgoing, receipt=Receipt(state="retry", detail=detail), at=at)
