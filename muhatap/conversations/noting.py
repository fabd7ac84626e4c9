"""Notes between colleagues, and calling one by @name."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.channels.contract import FileRef
from muhatap.conversations import drafting, threads
from muhatap.conversations.models import Conversation, Mention, Message
from muhatap.conversations.threads import Because
from muhatap.shared import live
from muhatap.shared.text import fold


class Empty(Exception):
    """There is nothing to write."""


@transaction.atomic
def write_note(
    *,
    conversation: Conversation,
    html: str,
    text: str,
    by: User | None,
    at: datetime,
    files: Iterable[FileRef] = (),
    calls: Iterable[User] = (),
    because: Because = None,
    is_draft: bool = False,
) -> Message:
    """Write a note and tell those called in it (or by `calls`); a mention lets them see this conversation. Raises Empty.

    `is_draft`: it was its writer's draft, which ends with it.
    """
    files = list(files)
    if not text.strip() and not files:
        raise Empty
    conversation = threads.held(conversation)
    message = threads.append_note(
        conversation=conversation, html=html, text=text, files=files, by=by, at=at, because=because
    )
    for user in dict.fromkeys([*calls, *mentioned(text)]):
        if user == by:
            continue  # whoever writes their own name calls nobody
        Mention.objects.create(message=message, user=user, at=at)
        live.announce([f"user:{user.pk}"], "mention", conversation=conversation.pk, message=message.pk)
    if by and is_draft:
        drafting.discard(conversation=conversation, by=by, kind="note")
    return message


def mentioned(text: str) -> list[User]:
    """The colleagues called by @first name, @full name or @part of their address before the at sign; Turkish letters folded.

    A name that several have calls nobody: a mention lets its reader see the conversation.
    """
    if "@" not in text:
        return []
    folded = fold(text)
    bearers: dict[str, set[User]] = {}
    for user in User.objects.filter(is_active=True).order_by("id"):
        for name in _names(user):
            bearers.setdefault(name, set()).add(user)
    called = {user for name, users in bearers.items() if len(users) == 1 and _called(folded, name) for user in users}
    return sorted(called, key=lambda user: user.pk)


def _names(user: User) -> set[str]:
    first, *_rest = user.name.split() or [""]
    return {fold(name) for name in (first, user.name, user.name.replace(" ", ""), user.email.partition("@")[0]) if name}


def _called(folded: str, name: str) -> bool:
    return re.search(rf"(?<![\w.])@{re.escape(name)}(?!\w)", folded) is not None
