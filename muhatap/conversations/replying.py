"""Answers as they will leave: recipients, threading headers, subject; and taking one back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from django.conf import settings

from muhatap.accounts.models import User
from muhatap.channels.contract import Address, FileRef, Outbound, Quoted
from muhatap.conversations import drafting, threading, threads
from muhatap.conversations.models import Conversation, Message
from muhatap.shared import richtext
from muhatap.shared.address import canonical

MAX_REFERENCES = 20


class Answer(Protocol):
    """What somebody wants to send, and to whom."""

    @property
    def to(self) -> Sequence[Address]: ...
    @property
    def cc(self) -> Sequence[Address]: ...
    @property
    def bcc(self) -> Sequence[Address]: ...
    @property
    def files(self) -> Sequence[FileRef]: ...


def compose(
    *,
    conversation: Conversation,
    html: str,
    text: str,
    answer_to: Answer,
    message_id: str,
    by: User | None,
    at: datetime,
    headers: Mapping[str, str] | None = None,
) -> Outbound:
    """The answer with the headers that keep it in their thread as well as in ours."""
    chain = _chain(conversation)
    last_inbound = next((message for message in reversed(chain) if message.kind == Message.Kind.INBOUND), None)
    subject = (last_inbound.subject if last_inbound else "") or conversation.subject
    return Outbound(
        message_id=message_id,
        at=at,
        sender=Address(email=conversation.inbox.address, name=_sender_name(conversation, by)),
        to=tuple(answer_to.to),
        cc=tuple(answer_to.cc),
        bcc=tuple(answer_to.bcc),
        subject=threading.answer_subject(subject) if chain else subject,
        text=text,
        html=html,
        files=tuple(answer_to.files),
        in_reply_to=last_inbound.external_id if last_inbound else "",
        references=_references(chain, last_inbound),
        reply_token=threading.reply_token(conversation),
        quotes=_quoted(last_inbound, answer_to, conversation),
        headers=dict(headers or {}),
    )


def withdraw(*, message: Message, by: User, at: datetime) -> None:
    """A send was taken back in time: its text is a draft again, and the thread tells what happened."""
    conversation = message.conversation
    files = [
        {
            "name": file.name,
            "type": file.type,
            "size": file.size,
            "sha256": file.sha256,
            "content_id": file.content_id,
            "is_inline": file.is_inline,
        }
        for file in message.attachments.order_by("id")
    ]
    drafting.restore(
        conversation=conversation,
        by=by,
        at=at,
        content={
            "html": richtext.unsigned(message.html),
            "to": message.to,
            "cc": message.cc,
            "bcc": message.bcc,
            "files": files,
        },
    )
    _part_with(message)
    message.delete()
    threads.retell(conversation=conversation)
    threads.tell(conversation=conversation, event="taken_back", by=by, at=at)


def _part_with(message: Message) -> None:
    """Whoever this answer alone would have brought into the thread does not take part in it."""
    addresses = [canonical(one["email"]) for one in (*message.to, *message.cc, *message.bcc)]
    brought = message.conversation.participants.filter(since_at=message.at, contact=None, address__in=addresses)
    brought.delete()


def _chain(conversation: Conversation) -> list[Message]:
    spoken = conversation.messages.filter(kind__in=[Message.Kind.INBOUND, Message.Kind.OUTBOUND]).exclude(
        external_id=""
    )
    newest = spoken.only("kind", "external_id", "references", "subject", "at").order_by("-at", "-id")[:MAX_REFERENCES]
    return list(reversed(newest))


def _references(chain: list[Message], last_inbound: Message | None) -> tuple[str, ...]:
    known = [*(last_inbound.references if last_inbound else []), *(message.external_id for message in chain)]
    if last_inbound:
        known = [*(one for one in known if one != last_inbound.external_id), last_inbound.external_id]
    return tuple(dict.fromkeys(known))[-MAX_REFERENCES:]


def _quoted(answered: Message | None, answer_to: Answer, conversation: Conversation) -> Quoted | None:
    """What is answered, to be shown below the answer; only when everybody who gets the answer has seen it before."""
    if answered is None or not answered.sender.get("email"):
        return None
    seen = {
        canonical(str(one.get("email", "")))
        for one in (answered.sender, *answered.reply_to, *answered.to, *answered.cc)
    }
    if not {canonical(one.email) for one in (*answer_to.to, *answer_to.cc, *answer_to.bcc)} <= seen:
        return None
    sender = Address(email=answered.sender["email"], name=str(answered.sender.get("name") or ""))
    return Quoted(
        sender=sender, at=answered.at, text=answered.text, html=answered.html, language=conversation.contact.language
    )


def _sender_name(conversation: Conversation, by: User | None) -> str:
    shown = conversation.inbox.setting("sender_name")
    return (
        f"{by.name.split()[0]}, {shown}"
        if by and by.name and shown
        else shown or (by.name if by else settings.FIRM_NAME)
    )
