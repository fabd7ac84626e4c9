"""The sweep: whatever a killed process left half done is found by its row and helped along. May run at any time."""

from datetime import datetime, timedelta

from django.db import connection

from muhatap.flow import intake as staircase
from muhatap.flow import reply
from muhatap.interactions import intake, outbox

ABANDONED = timedelta(seconds=40)
# A killed worker leaves its jobs marked as running. Rows tell the truth, so such a job may simply be forgotten.
FORGET_ABANDONED_JOBS = """
update procrastinate_jobs set status = 'failed' where status = 'doing'
and (worker_id is null or worker_id not in (select id from procrastinate_workers where last_heartbeat > now() - %s::interval))
"""


def everything(*, at: datetime) -> None:
    """Undigested items, mails that should have left, hand-overs that died, jobs of dead workers."""
    for item in intake.undigested(before=at - intake.stale_after()).only("id").order_by("id")[:500]:
        staircase.digest(item_id=item.pk, at=at)
    for outgoing_id in outbox.overdue(at=at):
        reply.dispatch(outgoing_id=outgoing_id, at=at)
    for outgoing in outbox.stuck_in_hand(at=at):
        reply.settle_after_death(outgoing, at=at)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ABANDONED_JOBS, [f"{ABANDONED.total_seconds()} seconds"])
