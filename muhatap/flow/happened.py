"""What follows from every entry in a thread, inbound, outbound, note or event: the company keeps its promises and learns.

Each step may run twice for the same entry and leaves things as after once; a step that fails stops no other, and all are tried
again. An entry that was taken back meanwhile is followed by nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from muhatap.conversations.models import Message
from muhatap.flow import deadlines, finding, later, measuring, notifying, rules, surveying, telling
from muhatap.shared import away

log = logging.getLogger(__name__)
Step = Callable[..., object]  # step(message=, at=)

STEPS: tuple[Step, ...] = (
    later.follow,
    deadlines.follow,
    finding.follow,
    measuring.follow,
    rules.follow,
    notifying.follow,
    telling.follow,
    surveying.follow,
)


class NotAllFollowed(Exception):
    """Some steps failed; the job runs again."""


def follow(*, message_id: int, at: datetime, steps: tuple[Step, ...] = STEPS) -> None:
    """Do what follows from an entry. Raises NotAllFollowed after every step was tried."""
    entries = Message.objects.select_related("conversation__inbox", "conversation__contact", "by")
    failed = []
    for step in steps:
        message = entries.filter(pk=message_id).first()  # read anew: the step before may have changed the thread
        if message is None:
            return
        if not _is_done(step, message, at=at):
            failed.append(step.__module__)
    if failed:
        raise NotAllFollowed(f"entry {message_id}: {', '.join(failed)}")


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
