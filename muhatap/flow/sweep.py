"""The sweep: whatever a killed process left half done is found by its row and helped along. May run at any time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from muhatap.flow import chatting, later, notifying, reply, shops
from muhatap.flow import intake as staircase
from muhatap.interactions import intake, outbox
from muhatap.interactions.models import Outgoing
from muhatap.sales import arriving
from muhatap.shared import locks

log = logging.getLogger(__name__)

ABANDONED = timedelta(seconds=40)
# A killed worker leaves its jobs marked as running. They may all run twice, so they wait again: but only one of each
# queueing lock, and none that killed so many workers.
N_LIVES = 50
PUT_BACK = """
with abandoned as (
    select id, row_number() over (partition by coalesce(queueing_lock, id::text) order by id) as n
    from procrastinate_jobs where status = 'doing' and (worker_id is null
    or worker_id not in (select id from procrastinate_workers where last_heartbeat > now() - %s::interval))
)
update procrastinate_jobs job set attempts = attempts + 1, worker_id = null, abort_requested = false,
    status = (case when n = 1 and attempts < %s and not exists (
        select from procrastinate_jobs other where other.status = 'todo' and other.queueing_lock = job.queueing_lock
    ) then 'todo' else 'failed' end)::procrastinate_job_status
from abandoned where job.id = abandoned.id and job.status = 'doing'
"""


def everything(*, at: datetime) -> None:
    """Undigested items, unsent mails, waiting visitors, hand-overs that died, jobs of dead workers; what fails stops no other."""
    for step in (_digest, _digest_shops, _wake, _send_later, _settle, _continue_by_mail, _put_back_jobs):
        attempt(partial(step, at=at))


def _digest(*, at: datetime) -> None:
    for item in intake.undigested(before=at - intake.stale_after()).only("id").order_by("id")[:500]:
        attempt(partial(staircase.digest, item_id=item.pk, at=at))


def _digest_shops(*, at: datetime) -> None:
    for delivery_id in arriving.undigested(at=at):
        attempt(partial(shops.digest, delivery_id=delivery_id, at=at))


def _wake(*, at: datetime) -> None:
    for outgoing_id in outbox.overdue(at=at):
        attempt(partial(outbox.wake, outgoing_id, at=at))


def _send_later(*, at: datetime) -> None:
    for scheduled_id in later.overdue(at=at):
        attempt(partial(later.send_due, scheduled_id=scheduled_id, at=at))


def _settle(*, at: datetime) -> None:
    for outgoing in outbox.stuck_in_hand(at=at):
        attempt(partial(_settle_one, outgoing, at=at))


def _settle_one(outgoing: Outgoing, *, at: datetime) -> None:
    with locks.keeping(outbox.IN_HAND, outgoing.pk) as is_abandoned:
        outgoing.refresh_from_db(fields=["state"])
        if is_abandoned and outgoing.state == Outgoing.State.HANDING:
            reply.settle_after_death(outgoing, at=at)
        elif outbox.takes_long(outgoing, at=at):
            notifying.of_sending(outgoing, states=[Outgoing.State.HANDING])


def _continue_by_mail(*, at: datetime) -> None:
    for session_id in chatting.overdue(at=at):
        attempt(partial(chatting.continue_by_mail, session_id=session_id, at=at))


def _put_back_jobs(*, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PUT_BACK, [f"{ABANDONED.total_seconds()} seconds", N_LIVES])


def attempt(act: Callable[[], object]) -> None:
    """Do it; what fails is logged and stops nothing that comes after it."""
    try:
        act()
    except Exception:
        if not connection.is_usable():
            raise  # without a database nothing else goes well either
        log.exception("we go on without %s", act)
