"""Which thread an interaction belongs to, and what its arrival does to the thread."""

from datetime import datetime

from muhatap.accounts.models import User
from muhatap.channels.contract import Inbound
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.conversations import blocking, closing, snoozing, threading, threads
from muhatap.conversations.models import Conversation, Message, Snooze
from muhatap.conversations.threading import Placement
from muhatap.interactions.models import Interaction

SYSTEM: User | None = None
REPORTS = ("bounce", "receipt")  # what our own mail came to is told whoever tells it


def route(*, inbox: Inbox, inbound: Inbound, interaction: Interaction, contact: Contact, at: datetime) -> Message:
    """Put what came in into its thread (a new one if none fits), awake or reopen it, and say why it stands there."""
    is_blocked = _is_blocked(inbound, at=at)
    place = _beside if is_blocked else _place
    placement = place(inbox=inbox, inbound=inbound, contact=contact)
    conversation = placement.conversation or threads.start(
        inbox=inbox, contact=contact, subject=inbound.subject, at=inbound.at
    )
    conversation = threads.held(conversation)
    if is_blocked:
        closing.mark_spam(conversation=conversation, by=SYSTEM, at=at, because={"blocked": True})
    message = threads.append_inbound(
        conversation=conversation,
        inbound=inbound,
        interaction=interaction,
        contact=contact,
        because=placement.because,
        details=placement.details,
        at=at,
    )
    if inbound.kind == "message":
        _wake(conversation, at=at)
    return message


def _place(*, inbox: Inbox, inbound: Inbound, contact: Contact) -> Placement:
    if inbound.continues == "thread":
        return threading.place(inbox=inbox, inbound=inbound, contact=contact)
    latest = Conversation.objects.filter(inbox=inbox, contact=contact, merged_into=None).exclude(
        status=Conversation.Status.SPAM
    )
    conversation = latest.order_by("-last_message_at").first()
    return Placement(conversation=conversation, because="session" if conversation else "new")


def _is_blocked(inbound: Inbound, *, at: datetime) -> bool:
    is_mail = inbound.sender.kind == "email" and inbound.kind not in REPORTS
    return is_mail and blocking.blocks(inbound.sender.value, at=at)


def _beside(*, inbox: Inbox, inbound: Inbound, contact: Contact) -> Placement:
    """Where a blocked sender's mail is kept: among their spam, whatever thread it names, so that it opens nothing."""
    spam = Conversation.objects.filter(inbox=inbox, contact=contact, status=Conversation.Status.SPAM, merged_into=None)
    return Placement(conversation=spam.order_by("-last_message_at").first(), because="blocked")


def _wake(conversation: Conversation, *, at: datetime) -> None:
    if conversation.status == Conversation.Status.RESOLVED:
        closing.reopen(conversation=conversation, by=SYSTEM, at=at)
    if Snooze.objects.filter(conversation=conversation, ended_at=None).exists():
        snoozing.wake(conversation=conversation, at=at)
