"""The sweep: whatever a killed process left half done is found by its row and helped along. May run at any time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from muhatap.flow import intake as staircase
from muhatap.flow import reply
from muhatap.interactions import intake, outbox

log = logging.getLogger(__name__)

ABANDONED = timedelta(seconds=40)
# A killed worker leaves its jobs marked as running. Rows tell the truth, so such a job may simply be forgotten.
FORGET_ABANDONED_JOBS = """
update procrastinate_jobs set status = 'failed' where status = 'doing'
and (worker_id is null or worker_id not in (select id from procrastinate_workers where last_heartbeat > now() - %s::interval))
"""


def everything(*, at: datetime) -> None:
    """Undigested items, mails that should have left, hand-overs that died, jobs of dead workers; one that fails stops no other."""
    for step in (_digest, _dispatch, _settle, _forget_abandoned_jobs):
        _try(partial(step, at=at))


def _digest(*, at: datetime) -> None:
    for item in intake.undigested(before=at - intake.stale_after()).only("id").order_by("id")[:500]:
        _try(partial(staircase.digest, item_id=item.pk, at=at))


def _dispatch(*, at: datetime) -> None:
    for outgoing_id in outbox.overdue(at=at):
        _try(partial(reply.dispatch, outgoing_id=outgoing_id, at=at))


def _settle(*, at: datetime) -> None:
    for outgoing in outbox.stuck_in_hand(at=at):
        _try(partial(reply.settle_after_death, outgoing, at=at))


def _forget_abandoned_jobs(*, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ABANDONED_JOBS, [f"{ABANDONED.total_seconds()} seconds"])


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception:
        if not connection.is_usable():
            raise  # without a database nothing else goes well either
        log.exception("the sweep goes on without %s", act)
