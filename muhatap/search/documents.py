"""The documents of messages: written after each entry, caught up when a job was late, rebuilt when somebody asks.

What changes or goes away later is followed by triggers (migration 0001), in the same transaction.
"""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from muhatap.conversations.models import Message
from muhatap.search.models import Rebuild
from muhatap.shared import prepared

log = logging.getLogger(__name__)

AHEAD = timedelta(days=40)  # the month after this one stands before it begins
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LOOKBACK = 20_000  # entries; those before them are the rebuild's
CHUNK = 5_000
OTHERS = "search_document_other"

# Ids, not times: nothing else about messages is indexed by when they came. The LIMIT inside keeps the planner from reading
# every document to join them.
LATE = """
select m.id, m.at from conversations_message m
left join lateral (select true as stands from search_document d where d.at = m.at and d.message_id = m.id limit 1) d on true
where m.id > (select max(id) - %s from conversations_message) and m.kind <> 'event' and m.recorded_at <= %s
  and d.stands is null
order by m.id limit %s
"""
MONTHS = """
select distinct date_trunc('month', at at time zone 'UTC') at time zone 'UTC' from conversations_message
where id between %s and %s and kind <> 'event'
"""
WRITE_INTO_MONTH = "with month as materialized (select search_open_month(%s)) select search_write(%s, %s) from month"
Report = Callable[[int, int], None]  # up to which message id, of which last one


@transaction.atomic(savepoint=False)  # whoever follows an entry has a transaction for each step
def write(*, message: Message, at: datetime) -> None:
    """Make or renew the document of an entry; events have none."""
    if message.kind == Message.Kind.EVENT:
        return
    if EARLIEST <= message.at <= at + 2 * AHEAD:
        prepared.rows(WRITE_INTO_MONTH, [message.at, message.pk, message.pk])
    else:
        _write(message.pk, message.pk)


def open_months(moments: Iterable[datetime], *, at: datetime) -> None:
    """Make the partitions of these moments' months. A mail that claims to be from 1970 or 2070 gets no month of its own."""
    months = {(moment.year, moment.month): moment for moment in moments if EARLIEST <= moment <= at + 2 * AHEAD}
    with connection.cursor() as cursor:
        for _month, moment in sorted(months.items()):
            cursor.execute("select search_open_month(%s)", [moment])


def look_ahead(*, at: datetime) -> None:
    """Make this month's and the next month's partition, and say aloud when documents stand in none."""
    open_months([at, at + AHEAD], at=at)
    if n := n_outside():
        log.warning("search documents outside of every month: %s", n)


def n_outside(bound: int = 1000) -> int:
    """How many documents stand in no month's partition, up to a bound: their moments are absurd, or nobody looked ahead."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from (select from {OTHERS} limit %s) d", [bound])  # noqa: S608 (a constant)
        return int(cursor.fetchone()[0])


def catch_up(*, at: datetime, patience: timedelta = timedelta(seconds=30), limit: int = 500) -> int:
    """Write the documents of recent messages that have none though their job had time; gives how many."""
    late = _late(at - patience, limit)
    open_months((moment for _number, moment in late), at=at)
    for number, _moment in late:
        _write(number, number)
    return len(late)


def n_late(*, at: datetime, bound: int = 1000) -> int:
    """How many recent messages from before a moment have no document, up to a bound."""
    return len(_late(at, bound))


def _late(before: datetime, limit: int) -> list[tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(LATE, [LOOKBACK, before, limit])
        return list(cursor.fetchall())


def rebuild(
    *, at: datetime, processes: int = 1, from_nothing: bool = False, report: Report = lambda done, last: None
) -> int:
    """Write every document anew, message ids in chunks, and give the last id. One that was stopped goes on where it was.

    `processes` is how many of the database's processes work at once. `from_nothing` empties the table and leaves the
    word index for the end: several times faster, and nothing is found meanwhile.
    """
    if from_nothing:
        _empty()
    work = _standing(at=at, from_nothing=from_nothing)
    chunks = [
        (first, min(first + CHUNK - 1, work.up_to_id)) for first in range(work.done_id + 1, work.up_to_id + 1, CHUNK)
    ]
    for together in (chunks[place : place + processes] for place in range(0, len(chunks), processes)):
        _at_once(together, at=at)
        work.done_id = together[-1][1]
        work.save(update_fields=["done_id"])
        report(work.done_id, work.up_to_id)
    with connection.cursor() as cursor:
        cursor.execute("create index if not exists search_document_words on search_document using gin (tsv)")
        cursor.execute("analyze search_document")
    work.ended_at = at
    work.save(update_fields=["ended_at"])
    return work.up_to_id


def _standing(*, at: datetime, from_nothing: bool) -> Rebuild:
    """The rebuild that was begun and not ended, or a new one over all messages there are."""
    if from_nothing:
        Rebuild.objects.filter(ended_at=None).delete()
    last = Message.objects.aggregate(last=Max("pk"))["last"] or 0
    return Rebuild.objects.get_or_create(ended_at=None, defaults={"up_to_id": last, "started_at": at})[0]


def _empty() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("drop index if exists search_document_words")
        cursor.execute("truncate search_document")


def _at_once(chunks: list[tuple[int, int]], *, at: datetime) -> None:
    """Months first: they need a lock that writers hold against each other."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, [chunks[0][0], chunks[-1][1]])
        open_months([moment for (moment,) in cursor.fetchall()], at=at)
    if len(chunks) == 1:
        _write(*chunks[0])
        return
    with ThreadPoolExecutor(len(chunks)) as threads:  # the work is done by the database, a process a connection
        for done in [threads.submit(_write_apart, *chunk) for chunk in chunks]:
            done.result()


def _write(first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select search_write(%s, %s)", [first, last])


def _write_apart(first: int, last: int) -> None:
    try:
        _write(first, last)
    finally:
        connection.close()
