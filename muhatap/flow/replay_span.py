"""Replaying what came in during a span of time, from a page: asked for at once, done by jobs a few items each."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.flow import replay
from muhatap.interactions import intake
from muhatap.interactions.models import RawItem
from muhatap.shared import jobs

log = logging.getLogger(__name__)
N_TOGETHER = 50


@transaction.atomic
def ask(*, inbox: Inbox, since: datetime, until: datetime, by: User, at: datetime) -> int:
    """Queue the replay of what this inbox received from `since` until before `until`; gives how many items there are."""
    ids = list(intake.between(inbox=inbox, since=since, until=until).values_list("pk", flat=True))
    for start in range(0, len(ids), N_TOGETHER):
        jobs.queue("replay", queue="care", item_ids=ids[start : start + N_TOGETHER], by_id=by.pk)
    span = {"since": since.isoformat(), "until": until.isoformat()}
    audit.record(
        by=by, at=at, act="intake.replay", kind="inbox", id=inbox.pk, name=inbox.name, n_items=len(ids), **span
    )
    return len(ids)


def run(*, item_ids: Sequence[int], by_id: int, at: datetime) -> None:
    """Replay these items. One that fails does not keep the next from its turn; what stood there stays."""
    by = User.objects.filter(pk=by_id).first()
    for item in RawItem.objects.filter(pk__in=item_ids).select_related("inbox").order_by("id"):
        try:
            with transaction.atomic():
                replay.one(item=item, by=by, at=at)
        except (OperationalError, InterfaceError):
            raise  # the database was away: the job comes again
        except Exception:
            log.exception("item %s could not be read again", item.pk)
