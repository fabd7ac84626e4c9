"""A talk with a visitor: what they say is durable before it is confirmed, what they read is told, and who left is answered by mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.channels.contract import Address, Claim
from muhatap.channels.models import Inbox
from muhatap.channels.webchat import adapter, lines, sessions
from muhatap.channels.webchat.models import ChatFile, ChatLine, ChatSession
from muhatap.channels.webchat.widget import settings_of
from muhatap.contacts import identity, profile
from muhatap.conversations import drafting, seeing, threading, threads
from muhatap.conversations.models import Conversation, Draft, Message, Seen
from muhatap.flow import reply
from muhatap.interactions import intake, outbox
from muhatap.interactions.models import Outgoing
from muhatap.notices import telling
from muhatap.shared import jobs, live, richtext

LOOKED_AT = 30  # newest lines of a visitor that are checked for having been read by us
UNREAD_FOR = timedelta(minutes=30)  # a window left open in the background does not hold the mail back for longer
JOB_TAKES = timedelta(minutes=2)  # a mail that is late by more has lost its job
MAILED_WITHIN = timedelta(days=3)  # an older answer is not suddenly mailed when a firm links a mailbox


@dataclass(frozen=True)
class SeenByUs:
    """Up to which of the visitor's lines one of us has read, and who."""

    line_id: int
    name: str


@transaction.atomic
def take(*, session: ChatSession, key: str, text: str, files: Sequence[ChatFile], at: datetime) -> ChatLine:
    """Take in what a visitor wrote. The same key again gives the same line, so a widget may repeat until it hears from us."""
    line, is_new = lines.put(
        session=session, direction="in", key=key, text=text, files=[file.as_ref() for file in files], at=at
    )
    if is_new:
        intake.accept(
            inbox=session.inbox,
            dedupe_key=adapter.external_id(session.visitor_id, key),
            raw=adapter.wire(session, line),
            meta={"source": "widget"},
            at=at,
        )
    return line


@transaction.atomic
def introduce(*, session: ChatSession, name: str, email: str, at: datetime) -> None:
    """Who the visitor says they are. The contact of what they already wrote learns it too, as a claim and not as a fact."""
    sessions.introduce(session=session, name=name, email=email)
    if not session.lines.exists():
        return
    claims = [Claim(kind="visitor", value=session.visitor_id, is_verified=True, name=session.name)]
    if session.email:
        claims.append(Claim(kind="email", value=session.email, is_verified=session.is_email_verified))
    contact = identity.resolve(claims=claims, source="webchat", at=at)
    if name:
        profile.update(contact=contact, facts={"name": name}, source="webchat", at=at)


@transaction.atomic
def mark(*, session: ChatSession, delivered: int, read: int, at: datetime) -> None:
    """The visitor's window received and showed what we said up to these lines; our outbox hears of it."""
    for line in lines.mark(session=session, delivered=delivered, read=read, at=at):
        outgoing = Outgoing.objects.filter(inbox_id=session.inbox_id, message_id=line.key).order_by("-n_try").first()
        state = Outgoing.State.READ if line.read_at else Outgoing.State.DELIVERED
        if outgoing and outbox.report(outgoing=outgoing, state=state, at=at):
            reply.tell_fate(outgoing)


def visitor_types(*, session: ChatSession) -> None:
    """Let whoever looks at the visitor's thread see that they are writing."""
    conversation = conversation_of(session)
    if conversation:
        live.announce(
            [f"conversation:{conversation.pk}", f"inbox:{conversation.inbox_id}"],  # agents hear by inbox
            "typing",
            conversation=conversation.pk,
            contact=conversation.contact_id,
            name=session.name,
        )


@transaction.atomic
def we_write(*, conversation: Conversation, kind: str, by: User, at: datetime, **content: Any) -> Draft:
    """Keep a draft; while an answer in a chat is being written, the visitor sees that somebody writes."""
    draft = drafting.save(conversation=conversation, kind=kind, by=by, at=at, **content)
    if kind == "reply" and richtext.to_text(draft.html).strip():
        _tell_visitors(conversation, "typing", by)
    return draft


@transaction.atomic
def we_read(*, conversation: Conversation, message_id: int, by: User, at: datetime) -> None:
    """Remember that one of us has read up to a message; a visitor hears of it when one of us read theirs for the first time."""
    is_news = conversation.inbox.kind == adapter.ADAPTER.kind and _reads_more(conversation, message_id)
    seeing.mark_seen(conversation=conversation, message_id=message_id, by=by, at=at)
    telling.see(user=by, conversation=conversation, until=message_id, at=at)
    if is_news:
        _tell_visitors(conversation, "read", by)


def conversation_of(session: ChatSession) -> Conversation | None:
    """The thread in which the visitor's newest digested line stands."""
    messages = _messages(session)
    return messages[0].conversation if messages else None


def seen_by_us(session: ChatSession) -> SeenByUs | None:
    """How far one of us has read the visitor's lines."""
    messages = _messages(session)
    reads = Seen.objects.filter(conversation__in={message.conversation_id for message in messages})
    furthest = reads.select_related("user").order_by("-message_id").first()
    read = next((m for m in messages if furthest and m.pk <= furthest.message_id), None)
    if furthest is None or read is None:
        return None
    line = session.lines.get(direction="in", key=read.external_id.removeprefix(f"{session.visitor_id}:"))
    return SeenByUs(line.pk, furthest.user.name)


@transaction.atomic
def continue_by_mail(*, session_id: int, at: datetime) -> None:
    """When the visitor left before reading, what we said goes to the address they gave, once; else look again later."""
    session = ChatSession.objects.select_for_update(of=("self",)).select_related("inbox").get(pk=session_id)
    mailbox, chat = _mailbox(session.inbox), conversation_of(session)
    unread = list(lines.unread_out(session))
    if not unread or not session.email or mailbox is None or chat is None:
        return
    due = _due(session, unread)
    if at < due:
        jobs.queue(adapter.CONTINUE_BY_MAIL, queue="outbox", run_at=due, session_id=session.pk)
        return
    with translation.override(session.language):
        _mail(session, mailbox, unread, chat, at=at)
    session.lines.filter(pk__in=[line.pk for line in unread]).update(mailed_at=at)


def overdue(*, at: datetime) -> list[int]:
    """Ids of sessions whose answers should have gone on by mail and whose job may have died."""
    inboxes = [inbox for inbox in Inbox.objects.filter(kind=adapter.ADAPTER.kind) if _mailbox(inbox)]
    waiting = sessions.waiting_for_mail(inboxes, since=at - MAILED_WITHIN, until=at - JOB_TAKES)
    return [session.pk for session in waiting if _due(session, list(lines.unread_out(session))) <= at - JOB_TAKES]


def _reads_more(conversation: Conversation, message_id: int) -> bool:
    """Whether something they wrote, up to this message, was read by none of us before."""
    read = conversation.seen.aggregate(furthest=Max("message_id"))["furthest"] or 0
    theirs = conversation.messages.filter(kind=Message.Kind.INBOUND, pk__gt=read, pk__lte=message_id)
    return theirs.exists()


def _tell_visitors(conversation: Conversation, kind: str, by: User) -> None:
    """Wake the windows of the visitors who wrote in this thread. Names our side as answers do."""
    if conversation.inbox.kind != "webchat":
        return
    written = conversation.messages.filter(kind=Message.Kind.INBOUND, external_id__startswith="v_").order_by("-pk")
    ids = written.values_list("external_id", flat=True)[:LOOKED_AT]
    topics = {f"visitor:{external_id.partition(':')[0]}" for external_id in ids}
    if topics:
        live.announce(topics, kind, name=by.name)


def _messages(session: ChatSession) -> list[Message]:
    """The visitor's newest lines as messages, newest first."""
    keys = session.lines.filter(direction="in").order_by("-pk").values_list("key", flat=True)[:LOOKED_AT]
    ids = [adapter.external_id(session.visitor_id, key) for key in keys]
    found = Message.objects.filter(inbox_id=session.inbox_id, external_id__in=ids)
    return list(found.select_related("conversation").order_by("-pk"))


def _mailbox(inbox: Inbox) -> Inbox | None:
    """The mailbox from which answers to visitors who left are sent."""
    number = settings_of(inbox.settings).email_inbox_id
    return Inbox.objects.filter(pk=number, kind="email", is_enabled=True).first() if number else None


def _due(session: ChatSession, unread: Sequence[ChatLine]) -> datetime:
    """From when on nobody waits any longer for the visitor to read these lines in the window."""
    away = timedelta(minutes=settings_of(session.inbox.settings).away_minutes)
    return min(max(session.last_seen_at, unread[-1].at) + away, unread[0].at + max(UNREAD_FOR, away))


def _mail(session: ChatSession, mailbox: Inbox, unread: list[ChatLine], chat: Conversation, *, at: datetime) -> None:
    """Send it from a conversation of the mailbox: whoever reads there need not be whoever sits at the window.

    So what is answered by mail is never told in the chat, whose visitor only claimed the address.
    """
    subject = _("Our answer in the chat, %(firm)s") % {"firm": settings.FIRM_NAME}
    conversation = _mail_thread(session, mailbox, chat) or threads.start(
        inbox=mailbox, contact=chat.contact, subject=subject, at=at
    )
    answer = reply.Answer(
        html=_letter(unread),
        to=(Address(email=session.email, name=session.name),),
        files=tuple(adapter.file_ref(file) for line in unread for file in line.files),
    )
    message = reply.send(conversation=conversation, answer=answer, by=None, at=at, undo=timedelta(0))
    message.placed_because, message.placed_details = threading.FOLLOWS_CHAT, {"follows": chat.pk}
    message.save(update_fields=["placed_because", "placed_details"])
    threads.tell(conversation=chat, event="continued_by_mail", by=None, at=at, to=session.email, other=conversation.pk)


def _mail_thread(session: ChatSession, mailbox: Inbox, chat: Conversation) -> Conversation | None:
    """The conversation in which this chat went on by mail to this very address before."""
    earlier = Message.objects.filter(
        inbox=mailbox,
        conversation__contact_id=chat.contact_id,
        kind=Message.Kind.OUTBOUND,
        placed_because=threading.FOLLOWS_CHAT,
        placed_details__follows=chat.pk,
        to__contains=[{"email": session.email}],
    ).exclude(conversation__status=Conversation.Status.SPAM)
    found = earlier.select_related("conversation__merged_into").order_by("-pk").first()
    return threading.current(found.conversation) if found else None


def _letter(unread: list[ChatLine]) -> str:
    opening = _("You wrote to us in the chat and had left when we answered:")
    said = [f"{line.author}: {line.text}" if line.author else line.text for line in unread]
    parts = [opening, *said, _("Answer this mail and we go on from here.")]
    return "".join(f"<p>{escape(part)}</p>".replace("\n", "<br>") for part in parts)
