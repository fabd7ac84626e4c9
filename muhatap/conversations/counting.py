"""The counts of the side bar: kept in cells, changed by appended deltas, never counted on page open."""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Sum

from muhatap.accounts.models import User
from muhatap.conversations.models import (
    Conversation,
    ConversationCount,
    ConversationCountDelta,
    Draft,
    Mention,
    Scheduled,
)
from muhatap.conversations.visibility import scope

Status = Conversation.Status
STANDING = (Scheduled.State.WAITING, Scheduled.State.HELD)
LIVELY = (Status.OPEN, Status.WAITING)

FOLD = """
with gone as (delete from conversations_conversationcountdelta returning inbox_id, team_id, assignee_id, status, n),
     sums as (select inbox_id, team_id, assignee_id, status, sum(n) as n from gone group by 1, 2, 3, 4)
insert into conversations_conversationcount as c (inbox_id, team_id, assignee_id, status, n)
select inbox_id, team_id, assignee_id, status, n from sums where n <> 0
on conflict (inbox_id, team_id, assignee_id, status) do update set n = c.n + excluded.n
"""


@transaction.atomic
def fold() -> None:
    """Fold appended deltas into the cells; one at a time, others leave."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('conversation_count_fold'))")
        if cursor.fetchone()[0]:
            cursor.execute(FOLD)


def cells(user: User) -> dict[tuple[int, int, int, str], int]:
    """Every cell this user sees (inbox, team, assignee, status) and how many conversations stand in it right now."""
    columns = ("inbox_id", "team_id", "assignee_id", "status", "n")
    kept = ConversationCount.objects.filter(_within(user)).values_list(*columns)
    pending = ConversationCountDelta.objects.filter(_within(user)).values_list(*columns)
    found: dict[tuple[int, int, int, str], int] = {}
    for inbox_id, team_id, assignee_id, status, n in kept.union(pending, all=True):
        cell = (inbox_id, team_id, assignee_id, status)
        found[cell] = found.get(cell, 0) + n
    return {cell: n for cell, n in found.items() if n}


def waiting(user: User) -> int:
    """How many conversations this user sees wait for our answer."""
    open_ones = _within(user) & Q(status=Status.OPEN)
    tables = (ConversationCount.objects, ConversationCountDelta.objects)
    return sum(table.filter(open_ones).aggregate(n=Sum("n"))["n"] or 0 for table in tables)


def open_of(user_ids: Collection[int]) -> dict[int, int]:
    """How many open conversations each of these people has right now."""
    theirs = Q(assignee_id__in=user_ids, status=Status.OPEN)
    kept = ConversationCount.objects.filter(theirs).values_list("assignee_id", "n")
    pending = ConversationCountDelta.objects.filter(theirs).values_list("assignee_id", "n")
    found = dict.fromkeys(user_ids, 0)
    for user_id, n in kept.union(pending, all=True):  # one statement: a fold between two would be missed
        found[user_id] += n
    return found


def drafts(user: User) -> int:
    return Draft.objects.filter(by=user).count()


def standing_sends(user: User) -> QuerySet[Scheduled]:
    """What this user wrote to be sent later and has not left yet; few rows, by an index of their own."""
    return Scheduled.objects.filter(by=user, state__in=STANDING)


def unseen_mentions(user: User) -> int:
    """How often colleagues called this user and were not heard yet."""
    return Mention.objects.filter(user=user, seen_at=None).count()


def _within(user: User) -> Q:
    return scope(user).over()
