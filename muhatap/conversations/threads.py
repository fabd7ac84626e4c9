"""Threads and their entries: starting one, writing into it, and keeping the row that lists show."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Q

from muhatap.accounts.models import User
from muhatap.channels.contract import Address, FileRef, Inbound
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Attachment, Conversation, Message, Participant, Snooze
from muhatap.interactions import ledger
from muhatap.interactions.models import Interaction
from muhatap.shared import jobs, live
from muhatap.shared.address import canonical
from muhatap.shared.text import fold

Status = Conversation.Status
# What made an act happen by itself: codes and names kept with its entry ({"rule": 3, "rule_name": "…"}).
Because = Mapping[str, Any] | None
FOLLOW = "follow"  # the job that does what follows from an entry
SHOWN = ["waiting_since", "last_inbound_at", "last_inbound_id", "status", "last_message_at", "preview", "preview_kind"]


def start(*, inbox: Inbox, contact: Contact, subject: str, at: datetime, team_id: int | None = None) -> Conversation:
    """A new conversation of a contact in an inbox; it goes to the inbox's team."""
    return Conversation.objects.create(
        inbox=inbox,
        contact=contact,
        subject=subject[:300],
        team_id=team_id or inbox.team_id,
        created_at=at,
        last_message_at=at,
        search_text=search_text(subject, contact),
    )


def search_text(subject: str, contact: Contact) -> str:
    """What a conversation is found by among the rows of a list, folded."""
    return fold(f"{subject} {contact.name} {contact.email}")[:1000]


def held(conversation: Conversation) -> Conversation:
    """The conversation, locked until the act is done; the one it was merged into, when somebody merged it meanwhile.

    What is written into a thread that was merged away stands where nobody looks.
    """
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("inbox")
    found = rows.get(pk=conversation.pk)
    while found.merged_into_id:
        found = rows.get(pk=found.merged_into_id)
    return found


def append_inbound(
    *,
    conversation: Conversation,
    inbound: Inbound,
    interaction: Interaction,
    contact: Contact,
    because: str,
    details: Mapping[str, Any],
    at: datetime,
) -> Message:
    """Write what came in into its thread; a letter (not an automatic one) opens the thread again."""
    is_automatic = inbound.kind in ("auto_reply", "bounce")
    message = Message.objects.create(
        conversation=conversation,
        inbox_id=interaction.inbox_id or conversation.inbox_id,
        interaction=interaction,
        kind=Message.Kind.INBOUND,
        is_automatic=is_automatic,
        contact=contact,
        at=inbound.at,
        recorded_at=at,
        sender={"name": inbound.sender.name, "email": inbound.sender.value if inbound.sender.kind == "email" else ""},
        to=_addresses(inbound.to),
        cc=_addresses(inbound.cc),
        reply_to=_addresses(inbound.reply_to),
        subject=inbound.subject[:998],
        text=inbound.text,
        reply_text=inbound.reply_text,
        html=inbound.html,
        external_id=interaction.external_id,
        references=[*inbound.references],
        defects=[*inbound.defects],
        placed_because=because,
        placed_details=dict(details),
    )
    _has_happened(message)
    attach(message, inbound.files)
    join(conversation=conversation, contact=contact, address=inbound.sender.value, name=inbound.sender.name, at=at)
    if is_automatic:
        _show(conversation, message, at=at)
    else:
        _await_us(conversation, message)
    return message


def append_outbound(
    *,
    conversation: Conversation,
    interaction: Interaction,
    html: str,
    text: str,
    recipients: Mapping[str, Iterable[Address]],
    files: Iterable[FileRef],
    by: User | None,
    at: datetime,
    because: Because = None,
) -> Message:
    """Write our answer into the thread; now we wait for them. One that a rule wrote (`because`) changes nobody's turn."""
    message = Message.objects.create(
        conversation=conversation,
        inbox_id=conversation.inbox_id,
        interaction=interaction,
        kind=Message.Kind.OUTBOUND,
        is_automatic=by is None,
        by=by,
        contact_id=conversation.contact_id,
        at=at,
        recorded_at=at,
        sender={"name": str(by) if by else "", "email": conversation.inbox.address},
        **{name: _addresses(some) for name, some in recipients.items()},
        subject=interaction.title,
        text=text,
        reply_text=text,
        html=html,
        external_id=interaction.external_id,
        event_details=dict(because or {}),
    )
    _has_happened(message)
    attach(message, files)
    for address in [*recipients.get("to", ()), *recipients.get("cc", ())]:
        join(conversation=conversation, contact=None, address=address.email, name=address.name, at=at)
    if not because:
        _await_them(conversation, at=at)
    _show(conversation, message, at=at)
    return message


def append_answered(
    *, conversation: Conversation, text: str, because: str, details: Mapping[str, Any], by: User, at: datetime
) -> Message:
    """Write that we answered in another thread; now we wait for them. Nothing was sent from this one."""
    message = Message.objects.create(
        conversation=conversation,
        inbox_id=conversation.inbox_id,
        kind=Message.Kind.OUTBOUND,
        by=by,
        contact_id=conversation.contact_id,
        at=at,
        recorded_at=at,
        sender={"name": str(by), "email": ""},
        text=text,
        reply_text=text,
        placed_because=because,
        placed_details=dict(details),
    )
    _has_happened(message)
    _await_them(conversation, at=at)
    _show(conversation, message, at=at)
    return message


def append_note(
    *,
    conversation: Conversation,
    html: str,
    text: str,
    files: Iterable[FileRef],
    by: User | None,
    at: datetime,
    because: Because = None,
) -> Message:
    """Write a note; the contact never sees it, and it changes nobody's turn."""
    message = Message.objects.create(
        conversation=conversation,
        inbox_id=conversation.inbox_id,
        kind=Message.Kind.NOTE,
        by=by,
        at=at,
        recorded_at=at,
        html=html,
        text=text,
        reply_text=text,
        event_details=dict(because or {}),
    )
    _has_happened(message)
    attach(message, files)
    announce(conversation, "message", message=message.pk)
    return message


def tell(*, conversation: Conversation, event: str, by: User | None, at: datetime, **details: Any) -> Message:
    """An event in the thread: something was done, by whom. Details are codes and names, worded when shown."""
    message = Message.objects.create(
        conversation=conversation,
        inbox_id=conversation.inbox_id,
        kind=Message.Kind.EVENT,
        by=by,
        at=at,
        recorded_at=at,
        event=event,
        event_details=details,
    )
    _has_happened(message)
    announce(conversation, "message", message=message.pk)
    return message


def retell(*, conversation: Conversation) -> None:
    """Bring the row that lists show back in line with the entries, after one was taken out or moved.

    The row is read anew under a lock: somebody may have written or assigned meanwhile.
    """
    conversation.refresh_from_db(from_queryset=Conversation.objects.select_for_update())
    spoken = conversation.messages.filter(kind__in=[Message.Kind.INBOUND, Message.Kind.OUTBOUND])
    last = spoken.order_by("at", "id").last()
    last_inbound = spoken.filter(kind=Message.Kind.INBOUND, is_automatic=False).order_by("at", "id").last()
    since = unanswered_since(conversation)
    conversation.last_message_at = last.at if last else conversation.created_at
    conversation.preview = ledger.excerpt(last.reply_text or last.text or last.subject)[:200] if last else ""
    conversation.preview_kind = last.kind if last else ""
    conversation.last_inbound_at = last_inbound.at if last_inbound else None
    conversation.last_inbound_id = last_inbound.pk if last_inbound else None
    conversation.waiting_since = None if conversation.is_closed else since
    if not conversation.is_closed and conversation.status != Status.SNOOZED:
        conversation.status = Status.OPEN if since else Status.WAITING
    conversation.save(update_fields=SHOWN)
    announce(conversation, "conversation")


def unanswered_since(conversation: Conversation) -> datetime | None:
    """When they first wrote what nobody has answered yet. What a rule sent answers nothing; resolving settles what
    stood there, unless somebody opened it again; and a closing they ended themselves, by writing, settled what was before."""
    heard = conversation.messages.filter(kind=Message.Kind.INBOUND, is_automatic=False)
    said = conversation.messages.filter(kind=Message.Kind.OUTBOUND).exclude(event_details__has_key="rule")
    answer = said.order_by("at", "id").last()
    if answer:
        heard = heard.filter(Q(at__gt=answer.at) | Q(at=answer.at, pk__gt=answer.pk))
    settled = conversation.closures.filter(ended_by=None, ended_at__isnull=False).order_by("at").last()
    if settled:
        heard = heard.filter(recorded_at__gt=settled.at)
    return heard.order_by("at", "id").values_list("at", flat=True).first()


def join(*, conversation: Conversation, contact: Contact | None, address: str, name: str, at: datetime) -> None:
    """Somebody takes part by an address; known ones stay as they are."""
    participant, is_new = Participant.objects.get_or_create(
        conversation=conversation,
        address=canonical(address)[:320],
        defaults={"contact": contact, "name": name[:200], "since_at": at},
    )
    if not is_new and contact and participant.contact_id is None:
        Participant.objects.filter(pk=participant.pk).update(contact=contact)


def attach(message: Message, files: Iterable[FileRef]) -> None:
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=file.name[:255],
            type=file.type[:127],
            size=file.size,
            sha256=file.sha256,
            content_id=file.content_id[:255],
            is_inline=file.is_inline,
        )
        for file in files
    )


def announce(conversation: Conversation, kind: str, *, also: Iterable[str] = (), **ids: int | str | bool) -> None:
    """Tell everybody who may be looking at this thread or at a list it stands in."""
    topics = [f"conversation:{conversation.pk}", f"inbox:{conversation.inbox_id}", *also]
    if conversation.team_id:
        topics.append(f"team:{conversation.team_id}")
    if conversation.assignee_id:
        topics.append(f"user:{conversation.assignee_id}")
    live.announce(topics, kind, conversation=conversation.pk, **ids)


def _has_happened(message: Message) -> None:
    """Whatever follows from an entry (deadlines, rules, notices, figures) is done by a job that exists if the entry does."""
    jobs.queue(FOLLOW, queue="follow", message_id=message.pk)


def _await_us(conversation: Conversation, message: Message) -> None:
    if conversation.status != Status.SPAM:
        conversation.waiting_since = conversation.waiting_since or message.at
    conversation.last_inbound_at = message.at
    conversation.last_inbound_id = message.pk
    if conversation.status in (Status.WAITING, Status.SNOOZED):
        conversation.status = Status.OPEN
    _show(conversation, message, at=message.recorded_at)


def _await_them(conversation: Conversation, *, at: datetime) -> None:
    conversation.waiting_since = None
    Snooze.objects.filter(conversation=conversation, ended_at=None).update(ended_at=at)
    if conversation.status in (Status.OPEN, Status.SNOOZED):
        conversation.status = Status.WAITING


def _show(conversation: Conversation, message: Message, *, at: datetime) -> None:
    if message.at >= conversation.last_message_at or not conversation.preview:
        conversation.last_message_at = max(message.at, conversation.last_message_at)
        conversation.preview = ledger.excerpt(message.reply_text or message.text or message.subject)[:200]
        conversation.preview_kind = message.kind
    conversation.save(update_fields=SHOWN)
    announce(conversation, "message", message=message.pk)


def _addresses(addresses: Iterable[Address]) -> list[dict[str, str]]:
    return [asdict(address) for address in addresses]
