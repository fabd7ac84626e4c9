"""The entries of a conversation: read, and written as a reply or a note."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from muhatap.accounts.models import User
from muhatap.api import answers, conversation_shapes, conversations, files, shapes
from muhatap.api.keyed import PROBLEMS, asked, check_permission, needs, user_of
from muhatap.api.once import acts, once
from muhatap.api.paging import Paged, page
from muhatap.api.problems import not_found, wrong
from muhatap.channels.contract import Address
from muhatap.conversations import noting, recipients
from muhatap.conversations.models import Conversation, Message
from muhatap.conversations.visibility import visible_to
from muhatap.flow import reply, wire
from muhatap.shared import richtext

router = Router(tags=["messages"])
READ = needs("conversations:read", "conversations.read")


@router.get(
    "/conversations/{number}/messages",
    **READ,
    response={200: conversation_shapes.Messages} | PROBLEMS,
    summary="List its messages",
)
def messages(request: HttpRequest, number: shapes.Number, wanted: Query[Paged]) -> dict[str, Any]:
    """In the order in which they were recorded, events among them."""
    row = conversations.find(request, number)
    return page(wire.with_all_of_messages(row.messages.all()), wanted, wire.message)


@router.get("/messages/{number}", **READ, response={200: conversation_shapes.Message} | PROBLEMS, summary="One message")
def message(request: HttpRequest, number: shapes.Number) -> dict[str, Any]:
    """Ask again later to see how far a reply came: `sending`."""
    seen = Message.objects.filter(conversation__in=visible_to(user_of(request)), pk=number)
    found = wire.with_all_of_messages(seen).first()
    if found is None:
        raise not_found()
    return wire.message(found)


@router.post(
    "/conversations/{number}/messages",
    **acts("conversations:write", "conversations.note"),
    response={201: conversation_shapes.Message} | PROBLEMS,
    summary="Reply, or write a note",
)
@once
def write(request: HttpRequest, number: shapes.Number, data: conversation_shapes.NewMessage) -> Status[Any]:
    """A reply goes out ten seconds later; until then it can be taken back in the inbox. A note is never sent."""
    by, _at = asked(request)
    row = conversations.find(request, number)
    if data.kind == "reply":
        check_permission(by, "conversations.reply")
        written = _reply(request, row, data)
    else:
        written = _note(request, row, data, by)
    return Status(201, _told(written.pk))


def _reply(request: HttpRequest, row: Conversation, data: conversation_shapes.NewMessage) -> Message:
    by, at = asked(request)
    answer = answers.read(request, data)
    if not (answer.to or answer.cc or answer.bcc):
        to, cc = _whom(row)
        answer = replace(answer, to=to, cc=cc)
    return answers.sent(lambda: reply.send(conversation=row, answer=answer, by=by, at=at, and_resolve=data.resolve))


def _note(request: HttpRequest, row: Conversation, data: conversation_shapes.NewMessage, by: User) -> Message:
    _by, at = asked(request)
    html = richtext.clean(data.html or richtext.from_text(data.text))
    try:
        return noting.write_note(
            conversation=row,
            html=html,
            text=richtext.to_text(html),
            by=by,
            at=at,
            files=files.put_up(request, data.files),
        )
    except noting.Empty as error:
        raise wrong(text=_("There is nothing to save yet.")) from error


def _whom(row: Conversation) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """As the composer proposes it: everybody of the latest letter, or the contact when none was written yet."""
    if not row.inbox.address:  # in a chat an answer travels by no address
        return (), ()
    spoken = row.messages.filter(kind__in=[Message.Kind.INBOUND, Message.Kind.OUTBOUND], is_automatic=False)
    latest = spoken.order_by("at", "id").last()
    if latest:
        return recipients.answer(latest, row.inbox)
    return ((Address(email=row.contact.email, name=row.contact.name),) if row.contact.email else ()), ()


def _told(number: int) -> dict[str, Any]:
    return wire.message(wire.with_all_of_messages(Message.objects.all()).get(pk=number))
