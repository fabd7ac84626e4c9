"""What follows from every entry in a thread, inbound, outbound, note or event: the company keeps its promises and learns.

Each step may run twice for the same entry and leaves things as after once; a step that fails stops no other, and all are tried
again. An entry that was taken back meanwhile is followed by nothing. Steps that an entry means nothing to are not begun.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from muhatap.conversations.models import Message
from muhatap.flow import (
    closing_the_loop,
    deadlines,
    finding,
    later,
    measuring,
    notifying,
    rules,
    surveying,
    telling,
    understanding,
)
from muhatap.flow.idle import idle
from muhatap.shared import away

log = logging.getLogger(__name__)
Step = Callable[..., object]  # step(message=, at=)

STEPS: tuple[Step, ...] = (
    later.follow,
    understanding.follow,
    deadlines.follow,
    finding.follow,
    measuring.follow,
    rules.follow,
    notifying.follow,
    telling.follow,
    surveying.follow,
    closing_the_loop.follow,
)

LOOKING = (
    understanding.follow,
    finding.follow,
    measuring.follow,
    notifying.follow,
    telling.follow,
)  # these leave the thread as it is


class NotAllFollowed(Exception):
    """Some steps failed; the job runs again."""


def follow(*, message_id: int, at: datetime, steps: tuple[Step, ...] = STEPS) -> None:
    """Do what follows from an entry. Raises NotAllFollowed after every step was tried."""
    message, failed = _entry(message_id), []
    nothing_to_do = idle(message) if message else set()
    for step in steps:
        if message is None:
            return
        if _name(step) in nothing_to_do:
            continue
        if not _is_done(step, message, at=at):
            failed.append(step.__module__)
        if step not in LOOKING:
            message = _entry(message_id)  # read anew: the step may have changed the thread
    if failed:
        raise NotAllFollowed(f"entry {message_id}: {', '.join(failed)}")


def _entry(message_id: int) -> Message | None:
    rows = Message.objects.select_related("conversation__inbox", "conversation__contact", "by")
    return rows.filter(pk=message_id).first()


def _name(step: Step) -> str:
    return step.__module__.rpartition(".")[2]


def _is_done(step: Step, message: Message, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            step(message=message, at=at)
    except Exception as error:
        if away.is_away(error):
            raise  # without a database no other step goes well either
        log.exception("what follows from entry %s failed in %s", message.pk, step.__module__)
        return False
    return True
