"""To whom an answer goes: decided by the message that is answered, always shown, nobody dropped and nobody added in silence."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from muhatap.channels.contract import Address
from muhatap.channels.models import Inbox
from muhatap.conversations.models import Message
from muhatap.conversations.ourselves import Ourselves, ourselves
from muhatap.shared.address import canonical, comparable


def answer(
    message: Message, inbox: Inbox, us: Ourselves | None = None
) -> tuple[tuple[Address, ...], tuple[Address, ...]]:
    """To and CC of an answer to everybody: whoever wrote (or where they want answers) in To, all others in CC."""
    ours = (us or ourselves()).inboxes | {comparable(inbox.address)}
    if message.kind == Message.Kind.OUTBOUND:
        to, others = _people(message.to), _people(message.cc)
    else:
        to = _people(message.reply_to)
        if not _without(to, ours):
            to = _people([message.sender])
        others = [*_people(message.to), *_people(message.cc)]
    chosen = _without(to, ours)
    return tuple(chosen), tuple(_without(others, ours, chosen))


def answer_sender(message: Message, inbox: Inbox) -> tuple[Address, ...]:
    """To of an answer to the writer alone."""
    return answer(message, inbox)[0]


def without_itself(people: Iterable[Address], inbox: Inbox) -> tuple[Address, ...]:
    """These people without the inbox we write from, each once: what it sent to itself would come in as a new message.

    Another inbox of ours stays: asking the colleagues there by mail is meant.
    """
    return tuple(_without(people, {comparable(inbox.address)} if inbox.address else set()))


def _people(entries: Iterable[Mapping[str, Any]]) -> list[Address]:
    return [Address(email=str(one["email"]), name=str(one.get("name") or "")) for one in entries if one.get("email")]


def _without(people: Iterable[Address], ours: Collection[str], already: Iterable[Address] = ()) -> list[Address]:
    """Each person once, without our own addresses and those who stand elsewhere already."""
    seen = {canonical(one.email) for one in already}
    kept = []
    for one in people:
        if comparable(one.email) in ours or canonical(one.email) in seen:
            continue
        seen.add(canonical(one.email))
        kept.append(one)
    return kept
